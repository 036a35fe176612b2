"""Views at random that are defined for a bank."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume
from hypothesis import strategies as st

from data.period import Period
from data.slice import CLOSED_VALUES, FILTER_DIMENSIONS, Slice
from metrics.decomposition import nodes_below
from metrics.explore.defined import UndefinedError, dimensions_of, mended
from metrics.explore.view import Against, Sort, View
from metrics.values import Setup

PERIODS = ("2026-09", "2026-10", "2026-11", "2026-Q3", "2026-W40", "2026-10-15", "2025-12")
COMPARED: tuple[tuple[Against, ...], ...] = (
    (),
    ("previous",),
    ("previous", "year"),
    ("year", "start"),
    ("month_end",),
)
RANGES = ("2026-10-05..2026-10-20", "2026")


@st.composite
def defined_views(draw: st.DrawFn, setup: Setup) -> View:
    """A view of one or two indicators that is defined, over periods that hold data."""
    tree = setup.tree
    nodes = (*tree.indicators, *tree.module_kpis())
    first = draw(st.sampled_from(nodes))
    free = sorted(dimensions_of(setup, first))
    by = draw(st.lists(st.sampled_from(free), max_size=2, unique=True)) if free else []
    others = [node for node in nodes if node != first and {*by} <= dimensions_of(setup, node)]
    indicators = [first, *draw(st.lists(st.sampled_from(others), max_size=1, unique=True))]
    common = frozenset(free).intersection(*(dimensions_of(setup, one) for one in indicators))
    filters = {
        name: (draw(st.sampled_from(_values(setup, name))),)
        for name in sorted(common & {*FILTER_DIMENSIONS})
        if draw(st.integers(0, 4)) == 0
    }
    branches = ["", *nodes_below(setup.store, "")[:3]] if "branch" in common else [""]
    period = Period.parse(draw(st.sampled_from((*PERIODS, *RANGES))))
    about = Slice.of(period, draw(st.sampled_from(branches)), **filters)
    view = View(
        tuple(dict.fromkeys(indicators)), about, tuple(by),
        draw(st.sampled_from(["", "", "month"])),
        draw(st.sampled_from(COMPARED)),
        sort=Sort(first, down=True),
    )  # fmt: skip
    try:
        found, _ = mended(setup, view)
    except UndefinedError:
        assume(False)
        raise
    return replace(found, sort=Sort(first, down=True))


def _values(setup: Setup, name: str) -> tuple[str, ...]:
    if name == "module":
        return tuple(setup.tree.modules)
    return CLOSED_VALUES.get(name, ("app", "mini"))
