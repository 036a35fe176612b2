"""Periods: what is written is read back; neighbours meet; months cover."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.period import COMPARISONS, Comparison, Kind, Period, PeriodError, comparisons, containing

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
CALENDAR = st.builds(containing, DAYS, st.sampled_from([k for k in get_args(Kind) if k != "range"]))
RANGES = st.builds(
    lambda first, n: Period(first, first + timedelta(days=n)), DAYS, st.integers(0, 900)
)
PERIODS = CALENDAR | RANGES


@given(PERIODS)
def test_what_is_written_is_read_back(period: Period) -> None:
    assert Period.parse(str(period)) == period
    assert Period.parse(f"  {period} ") == period


@given(PERIODS)
def test_previous_and_next_are_inverse_and_leave_no_gap(period: Period) -> None:
    assert period.previous().next() == period == period.next().previous()
    assert period.previous().last + timedelta(days=1) == period.first
    assert period.next().first - timedelta(days=1) == period.last


@given(PERIODS)
def test_months_cover_the_period_and_no_other_month(period: Period) -> None:
    months = period.months()
    assert months[0].first <= period.first and months[-1].last >= period.last
    assert all(one.next() == other for one, other in itertools.pairwise(months))
    assert all(m.last >= period.first and m.first <= period.last for m in months)
    assert period.whole_months() == (sum(m.days for m in months) == period.days)


@given(CALENDAR)
def test_a_year_ago_is_the_same_period_a_year_before(period: Period) -> None:
    before = period.year_ago()
    assert before.kind == period.kind
    assert before.last < period.first or period.kind == "year"
    if period.kind == "week":
        number = min(period.first.isocalendar().week, 53)
        assert before.first.isocalendar().week in {number, number - 1}
        assert before.first.isocalendar().year == period.first.isocalendar().year - 1
    elif (period.first.month, period.first.day) != (2, 29):
        assert (before.first.month, before.first.day) == (period.first.month, period.first.day)
        assert before.first.year == period.first.year - 1


@given(PERIODS, DAYS)
def test_clipped_to_a_day(period: Period, last: date) -> None:
    part = period.clipped(last)
    if last < period.first:
        assert part is None
    else:
        assert part is not None
        assert (part.first, part.last) == (period.first, min(last, period.last))
        assert part.kind == (period.kind if last >= period.last else "range")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-Q3", "2026-07-01", "2026-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2020-W53", "2020-12-28", "2021-01-03"),
        ("2026-10-31", "2026-10-31", "2026-10-31"),
        ("2026-10-01..2026-10-15", "2026-10-01", "2026-10-15"),
    ],
)
def test_the_forms(text: str, first: str, last: str) -> None:
    period = Period.parse(text)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


def test_the_29th_of_february_and_week_53_have_a_year_ago() -> None:
    assert str(Period.parse("2024-02-29").year_ago()) == "2023-02-28"
    assert str(Period.parse("2020-W53").year_ago()) == "2019-W52"


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-Q5", "2026-W54", "2021-W53", "2026-02-30", "October",
     "2026-10-02..2026-10-01"],
)  # fmt: skip
def test_anything_else_is_refused_with_the_text(text: str) -> None:
    with pytest.raises(PeriodError) as error:
        Period.parse(text)
    assert repr(text) in str(error.value)


@pytest.mark.parametrize(
    "text",
    ["0001", "0001-01", "0001-W01", "1899-12-31", "2200", "9999", "9999-W53", "2199-W53",
     "0001-01-01..2026-10-31", "2026-10-01..9999-12-31"],
)  # fmt: skip
def test_years_out_of_reach_are_refused_as_such(text: str) -> None:
    with pytest.raises(PeriodError) as error:
        Period.parse(text)
    assert repr(text) in str(error.value)


@pytest.mark.parametrize("text", ["1900", "1900-Q1", "1900-01", "1900-W01", "1900-01-01"])
def test_before_the_first_year_there_is_nothing(text: str) -> None:
    first = Period.parse(text)
    for step in (first.previous, first.year_ago):
        with pytest.raises(PeriodError, match="years run from 1900 to 2199"):
            step()


@pytest.mark.parametrize("text", ["2199", "2199-Q4", "2199-12", "2199-12-31"])
def test_after_the_last_year_there_is_nothing(text: str) -> None:
    with pytest.raises(PeriodError, match="years run from 1900 to 2199"):
        Period.parse(text).next()


def test_the_whole_calendar_of_python_has_no_neighbours() -> None:
    ever = Period(date.min, date.max)
    for step in (ever.previous, ever.next, ever.year_ago):
        with pytest.raises(PeriodError):
            step()


@pytest.mark.parametrize(
    ("period", "start", "month_end"),
    [
        ("2026", "2025", "2025"),
        ("2026-Q3", "2025-Q4", "2026-Q2"),
        ("2026-Q1", "2025-Q4", "2025-Q4"),
        ("2026-10", "2025-12", "2026-09"),
        ("2026-01", "2025-12", "2025-12"),
        # 31 December 2025 is a Wednesday: the last whole week before it ended on the 28th.
        ("2026-W47", "2025-W52", "2026-W43"),
        ("2026-W01", "2025-W52", "2025-W52"),
        ("2026-W53", "2025-W52", "2026-W52"),
        ("2026-11-21", "2025-12-31", "2026-10-31"),
        ("2026-01-01", "2025-12-31", "2025-12-31"),
        ("2026-11-10..2026-11-21", "2025-12-20..2025-12-31", "2026-10-20..2026-10-31"),
        ("2025-12-15..2026-01-15", "2025-11-13..2025-12-14", "2025-11-13..2025-12-14"),
    ],
)
def test_start_of_the_year_and_last_month_end(period: str, start: str, month_end: str) -> None:
    asked = Period.parse(period)
    assert str(asked.against("start")) == start
    assert str(asked.against("month_end")) == month_end


@given(PERIODS, st.sampled_from(COMPARISONS))
def test_what_is_compared_with_is_of_one_kind(period: Period, comparison: Comparison) -> None:
    other = period.against(comparison)
    assert other.kind == period.kind
    if comparison != "year":
        assert other.last < period.first
        assert period.kind != "range" or other.days == period.days
    if comparison not in comparisons(period.kind):
        assert other == period.previous()
