"""The answer to a view: values, totals, changes and shares, each worked out as its own question.

A total is never added up from cells: ratios are divided after adding, distinct users are counted
again, because each total is read and computed by the same functions as a cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

import numpy as np

from data.period import Comparison, Period, PeriodError
from data.points.reader import Reader
from metrics.decomposition.records import Refused
from metrics.explore.adding import adds_up, left_over, with_shares
from metrics.explore.cells import slice_of
from metrics.explore.defined import Undefined, UndefinedError, no_target, undefined
from metrics.explore.order import ordered, peers_of
from metrics.explore.reading import Found, Read, read_view
from metrics.explore.records import Cell, Compared, Place, Table, Why
from metrics.explore.targets import Goals, Targets, read_goals
from metrics.explore.timeline import pieces
from metrics.explore.view import TARGET, View
from metrics.values.behind import FEWEST
from metrics.values.evaluation import Setup
from metrics.values.reasons import Reason

Others = Mapping[tuple[Period, Comparison], Period | None]
MOST_CELLS = 40_000
_OUT_OF_REACH = Refused("对比期间超出日历范围", "what it would be compared with is out of reach")


def answer(reader: Reader, setup: Setup, view: View, targets: Targets | None = None) -> Table:
    """The table of a view, from a few readings whatever its indicators and periods.

    ``targets`` says where targets come from; without it a comparison with them has a reason.
    UndefinedError for a view that is not defined (``mended`` of metrics.explore.defined leaves the
    undefined parts out); SliceError for a scope out of the reader's reach.
    """
    problems = undefined(setup, view)
    if problems:
        raise UndefinedError(problems)
    periods = pieces(view.about.period, view.grain, setup.store.coverage.last_known)
    own = tuple(dict.fromkeys((*periods, view.about.period)))
    others = _others(view, own)
    found = read_view(reader, setup, view, own, {one for one in others.values() if one is not None})
    _fits(found, own)
    goals = None
    if TARGET in view.comparisons and targets is not None:
        goals = read_goals(reader, setup, targets, view.indicators, own)
    cells = {place: _cell(setup, found, place, others, goals) for place in _places(found, own)}
    return _table(setup, found, periods, cells)


def _fits(found: Found, own: tuple[Period, ...]) -> None:
    """UndefinedError for a table that nobody can read, and that would take long to make."""
    rows, columns = _axes(found)
    count = (len(rows) + 1) * (len(columns) + 1) * len(own) * len(found.view.indicators)
    if count > MOST_CELLS:
        why = Refused(
            f"表格过大（{count} 格，最多 {MOST_CELLS} 格）：请减少维度、指标或时间点",
            f"the table is too large ({count} cells, at most {MOST_CELLS}): "
            "choose fewer dimensions, indicators or points in time",
        )
        raise UndefinedError((Undefined("by", ",".join(found.view.by), why),))


def _table(
    setup: Setup, found: Found, periods: tuple[Period, ...], cells: dict[Place, Cell]
) -> Table:
    view = found.view
    adding = frozenset(node for node in view.indicators if adds_up(setup, node, view.by))
    table = Table(
        view,
        *_axes(found),
        periods,
        with_shares(cells, adding),
        adding,
        left_over(view, cells, adding),
    )
    return replace(table, rows=ordered(table), peers=peers_of(setup, found, table))


def _axes(found: Found) -> tuple[tuple[str, ...], tuple[str, ...]]:
    members = [found.members[name] for name in found.view.by]
    return (members[0] if members else (), members[1] if len(members) > 1 else ())


def _others(view: View, own: tuple[Period, ...]) -> Others:
    """What each period is compared with; None where that is out of the calendar's reach."""
    found: dict[tuple[Period, Comparison], Period | None] = {}
    for period, against in product(own, view.comparisons):
        if against == "target":
            continue
        try:
            found[period, against] = period.against(against)
        except PeriodError:
            found[period, against] = None
    return found


def _places(found: Found, own: tuple[Period, ...]) -> Iterator[Place]:
    rows, columns = _axes(found)
    every = product(found.view.indicators, own, (None, *rows), (None, *columns))
    for indicator, period, row, column in every:
        yield Place(indicator, period, row, column)


def _cell(setup: Setup, found: Found, place: Place, others: Others, goals: Goals | None) -> Cell:
    read = found.read(place)
    compared = tuple(
        _target(setup, found.view, place, read, goals)
        if against == "target"
        else _against(found, place, read, against, others[place.period, against])
        for against in found.view.comparisons
    )
    behind = found.behind(place)
    return Cell(
        _known(read.value),
        read.reason,
        compared,
        behind=behind,
        small=behind is not None and behind < FEWEST,
        covered=read.covered,
        days=read.days,
        open=read.open,
    )


def _against(
    found: Found, place: Place, read: Read, against: Comparison, other: Period | None
) -> Compared:
    if other is None:
        return Compared(against, place.period, None, None, None, _OUT_OF_REACH)
    then = found.read(place, other)
    change, relative = _change(read.value, then.value)
    unequal = read.open != then.open or _share(read) != _share(then)
    value = _known(then.value)
    return Compared(against, other, value, change, relative, then.reason, unequal)


def _share(read: Read) -> float:
    return round(read.covered / read.days, 9) if read.days else 0.0


def _target(setup: Setup, view: View, place: Place, read: Read, goals: Goals | None) -> Compared:
    value, why = _goal(setup, view, place, goals)
    change, relative = _change(read.value, np.nan if value is None else value)
    return Compared(TARGET, place.period, value, change, relative, why)


def _goal(
    setup: Setup, view: View, place: Place, goals: Goals | None
) -> tuple[float | None, Why | None]:
    about = slice_of(view, place)
    refused = no_target(setup, place.indicator, View((place.indicator,), about))
    if refused is not None:
        return None, refused
    if goals is None:
        return None, Reason("no_target")
    module = about.segment.get("module", ("",))[0]
    branch = about.branch or about.rights.subtree
    return goals.target(place.indicator, branch, module, place.period)


def _change(value: float, other: float) -> tuple[float | None, float | None]:
    """The change and, where the other value is above 0, the change in per cent of it."""
    change = value - other
    if np.isnan(change):
        return None, None
    return float(change), float(100 * change / other) if other > 0 else None


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
