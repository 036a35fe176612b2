"""The classic traps of indicators, each by its name, on the tiny bank."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from data.period import Period
from data.points.catalogue import Catalogue
from data.points.coverage import Coverage
from data.points.read import covered_days, read_points
from data.points.wants import Answer, Mode, Want
from data.slice import Slice
from tests.data.points.conftest import Bank
from tests.data.points.rows import Truth

MONTH = Period.parse("2026-04")


def ask(
    bank: Bank, point: str, mode: Mode = "sum", period: Period = MONTH, by: Any = (), **filters: Any
) -> Answer:
    """One point over a period."""
    want = Want(point, mode, period.first, period.last)
    with bank.warehouse.reading() as connection:
        return read_points(connection, bank.store, [want], by, Slice.of(period, **filters)).answers[
            want
        ]


def test_fan_out(bank: Bank, truth: Truth) -> None:
    """Joining users and tiers to transactions makes no transaction count twice."""
    in_month = [
        t for rows in truth.rows["txn"].values() for t in rows
        if MONTH.first <= t["day"] <= MONTH.last
    ]  # fmt: skip
    assert ask(bank, "txn_all").values[0] == len(in_month)
    assert ask(bank, "txn_all", by=("tier", "channel")).values.sum() == len(in_month)


def test_average_of_ratios(bank: Bank) -> None:
    """A ratio of the bank is that of its sums; points only ever hand out the sums."""
    good, due = (ask(bank, p, by=("module",)).values for p in ("good_minutes", "service_minutes"))
    calls, errors = (ask(bank, p, by=("module",)).values for p in ("api_calls", "api_errors"))
    whole = ask(bank, "api_errors").values[0] / ask(bank, "api_calls").values[0]
    assert whole == errors.sum() / calls.sum() != np.mean(errors / calls)
    assert good.sum() <= due.sum()


def test_stock_summed_over_time(bank: Bank, truth: Truth) -> None:
    """A stock of a quarter is that of its last month-end, not three of them."""
    quarter = Period.parse("2026-Q1")
    assert (
        ask(bank, "aum", "last", quarter).values[0]
        == ask(bank, "aum", "last", Period.parse("2026-03")).values[0]
    )
    ends = [ask(bank, "aum", "last", month).values[0] for month in quarter.months()]
    assert ask(bank, "aum", "last", quarter).values[0] < sum(ends)


def test_distinct_summed_over_days(bank: Bank) -> None:
    """Users of a month are not the sum of its days' users."""
    days = ask(bank, "active_users", "user_days").values[0]
    assert ask(bank, "active_users", "distinct").values[0] < days


def test_distinct_summed_over_modules(bank: Bank) -> None:
    """Users of several modules count once for the bank."""
    split = ask(bank, "active_users", "distinct", by=("module",)).values.sum()
    assert ask(bank, "active_users", "distinct").values[0] < split


@pytest.mark.parametrize("point", ["registrations", "txn_count", "active_users", "complaints"])
def test_filter_missing_on_one_fact(bank: Bank, catalogue: Catalogue, point: str) -> None:
    """A filter reaches every fact: the filtered value is the group's."""
    mode: Mode = "distinct" if point == "active_users" else "sum"
    want = Want(point, mode, MONTH.first, MONTH.last)
    with bank.warehouse.reading() as connection:
        split = read_points(connection, bank.store, [want], ("channel",), Slice.of(MONTH))
    for channel, value in zip(split.groups["channel"], split.answers[want].values, strict=True):
        assert ask(bank, point, mode, channel=(channel,)).values[0] == value


def test_filter_that_a_fact_does_not_have_is_said(bank: Bank) -> None:
    """A point that cannot be filtered has no value, rather than that of everybody."""
    answer = ask(bank, "api_calls", channel=("atm",))
    assert np.isnan(answer.values).all()
    assert answer.reason is not None and answer.reason.kind == "not_by_dimension"


def test_key_in_one_fact_only(bank: Bank) -> None:
    """A group that only one fact has is 0 in the other, and is not lost."""
    wants = [Want(p, "sum", MONTH.first, MONTH.last) for p in ("txn_all", "sessions")]
    with bank.warehouse.reading() as connection:
        found = read_points(connection, bank.store, wants, ("app",), Slice.of(MONTH))
    only = (found.groups["app"] == "").to_numpy()  # transactions without an App
    assert found.answers[wants[0]].values[only] > 0
    assert found.answers[wants[1]].values[only] == 0


def test_sum_of_unknown_is_missing_and_sum_of_none_is_zero(bank: Bank, truth: Truth) -> None:
    """Found: a conditional sum over no rows was missing, one over unknown amounts could be 0."""
    unknown, none = 0, 0
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(150)]
    wants = [Want("risk_loss", "sum", day, day) for day in days]
    with bank.warehouse.reading() as connection:
        found = read_points(connection, bank.store, wants, (), Slice.of(MONTH)).answers
    for day, want in zip(days, wants, strict=True):
        losses = [r["loss_cny"] for r in truth.rows["risk_event"].get(day, [])]
        value = found[want].values[0]
        if not losses:
            none += 1
            assert value == 0
        elif all(loss is None for loss in losses):
            unknown += 1
            assert np.isnan(value)
    assert unknown and none


def test_what_has_not_matured_is_not_counted(bank: Bank) -> None:
    """Found: a period that goes on after the data counted cohorts that had not matured."""
    whole, known = Period.parse("2026-Q2"), Period.parse("2026-04-01..2026-05-31")
    assert (
        ask(bank, "d30_due", period=whole).values[0] == ask(bank, "d30_due", period=known).values[0]
    )


def test_money_of_an_open_month_is_not_zero_but_not_loaded(bank: Bank) -> None:
    """Found: a month's interest before its month-end was 0, and said to be complete."""
    answer = ask(bank, "net_interest", period=Period.parse("2026-06"))
    assert answer.reason is not None and np.isnan(answer.values).all()


def test_a_scope_and_its_row_in_a_split_say_the_same(bank: Bank) -> None:
    """By branch and within a branch are one number."""
    want = Want("txn_amount", "sum", MONTH.first, MONTH.last)
    with bank.warehouse.reading() as connection:
        split = read_points(connection, bank.store, [want], ("branch",), Slice.of(MONTH))
        for node, value in zip(split.groups["branch"], split.answers[want].values, strict=True):
            one = read_points(connection, bank.store, [want], (), Slice.of(MONTH, node))
            assert one.answers[want].values[0] == pytest.approx(value, abs=1e-9)


def test_a_table_loaded_ahead_does_not_make_users_known_ahead(
    bank: Bank, catalogue: Catalogue
) -> None:
    """Found: with spend planned into next month, next month's registrations were known and 0."""
    june = Period.parse("2026-06-01..2026-06-10")
    runs = {**bank.store.coverage.runs, "spend": ((date(2026, 1, 1), date(2026, 6, 30)),)}
    store = replace(bank.store, coverage=Coverage(runs))
    for point in ("registrations", "closures"):
        want = Want(point, "sum", june.first, june.last)
        with bank.warehouse.reading() as connection:
            answer = read_points(connection, store, [want], (), Slice.of(june)).answers[want]
        assert answer.reason is not None and answer.reason.kind == "not_loaded"
    want = Want("spent", "sum", june.first, june.last)
    assert covered_days(store, want, catalogue.points["spent"]) == (10, 10)
