"""Nodes that have values: indicators, and module KPIs, which are indicators of one module."""

from __future__ import annotations

from collections.abc import Iterator

from metrics.formula import Formula, Node, Operation, Term


def parted(node: str) -> tuple[str, str]:
    """The indicator and the module of a node; '' for no module.

    >>> parted("mau@transfer"), parted("mau")
    (('mau', 'transfer'), ('mau', ''))
    """
    indicator, _, module = node.partition("@")
    return indicator, module


def is_ratio(formula: Formula) -> bool:
    """Whether a point is divided by a point: dividing by days alone leaves what adds up adding up.

    >>> from metrics.formula import parse
    >>> is_ratio(parse("user_days(active_users) / days")), is_ratio(parse("100 * a / b"))
    (False, True)
    """
    return any(term.point for node in _divisors(formula.root) for term in _terms(node))


def _divisors(node: Node) -> Iterator[Node]:
    if isinstance(node, Operation):
        if node.sign == "/":
            yield node.right
        yield from _divisors(node.left)
        yield from _divisors(node.right)


def _terms(node: Node) -> Iterator[Term]:
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Operation):
        yield from _terms(node.left)
        yield from _terms(node.right)
