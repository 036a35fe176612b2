"""The small language of mappings: expressions over the columns of a row, turned into SQL.

Only names, literals, arithmetic, comparisons, and/or/not, ``a if c else b``, ``x in (…)``,
``x is None`` and the functions below are understood; nothing is ever executed as Python.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    try_cast,
)

from data.ingest.refusal import nearest

Element = ColumnElement[Any]
EXACT = Numeric(28, 6)
_TOKENS = (
    ("YYYY", "%Y"), ("YY", "%y"), ("MM", "%m"), ("DD", "%d"),
    ("hh", "%H"), ("mm", "%M"), ("ss", "%S"),
)  # fmt: skip
LANGUAGE = "names, numbers, texts, + - * / // %, comparisons, and/or/not, if, functions"
AGGREGATES = ("count", "sum", "min", "max")


class FormulaError(Exception):
    """An expression that cannot be understood: what was found and what is expected."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(f"found {found!r}, expected {expected}")


@dataclass
class Scope:
    """The columns of a row, and what goes wrong while values are made of them."""

    columns: Mapping[str, Element]
    grouped: bool = False
    faults: list[Element] = field(default_factory=list)

    def column(self, name: str) -> Element:
        """The column of that name. Raises FormulaError with the nearest."""
        if name not in self.columns:
            raise FormulaError(name, f"a column of the row{nearest(name, list(self.columns))}")
        return self.columns[name]

    def fault(self, came: Element, made: Element, what: str) -> Element:
        """``made``, and a fault for rows in which something came and nothing was made of it."""
        words = literal(f"{what}: ").concat(func.left(cast(came, String), 60))
        unread = and_(came.is_not(None), made.is_(None))
        self.faults.append(case((unread, words), else_=null()))
        return made


