"""What a view costs to read: combinations that nothing is kept of are counted period by period."""

from __future__ import annotations

from data.period import PeriodError
from data.points.catalogue import Catalogue, Point
from data.slice import SEGMENT_DIMENSIONS
from metrics.explore.nodes import parted
from metrics.explore.timeline import pieces
from metrics.explore.view import View
from metrics.values.evaluation import Setup

MOST_COUNTED = 40
"""Periods of one view that may be counted from single facts or user-days, a statement each."""


def counted_apart(setup: Setup, view: View, node: str) -> int:
    """How many periods of an indicator are counted from single facts; 0 where all are kept.

    Points are kept by module and App and by segment and App, distinct users by one dimension at a
    time, each by branch as well; what is outside is answered from facts and user-days, slower.
    """
    filters = view.about.segment
    name, module = parted(node)
    dims = {*view.by, *filters, *(("module",) if module else ())} - {"branch"}
    single = all(len(values) == 1 for values in filters.values())
    catalogue = setup.store.catalogue
    points = [catalogue.points[one] for one in setup.tree.indicators[name].formula.points]
    if all(_kept(catalogue, point, dims, single=single) for point in points):
        return 0
    own = pieces(view.about.period, view.grain, setup.store.coverage.last_known)
    asked = {*own, view.about.period}
    for period in tuple(asked):
        for against in view.comparisons:
            if against != "target":
                try:
                    asked.add(period.against(against))
                except PeriodError:
                    break
    return len(asked)


def _kept(catalogue: Catalogue, point: Point, dims: set[str], *, single: bool) -> bool:
    source = catalogue.by_name[point.source]
    if source.build == "distinct":
        return not dims or (len(dims) == 1 and single and not point.where)
    by_segment = source.by_segment and dims <= {*SEGMENT_DIMENSIONS, "app"}
    return dims <= {"module", "app"} or by_segment
