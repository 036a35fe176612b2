"""Campaigns counted in the warehouse against the same counted from raw rows in pandas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy import Connection, select

from data.campaigns.arm_cells import arm_cells, totals_in
from data.campaigns.arms import arm_totals, with_holdout
from data.campaigns.audience import Audience
from data.campaigns.campaigns import campaigns_of, contacts_of, spending_of
from data.campaigns.journeys import journeys_of
from data.campaigns.money import spending
from data.campaigns.participants import participants_of
from data.campaigns.repeated import reached_by_contacts, reached_by_group
from data.campaigns.rollouts import rollouts
from data.contract import CONTRACT
from data.engines import Warehouse, open_warehouse
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import Store, open_store
from data.points.tables import ACTIVE_DAY
from data.slice import Slice, SliceError
from metrics.campaigns.results import results_of
from metrics.campaigns.staged import staged_effect
from tests.conftest import DemoBank

ZONE = "Asia/Shanghai"
MONTH = Period.parse("2026-07")
QUARTER = Period.parse("2026-Q3")


@pytest.fixture(scope="module")
def bank(demo_bank: DemoBank) -> Iterator[Warehouse]:
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    yield warehouse
    warehouse.engine.dispose()


@pytest.fixture
def connection(bank: Warehouse) -> Iterator[Connection]:
    with bank.reading() as opened:
        yield opened


@pytest.fixture(scope="module")
def store(bank: Warehouse) -> Store:
    with bank.reading() as opened:
        return open_store(opened, load_catalogue(), Clock(ZONE))


def rows(bank: Warehouse, table: str) -> pd.DataFrame:
    """A whole table; moments in the bank's zone."""
    frame = bank.frame(select(CONTRACT.tables[table]))
    for name in frame.select_dtypes("datetime").columns:
        if name.endswith("_at"):
            frame[name] = frame[name] + timedelta(hours=8)
    return frame


def ids_of(connection: Connection, period: Period) -> list[str]:
    return [one.id for one in campaigns_of(connection, period)]


def test_campaigns_that_overlap_the_period(bank: Warehouse, connection: Connection) -> None:
    all_of_them = rows(bank, "dim_campaign")
    starts = pd.to_datetime(all_of_them["starts_on"]).dt.date
    ends = pd.to_datetime(all_of_them["ends_on"]).dt.date
    running = all_of_them[(starts <= MONTH.last) & (ends >= MONTH.first)]
    assert set(ids_of(connection, MONTH)) == set(running["campaign_id"])
    assert len(running) > 5


@pytest.mark.parametrize("filters", [{}, {"channel": ("branch", "referral")}])
def test_contacts_are_distinct_users(
    bank: Warehouse, connection: Connection, store: Store, filters: dict[str, tuple[str, ...]]
) -> None:
    ids = ids_of(connection, QUARTER)
    found = contacts_of(connection, Audience.of(store, Slice.of(QUARTER, **filters)), ids)
    touch = rows(bank, "touch").merge(rows(bank, "dim_user")[["user_id", "channel"]], on="user_id")
    touch = touch[touch["campaign_id"].isin(ids)]
    if filters:
        touch = touch[touch["channel_y"].isin(filters["channel"])]
    expected = touch.groupby(["campaign_id", "kind"])["user_id"].nunique()
    for (campaign, kind), users in expected.items():
        assert found[campaign].users[kind] == users
    whole = touch.groupby("kind")["user_id"].nunique()
    assert {kind: found[""].users[kind] for kind in whole.index} == whole.to_dict()
    assert found[""].income_cny == pytest.approx(float(touch["income_cny"].sum()))


def test_a_branch_and_its_rights(connection: Connection, store: Store) -> None:
    ids = ids_of(connection, QUARTER)
    top = contacts_of(connection, Audience.of(store, Slice.of(QUARTER)), ids)
    below = [node for node in store.leaves if len(node) == 3 and node != "B00"]
    parts = [
        contacts_of(connection, Audience.of(store, Slice.of(QUARTER, branch=node)), ids)
        for node in below
    ]
    reached = [part[""].users["exposed"] for part in parts if "" in part]
    assert sum(reached) == top[""].users["exposed"]
    with pytest.raises(SliceError):
        Audience.of(store, Slice.of(QUARTER, branch="nowhere"))


