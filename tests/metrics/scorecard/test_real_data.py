"""Real banks' data: what can be scored is scored, what cannot says what it needs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from data.contract import CONTRACT
from data.engines import open_warehouse
from data.engines.warehouse import frame
from data.ingest import load
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import open_store
from data.points.refresh import refresh
from data.slice import Slice
from metrics.scorecard import ScoreCard, default_period
from metrics.tree import load_tree
from metrics.tree.tree import ROOT
from metrics.values import Setup, evaluate
from tests.metrics.scorecard.opened import Opened

REAL = os.environ.get("CANOPY_REAL_DATA")
pytestmark = pytest.mark.skipif(
    not REAL, reason="CANOPY_REAL_DATA is unset: no real data to score here"
)
END_OF_1998 = Period.parse("1998-12")


@contextmanager
def loaded(folder: Path, name: str, zone: str) -> Iterator[Opened]:
    """A real source through its mapping, refreshed."""
    catalogue, clock = load_catalogue(), Clock(zone)
    warehouse = open_warehouse(f"ducklake:///{folder}")
    load(warehouse, [Path(REAL or "") / name], mapping=name, zone=zone, who="test")
    refresh(warehouse, catalogue, clock)
    with warehouse.reading() as connection:
        setup = Setup(open_store(connection, catalogue, clock), load_tree(None, catalogue.points))
        yield Opened(connection, setup, {})
    warehouse.engine.dispose()


@pytest.fixture(scope="module")
def berka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """A Czech bank of the nineties."""
    with loaded(tmp_path_factory.mktemp("berka"), "berka", "Europe/Prague") as found:
        yield found


@pytest.fixture(scope="module")
def overflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """The visits of a community."""
    with loaded(tmp_path_factory.mktemp("overflow"), "mathoverflow", "UTC") as found:
        yield found


@pytest.fixture(scope="module")
def card(berka: Opened) -> ScoreCard:
    """The card of December 1998."""
    return berka.cards("1998-12")[0]


def test_berka_opens_on_the_period_that_it_can_say_most_of(berka: Opened) -> None:
    assert default_period(berka.setup) == END_OF_1998


def test_berka_has_values_for_what_it_holds_and_a_reason_for_the_rest(card: ScoreCard) -> None:
    nodes = [card.node(name) for name in card.tree.indicators]
    valued = {node.id for node in nodes if node.value is not None}
    assert {"npl_ratio", "lum", "products_per_customer", "registered_users"} <= valued
    assert not {"mau", "nps", "availability", "aum"} & valued
    for node in nodes:
        if node.value is None:
            assert node.reason is not None
            assert node.reason.words("en")
    # The folder holds the transactions of 1993-01 to 1994-03 only.
    unloaded = card.node("txn_amount").reason
    assert unloaded is not None
    assert unloaded.words("en") == "txn is not loaded for this period"
    for name, table in (("mau", "event"), ("nps", "survey"), ("availability", "api_interval")):
        reason = card.node(name).reason
        assert reason is not None
        assert reason.words("en") == f"needs table {table}"


def test_berka_is_not_covered_enough_for_a_total(card: ScoreCard) -> None:
    total = card.node(ROOT)
    assert total.score is None
    assert total.reason is not None
    assert total.reason.kind == "below_coverage"
    assert 0 < total.coverage < 50
    scored = [n for n in card.tree.indicators if card.node(n).score is not None]
    assert total.coverage == pytest.approx(sum(card.tree.effective_weight(n) for n in scored))


def test_berka_bad_loans_come_from_their_classes(berka: Opened, card: ScoreCard) -> None:
    loans = frame(berka.connection, select(CONTRACT.tables["loan_month"]))
    balance = loans["balance_cny"].astype(float)
    bad = loans["class"].isin(["substandard", "doubtful", "loss"])
    assert card.node("npl_ratio").value == pytest.approx(100 * balance[bad].sum() / balance.sum())
    assert card.node("overdue_30d").value is None


def first_days(overflow: Opened) -> pd.DataFrame:
    """(user, day) of every event of a registered user, with the day of registration."""
    event, user = CONTRACT.tables["event"], CONTRACT.tables["dim_user"]
    rows = frame(overflow.connection, select(event.c.user_id, event.c.occurred_at))
    rows["day"] = pd.to_datetime(rows["occurred_at"]).dt.normalize()
    joined = frame(overflow.connection, select(user.c.user_id, user.c.registered_at))
    joined["joined"] = pd.to_datetime(joined["registered_at"]).dt.normalize()
    found = rows[["user_id", "day"]].drop_duplicates().merge(joined[["user_id", "joined"]])
    return found[found["day"] >= found["joined"]]


def test_mathoverflow_users_of_its_whole_range(overflow: Opened) -> None:
    days = first_days(overflow)
    coverage = overflow.setup.store.coverage
    whole = Period(days["day"].min().date(), days["day"].max().date())
    assert coverage.as_of is not None
    found = evaluate(overflow.connection, overflow.setup, ["new_users"], Slice(whole))
    assert found.value[0, 0] == 19_774
    assert days["user_id"].nunique() == 19_774


@pytest.mark.parametrize("age", [1, 7, 30])
@pytest.mark.parametrize("text", ["2012-05", "2013-Q2"])
def test_mathoverflow_retention(overflow: Opened, text: str, age: int) -> None:
    days, period = first_days(overflow), Period.parse(text)
    ripe = pd.Timedelta(days=age)
    first, last = (pd.Timestamp(d) for d in (period.first, period.last))
    cohort = days[days["joined"].between(first - ripe, last - ripe)]
    kept = cohort[cohort["day"] - cohort["joined"] == timedelta(days=age)]["user_id"].nunique()
    found = evaluate(
        overflow.connection, overflow.setup, [f"retention_d{age}"], Slice(period)
    ).value[0, 0]
    assert found == pytest.approx(100 * kept / cohort["user_id"].nunique())
    mau = evaluate(overflow.connection, overflow.setup, ["mau"], Slice(period.months()[0])).value
    month = period.months()[0]
    inside = days["day"].between(pd.Timestamp(month.first), pd.Timestamp(month.last))
    assert mau[0, 0] == days[inside]["user_id"].nunique()
