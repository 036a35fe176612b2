"""Classic ways to a wrong number, each closed by a test; reasons for what has no value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import select

from data.contract import CONTRACT
from data.engines.warehouse import frame
from data.period import Period
from data.points.coverage import Coverage
from data.slice import Slice
from metrics.formula import parse
from metrics.values import Setup, evaluate
from metrics.values.quantile import quantile
from metrics.values.reasons import _WORDS, Kind, Reason
from metrics.values.windows import terms_of, user_months, year_before
from tests.metrics.scorecard.opened import Opened, without_days
from tests.metrics.values.conftest import Tiny


def value(bank: Tiny | Opened, name: str, period: str, **filters: tuple[str, ...]) -> float:
    """One indicator of the bank."""
    about = Slice.of(period, "", **filters)
    return float(evaluate(bank.connection, bank.setup, [name], about).value[0, 0])


def reason(bank: Tiny | Opened, name: str, period: str, **filters: tuple[str, ...]) -> Reason:
    """Why an indicator of the bank has no value."""
    found = evaluate(bank.connection, bank.setup, [name], Slice.of(period, "", **filters))
    assert np.isnan(found.value[0, 0])
    why = found.reason[0, 0]
    assert isinstance(why, Reason)
    return why


def lacking(tiny: Tiny, table: str, first: date, last: date) -> Tiny:
    """The tiny bank where these days of a table were not loaded."""
    store = tiny.setup.store
    runs = without_days(store.coverage, table, first, last)
    coverage = Coverage({**store.coverage.runs, table: runs})
    return replace(tiny, setup=Setup(replace(store, coverage=coverage), tiny.setup.tree))


def test_a_month_is_no_average_of_its_days_ratios(tiny: Tiny) -> None:
    days = [f"2026-04-{day:02d}" for day in range(1, 31)]
    daily = np.array([value(tiny, "task_completion", day) for day in days[:10]])
    whole = value(tiny, "task_completion", "2026-04-01..2026-04-10")
    assert not np.isclose(np.nanmean(daily), whole)
    assert np.nanmin(daily) <= whole <= np.nanmax(daily)


def test_nothing_is_divided_by_zero(tiny: Tiny) -> None:
    assert reason(tiny, "disclosure_reach", "2026-05-12", tier=("",)).kind == "nothing_to_divide_by"


def test_nothing_counted_has_no_median(tiny: Tiny) -> None:
    assert reason(tiny, "response_seconds", "2026-05-12", tier=("",)).kind == "nothing_counted"


def test_sides_that_cover_different_days_are_refused(tiny: Tiny) -> None:
    found = reason(
        lacking(tiny, "bank_day", date(2026, 4, 1), date(2026, 4, 9)), "dau_share", "2026-04"
    )
    assert found == Reason("unequal_days", "active_users 100%, bank_customer_days 70%")


def test_growth_over_a_year_ago_of_fewer_days_is_refused(demo: Opened) -> None:
    assert np.isfinite(value(demo, "fee_growth", "2026-10"))
    few = demo.without("txn", date(2025, 10, 1), date(2025, 10, 20))
    assert reason(few, "fee_growth", "2026-10").kind == "unequal_days"
    none = demo.without("txn", date(2025, 10, 1), date(2025, 10, 31))
    assert reason(none, "fee_growth", "2026-10") == Reason("no_last_year")


def test_daily_means_are_over_the_days_that_are_known(tiny: Tiny) -> None:
    gap = lacking(tiny, "event", date(2026, 4, 28), date(2026, 4, 29))
    april = value(tiny, "dau", "2026-04")
    assert value(gap, "dau", "2026-04") == pytest.approx(april * 30 / 28)


def test_user_months_shrink_with_the_days_that_are_added(tiny: Tiny) -> None:
    gap = lacking(tiny, "txn", date(2026, 4, 1), date(2026, 4, 15))
    assert value(gap, "txn_per_mau", "2026-04") == pytest.approx(
        2 * value(tiny, "txn_per_mau", "2026-04")
    )


def test_a_filter_that_one_fact_lacks_is_refused(tiny: Tiny) -> None:
    assert reason(tiny, "dau_share", "2026-04", module=("wealth",)).kind == "not_by_dimension"


@pytest.mark.parametrize(
    "filters", [{"tier": ("vip",)}, {"age_band": ("25_34",)}, {"new_user": ("existing",)}]
)
def test_registered_users_are_not_split_by_what_they_once_were(
    tiny: Tiny, filters: dict[str, tuple[str, ...]]
) -> None:
    """Registrations so far by the tier of their own day gave -14 existing users."""
    assert reason(tiny, "registered_users", "2026-04", **filters).kind == "not_by_dimension"
    by_channel = evaluate(
        tiny.connection, tiny.setup, ["registered_users"], Slice.of("2026-04"), ("channel",)
    )
    assert np.nansum(by_channel.value[:, 0]) == value(tiny, "registered_users", "2026-04")


def test_a_missing_table_is_named(tiny: Tiny) -> None:
    store = tiny.setup.store
    runs = {name: run for name, run in store.coverage.runs.items() if name != "survey"}
    bare = replace(tiny, setup=Setup(replace(store, coverage=Coverage(runs)), tiny.setup.tree))
    assert reason(bare, "nps", "2026-04").words("en") == "needs table survey"
    assert np.isfinite(value(bare, "mau", "2026-04"))


def test_a_period_before_the_data_is_not_zero(tiny: Tiny) -> None:
    assert reason(tiny, "txn_amount", "2025-11") == Reason("not_loaded", "txn")


def test_income_ends_with_the_last_month_whose_interest_is_known(demo: Opened) -> None:
    assert reason(demo, "arpu", "2026-11") == Reason("not_loaded", "user_month")
    assert value(demo, "arpu", "2026") == value(demo, "arpu", "2026-01-01..2026-10-31")


def test_a_table_that_reaches_into_the_future_does_not_stretch_the_others(demo: Opened) -> None:
    store = demo.setup.store
    runs = {**store.coverage.runs, "spend": ((date(2024, 9, 1), date(2026, 12, 31)),)}
    setup = Setup(replace(store, coverage=Coverage(runs)), demo.setup.tree)
    for name in ("new_users", "registered_users", "review_coverage"):
        left = setup.terms(name, Period.parse("2026-11")).period
        assert left is not None
        assert left.last == date(2026, 11, 10)


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(_WORDS) == set(get_args(Kind))
    for kind in get_args(Kind):
        told = [Reason(kind, "txn").words(lang) for lang in ("zh", "en")]
        assert all(told)
        assert told[0] != told[1]


def fees(demo: Opened, first: date, last: date) -> float:
    """Fees of successful transactions on the bank's days, straight from the facts."""
    txn = CONTRACT.tables["txn"]
    rows = frame(demo.connection, select(txn.c.occurred_at, txn.c.fee_cny, txn.c.status))
    day = (pd.to_datetime(rows["occurred_at"]) + pd.Timedelta(hours=8)).dt.date
    chosen = rows[(rows["status"] == "success") & (day >= first) & (day <= last)]
    return float(chosen["fee_cny"].dropna().astype(float).sum())


