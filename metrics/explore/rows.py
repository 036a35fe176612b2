"""Down to the rows behind a cell: for readers with the right, logged, masked, a page at a time."""

from __future__ import annotations

from sqlalchemy import Connection

from data.period import Period
from data.points.catalogue import Point
from data.points.pieces import windows_of
from data.points.rows import Parts, Rows, rows_behind
from data.state import State, log_access
from metrics.decomposition import nodes_below
from metrics.decomposition.records import Refused
from metrics.explore.cells import slice_of
from metrics.explore.nodes import parted
from metrics.explore.records import Place
from metrics.explore.view import View
from metrics.values.evaluation import Setup


def row_points(setup: Setup, node: str) -> tuple[str, ...]:
    """The points of an indicator, whose rows stand behind its number."""
    return tuple(sorted(setup.tree.indicators[parted(node)[0]].formula.points))


def days_behind(setup: Setup, node: str, point: str, period: Period) -> Period | None:
    """The days whose rows count for a point of an indicator over a period.

    Of a cohort those on which it began, of a stock at month-ends the month-end; None where nothing
    is loaded.
    """
    terms = setup.terms(parted(node)[0], period)
    found = setup.store.catalogue.points[point]
    days = [
        run
        for term, weighted in terms.wants.items()
        if term.point == point and term.function != "year_ago"
        for want, _ in weighted
        for run in (
            [(want.first, want.last)]
            if found.adds == "distinct"
            else [(first, last) for first, last, _ in windows_of(want, found, setup.store)]
        )
    ]
    if not days:
        return None
    return Period(min(first for first, _ in days), max(last for _, last in days))


def rows_of(
    connection: Connection,
    setup: Setup,
    state: State,
    view: View,
    place: Place,
    point: str,
    page: int = 0,
    *,
    who: str,
    purpose: str,
) -> Rows | Refused:
    """A page of the rows behind a cell that a point counts; the look is in the audit log.

    Ids of people are masked; of fewer than five nothing is listed, neither in their own cell nor in
    a total of the view that holds them. SliceError for a reader without the right to rows or
    outside the reader's reach, Refused where the point cannot be narrowed to the cell.
    """
    days = days_behind(setup, place.indicator, point, place.period)
    if days is None:
        return Refused("该期间未装载数据", "no data are loaded for this period")
    found = setup.store.catalogue.points[point]
    about = slice_of(view, place)
    lacking = [name for name in about.segment if name not in found.split_by]
    if lacking:
        return Refused(
            f"“{found.name_zh}”的明细不能按 {lacking[0]} 筛选",
            f"the rows of “{found.name_en}” cannot be narrowed by {lacking[0]}",
        )
    parts = _parts(setup, view, place, found)
    rows = rows_behind(connection, setup.store, point, about.over(days), page, parts)
    detail = {"slice": about.words("en"), "page": page, "columns": list(rows.columns)}
    log_access(state, who=who, source=point, rows=len(rows.cells), purpose=purpose, detail=detail)
    return rows


def _parts(setup: Setup, view: View, place: Place, point: Point) -> tuple[Parts, ...]:
    """What a total is shown in parts by: the dimensions of the view that it adds over."""
    leaves, found = setup.store.leaves, []
    for name, value in zip(view.by, (place.row, place.column), strict=False):
        if value is not None or name not in point.split_by:
            continue
        about = view.about
        scope = about.branch or about.rights.subtree
        below = nodes_below(setup.store, scope) if name == "branch" else ()
        found.append(Parts(name, {node: leaves[node] for node in below}))
    return tuple(found)
