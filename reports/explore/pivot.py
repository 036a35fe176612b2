"""A table of a view laid out: which place stands in which row and column, under which heading."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from data.period import Period
from metrics.explore.records import Cell, Compared, Place, Table
from metrics.explore.view import NAME, Against
from reports.explore.words import (
    Names,
    change_heading,
    indicator_of,
    piece_words,
    unit_of,
    with_unit,
)
from words import numbers
from words.i18n import _
from words.names import dimension_words, kind_words

Kind = Literal["value", "change", "share"]
MOST_COLUMNS = 120
MOST_CELLS = 12_000
GOOD, BAD = "●", "■"
ARROWS = {1: "▲", -1: "▼", 0: "◆"}
LARGE = 10_000
"""From here on numbers are shortened, as everywhere."""


@dataclass(frozen=True)
class Head:
    """A column: its heading, the heading above it, and what stands in it.

    ``column`` and ``period`` are parts of the place of its cells; None: as the row says.
    ``in_points``: changes are in points of a share, not in per cent.
    """

    key: str
    above: str
    label: str
    kind: Kind
    indicator: str
    column: str | None = None
    period: Period | None = None
    against: Against | None = None
    in_points: bool = False


@dataclass(frozen=True)
class Line:
    """A row: its labels, and its part of the place; ``total``: of everything, or of a piece."""

    labels: tuple[str, ...]
    row: str | None = None
    period: Period | None = None
    total: bool = False


@dataclass(frozen=True)
class Pivot:
    """Rows and columns of a table; ``axes`` are the headings of the rows' labels.

    ``left_out`` columns are beyond what is shown.
    """

    table: Table
    axes: tuple[str, ...]
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    left_out: int = 0

    def place(self, line: Line, head: Head) -> Place:
        """What a cell is about."""
        period = head.period or line.period or self.table.view.about.period
        return Place(head.indicator, period, line.row, head.column)

    def cell(self, line: Line, head: Head) -> Cell | None:
        """A cell with its comparisons; None where there is none."""
        return self.table.cells.get(self.place(line, head))


def too_large(table: Table) -> bool:
    """Whether a table has more than anybody reads on a screen."""
    groups = len(table.columns) + 1 if table.columns else 1
    pieces = len(table.periods) + 1
    leaves = len(table.view.indicators) * (1 + len(table.view.comparisons))
    return (len(table.rows) + 1) * groups * pieces * leaves > MOST_CELLS


def pivot(table: Table, names: Names, *, every: bool = False) -> Pivot:
    """Lay a table out: the first dimension down, the second across, time where it fits.

    Time goes down without a dimension, across beside one, down below each value beside two.
    The total stands first. ``every`` column, or as many as a screen shows.
    """
    view = table.view
    lines = tuple(_lines(table, names))
    axes = [dimension_words(name) for name in view.by[:1]]
    if view.grain and len(view.by) != 1:
        axes.append(kind_words(view.grain))
    heads = [
        one
        for above, column, period in _groups(table, names)
        for node in view.indicators
        for one in _leaves(table, names, node, above, column, period)
    ]
    shown = heads if every else heads[:MOST_COLUMNS]
    numbered = tuple(_numbered(shown))
    return Pivot(table, tuple(axes) or ("",), numbered, lines, len(heads) - len(shown))


def _numbered(heads: Sequence[Head]) -> Iterator[Head]:
    for number, one in enumerate(heads):
        yield Head(
            f"c{number}", one.above, one.label, one.kind, one.indicator, one.column, one.period,
            one.against, one.in_points,
        )  # fmt: skip


def _lines(table: Table, names: Names) -> Iterator[Line]:
    view, whole = table.view, _("Total")
    rows = table.rows
    if view.by and view.sort.by == NAME:
        named = {row: names.value(view.by[0], row) for row in rows}
        rows = tuple(sorted(rows, key=named.__getitem__, reverse=view.sort.down))
    if not view.by:
        yield Line((whole if view.grain else names.scope(view.about.branch),), total=True)
        if view.grain:
            for piece in table.periods:
                yield Line((piece_words(piece, view.grain),), period=piece)
        return
    first = view.by[0]
    down: tuple[Period | None, ...] = (None,)
    if view.grain and len(view.by) > 1:
        down = (None, *table.periods)
    for row, period in product((None, *rows), down):
        label = whole if row is None else names.value(first, row)
        over = (_("Whole period") if period is None else piece_words(period, view.grain),)
        labels = (label, *over) if len(down) > 1 else (label,)
        yield Line(labels, row, period, total=row is None)


def _groups(table: Table, names: Names) -> Iterator[tuple[str, str | None, Period | None]]:
    """What stands across: values of the second dimension, or pieces of time beside the first."""
    view = table.view
    if len(view.by) > 1:
        yield _("Total"), None, None
        for column in table.columns:
            yield names.value(view.by[1], column), column, None
    elif view.by and view.grain:
        yield _("Whole period"), None, None
        for piece in table.periods:
            yield piece_words(piece, view.grain), None, piece
    else:
        yield "", None, None


def _leaves(
    table: Table, names: Names, node: str, above: str, column: str | None, period: Period | None
) -> Iterator[Head]:
    """The columns of an indicator: its value, then its change against each comparison."""
    view, tree = table.view, names.tree
    named = with_unit(names.indicator(node), unit_of(tree, node))
    alone, only = len(view.indicators) == 1, not view.comparisons
    if above and only:
        yield Head("", named, above, "value", node, column, period)
        return
    over = named if not above else above if alone else f"{above} · {named}"
    label = with_unit(_("Value"), unit_of(tree, node)) if above and alone else _("Value")
    yield Head("", over, label, "value", node, column, period)
    if node in table.adds and view.by and not above:
        yield Head("", over, _("Share (%)"), "share", node, column, period)
    in_points = indicator_of(tree, node).unit == "%"
    for one in view.comparisons:
        label = change_heading(one, in_points=in_points)
        yield Head("", over, label, "change", node, column, period, one, in_points)


def figure(found: Compared | None, *, in_points: bool) -> float | None:
    """A change as it is shown: in points of a share, else in per cent of the other value."""
    if found is None:
        return None
    return found.change if in_points else found.relative


def goodness(better: str, step: float | None) -> int:
    """1 where a change is good for the business, -1 where bad, 0 where neither or nothing.

    >>> goodness("down", 0.2), goodness("band", 3.0), goodness("up", 0.001)
    (-1, 0, 0)
    """
    if step is None or abs(step) < 0.005 or better == "band":
        return 0
    return 1 if (step > 0) == (better == "up") else -1


def change_words(step: float | None, good: int, digits: int) -> str:
    """A change with its arrow, and the sign that says good or bad without the colour.

    >>> change_words(-3.14, 1, 1), change_words(0.0, 0, 1), change_words(None, 0, 1)
    ('● ▼ −3.1', '◆ ±0', '—')
    """
    if step is None or math.isnan(step):
        return numbers.MISSING
    told = numbers.signed(step, digits)
    moved = 0 if "±" in told else 1 if step > 0 else -1
    sign = {1: f"{GOOD} ", -1: f"{BAD} "}.get(good, "") if moved else ""
    return f"{sign}{ARROWS[moved]} {told}"


def digits_of(values: Sequence[float], unit: str) -> int | None:
    """Decimals that all numbers of a column get; None: each as long as is sensible.

    >>> digits_of([41.2, 3.0], "%"), digits_of([12.0, 900.0], "users"), digits_of([1.5, 3e6], "x")
    (2, 0, None)
    """
    if unit == "%":
        return 2
    largest = max((abs(value) for value in values), default=0.0)
    if largest >= LARGE:
        return None
    if all(float(value).is_integer() for value in values) or largest >= 1000:
        return 0
    return 1 if largest >= 100 else 2 if largest >= 1 else 3 if largest >= 0.1 else 4
