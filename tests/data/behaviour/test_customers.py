"""Tiers, RFM and silence against pandas on raw tables."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from data.behaviour import customers, silence
from data.slice import Rights, Slice, SliceError
from metrics.behaviour.rfm import rfm as grid
from metrics.behaviour.silence import load_levels
from metrics.behaviour.silence import silence as told
from metrics.behaviour.tiers import OUTSIDE, moves
from metrics.tree import load_tree
from metrics.values import Setup, evaluate
from tests.data.behaviour.conftest import MONTH, Facts

ABOUT = Slice.of(MONTH)
BEFORE = date(2026, 7, 31)
LIMITS = (7, 15, 30)


def test_moves_between_month_ends(facts: Facts) -> None:
    rows = customers.tier_moves(facts.connection, facts.store, ABOUT, BEFORE, MONTH.last)
    found = moves(rows, BEFORE, MONTH.last)
    old, new = facts.tier_on(BEFORE), facts.tier_on(MONTH.last)
    expected: dict[tuple[str, str], int] = {}
    for user in set(old) | set(new):
        key = (old.get(user, OUTSIDE), new.get(user, OUTSIDE))
        expected[key] = expected.get(key, 0) + 1
    assert found.cells == expected
    for tier in ("basic", "potential", "preferred", "wealth", "vip"):
        assert found.at_start(tier) == sum(one == tier for one in old.values())
        assert found.at_end(tier) == sum(one == tier for one in new.values())


def test_users_raised_are_the_indicator(facts: Facts) -> None:
    setup = Setup(facts.store, load_tree(None, facts.store.catalogue.points))
    value = evaluate(facts.connection, setup, ["tier_upgrade_rate"], ABOUT).value[0, 0]
    rows = customers.tier_moves(facts.connection, facts.store, ABOUT, BEFORE, MONTH.last)
    assert moves(rows, BEFORE, MONTH.last).raised.value == pytest.approx(value)


def test_month_ends_in_reach(facts: Facts) -> None:
    found = customers.months_known(facts.store, MONTH.last, 3)
    assert found == (BEFORE, MONTH.last)
    assert customers.months_known(facts.store, date(2026, 11, 10), 1) == (
        date(2026, 9, 30),
        MONTH.last,
    )
    assert customers.months_known(facts.store, MONTH.last, 60) is None


def fifths(values: pd.Series) -> pd.Series:
    """1 + the fifths that have strictly less."""
    less = values.map(lambda one: (values < one).sum())
    return 1 + (5 * less) // len(values)


@pytest.mark.parametrize("about", [ABOUT, Slice.of(MONTH, branch="B05")], ids=str)
def test_rfm_of_transactions(facts: Facts, about: Slice) -> None:
    txn = facts.table("txn")
    txn["day"] = (txn["occurred_at"] + pd.Timedelta(hours=8)).dt.date
    first = MONTH.last - timedelta(days=364)
    kept = txn[(txn["status"] == "success") & (txn["day"] >= first) & (txn["day"] <= MONTH.last)]
    if about.branch:
        inside = facts.users[facts.users["branch_id"].isin(facts.store.leaves[about.branch])]
        kept = kept[kept["user_id"].isin(inside.index)]
    kept = kept.assign(amount_cny=kept["amount_cny"].astype(float))
    who = kept.groupby("user_id").agg(
        latest=("day", "max"), times=("txn_id", "size"), amount=("amount_cny", "sum")
    )
    who["latest"] = pd.to_datetime(who["latest"])
    who["amount"] = who["amount"].round(2)
    scores = pd.DataFrame({k: fifths(who[c]) for k, c in zip("rfm", who.columns, strict=True)})
    expected = scores.value_counts().to_dict()
    rows = customers.rfm(facts.connection, facts.store, about, MONTH.last, "transactions")
    assert {(r.r, r.f, r.m): r.users for r in rows.itertuples()} == expected
    found = grid(rows)
    assert found.users == len(who)
    assert found.amount == pytest.approx(who["amount"].sum())
    assert sum(one.users for one in found.named().values()) == len(who)


def test_rfm_of_activity(facts: Facts) -> None:
    first = MONTH.last - timedelta(days=364)
    days = facts.within(first, MONTH.last)[["user_id", "day"]].drop_duplicates()
    who = days.groupby("user_id")["day"].agg(["max", "size"])
    who["max"] = pd.to_datetime(who["max"])
    expected = pd.DataFrame({"r": fifths(who["max"]), "f": fifths(who["size"])}).value_counts()
    rows = customers.rfm(facts.connection, facts.store, ABOUT, MONTH.last, "activity")
    assert {key: one.users for key, one in grid(rows).cells.items()} == expected.to_dict()


def silent_days(facts: Facts, last: date) -> pd.Series:
    users = facts.users
    open_ = users[
        users["registered_on"].notna()
        & (users["registered_on"] <= last)
        & (users["closed_on"].isna() | (users["closed_on"] > last))
    ]
    latest = facts.active[facts.active["day"] <= last].groupby("user_id")["day"].max()
    since = latest.reindex(open_.index).fillna(open_["registered_on"])
    return since.map(lambda day: (last - day).days)


def test_colours_of_silence(facts: Facts) -> None:
    days = silent_days(facts, MONTH.last)
    rows = silence.silent_counts(facts.connection, facts.store, ABOUT, MONTH.last, LIMITS)
    found = told(rows, load_levels())
    assert found.awake == (days < 7).sum()
    assert [one.users for one in found.levels] == [
        ((days >= 7) & (days < 15)).sum(),
        ((days >= 15) & (days < 30)).sum(),
        (days >= 30).sum(),
    ]
    assert found.users == len(days)


def test_a_list_of_people_in_pages(facts: Facts) -> None:
    days = silent_days(facts, MONTH.last)
    about = Slice(MONTH, rights=Rights(rows=True))
    pages = [
        silence.silent_people(facts.connection, facts.store, about, MONTH.last, (7, 15), at)
        for at in ((0, 10), (10, 1000))
    ]
    every = pd.concat(pages)
    wanted = days[(days >= 7) & (days < 15)]
    assert dict(zip(every["user_id"], every["silent"], strict=True)) == wanted.to_dict()
    ranks = every["tier"].map({"vip": 5, "wealth": 4, "preferred": 3, "potential": 2, "basic": 1})
    assert ranks.fillna(0).is_monotonic_decreasing
    assert set(every["module"]) - {""} <= set(facts.events["module"].dropna())


def test_fewer_than_five_people_are_not_listed(facts: Facts) -> None:
    about = Slice(MONTH, rights=Rights(rows=True))
    days = silent_days(facts, MONTH.last).value_counts()
    few = next(day for day in days.index if 0 < days[day] < 5)
    rows = silence.silent_people(
        facts.connection, facts.store, about, MONTH.last, (int(few), int(few) + 1), (0, 10)
    )
    assert rows.empty


def test_no_list_without_the_right_to_rows(facts: Facts) -> None:
    with pytest.raises(SliceError, match="not open to you"):
        silence.silent_people(facts.connection, facts.store, ABOUT, MONTH.last, (7, 15), (0, 10))


def test_no_list_of_a_branch_outside_of_the_rights(facts: Facts) -> None:
    about = Slice(MONTH, "B02", rights=Rights("B01", rows=True))
    with pytest.raises(SliceError, match="outside"):
        silence.silent_people(facts.connection, facts.store, about, MONTH.last, (7, 15), (0, 10))
    own = Slice(MONTH, rights=Rights("B01", rows=True))
    rows = silence.silent_people(
        facts.connection, facts.store, own, MONTH.last, (0, None), (0, 500)
    )
    assert set(rows["branch_id"]) <= facts.store.leaves["B01"]
    assert len(rows) > 0
