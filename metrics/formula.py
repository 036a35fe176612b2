"""An indicator's formula: parsed once into a frozen expression, evaluated on whole arrays.

A formula adds nothing up: its terms are totals that were added before, and this module is the only
place where one is divided by another. Missing is NaN; what cannot be computed is NaN too.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from data.configuration import nearest_name

Function: TypeAlias = Literal["total", "user_months", "user_days", "quantile", "year_ago", "days"]
Floats: TypeAlias = NDArray[np.float64]

ON_POINTS: tuple[Function, ...] = ("user_months", "user_days", "quantile", "year_ago")
LONGEST = 400  # characters
LARGEST = 1e15  # below it a whole number is exact in float64
_SIGNS: Mapping[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
_GRAMMAR = "numbers, points, days, + - * /, parentheses, " + ", ".join(ON_POINTS)


@dataclass(frozen=True)
class Term:
    """What a formula looks up: a point's total, or a function of a point.

    `total` is the point itself over the period; `days` the number of days (no point);
    `argument` is the quantile's probability, otherwise None.
    """

    function: Function
    point: str = ""
    argument: float | None = None


@dataclass(frozen=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True)
class Operation:
    """`left sign right` with sign one of + - * /."""

    sign: str
    left: Node
    right: Node


Node: TypeAlias = Number | Term | Operation


class FormulaError(ValueError):
    """A formula that cannot be read: where (column from 1), what was found and expected."""

    def __init__(self, column: int, found: str, expected: str, nearest: str | None = None) -> None:
        self.column, self.found, self.expected, self.nearest = column, found, expected, nearest
        hint = f"; did you mean {nearest}?" if nearest else ""
        super().__init__(f"column {column}: found {found}, expected {expected}{hint}")


@dataclass(frozen=True)
class Formula:
    """A parsed formula; equal texts give equal formulas.

    >>> f = parse("100 * d1_kept / d1_due")
    >>> sorted(f.points)
    ['d1_due', 'd1_kept']
    >>> held = {"d1_kept": np.array([3.0, 1.0]), "d1_due": np.array([4.0, 0.0])}
    >>> f.evaluate(lambda term: held[term.point])
    array([75., nan])
    >>> f.words("zh", {"d1_kept": "次日活跃新用户", "d1_due": "次日留存分母"})
    '100 × 次日活跃新用户 ÷ 次日留存分母'
    """

    text: str
    root: Node

    @property
    def calls(self) -> tuple[Term, ...]:
        """Every term that the formula looks up, once, in the order of the text."""
        return tuple(dict.fromkeys(_terms(self.root)))

    @property
    def points(self) -> frozenset[str]:
        """Ids of the data points that the formula needs."""
        return frozenset(term.point for term in self.calls if term.point)

    @property
    def divides(self) -> bool:
        """Whether something is divided by a point: a ratio, not only a change of unit."""
        return _divides(self.root)

    @property
    def linear(self) -> bool:
        """Whether points are only added up and multiplied by constants."""
        return _linear(self.root)

    def evaluate(self, lookup: Callable[[Term], Floats]) -> Floats:
        """The formula over arrays of one shape (float64); NaN where it cannot be computed."""
        with np.errstate(all="ignore"):
            result = np.asarray(_value(self.root, lookup), dtype=np.float64)
        return np.where(np.isfinite(result), result, np.nan)

    def words(self, lang: str, names: Mapping[str, str]) -> str:
        """The formula for readers in `lang` (zh or en); `names` gives each point's name."""
        return _said(self.root, lang, names)


