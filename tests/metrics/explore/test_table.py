"""Tables against a second calculation, in pandas from the raw facts; targets against the card."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy import select

from data.contract import CONTRACT
from data.engines.warehouse import frame
from data.period import Period
from data.points.reader import LiveReader
from data.slice import Rights, Slice, SliceError
from data.state import State, open_state
from metrics.explore.defined import UndefinedError
from metrics.explore.records import Table
from metrics.explore.table import answer
from metrics.explore.targets import Targets
from metrics.explore.view import Sort, View
from metrics.scorecard.issue import score_cards
from metrics.values.reasons import Reason
from tests.metrics.scorecard.opened import Opened

MONTH = Period.parse("2026-09")
ZONE = timedelta(hours=8)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    return open_state(f"sqlite:///{tmp_path_factory.mktemp('explore')}/state.db")


def asked(demo: Opened, view: View, targets: Targets | None = None) -> Table:
    return answer(LiveReader(demo.connection, demo.setup.store), demo.setup, view, targets)


def raw(demo: Opened, table: str, *columns: str) -> pd.DataFrame:
    own = CONTRACT.tables[table]
    return frame(demo.connection, select(*(own.c[name] for name in columns)))


def days(moments: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    """Days of the bank's zone of moments in UTC."""
    return (pd.to_datetime(moments) + ZONE).dt.normalize()


def within(day: pd.Series[pd.Timestamp], period: Period) -> pd.Series[bool]:
    return day.between(pd.Timestamp(period.first), pd.Timestamp(period.last))


def groups(found: pd.Series[float] | pd.Series[int]) -> list[tuple[list[str], float]]:
    """The keys of a grouped series, and its values."""
    rows = found.reset_index().to_numpy().tolist()
    return [([str(key) for key in row[:-1]], float(row[-1])) for row in rows]


def tiers(demo: Opened, month_end: date) -> pd.DataFrame:
    found = raw(demo, "user_month", "month", "user_id", "tier")
    return found[pd.to_datetime(found["month"]) == pd.Timestamp(month_end)][["user_id", "tier"]]


def test_a_ratio_by_two_dimensions_is_divided_after_adding(demo: Opened) -> None:
    view = View(("scene_risk_rate",), Slice(MONTH), by=("module", "channel"))
    table = asked(demo, view)
    txn = raw(demo, "txn", "occurred_at", "user_id", "module", "risky", "fraud")
    day = days(txn["occurred_at"])
    txn = txn[within(day, MONTH)]
    txn = txn.merge(raw(demo, "dim_user", "user_id", "channel"), on="user_id", how="left")
    txn["hit"] = txn["risky"].fillna(False).astype(bool) | txn["fraud"].fillna(False).astype(bool)
    expected = txn.groupby(["module", "channel"])["hit"].mean() * 100
    for (module, channel), rate in groups(expected):
        assert table.at("scene_risk_rate", module, channel).value == pytest.approx(rate)
    assert table.at("scene_risk_rate").value == pytest.approx(100 * txn["hit"].mean())
    for (channel,), rate in groups(txn.groupby("channel")["hit"].mean() * 100):
        assert table.at("scene_risk_rate", None, channel).value == pytest.approx(rate)
    few = txn.groupby(["module", "channel"]).size()
    for (module, channel), count in groups(few):
        cell = table.at("scene_risk_rate", module, channel)
        assert (cell.behind, cell.small) == (count, count < 5)


def test_distinct_users_by_two_dimensions_are_counted_again_in_totals(demo: Opened) -> None:
    view = View(("mau",), Slice(MONTH), by=("module", "tier"))
    table = asked(demo, view)
    event = raw(demo, "event", "occurred_at", "user_id", "module")
    event["day"] = days(event["occurred_at"])
    inside = within(event["day"], MONTH)
    event = event[inside & event["user_id"].notna()]
    user = raw(demo, "dim_user", "user_id", "registered_at", "closed_at")
    event = event.merge(user, on="user_id")
    event = event[days(event["registered_at"]) <= event["day"]]
    event = event.merge(tiers(demo, date(2026, 8, 31)), on="user_id", how="left")
    event["tier"] = event["tier"].fillna("")
    cells = event.groupby(["module", "tier"])["user_id"].nunique()
    for (module, tier), count in groups(cells):
        assert table.at("mau", module, tier).value == count
    for (tier,), count in groups(event.groupby("tier")["user_id"].nunique()):
        assert table.at("mau", None, tier).value == count
    for (module,), count in groups(event.groupby("module")["user_id"].nunique()):
        assert table.at("mau", module).value == count
    assert table.at("mau").value == event["user_id"].nunique() < cells.sum()
    assert table.adds == frozenset()
    assert table.at("mau", "transfer").share is None


def test_a_cohort_belongs_to_the_period_in_which_it_is_old_enough(demo: Opened) -> None:
    view = View(("retention_d1",), Slice(MONTH), by=("channel",), comparisons=("previous",))
    table = asked(demo, view)
    user = raw(demo, "dim_user", "user_id", "registered_at", "channel").dropna()
    user["day"] = days(user["registered_at"])
    event = raw(demo, "event", "occurred_at", "user_id").dropna()
    active = set(zip(event["user_id"], days(event["occurred_at"]), strict=True))
    due_on = user["day"] + pd.Timedelta(days=1)
    user["kept"] = [one in active for one in zip(user["user_id"], due_on, strict=True)]
    for period, of in ((MONTH, "value"), (MONTH.previous(), "compared")):
        due = user[within(due_on, period)]
        for (channel,), rate in groups(100 * due.groupby("channel")["kept"].mean()):
            cell = table.at("retention_d1", channel)
            found = cell.value if of == "value" else cell.compared[0].value
            assert found == pytest.approx(rate)


