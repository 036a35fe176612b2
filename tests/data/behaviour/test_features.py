"""Feature use against sets of people from raw events."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from data.behaviour.features import active_people, ever_used, module_users, profile
from data.behaviour.scope import children
from data.period import Period
from data.slice import Slice
from metrics.behaviour.modules import heat, never_used
from metrics.behaviour.profiles import profile as told
from tests.conftest import DemoBank
from tests.data.behaviour.conftest import MONTH, Facts

ABOUT = Slice.of(MONTH)
YEAR = Period(date(2025, 11, 1), MONTH.last)


def test_by_hour(facts: Facts) -> None:
    rows = facts.events
    rows = rows[(rows["day"] >= MONTH.first) & (rows["day"] <= MONTH.last)]
    hour = rows["local"].dt.hour
    found = module_users(facts.connection, facts.store, ABOUT, "hour")
    at_nine = found[found["across"] == 9].set_index("module")["users"]
    assert at_nine[""] == rows[hour == 9]["user_id"].nunique()
    in_transfer = rows[(hour == 9) & (rows["module"] == "transfer")]
    assert at_nine["transfer"] == in_transfer["user_id"].nunique()


def test_by_tier_and_branch(facts: Facts) -> None:
    rows = facts.within(MONTH.first, MONTH.last)
    tier = rows["user_id"].map(facts.tier_on(MONTH.first - timedelta(days=1))).fillna("")
    found = module_users(facts.connection, facts.store, ABOUT, "tier")
    for row in found.itertuples():
        people = rows[(tier == row.across) & ((rows["module"] == row.module) | (not row.module))]
        assert row.users == people["user_id"].nunique()
    by_branch = module_users(facts.connection, facts.store, ABOUT, "branch")
    assert set(by_branch["across"]) <= set(children(facts.store, ABOUT))
    inside = rows["branch_id"].isin(facts.store.leaves["B01"])
    whole = by_branch[(by_branch["across"] == "B01") & (by_branch["module"] == "")]
    assert whole["users"].sum() == rows[inside]["user_id"].nunique() > 0


def test_children_are_right_below(facts: Facts) -> None:
    provinces = children(facts.store, ABOUT)
    assert "B01" in provinces
    assert "B0101" not in provinces
    assert set(children(facts.store, Slice.of(MONTH, branch="B01"))) <= facts.store.leaves["B01"]


def test_the_module_that_most_never_use(facts: Facts, demo_bank: DemoBank) -> None:
    effect = demo_bank.truth.effects["little_used_module"]
    counted = ever_used(facts.connection, facts.store, ABOUT, YEAR)
    modules = [name for name in counted["module"] if name]
    basic = ("account", "transfer", "qr_payment", "bill_payment")
    found = never_used(counted, modules, basic)
    assert found[0].module == effect.where["module"]
    assert found[0].called_out
    assert found[0].never.value == pytest.approx(effect.size["never_used_pct"], abs=1e-6)
    assert found[0].never.whole == effect.size["active_users"]


def test_a_heat_map_hides_columns_of_few(facts: Facts) -> None:
    counted = module_users(facts.connection, facts.store, ABOUT, "tier")
    found = heat(counted, ["transfer"], ["basic", "nobody"])
    cell = found.cells["transfer", "basic"]
    assert cell is not None
    assert cell.value == pytest.approx(100 * cell.part / cell.whole)
    assert found.cells["transfer", "nobody"] is None


def test_a_profile_counts_both_sides(facts: Facts) -> None:
    rows = facts.within(MONTH.first, MONTH.last)
    tiers = facts.tier_on(MONTH.first - timedelta(days=1))
    high = rows["user_id"].map(tiers).isin(["vip", "wealth"])
    counted = profile(facts.connection, facts.store, ABOUT, {"tier": ("vip", "wealth")})
    found = told(counted)
    assert found.chosen == rows[high]["user_id"].nunique()
    assert found.chosen + found.rest == active_people(facts.connection, facts.store, ABOUT)
    trait = next(t for t in found.traits if (t.trait, t.value) == ("module", "transfer"))
    users = rows[high & (rows["module"] == "transfer")]["user_id"].nunique()
    assert (trait.chosen.part, trait.chosen.whole) == (users, found.chosen)
    ages = counted[counted["trait"] == "age_band"].groupby("chosen")["users"].sum()
    assert ages[1] == found.chosen