def parse(text: str, points: Collection[str] | None = None) -> Formula:
    """The formula of a text; raises FormulaError. With `points` every name must be one of them.

    >>> try:
    ...     parse("aun / days", ["aum"])
    ... except FormulaError as error:
    ...     print(error)
    column 1: found 'aun', expected a data point; did you mean aum?
    """
    if len(text) > LONGEST:
        raise FormulaError(LONGEST, f"{len(text)} characters", f"at most {LONGEST} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise FormulaError(error.offset or 1, _excerpt(text), _GRAMMAR) from None
    except (ValueError, MemoryError, RecursionError):
        raise FormulaError(1, _excerpt(text), _GRAMMAR) from None
    formula = Formula(text.strip(), _read(tree.body, points))
    if not formula.points:
        raise FormulaError(1, _excerpt(text), "a formula of at least one data point")
    return formula


def _excerpt(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


def _read(node: ast.expr, points: Collection[str] | None) -> Node:
    if isinstance(node, ast.Constant):
        return _number(node)
    if isinstance(node, ast.Name):
        return Term("days") if node.id == "days" else Term("total", _point(node, points))
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        left, right = _read(node.left, points), _read(node.right, points)
        return Operation(_SIGNS[type(node.op)], left, right)
    if isinstance(node, ast.Call):
        return _call(node, points)
    raise FormulaError(node.col_offset + 1, _excerpt(ast.unparse(node)), _GRAMMAR)


def _number(node: ast.Constant) -> Number:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        raise FormulaError(node.col_offset + 1, repr(value), "a number below 1e15")
    return Number(float(value))


def _point(node: ast.expr, points: Collection[str] | None) -> str:
    column = node.col_offset + 1
    if not isinstance(node, ast.Name):
        raise FormulaError(column, _excerpt(ast.unparse(node)), "the name of a data point")
    if points is not None and node.id not in points:
        near = nearest_name(node.id, points)
        raise FormulaError(column, repr(node.id), "a data point", near)
    return node.id


def _call(node: ast.Call, points: Collection[str] | None) -> Term:
    column = node.col_offset + 1
    name = ast.unparse(node.func)
    function = next((known for known in ON_POINTS if known == name), None)
    if function is None:
        raise FormulaError(column, repr(name), f"one of {', '.join(ON_POINTS)}", _near(name))
    wanted = 2 if function == "quantile" else 1
    if node.keywords or len(node.args) != wanted:
        form = "quantile(0.95, point)" if wanted == 2 else f"{name}(point)"
        raise FormulaError(column, _excerpt(ast.unparse(node)), form)
    if function != "quantile":
        return Term(function, _point(node.args[0], points))
    return Term(function, _point(node.args[1], points), _probability(node.args[0]))


def _near(name: str) -> str | None:
    return nearest_name(name, ON_POINTS)


def _probability(node: ast.expr) -> float:
    value = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(value, float) or not 0 < value < 1:
        found = _excerpt(ast.unparse(node))
        raise FormulaError(node.col_offset + 1, found, "a probability between 0 and 1")
    return value


def _terms(node: Node) -> Iterator[Term]:
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Operation):
        yield from _terms(node.left)
        yield from _terms(node.right)


def _divides(node: Node) -> bool:
    if not isinstance(node, Operation):
        return False
    by_point = node.sign == "/" and any(_terms(node.right))
    return by_point or _divides(node.left) or _divides(node.right)


def _linear(node: Node) -> bool:
    if not isinstance(node, Operation):
        return True
    sides = (any(_terms(node.left)), any(_terms(node.right)))
    mixed = (node.sign == "*" and all(sides)) or (node.sign == "/" and sides[1])
    return not mixed and _linear(node.left) and _linear(node.right)


def _value(node: Node, lookup: Callable[[Term], Floats]) -> Floats:
    if isinstance(node, Number):
        return np.asarray(node.value, dtype=np.float64)
    if isinstance(node, Term):
        return np.asarray(lookup(node), dtype=np.float64)
    left, right = _value(node.left, lookup), _value(node.right, lookup)
    if node.sign == "+":
        return np.asarray(left + right)
    if node.sign == "-":
        return np.asarray(left - right)
    if node.sign == "*":
        return np.asarray(left * right)
    return np.asarray(left / np.where(right == 0, np.nan, right))


_RANK = {"+": 1, "-": 1, "*": 2, "/": 2}
_SHOWN = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def _said(node: Node, lang: str, names: Mapping[str, str]) -> str:
    if isinstance(node, Number):
        return f"{node.value:,.15g}"
    if isinstance(node, Term):
        return _term_said(node, lang, names)
    rank = _RANK[node.sign]
    left, right = _said(node.left, lang, names), _said(node.right, lang, names)
    if isinstance(node.left, Operation) and _RANK[node.left.sign] < rank:
        left = _bracketed(left, lang)
    # a ÷ (b × c) and a − (b + c) need their brackets, a + (b + c) and a × (b × c) do not
    binds = isinstance(node.right, Operation) and _RANK[node.right.sign] <= rank
    if binds and not _associates(node):
        right = _bracketed(right, lang)
    return f"{left} {_SHOWN[node.sign]} {right}"


def _associates(node: Operation) -> bool:
    return isinstance(node.right, Operation) and node.sign == node.right.sign in ("+", "*")


def _bracketed(text: str, lang: str) -> str:
    return f"（{text}）" if lang == "zh" else f"({text})"


_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "total": "{name}",
        "user_months": "{name}·用户月",
        "user_days": "{name}·用户日",
        "year_ago": "去年同期{name}",
        "days": "天数",
        "median": "{name}的中位数",
        "quantile": "{name}的{percent:g}%分位数",
    },
    "en": {
        "total": "{name}",
        "user_months": "user-months of {name}",
        "user_days": "user-days of {name}",
        "year_ago": "{name} a year before",
        "days": "days",
        "median": "median of {name}",
        "quantile": "{percent:g}th percentile of {name}",
    },
}


def _term_said(term: Term, lang: str, names: Mapping[str, str]) -> str:
    name = f"“{names[term.point]}”" if lang == "en" and term.point else names.get(term.point, "")
    kind = "median" if term.argument == 0.5 else term.function
    return _WORDS[lang][kind].format(name=name, percent=100 * (term.argument or 0))