def parse(text: str) -> ast.expr:
    """The tree of an expression. Raises FormulaError for anything outside the language.

    >>> type(parse("1900 + whole(part(birth_number, 1, 2))")).__name__
    'BinOp'
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise FormulaError(text, f"an expression ({error})") from error
    _check(tree)
    return tree


def build(tree: ast.expr, scope: Scope) -> Element:
    """The SQL of a parsed expression over ``scope``. Raises FormulaError for unknown columns."""
    match tree:
        case ast.Name() | ast.Attribute():
            return scope.column(ast.unparse(tree))
        case ast.Constant(value=value):
            return _constant(value)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](build(left, scope), build(right, scope))
        case ast.UnaryOp(op=op, operand=operand):
            inner = build(operand, scope)
            return not_(inner) if isinstance(op, ast.Not) else -inner
        case ast.BoolOp(op=op, values=values):
            parts = [build(value, scope) for value in values]
            return and_(*parts) if isinstance(op, ast.And) else or_(*parts)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return case((build(test, scope), build(body, scope)), else_=build(orelse, scope))
        case ast.Compare():
            return _comparison(tree, scope)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, arguments, scope)
    raise FormulaError(ast.unparse(tree), LANGUAGE)


def template(text: str, scope: Scope) -> Element:
    """``L{loan_id}`` with columns put in; empty where one of them is."""
    pieces = re.split(r"\{([^{}]*)\}", text)
    parts: list[Element] = [
        cast(scope.column(piece), String) if place % 2 else literal(piece)
        for place, piece in enumerate(pieces)
        if place % 2 or piece
    ]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.concat(part)
    return whole


def lookup(
    value: Element, values: Mapping[str, str], otherwise: str | None, scope: Scope
) -> Element:
    """What a code stands for; an unknown code is a fault unless ``otherwise`` is given."""
    known = [(value == code, literal(meaning)) for code, meaning in values.items()]
    if otherwise is not None:
        return case(*known, else_=literal(otherwise))
    return scope.fault(value, case(*known, else_=null()), "no meaning is given for the code")


def at_format(value: Element, form: str, scope: Scope) -> Element:
    """A moment out of text of a format such as ``YYMMDD``. Source of tokens: docs/mappings.md."""
    made = func.try_strptime(value, strptime_of(form), type_=DateTime())
    return scope.fault(value, made, f"not of the format {form}")


def at_unit(value: Element, unit: str, scope: Scope) -> Element:
    """ISO text in UTC of a Unix time."""
    factor = {"seconds": 1_000_000, "milliseconds": 1_000}[unit]
    number = scope.fault(value, try_cast(value, BigInteger), "not a Unix time")
    return cast(func.make_timestamp(number * factor), String).concat("Z")


def strptime_of(form: str) -> str:
    """The strptime format of tokens YYYY YY MM DD hh mm ss.

    >>> strptime_of("YYMMDD hh:mm:ss")
    '%y%m%d %H:%M:%S'
    """
    for token, code in _TOKENS:
        form = form.replace(token, code)
    return form


def _check(tree: ast.AST) -> None:
    """Raise FormulaError for whatever is outside the language, before anything is built."""
    if isinstance(tree, ast.expr) and not isinstance(tree, _KNOWN):
        raise FormulaError(ast.unparse(tree), LANGUAGE)
    if isinstance(tree, ast.BinOp) and type(tree.op) not in _OPERATORS:
        raise FormulaError(ast.unparse(tree), "+ - * / // or %")
    if isinstance(tree, ast.Compare):
        _check_comparison(tree)
    if isinstance(tree, ast.Call):
        _check_call(tree)
    children = tree.args if isinstance(tree, ast.Call) else ast.iter_child_nodes(tree)
    for child in children:
        _check(child)


def _check_comparison(tree: ast.Compare) -> None:
    if len(tree.ops) != 1:
        raise FormulaError(ast.unparse(tree), "one comparison at a time, joined by and")
    listed = isinstance(tree.comparators[0], ast.Tuple)
    if isinstance(tree.ops[0], ast.In | ast.NotIn) != listed:
        raise FormulaError(ast.unparse(tree), "a list in brackets after in, and only there")


def _check_call(tree: ast.Call) -> None:
    known = [*_FUNCTIONS, *AGGREGATES, "cell"]
    if not isinstance(tree.func, ast.Name) or tree.func.id not in known or tree.keywords:
        name = ast.unparse(tree.func)
        raise FormulaError(name, f"a function: {', '.join(known)}{nearest(name, known)}")
    texts = {"cell": 0, "day": 1}.get(tree.func.id)
    if texts is not None and not _is_text(tree.args, texts):
        raise FormulaError(ast.unparse(tree), "a text in quotes")


def _is_text(arguments: Sequence[ast.expr], place: int) -> bool:
    if len(arguments) != place + 1:
        return False
    last = arguments[place]
    return isinstance(last, ast.Constant) and isinstance(last.value, str)


def _constant(value: object) -> Element:
    if value is None:
        return null()
    if isinstance(value, float):
        return literal(Decimal(str(value)), EXACT)
    if isinstance(value, bool | int | str):
        return literal(value)
    raise FormulaError(repr(value), "a number or a text")


def _comparison(tree: ast.Compare, scope: Scope) -> Element:
    left, operator, other = build(tree.left, scope), tree.ops[0], tree.comparators[0]
    if isinstance(other, ast.Tuple):
        inside = left.in_([build(value, scope) for value in other.elts])
        return not_(inside) if isinstance(operator, ast.NotIn) else inside
    return _COMPARISONS[type(operator)](left, build(other, scope))


def _call(name: str, arguments: Sequence[ast.expr], scope: Scope) -> Element:
    if name == "cell":
        return scope.column(str(ast.literal_eval(arguments[0])))
    if name in AGGREGATES and not scope.grouped:
        raise FormulaError(name, "count, sum, min and max only in the values of a group")
    made = [build(argument, scope) for argument in arguments]
    if name in AGGREGATES:
        aggregate: Element = getattr(func, name)(*made)
        return aggregate
    try:
        return _FUNCTIONS[name](scope, *made)
    except TypeError as error:
        raise FormulaError(f"{name}()", f"other arguments ({error})") from error


def _whole(scope: Scope, value: Element) -> Element:
    return scope.fault(value, try_cast(value, BigInteger), "not a whole number")


def _decimal(scope: Scope, value: Element) -> Element:
    return scope.fault(value, try_cast(value, EXACT), "not a number")


def _part(_scope: Scope, value: Element, start: Element, length: Element) -> Element:
    return func.substr(value, start, length, type_=String())


def _round(_scope: Scope, value: Element, digits: Element) -> Element:
    return cast(func.round(value, digits), EXACT)


def _day(scope: Scope, value: Element, form: Element) -> Element:
    pattern = strptime_of(str(getattr(form, "value", "")))
    made = func.try_strptime(value, pattern, type_=DateTime())
    return cast(scope.fault(value, made, "not a day of that format"), Date)


def _months_between(_scope: Scope, first: Element, last: Element) -> Element:
    years = func.year(last, type_=BigInteger()) - func.year(first, type_=BigInteger())
    return years * 12 + func.month(last, type_=BigInteger()) - func.month(first, type_=BigInteger())


_FUNCTIONS: dict[str, Callable[..., Element]] = {
    "whole": _whole,
    "decimal": _decimal,
    "text": lambda _scope, value: cast(value, String),
    "part": _part,
    "round": _round,
    "day": _day,
    "months_between": _months_between,
    "least": lambda _scope, *values: func.least(*values, type_=values[0].type),
    "greatest": lambda _scope, *values: func.greatest(*values, type_=values[0].type),
    "coalesce": lambda _scope, *values: func.coalesce(*values),
    "lower": lambda _scope, value: func.lower(value),
    "trim": lambda _scope, value: func.trim(value),
}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Element]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Element]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Is: lambda a, b: a.is_not_distinct_from(b),
    ast.IsNot: lambda a, b: a.is_distinct_from(b),
}
_KNOWN = (
    ast.Name, ast.Attribute, ast.Constant, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.IfExp,
    ast.Compare, ast.Call, ast.Tuple,
)  # fmt: skip