@pytest.mark.parametrize(
    ("text", "now", "then"),
    [
        ("2026-10", ("2026-10-01", "2026-10-31"), ("2025-10-01", "2025-10-31")),
        ("2026-Q2", ("2026-04-01", "2026-06-30"), ("2025-04-01", "2025-06-30")),
        ("2026-W40", ("2026-09-28", "2026-10-04"), ("2025-09-29", "2025-10-05")),
        ("2026-11", ("2026-11-01", "2026-11-10"), ("2025-11-01", "2025-11-10")),
        ("2026-W46", ("2026-11-09", "2026-11-10"), ("2025-11-10", "2025-11-11")),
        ("2026", ("2026-01-01", "2026-11-10"), ("2025-01-01", "2025-11-10")),
    ],
)
def test_growth_is_against_the_same_days_a_year_before(
    demo: Opened, text: str, now: tuple[str, str], then: tuple[str, str]
) -> None:
    here, before = (fees(demo, *map(date.fromisoformat, days)) for days in (now, then))
    assert value(demo, "fee_growth", text) == pytest.approx(100 * (here / before - 1), abs=1e-4)


def test_an_open_week_compares_with_the_same_weekdays() -> None:
    week = Period.parse("2026-W45")
    before = year_before(week, Period(week.first, week.first + timedelta(days=2)))
    assert before.first.weekday() == 0
    assert before.days == 3


def test_user_months_of_a_year_are_those_of_its_months() -> None:
    year = user_months("active_users", Period.parse("2026"))
    months = [user_months("active_users", month)[0] for month in Period.parse("2026").months()]
    assert list(year) == months
    assert [share for _, share in user_months("active_users", Period.parse("2026-10-31"))] == [
        1 / 31
    ]


@pytest.mark.parametrize(
    ("text", "days"),
    [("2026-04", [30]), ("2026-Q1", [31, 28, 31]), ("2026-W14", [30]), ("2026", [30])],
)
def test_active_users_of_longer_shorter_and_open_periods(
    tiny: Tiny, text: str, days: list[int]
) -> None:
    store = tiny.setup.store
    asked = Period.parse(text)
    terms = terms_of(parse("active_users"), "mau", asked, store.catalogue, store.coverage)
    assert [want.days for want in terms.every_want] == days
    assert terms.every_want[-1].last == min(asked.last, date(2026, 5, 31))


def test_a_median_beyond_the_last_bound_is_the_bound() -> None:
    found = quantile(np.array([[0.0, 0.0, 4.0], [2.0, 2.0, 0.0]]), [1.0, 3.0], 0.5)
    assert found.tolist() == [3.0, 1.0]
