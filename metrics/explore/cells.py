"""What a cell is about: the slice of its place."""

from __future__ import annotations

from dataclasses import replace

from data.slice import Slice
from metrics.explore.nodes import parted
from metrics.explore.records import Place
from metrics.explore.view import View


def slice_of(view: View, place: Place) -> Slice:
    """The slice whose value the place shows: period, scope and filters narrowed to it.

    A module KPI's is that of its indicator within the module, so that ``evaluate`` of the
    indicator for the slice gives the value of the cell.

    >>> view = View(("mau",), Slice.of("2026-09", tier=("vip", "basic")), by=("branch", "tier"))
    >>> slice_of(view, Place("mau", view.about.period, "B01", "vip")).words("en")
    '2026-09 · B01 · tier = vip'
    """
    about = view.about.over(place.period)
    filters = dict(about.filters)
    for name, value in zip(view.by, (place.row, place.column), strict=False):
        if value is None:
            continue
        if name == "branch":
            about = replace(about, branch=value)
        else:
            filters[name] = (value,)
    module = parted(place.indicator)[1]
    if module:
        filters["module"] = (module,)
    return replace(about, filters=tuple(sorted(filters.items())))
