"""Laws of a table: every number is the answer to the slice that its place names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.period import Period
from data.points.reader import LiveReader
from metrics.explore.cells import slice_of
from metrics.explore.nodes import parted
from metrics.explore.records import Place, Table
from metrics.explore.table import answer
from metrics.explore.view import UNSORTED, View
from metrics.values import evaluate
from tests.metrics.explore.views import defined_views
from tests.metrics.scorecard.opened import Opened

MANY = bool(os.environ.get("CI"))
EXAMPLES = 25 if MANY else 8
PLACES = 10 if MANY else 4
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
random_views = settings(max_examples=EXAMPLES, suppress_health_check=QUIET, derandomize=not MANY)


def asked(demo: Opened, view: View) -> Table:
    return answer(LiveReader(demo.connection, demo.setup.store), demo.setup, view)


def value_of(demo: Opened, view: View, place: Place, other: Period | None = None) -> float | None:
    """What ``cli.py value`` prints for the slice of a place."""
    about = slice_of(view, place)
    about = about if other is None else about.over(other)
    found = evaluate(demo.connection, demo.setup, [parted(place.indicator)[0]], about)
    return None if found.reason[0, 0] is not None else float(found.value[0, 0])


def chosen(table: Table, seed: int) -> list[Place]:
    """Some places of a table, its grand total first of all."""
    places = list(table.cells)
    totals = [place for place in places if place.row is None and place.column is None][:1]
    return [*totals, *Random(seed).sample(places, min(PLACES, len(places)))]


@given(data=st.data())
@random_views
def test_the_laws_of_a_table(demo: Opened, data: st.DataObject) -> None:
    """One table a view, held against all laws: reading is what takes time."""
    view, seed = data.draw(defined_views(demo.setup)), data.draw(st.integers(0, 10_000))
    table = asked(demo, view)
    every_value_is_that_of_its_slice(demo, view, table, chosen(table, seed))
    parts_add_up_where_points_add(table)
    if "previous" in view.comparisons and not view.grain:
        swapping_the_periods_flips_the_sign(demo, table)


def every_value_is_that_of_its_slice(
    demo: Opened, view: View, table: Table, places: Sequence[Place]
) -> None:
    for place in places:
        cell = table.cells[place]
        assert cell.value == near(value_of(demo, view, place)), place
        assert (cell.value is None) == (cell.reason is not None)
        for one in cell.compared[:1]:
            assert one.value == near(value_of(demo, view, place, one.period)), (place, one)


def near(value: float | None) -> object:
    return None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)


def parts_add_up_where_points_add(table: Table) -> None:
    """Over rows and over columns; of branches with what no branch below accounts for."""
    view = table.view
    periods = {*table.periods, view.about.period}
    for whole in [Place(node, period) for node in table.adds for period in periods]:
        total = table.cells[whole].value
        for axis, names in zip(("row", "column"), (table.rows, table.columns), strict=True):
            cells = [table.cells[part(whole, axis, name)] for name in names]
            if total is None or not cells:
                continue
            by_branch = view.by[0 if axis == "row" else 1] == "branch"
            left = table.left.get(whole, 0.0) if by_branch else 0.0
            assert sum(cell.value or 0.0 for cell in cells) + left == pytest.approx(total, abs=1e-5)
            shares = [cell.share for cell in cells]
            if None not in shares and not left:
                assert sum(share or 0.0 for share in shares) == pytest.approx(100)


def part(whole: Place, axis: str, name: str) -> Place:
    return replace(whole, row=name) if axis == "row" else replace(whole, column=name)


def swapping_the_periods_flips_the_sign(demo: Opened, table: Table) -> None:
    """The earlier period as its own question: what was before is after, and turns the sign."""
    before = table.view.about.period.previous()
    about = table.view.about.over(before)
    back = asked(demo, replace(table.view, about=about, comparisons=(), sort=UNSORTED))
    for place, cell in table.cells.items():
        mirrored, then = back.cells.get(replace(place, period=before)), cell.compared[0]
        if mirrored is None or mirrored.value is None or then.change is None:
            continue
        assert cell.value is not None
        assert mirrored.value - cell.value == pytest.approx(-then.change, rel=1e-9, abs=1e-9)