def test_participants_seen_again(bank: Warehouse, connection: Connection, store: Store) -> None:
    ids = ids_of(connection, MONTH)
    known = Period(date(2024, 9, 1), date(2026, 11, 10))
    found = participants_of(connection, Audience.of(store, Slice.of(MONTH)), ids, known)
    touch, user = rows(bank, "touch"), rows(bank, "dim_user")
    took = touch[touch["kind"].isin(["joined", "converted"]) & touch["campaign_id"].isin(ids)]
    joined = took.assign(day=took["occurred_at"].dt.normalize())[["campaign_id", "user_id", "day"]]
    new = user[user["campaign_id"].isin(ids) & user["registered_at"].notna()]
    new = new.assign(day=new["registered_at"].dt.normalize())[["campaign_id", "user_id", "day"]]
    part = pd.concat([joined, new]).groupby(["campaign_id", "user_id"])["day"].min().reset_index()
    active = bank.frame(select(ACTIVE_DAY.c.user_id, ACTIVE_DAY.c.day)).drop_duplicates()
    active["day"] = pd.to_datetime(active["day"])
    both = part.merge(active.rename(columns={"day": "seen"}), on="user_id", how="left")
    age = (both["seen"] - both["day"]).dt.days
    both = both.assign(later=age.between(1, 30), kept=age.between(24, 30))
    flags = both.groupby(["campaign_id", "user_id"])[["later", "kept"]].any().reset_index()
    for campaign, some in flags.groupby("campaign_id"):
        one = found[str(campaign)]
        assert (one.users, one.ripe) == (len(some), len(some))
        assert (one.gone, one.kept) == (int((~some["later"]).sum()), int(some["kept"].sum()))
    nothing = participants_of(connection, Audience.of(store, Slice.of(MONTH)), ids, None)
    assert all(one.ripe == 0 for one in nothing.values())


def test_arms_by_branch_are_the_arms(connection: Connection, store: Store) -> None:
    ids = list(with_holdout(connection, store.clock, ids_of(connection, QUARTER)))
    audience = Audience.of(store, Slice.of(QUARTER))
    whole = arm_totals(connection, audience, ids)
    for by in ("branch_id", "tier", "age_band"):
        split = arm_totals(connection, audience, ids, by)
        for one in whole:
            mine = [p for p in split if (p.campaign, p.arm) == (one.campaign, one.arm)]
            assert sum(p.members for p in mine) == one.members
            assert sum(p.sums[0] for p in mine) == pytest.approx(one.sums[0])
            assert sum(p.payers for p in mine) == one.payers


@pytest.mark.parametrize(
    "filters", [{}, {"tier": ("wealth", "vip")}, {"new_user": ("new",), "channel": ("wechat",)}]
)
@pytest.mark.parametrize("by", [None, "branch_id", "age_band"])
def test_arms_of_any_audience_are_added_up_from_groups(
    connection: Connection, store: Store, filters: dict[str, tuple[str, ...]], by: str | None
) -> None:
    ids = list(with_holdout(connection, store.clock, ids_of(connection, QUARTER)))
    cells = arm_cells(connection, store.clock, ids)
    assert cells is not None
    for branch in ("", next(node for node in store.leaves if node)):
        audience = Audience.of(store, Slice.of(QUARTER, branch=branch, **filters))
        asked = {(t.campaign, t.arm, t.group): t for t in arm_totals(connection, audience, ids, by)}
        added = {(t.campaign, t.arm, t.group): t for t in totals_in(cells, audience, ids, by)}
        assert added.keys() == asked.keys()
        for key, one in asked.items():
            assert (added[key].members, added[key].payers) == (one.members, one.payers)
            assert added[key].sums == pytest.approx(one.sums)
            assert added[key].squares == pytest.approx(one.squares)


@pytest.mark.parametrize("effect", ["campaign_lift", "campaign_no_lift"])
def test_planted_campaigns_are_recovered(
    connection: Connection, store: Store, demo_bank: DemoBank, effect: str
) -> None:
    planted = demo_bank.truth.effects[effect]
    campaign, size = planted.where["campaign_id"], planted.size
    about = Slice.of(str(planted.start)[:7])
    found = next(one for one in results_of(connection, store, about) if one.campaign.id == campaign)
    assert found.income.value == pytest.approx(size["lift_cny_a_user"], abs=1e-6)
    assert (found.income.treated, found.income.holdout) == (size["treated"], size["holdout"])
    assert found.cost.spent_cny == pytest.approx(size["spend_cny"], abs=0.02)
    expected = size["incremental_cny"] / size["spend_cny"]
    assert found.roi.value == pytest.approx(expected, abs=0.01)
    if effect == "campaign_no_lift":
        assert found.verdict == "nothing"


def test_unreviewed_campaigns_are_seen(
    connection: Connection, store: Store, demo_bank: DemoBank
) -> None:
    planted = demo_bank.truth.effects["unreviewed_campaigns"].where["campaign_ids"]
    found = campaigns_of(connection, Period(date(2024, 1, 1), date(2027, 1, 1)))
    assert {one.id for one in found if not all(one.reviews)} == set(planted)


