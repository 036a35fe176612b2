"""Active users by what they did before, against sets of people from raw events."""

from __future__ import annotations

from datetime import date

from data.behaviour.visits import visits
from data.period import Period
from data.slice import Slice
from metrics.behaviour.visits import visits as told
from metrics.tree import load_tree
from metrics.values import Setup, evaluate
from tests.data.behaviour.conftest import MONTH, Facts


def periods(count: int) -> list[Period]:
    found = [MONTH]
    while len(found) < count:
        found.insert(0, found[0].previous())
    return found


def test_kinds_are_those_of_sets_of_people(facts: Facts) -> None:
    asked = periods(5)
    sets = {p: set(facts.within(p.first, p.last)["user_id"]) for p in [asked[0].previous(), *asked]}
    joined = facts.users["registered_on"].to_dict()
    rows = visits(facts.connection, facts.store, Slice.of(MONTH), asked)
    for one in told(rows, asked, facts.store.coverage.first_day, date(2026, 11, 10)):
        now, before = sets[one.period], sets[one.period.previous()]
        new = {u for u in now if one.period.first <= joined[u] <= one.period.last}
        assert one.new == len(new)
        assert one.returning == len((now & before) - new)
        assert one.recovered == len(now - before - new)
        assert one.lost == len(before - now)
        assert one.active == len(now)
        assert one.known


def test_all_active_users_are_the_indicator(facts: Facts) -> None:
    catalogue = facts.store.catalogue
    setup = Setup(facts.store, load_tree(None, catalogue.points))
    for about in (
        Slice.of(MONTH),
        Slice.of(MONTH, branch="B01"),
        Slice.of(MONTH, tier=("basic", "vip")),
        Slice.of(MONTH, module=("wealth",)),
    ):
        rows = visits(facts.connection, facts.store, about, [MONTH])
        active = rows.loc[rows["kind"] != "lost", "users"].sum()
        value = evaluate(facts.connection, setup, ["mau"], about).value[0, 0]
        assert active == value


def test_a_period_before_the_data_is_not_known(facts: Facts) -> None:
    asked = periods(27)
    rows = visits(facts.connection, facts.store, Slice.of(MONTH), asked)
    found = told(rows, asked, facts.store.coverage.first_day, date(2026, 11, 10))
    assert not found[0].known
    assert found[-1].known
