"""Judging and keeping: hand-made findings over days, and the demo bank's own cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError

from data.engines import open_warehouse
from data.period import Period
from data.points.catalogue import Catalogue, load_catalogue
from data.points.clock import Clock
from data.points.coverage import Coverage
from data.points.read import Store, open_store
from data.slice import Slice
from data.state import State, StateConflictError, StateRefusedError, open_state, verify_audit
from data.state.tables import WARNING_STEP
from data.state.warnings import KeptWarning, acknowledge, keep_judged, open_warnings, promise
from metrics.scorecard import ScoreCard, score_cards
from metrics.scorecard.scopes import Scopes
from metrics.tree import load_tree
from metrics.values import Setup, evaluate
from metrics.warnings import Incident, Rule, findings, incidents, load_rules, watch
from metrics.warnings.incidents import common_node, days_behind, late_incidents, lowest
from metrics.warnings.watch import next_steps
from tests.conftest import DemoBank

LEAVES = {
    "": frozenset({"", "A", "A1", "A2", "B1"}),
    "A": frozenset({"A", "A1", "A2"}),
    "A1": frozenset({"A1"}),
    "A2": frozenset({"A2"}),
    "B1": frozenset({"B1"}),
}
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC).replace(tzinfo=None)
HOURS = {1: 72.0, 2: 24.0, 3: 4.0}
RULE = Rule(
    "slow", "慢", "Slow", "threshold", ("mau", "dau"), "above", ((1, 1.0), (2, 3.0)), "bank", 2, 2,
    HOURS, "", "查", "Look",
)  # fmt: skip


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state(f"sqlite:///{tmp_path}/state.db", clock=lambda: NOW) as opened:
        yield opened


def found(value: float = 2.0, branch: str = "", members: tuple[str, ...] = ("mau",)) -> Incident:
    level = RULE.level(value)
    return Incident("slow", members[0], branch, level, members, value, RULE.limit(level))


def judge(state: State, day: date, *some: Incident, unknown: tuple[str, ...] = ()) -> None:
    """One judging of a day."""
    period, missing = Period(day.replace(day=1), day), {"slow": unknown} if unknown else {}
    steps = next_steps(LEAVES, {"slow": RULE}, open_warnings(state), some, missing, period, NOW)
    keep_judged(state, day, str(period), steps, by="cli", unknown=missing)


def only(state: State) -> KeptWarning:
    (one,) = open_warnings(state)
    return one


def test_a_warning_lives(state: State) -> None:
    days = [date(2026, 11, 1) + timedelta(i) for i in range(8)]
    judge(state, days[0], found())
    assert only(state).last.stage == "pending"
    judge(state, days[1], found(3.5))
    fired = only(state)
    assert (fired.last.stage, fired.last.level) == ("firing", 2)
    assert fired.last.due_at == NOW + timedelta(hours=24)
    taken = acknowledge(state, fired, by="wang", reason="pay day", promised_on=days[5])
    assert (taken.last.stage, taken.taken_by) == ("acknowledged", "wang")
    judge(state, days[2], found(3.5))
    assert only(state).last.promised_on == days[5]
    judge(state, days[3], unknown=("mau",))
    assert only(state).last.stage == "no_data"
    judge(state, days[4])
    assert only(state).last.stage == "recovering"
    judge(state, days[5], found())
    assert only(state).last.stage == "acknowledged"
    judge(state, days[6])
    judge(state, days[7])
    assert open_warnings(state) == ()
    assert verify_audit(state).sound


def test_judging_a_day_again_adds_nothing_unless_its_outcome_changed(state: State) -> None:
    day = date(2026, 11, 2)
    judge(state, day - timedelta(1), found())
    judge(state, day, found())
    before = only(state)
    judge(state, day, found())
    assert only(state) == before
    judge(state, day)  # a correction of the facts: the day holds after all
    assert open_warnings(state) == ()


def test_a_day_before_the_newest_is_not_kept(state: State) -> None:
    judge(state, date(2026, 11, 2), found())
    with pytest.raises(StateRefusedError, match="shown, not kept"):
        judge(state, date(2026, 11, 1), found())


def test_the_second_of_two_people_is_told(state: State) -> None:
    judge(state, date(2026, 11, 1), found())
    seen = only(state)
    acknowledge(state, seen, by="li", reason="known", promised_on=date(2026, 11, 9))
    with pytest.raises(StateConflictError, match="li acted on warning 1"):
        acknowledge(state, seen, by="wang", reason="mine", promised_on=date(2026, 11, 8))
    now = only(state)
    assert now.taken_by == "li"
    later = promise(state, now, by="li", reason="supplier", promised_on=date(2026, 11, 12))
    assert later.last.promised_on == date(2026, 11, 12)
    with pytest.raises(StateRefusedError, match="nothing to acknowledge"):
        acknowledge(state, later, by="wang", reason="again", promised_on=date(2026, 11, 8))


def test_overdue_by_time_limit_and_by_promise(state: State) -> None:
    judge(state, date(2026, 11, 1), found(3.5))
    judge(state, date(2026, 11, 2), found(3.5))
    fired, today = only(state), date(2026, 11, 20)
    assert not fired.overdue(NOW + timedelta(hours=23), today)
    assert fired.overdue(NOW + timedelta(hours=25), today)
    taken = acknowledge(state, fired, by="li", reason="known", promised_on=today)
    assert not taken.overdue(NOW + timedelta(days=9), today)
    assert taken.overdue(NOW, today + timedelta(days=1))


def test_history_is_only_ever_added_to(state: State) -> None:
    judge(state, date(2026, 11, 1), found())
    for change in (WARNING_STEP.update().values(who="x"), WARNING_STEP.delete()):
        with pytest.raises(DatabaseError, match="only ever added to"), state.writing() as link:
            link.execute(change)


def test_one_matter_stays_one_warning(state: State) -> None:
    judge(state, date(2026, 11, 1), found(branch="A1"))
    judge(state, date(2026, 11, 2), found(branch="A", members=("mau", "dau")))
    one = only(state)
    assert (one.last.branch, one.last.stage) == ("A", "firing")
    judge(state, date(2026, 11, 3), found(branch="A"), found(branch="B1"))
    assert [other.last.branch for other in open_warnings(state)] == ["A", "B1"]
    judge(state, date(2026, 11, 4), found(branch=""))
    assert [other.id for other in open_warnings(state)] == [1]  # the second became part of it


def scopes() -> Scopes:
    pairs = [(leaf, node) for node, leaves in LEAVES.items() for leaf in leaves if leaf]
    return Scopes.of(Store(Catalogue(()), Clock(), Coverage({}), tuple(pairs)))


@pytest.mark.parametrize(
    ("hit", "top", "expected"),
    [
        ({"A1"}, "", "A1"),
        ({"A1", "A2"}, "", "A"),
        ({"A1", "B1"}, "", ""),
        ({"", "A1"}, "", "A1"),
        ({""}, "", ""),
        (set(), "", None),
        ({"B1"}, "A", None),
        ({"A", "A1"}, "A", "A1"),
    ],
)
def test_the_lowest_common_node(hit: set[str], top: str, expected: str | None) -> None:
    assert lowest(scopes(), hit, top) == expected


def test_late_data_are_one_incident() -> None:
    catalogue = load_catalogue()
    tree = load_tree(None, catalogue.points)
    rule = load_rules(None, tree)["data_late"]
    first, today = date(2026, 1, 1), date(2026, 11, 20)
    runs = {
        "txn": ((first, date(2026, 11, 14)),),
        "application": ((first, date(2026, 11, 17)),),
        "event": ((first, today),),
        "loan_month": ((date(2026, 10, 31), date(2026, 10, 31)),),
    }
    coverage = Coverage(runs)
    assert [days_behind(coverage, name, today) for name in (*runs, "survey")] == [6, 3, 0, 0, None]
    (one,) = late_incidents(rule, coverage, catalogue, tree, today)
    assert (one.members, one.value, one.level, one.limit) == (("txn", "application"), 6.0, 2, 5.0)
    assert one.node == "total"
    assert late_incidents(rule, coverage, catalogue, tree, date(2026, 11, 16)) == ()
    assert common_node(tree, ["mau", "dau"]) == "core_users"


@pytest.fixture(scope="module")
def setup(demo_bank: DemoBank) -> Setup:
    catalogue = load_catalogue()
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    with warehouse.reading() as connection:
        store = open_store(connection, catalogue, Clock())
    return Setup(store, load_tree(None, catalogue.points))


@pytest.fixture(scope="module")
def july(demo_bank: DemoBank, setup: Setup, tmp_path_factory: pytest.TempPathFactory) -> ScoreCard:
    with (
        open_state(f"sqlite:///{tmp_path_factory.mktemp('state')}/s.db") as kept,
        open_warehouse(demo_bank.url, read_only=True).reading() as connection,
    ):
        return score_cards(connection, setup, kept, [Period.parse("2026-07")])[0]


def test_the_planted_leak_is_a_grave_incident(july: ScoreCard) -> None:
    rule = load_rules(None, july.tree)["data_leaked"]
    (one,) = incidents(rule, july)
    assert (one.node, one.level, one.value) == ("data_leaks", 3, 1.0)


def test_what_a_rule_finds_is_what_the_card_says(july: ScoreCard) -> None:
    rules = load_rules(None, july.tree)
    for rule in (rules["fraud_high"], rules["off_path"]):
        for name, by_branch in findings(rule, july).items():
            for branch, one in list(by_branch.items())[:5]:
                node = july.node(name, branch)
                assert one.value == (node.score if rule.kind == "path" else node.value)
                assert one.level == (0 if one.value is None else rule.level(one.value))


def test_a_year_on_year_rule_by_hand(demo_bank: DemoBank, setup: Setup, state: State) -> None:
    rule = replace(RULE, kind="year", members=("mau", "nps"), limits=((1, -1e9),), watch="bank")
    about = [Period.parse("2026-07"), Period.parse("2025-07")]
    with open_warehouse(demo_bank.url, read_only=True).reading() as connection:
        cards = score_cards(connection, setup, state, about)
        then, now = (
            evaluate(connection, setup, ["mau", "nps"], Slice(period)).value[0]
            for period in reversed(about)
        )
    found = findings(rule, cards[0], cards[1])
    worse = 100 * (then[0] - now[0]) / abs(then[0])
    assert found["mau"][""].value == pytest.approx(worse)


def test_the_whole_run_is_kept_once(demo_bank: DemoBank, setup: Setup, state: State) -> None:
    rules = load_rules(None, setup.tree)
    with open_warehouse(demo_bank.url, read_only=True).reading() as connection:

        def run() -> int:
            judged = watch(
                connection, setup, state, rules, by="cli", yesterday=demo_bank.until,
                period=Period.parse("2026-07"),
            )  # fmt: skip
            assert judged is not None
            assert judged.recorded
            return judged.new

        assert run() > 0
        assert run() == 0
    kept = open_warnings(state)
    assert any(one.last.node == "data_leaks" and one.last.stage == "firing" for one in kept)
    assert all(one.last.judged_on == date(2026, 7, 31) for one in kept)
