"""Rows behind a cell: as many as its point counts, logged, and never of fewer than five people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from data.period import Period
from data.points.reader import LiveReader
from data.points.rows import Rows
from data.slice import Rights, Slice, SliceError
from data.state import State, audit_entries, open_state
from metrics.decomposition.records import Refused
from metrics.explore.records import Place
from metrics.explore.rows import days_behind, row_points, rows_of
from metrics.explore.table import answer
from metrics.explore.view import View
from tests.metrics.scorecard.opened import Opened

MONTH = Period.parse("2026-09")
ABOUT = replace(Slice(MONTH), rights=Rights(rows=True))


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    with open_state(f"sqlite:///{tmp_path_factory.mktemp('explore_rows')}/state.db") as found:
        yield found


def looked(demo: Opened, state: State, view: View, place: Place, point: str) -> Rows:
    found = rows_of(
        demo.connection, demo.setup, state, view, place, point, who="li", purpose="a check"
    )
    assert isinstance(found, Rows)
    return found


def test_rows_are_as_many_as_the_point_counts_and_nothing_withheld_is_in_a_total(
    demo: Opened, state: State
) -> None:
    """By channel and tier: of "ad", its parts, and of everything, which leaves small parts out."""
    view = View(("txn_count",), ABOUT, ("channel", "tier"))
    table = answer(LiveReader(demo.connection, demo.setup.store), demo.setup, view)
    parts = {}
    for tier in (None, *table.columns):
        place = Place("txn_count", MONTH, "ad", tier)
        parts[tier] = rows = looked(demo, state, view, place, "txn_count")
        assert rows.total + rows.left_out == table.cells[place].value
        assert not (rows.withheld and rows.cells)
    total = parts.pop(None)
    small = {tier for tier, rows in parts.items() if rows.withheld}
    assert small and len(small) < len(table.columns)
    assert total.total == sum(rows.total for tier, rows in parts.items() if tier not in small)
    assert total.left_out == sum(parts[tier].total for tier in small) > 0
    of = total.columns.index("tier")
    assert not {row[of] for row in total.cells} & small
    every = looked(demo, state, view, Place("txn_count", MONTH), "txn_count")
    assert every.left_out > total.left_out
    assert every.total + every.left_out == table.at("txn_count").value


def test_a_total_by_branches_leaves_out_branches_of_few_people(demo: Opened, state: State) -> None:
    view, place = View(("txn_count",), ABOUT, ("branch",)), Place("txn_count", MONTH)
    rows = looked(demo, state, view, place, "txn_count")
    table = answer(LiveReader(demo.connection, demo.setup.store), demo.setup, view)
    assert rows.total + rows.left_out == table.cells[place].value
    of, who = rows.columns.index("branch_id"), rows.columns.index("user_id")
    assert rows.left_out and all("*****" in str(row[who]) for row in rows.cells)
    branch = str(rows.cells[0][of])
    node = next(one for one in table.rows if branch in demo.setup.store.leaves[one])
    listed = looked(demo, state, view, replace(place, row=node), "txn_count")
    assert not listed.withheld


def test_every_look_is_logged_and_nobody_looks_without_the_right(
    demo: Opened, state: State
) -> None:
    view, place = View(("mau",), ABOUT, ("channel",)), Place("mau", MONTH, "ad")
    before = len(audit_entries(state))
    rows = looked(demo, state, view, place, "active_users")
    assert all("*****" in str(row[rows.columns.index("user_id")]) for row in rows.cells)
    entries = audit_entries(state)
    assert len(entries) == before + 1
    assert (entries[-1].who, entries[-1].action, entries[-1].object) == (
        "li", "access_rows", "active_users"
    )  # fmt: skip
    with pytest.raises(SliceError, match="not open to you"):
        looked(demo, state, replace(view, about=Slice(MONTH)), place, "active_users")
    assert len(audit_entries(state)) == before + 1


def test_a_cohort_shows_the_rows_of_the_days_on_which_it_began(demo: Opened, state: State) -> None:
    assert row_points(demo.setup, "retention_d30") == ("d30_due", "d30_kept")
    days = days_behind(demo.setup, "retention_d30", "d30_due", MONTH)
    assert str(days) == "2026-08-02..2026-08-31"
    view, place = View(("retention_d30",), ABOUT), Place("retention_d30", MONTH)
    rows = looked(demo, state, view, place, "d30_due")
    table = answer(LiveReader(demo.connection, demo.setup.store), demo.setup, view)
    assert table.cells[place].behind == rows.total
    assert str(days_behind(demo.setup, "aum", "aum", MONTH)) == "2026-09-30..2026-09-30"
    assert days_behind(demo.setup, "mau", "active_users", Period.parse("2035")) is None


def test_rows_that_cannot_be_narrowed_are_refused(demo: Opened, state: State) -> None:
    view = View(("txn_count",), replace(ABOUT, filters=(("tier", ("vip",)),)))
    place = Place("api_error_rate", MONTH)
    found = rows_of(
        demo.connection, demo.setup, state, view, place, "api_calls", who="li", purpose="a check"
    )
    assert isinstance(found, Refused) and "cannot be narrowed by tier" in found.words("en")
