"""What a cell is about: the slice of its place, and the view that splits it further."""

from __future__ import annotations

from dataclasses import replace

from data.slice import Slice
from metrics.explore.nodes import parted
from metrics.explore.records import Place
from metrics.explore.view import Sort, View


def slice_of(view: View, place: Place) -> Slice:
    """The slice whose value the place shows: period, scope and filters narrowed to it.

    A module KPI's is that of its indicator within the module, so that ``evaluate`` of the
    indicator for the slice gives the value of the cell.

    >>> view = View(("mau",), Slice.of("2026-09", tier=("vip", "basic")), by=("branch", "tier"))
    >>> slice_of(view, Place("mau", view.about.period, "B01", "vip")).words("en")
    '2026-09 · B01 · tier = vip'
    """
    about = narrowed(view, place)
    module = parted(place.indicator)[1]
    if not module:
        return about
    return replace(about, filters=tuple(sorted((*about.filters, ("module", (module,))))))


def narrowed(view: View, place: Place) -> Slice:
    """The slice of a place, whatever indicator stands in it."""
    about = view.about.over(place.period)
    filters = dict(about.filters)
    for name, value in zip(view.by, (place.row, place.column), strict=False):
        if value is not None and name == "branch":
            about = replace(about, branch=value)
        elif value is not None:
            filters[name] = (value,)
    return replace(about, filters=tuple(sorted(filters.items())))


def drill(view: View, place: Place, dimension: str) -> View:
    """The next view: what stands in a cell, split by another dimension, as a table.

    >>> start = View(("mau", "dau"), Slice.of("2026"), by=("channel",), grain="month")
    >>> found = drill(start, Place("mau", start.about.period.months()[0], "atm"), "tier")
    >>> found.indicators, found.about.words("en"), found.by, found.grain
    (('mau',), '2026-01 · whole bank · channel = atm', ('tier',), '')
    """
    whole = place.period == view.about.period
    sort = view.sort
    return replace(
        view,
        indicators=(place.indicator,),
        about=narrowed(view, place),
        by=(dimension,),
        grain=view.grain if whole else "",
        chart="table",
        sort=Sort(place.indicator, sort.against, down=sort.down) if sort.by else sort,
    )
