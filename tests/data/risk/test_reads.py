"""What the Risk screen reads, against pandas on the raw tables; planted effects are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import Connection, select

from data.contract import CONTRACT
from data.engines import open_warehouse
from data.engines.warehouse import frame
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import Store, open_store
from data.points.wants import Reason
from data.risk.events import complaints, events, mentions, register
from data.risk.fraud import fraud_by_day, fraud_by_hour
from data.risk.loans import moves, scored, vintages
from data.risk.service import BUCKETS, by_day, by_hour
from data.risk.today import today
from data.slice import Slice
from metrics.risk.service import error_budget
from tests.conftest import DemoBank

ZONE = timedelta(hours=8)
MONTH = Slice.of("2026-09")
LAST = date(2026, 9, 30)


@dataclass(frozen=True)
class Opened:
    """An open connection with its store and raw tables as pandas has them."""

    connection: Connection
    store: Store

    def raw(self, name: str) -> pd.DataFrame:
        """A table of the contract, moments as clock times of the bank."""
        found = frame(self.connection, select(CONTRACT.tables[name]))
        for column in found.columns:
            if column.endswith("_at") or column == "start":
                found[column] = pd.to_datetime(found[column]) + ZONE
        return found


@pytest.fixture(scope="module")
def bank(demo_bank: DemoBank) -> Iterator[Opened]:
    """The demo bank, open for reading."""
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    with warehouse.reading() as connection:
        yield Opened(connection, open_store(connection, load_catalogue(), Clock()))
    warehouse.engine.dispose()


def test_fraud_by_module_and_hour(bank: Opened) -> None:
    found = fraud_by_hour(bank.connection, bank.store, MONTH)
    assert not isinstance(found, Reason)
    txn = bank.raw("txn").dropna(subset=["fraud"])
    day = txn["occurred_at"].dt.normalize()
    due = txn[(day >= "2026-08-02") & (day <= "2026-08-31")]
    fraud = due["fraud"].astype(bool)
    assert found["judged"].sum() == len(due)
    assert found["fraud"].sum() == fraud.sum()
    assert found["blocked"].sum() == (fraud & (due["status"] == "blocked")).sum()
    hours = due.groupby([due["module"].fillna(""), due["occurred_at"].dt.hour]).size()
    assert found.set_index(["module", "hour"])["judged"].to_dict() == hours.to_dict()


def test_the_planted_fraud_burst_stands_out(bank: Opened, demo_bank: DemoBank) -> None:
    burst = next(one for one in demo_bank.truth.effects.values() if one.name == "fraud_burst")
    lag = timedelta(days=30)
    shifted = Period(
        date.fromisoformat(str(burst.start)) + lag, date.fromisoformat(str(burst.stop)) + lag
    )
    found = fraud_by_hour(bank.connection, bank.store, Slice(shifted))
    assert not isinstance(found, Reason)
    by_module = found.groupby("module")["fraud"].sum()
    assert by_module.idxmax() == burst.where["module"]
    assert by_module.max() >= burst.size["fraud"]


def test_the_planted_outage_burns_the_budget(bank: Opened, demo_bank: DemoBank) -> None:
    outage = next(one for one in demo_bank.truth.effects.values() if one.name == "outage")
    rows = by_day(bank.connection, bank.store, Slice.of(str(outage.start)[:7]))
    assert not isinstance(rows, Reason)
    found = error_budget(rows, 99.99)
    assert found is not None
    worst = max(found.days, key=lambda one: one.rate)
    assert str(worst.day) == str(outage.start)
    assert found.worst is not None
    assert found.worst[0] == outage.where["module"]


def test_interfaces_by_day_and_hour(bank: Opened) -> None:
    about = Slice.of("2026-09", module=("transfer", "account"))
    raw = bank.raw("api_interval")
    raw = raw[(raw["start"].dt.strftime("%Y-%m") == "2026-09")
              & raw["module"].isin(["transfer", "account"])]  # fmt: skip
    days, hours = (read(bank.connection, bank.store, about) for read in (by_day, by_hour))
    assert not isinstance(days, Reason)
    assert not isinstance(hours, Reason)
    assert days["minutes"].sum() == raw["minutes"].sum()
    assert days["good"].sum() == raw["good_minutes"].sum()
    keys = ["module", "hour"]
    by_raw = raw.assign(hour=raw["start"].dt.hour).groupby(keys)[list(BUCKETS)].sum()
    pd.testing.assert_frame_equal(
        hours.set_index(keys)[list(BUCKETS)].sort_index(), by_raw.astype(float), check_dtype=False
    )
    other = next(node for node in bank.store.leaves if node)
    assert by_day(bank.connection, bank.store, Slice.of("2026-09", branch=other)) == Reason(
        "not_by_branch"
    )


def test_vintages(bank: Opened) -> None:
    found = vintages(bank.connection, bank.store, MONTH, LAST)
    assert not isinstance(found, Reason)
    loan = bank.raw("loan_month")
    loan["month"] = pd.to_datetime(loan["month"]).dt.to_period("M")
    loan = loan[loan["month"] <= pd.Period("2026-09", "M")]
    loan["born"] = pd.to_datetime(loan["originated_on"]).dt.to_period("M")
    loan["age"] = [(m - b).n for m, b in zip(loan["month"], loan["born"], strict=True)]
    expected: dict[tuple[str, float | None], int] = {}
    for _loan, rows in loan.groupby("loan_id"):
        if rows["age"].min() > 1 or not rows["days_past_due"].notna().any():
            continue
        late = rows[rows["days_past_due"] >= 30]["age"]
        key = (str(rows["born"].min()), float(late.min()) if len(late) else None)
        expected[key] = expected.get(key, 0) + 1
    shown = {
        (str(pd.Timestamp(row.month).to_period("M")), None if pd.isna(row.age) else float(row.age)):
        int(row.loans) for row in found.itertuples()
    }  # fmt: skip
    assert shown == expected


def test_moves(bank: Opened) -> None:
    found = moves(bank.connection, bank.store, MONTH, LAST)
    assert not isinstance(found, Reason)
    loan = bank.raw("loan_month")
    loan["month"] = pd.to_datetime(loan["month"]).dt.to_period("M")
    start = loan[(loan["month"] >= pd.Period("2025-09", "M"))
                 & (loan["month"] < pd.Period("2026-09", "M"))]  # fmt: skip
    start = start.assign(following=start["month"] + 1)
    both = start.merge(loan, left_on=["loan_id", "following"], right_on=["loan_id", "month"],
                       how="left", suffixes=("", "_after"))  # fmt: skip
    assert found["loans"].sum() == len(both)
    assert found["balance"].sum() == pytest.approx(both["balance_cny"].astype(float).sum())
    gone = both["month_after"].isna()
    assert found.loc[found["end"] == "gone", "loans"].sum() == gone.sum()
    worse = both[(both["days_past_due"] == 0) & (both["days_past_due_after"] > 0)]
    shown = found[(found["start"] == "current") & ~found["end"].isin(["current", "gone"])]
    assert shown["loans"].sum() == len(worse)


def test_scored_applications(bank: Opened) -> None:
    found = scored(bank.connection, bank.store, MONTH, LAST)
    assert not isinstance(found, Reason)
    raw = bank.raw("application").dropna(subset=["risk_score", "applied_at"])
    raw = raw[raw["applied_at"] < "2026-10-01"]
    loan = bank.raw("loan_month").dropna(subset=["application_id"])
    loan = loan[pd.to_datetime(loan["month"]) <= "2026-09-30"]
    worst = loan["class"].isin(["substandard", "doubtful", "loss"]) | (loan["days_past_due"] >= 30)
    fate = worst.groupby(loan["application_id"]).any()
    booked = raw[raw["application_id"].isin(fate.index)]
    assert found["applied"].sum() == len(raw)
    assert found["booked"].sum() == len(booked)
    assert found["bad"].sum() == fate[booked["application_id"]].sum()
    assert found["approved"].sum() == raw["approved_at"].notna().sum()


def test_events_mentions_complaints_and_the_register(bank: Opened) -> None:
    year = Slice.of("2026-01-01..2026-09-30")
    found = events(bank.connection, bank.store, year)
    assert not isinstance(found, Reason)
    raw = bank.raw("risk_event")
    raw = raw[(raw["occurred_at"] >= "2026-01-01") & (raw["occurred_at"] < "2026-10-01")]
    assert len(found) == len(raw)
    took = (raw["detected_at"] - raw["occurred_at"]).dt.total_seconds() / 60
    assert found["detect_min"].median() == pytest.approx(took.median(), abs=1e-3)
    said = mentions(bank.connection, bank.store, year)
    assert not isinstance(said, Reason)
    own = bank.raw("mention")
    own = own[(own["about"] == "self") & (own["published_at"] >= "2026-01-01")
              & (own["published_at"] < "2026-10-01")]  # fmt: skip
    negative = own[own["sentiment"] == "negative"]
    quick = (negative["found_at"] - negative["published_at"]).dt.total_seconds() <= 7200
    assert (said["mentions"].sum(), said["negative"].sum(), said["found_in_time"].sum()) == (
        len(own), len(negative), quick.sum(),
    )  # fmt: skip
    told = complaints(bank.connection, bank.store, year)
    assert not isinstance(told, Reason)
    raw = bank.raw("complaint")
    raw = raw[(raw["opened_at"] >= "2026-01-01") & (raw["opened_at"] < "2026-10-01")]
    assert sorted(told["theme"]) == sorted(raw["theme"].fillna(""))
    listed = register(bank.connection, bank.store, [LAST])
    assert not isinstance(listed, Reason)
    assert len(listed) == 20


def test_today_counts_rows_since_midnight(bank: Opened, demo_bank: DemoBank) -> None:
    day = demo_bank.until
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    found = today(bank.connection, bank.store, MONTH, noon)
    txn = bank.raw("txn")
    rows = txn[txn["occurred_at"].dt.date == day]
    assert (found.day, found.live) == (day, True)
    assert (found.transactions, found.failed) == (len(rows), (rows["status"] == "failed").sum())
    later = today(bank.connection, bank.store, MONTH, noon + timedelta(days=2))
    assert (later.day, later.live) == (day, False)
    branch = next(node for node in bank.store.leaves if node)
    inside = today(bank.connection, bank.store, Slice.of("2026-09", branch=branch), noon)
    assert (inside.calls, inside.bad_minutes) == (None, None)


def test_kept_fraud_by_day_is_that_of_the_transactions(bank: Opened) -> None:
    branch = sorted(bank.store.leaves)[1]
    for about in (MONTH, Slice.of("2026-08", branch), Slice.of("2026-09", tier=["vip", "basic"])):
        days = fraud_by_day(bank.connection, bank.store, about)
        hours = fraud_by_hour(bank.connection, bank.store, about)
        assert isinstance(days, pd.DataFrame)
        assert isinstance(hours, pd.DataFrame)
        numbers = ["judged", "fraud", "blocked", "loss"]
        kept = days.groupby("module")[numbers].sum()
        raw = hours.groupby("module")[numbers].sum()
        pd.testing.assert_frame_equal(kept, raw, check_dtype=False)
    txn = bank.raw("txn").dropna(subset=["fraud"])
    made = txn[txn["occurred_at"].dt.date == date(2026, 8, 9)]
    days = fraud_by_day(bank.connection, bank.store, MONTH)
    assert isinstance(days, pd.DataFrame)
    assert days.loc[days["day"] == "2026-08-09", "judged"].sum() == len(made)
