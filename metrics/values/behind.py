"""How many stand behind a ratio: what it divides by, where that is counted and not measured.

A share of two users is chance. Groups with fewer than ``FEWEST`` behind them keep their value, and
are neither ranked nor called best or worst.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from data.points.catalogue import Catalogue
from data.points.reader import LiveReader
from data.slice import Slice
from metrics.formula import Formula, Node, Operation
from metrics.values.compute import Values
from metrics.values.evaluation import Setup, evaluate_terms
from metrics.values.windows import terms_of

FEWEST = 5
"""Users, visits or cases below which the ratio of a group is not compared with others."""
COUNTED = frozenset({"users", "visitors", "user-days", "count"})
"""Units of points that are counted; minutes and amounts do not say how many they are of."""


def divisor(formula: Formula, catalogue: Catalogue) -> Formula | None:
    """What a formula divides by, as a formula, the outermost first; None where nothing is counted.

    >>> from data.points.catalogue import load_catalogue
    >>> from metrics.formula import parse
    >>> points = load_catalogue()
    >>> divisor(parse("100 * d1_kept / d1_due"), points).points
    frozenset({'d1_due'})
    >>> divisor(parse("100 * npl_balance / graded_balance"), points) is None
    True
    """
    for node in _divisors(formula.root):
        found = Formula(f"{formula.text}: divisor", node)
        units = {catalogue.points[name].unit for name in found.points}
        if units and units <= COUNTED:
            return found
    return None


def _divisors(node: Node) -> Iterator[Node]:
    if isinstance(node, Operation):
        if node.sign == "/":
            yield node.right
        yield from _divisors(node.left)
        yield from _divisors(node.right)


def behind(
    connection: Connection, setup: Setup, indicator: str, about: Slice, by: Sequence[str]
) -> Values | None:
    """What stands behind an indicator's values for a slice, by the same dimensions as these.

    One column; None where the indicator divides by nothing that is counted.
    """
    own, catalogue = setup.tree.indicators[indicator], setup.store.catalogue
    by_what = divisor(own.formula, catalogue)
    if by_what is None:
        return None
    coverage = setup.store.coverage
    terms = terms_of(by_what, own.over_time, about.period, catalogue, coverage)
    reader = LiveReader(connection, setup.store)
    return evaluate_terms(reader, [{indicator: terms}], about, by)[0]