def test_journeys_against_raw_contacts(
    bank: Warehouse, connection: Connection, store: Store
) -> None:
    found = journeys_of(connection, Audience.of(store, Slice.of(QUARTER)), QUARTER)
    touch = rows(bank, "touch")
    day = touch["occurred_at"].dt.date
    goals = touch[(touch["kind"] == "converted") & (day >= QUARTER.first) & (day <= QUARTER.last)]
    contacts = touch[touch["kind"] != "converted"].copy()
    contacts["day"] = contacts["occurred_at"].dt.normalize()
    contacts = contacts.groupby(["user_id", "campaign_id", "day"])["occurred_at"].min()
    contacts = contacts.reset_index().rename(columns={"occurred_at": "at"})
    counted: dict[tuple[str, ...], int] = {}
    decayed: dict[str, float] = {}
    for goal in goals.itertuples():
        mine = contacts[contacts["user_id"] == goal.user_id]
        age = (goal.occurred_at - mine["at"]).dt.total_seconds()
        mine = mine[(age >= 0) & (age < 30 * 86_400)].sort_values(["at", "campaign_id"])
        steps = tuple(mine["campaign_id"])
        counted[steps] = counted.get(steps, 0) + 1
        weights = 0.5 ** (age[mine.index] / (7 * 86_400))
        for step, weight in zip(steps, weights / weights.sum(), strict=True):
            decayed[step] = decayed.get(step, 0.0) + weight
    assert {one.steps: one.conversions for one in found.found if one.conversions} == counted
    assert dict(found.decayed) == pytest.approx(decayed, abs=1e-4)
    others = {one.steps for one in found.found if not one.conversions}
    assert others
    assert () not in others


@pytest.mark.parametrize(("unit", "goal"), [("channel", "purchase"), ("channel", "converted")])
def test_journeys_by_channel_count_every_goal(
    bank: Warehouse, connection: Connection, store: Store, unit: str, goal: str
) -> None:
    found = journeys_of(connection, Audience.of(store, Slice.of(QUARTER)), QUARTER, unit, goal)
    table = rows(bank, "txn" if goal == "purchase" else "touch")
    day = table["occurred_at"].dt.date
    wanted = (table["kind"] == goal) & (day >= QUARTER.first) & (day <= QUARTER.last)
    if goal == "purchase":
        wanted &= table["status"] == "success"
    assert sum(one.conversions for one in found.found) == int(wanted.sum())


def test_users_by_number_of_contacts(connection: Connection, store: Store) -> None:
    ids, audience = ids_of(connection, MONTH), Audience.of(store, Slice.of(MONTH))
    contacts = contacts_of(connection, audience, ids)
    reached = reached_by_contacts(connection, audience, ids)
    for campaign in {one.campaign for one in reached}:
        users = sum(one.users for one in reached if one.campaign == campaign)
        assert users == contacts[campaign].users["exposed"]
        groups = reached_by_group(connection, audience, campaign, "age_band")
        assert sum(size for _name, size, _done in groups) == users


def test_spending_adds_up(bank: Warehouse, connection: Connection, store: Store) -> None:
    year = Period(date(2026, 1, 1), date(2026, 10, 31))
    frame = rows(bank, "spend")
    day = pd.to_datetime(frame["day"]).dt.date
    frame = frame[(day >= year.first) & (day <= year.last)]
    found = spending(connection, Audience.of(store, Slice.of(year)), year)
    for category, some in frame.groupby("category"):
        mine = [one.spent_cny for one in found if one.category == category]
        assert sum(mine) == pytest.approx(float(some["spent_cny"].sum()))
    ids = ids_of(connection, MONTH)
    mine = frame[frame["campaign_id"].isin(ids)].groupby("campaign_id")["spent_cny"].sum()
    by_campaign = spending_of(connection, ids)
    assert {k: v[1] for k, v in by_campaign.items()} == pytest.approx(mine.astype(float).to_dict())


def test_stages_of_a_tiny_bank_claim_nothing(
    connection: Connection, store: Store, demo_bank: DemoBank
) -> None:
    found = rollouts(connection)
    planted = demo_bank.truth.effects["activation_redesign"].where["waves"]
    assert {str(day) for day in found[0].started.values()} == {
        wave["started_on"] for wave in planted if wave["started_on"]
    }
    about = Slice.of("2026-10")
    outcome = staged_effect(connection, store, found[0], "activation_rate", demo_bank.until, about)
    # A handful of newcomers, each branch its own explanation: nothing is claimed, not even zero.
    assert (outcome.effect, outcome.why) == (None, "no_variation")