def test_targets_are_those_of_the_score_card(demo: Opened, state: State) -> None:
    nodes = ("txn_amount", "mau", "npl_ratio", "availability", "mau@transfer")
    view = View(nodes[:4], Slice(Period.parse("2026-11")), ("branch",), comparisons=("target",))
    targets = Targets(state, demo.known)
    with pytest.raises(UndefinedError, match="Availability is not recorded by branch"):
        asked(demo, view, targets)
    periods = [view.about.period]
    card = score_cards(demo.connection, demo.setup, state, periods, known=demo.known)[0]
    for by, chosen in ((("branch",), nodes[:3]), ((), nodes)):
        about = View(chosen, view.about, by, comparisons=("target",))
        table = asked(demo, about, targets)
        for node in chosen:
            for branch in (None, *table.rows):
                expected = card.node(node, branch or "")
                found = table.at(node, branch).compared[0]
                assert found.value == pytest.approx(expected.target), (node, branch)
                if expected.target is None:
                    assert found.reason == expected.reason
                elif expected.value is not None:
                    assert found.change == pytest.approx(expected.value - expected.target)


def test_a_series_has_its_own_periods_and_the_last_is_open(demo: Opened) -> None:
    about = Slice.of("2026-Q4")
    view = View(("mau", "txn_amount"), about, ("channel",), "month", ("previous",))
    table = asked(demo, view)
    assert [str(one) for one in table.periods] == ["2026-10", "2026-11"]
    last = table.at("mau", "ad", period=table.periods[-1])
    assert last.open and last.partial and last.compared[0].unequal
    assert (last.covered, last.days) == (10, 30)
    assert not table.at("mau", "ad", period=table.periods[0]).partial
    assert str(last.compared[0].period) == "2026-10"
    months = [table.at("txn_amount", period=one).value or 0.0 for one in table.periods]
    assert table.at("txn_amount").value == pytest.approx(sum(months))


def test_rows_stand_as_the_view_sorts_them_and_chance_stands_last(demo: Opened) -> None:
    sort = Sort("scene_risk_rate", down=True)
    about = Slice(Period.parse("2026-10-15"))
    table = asked(demo, View(("scene_risk_rate",), about, ("module",), sort=sort))
    cells = [table.at("scene_risk_rate", row) for row in table.rows]
    firm = [cell.value for cell in cells if not cell.small and cell.value is not None]
    assert firm == sorted(firm, reverse=True)
    assert any(cell.small for cell in cells)
    assert all(cell.small or cell.value is None for cell in cells[len(firm) :])


def test_branches_are_ranked_within_peers_and_few_users_never(demo: Opened) -> None:
    table = asked(demo, View(("retention_d1",), Slice(MONTH), ("branch",)))
    assert {one.branch for one in table.peers} == set(table.rows)
    for one in table.peers:
        if one.users is None or one.users < 30 or table.at("retention_d1", one.branch).small:
            assert one.rank is None
    mine = asked(demo, View(("mau",), Slice(MONTH), ("branch",)))
    best = [one for one in mine.peers if one.rank == 1]
    for one in best:
        same = [other for other in mine.peers if (other.level, other.size) == (one.level, one.size)]
        ranked = [mine.at("mau", other.branch).value or 0.0 for other in same if other.rank]
        assert mine.at("mau", one.branch).value == max(ranked)


def test_a_reader_sees_the_own_subtree_alone(demo: Opened) -> None:
    every = asked(demo, View(("mau",), Slice(MONTH), ("branch",)))
    branch = every.rows[0]
    mine = Slice(MONTH, rights=Rights(branch))
    own = asked(demo, View(("mau",), mine, ("branch",)))
    assert own.at("mau").value == every.at("mau", branch).value
    assert set(own.rows) <= {node for node, leaves in demo.setup.store.leaves.items()
                             if leaves <= demo.setup.store.leaves[branch]}  # fmt: skip
    with pytest.raises(SliceError):
        asked(demo, View(("mau",), Slice(MONTH, every.rows[1], rights=Rights(branch)), ()))


def test_a_leaf_branch_is_its_own_only_part(demo: Opened) -> None:
    branch = asked(demo, View(("new_users",), Slice(MONTH), ("branch",))).rows[0]
    table = asked(demo, View(("new_users",), Slice(MONTH, branch), ("branch",)))
    assert table.rows == (branch,) and not table.left
    assert table.at("new_users", branch).value == table.at("new_users").value


def test_a_table_that_is_too_large_is_refused(
    demo: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metrics.explore.table.MOST_CELLS", 10)
    with pytest.raises(UndefinedError, match="the table is too large") as error:
        asked(demo, View(("mau",), Slice(MONTH), ("branch", "channel")))
    assert "表格过大" in error.value.words("zh")


def test_what_is_missing_has_a_reason_and_no_number(demo: Opened) -> None:
    table = asked(demo, View(("retention_d1",), Slice.of("2026-Q3"), ("channel", "age_band")))
    empty = [cell for cell in table.cells.values() if cell.value is None]
    assert {cell.reason for cell in empty} == {Reason("nothing_to_divide_by")}
    early = View(("mau", "retention_d1"), Slice(Period.parse("2020-01")))
    found = asked(demo, early)
    assert {cell.value for cell in found.cells.values()} == {None}
    assert all(cell.reason is not None for cell in found.cells.values())
