"""The shipped calendar and one that a bank brings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.calendar import CalendarError, read_calendar

HEAD = "day,holiday,workday,festival,basis\n"


def test_public_holidays_and_make_up_days_of_2026() -> None:
    year = {day.day: day for day in read_calendar(date(2026, 1, 1), date(2026, 12, 31))}
    assert len(year) == 365
    spring = [day for day in year.values() if day.holiday == "春节"]
    assert (spring[0].day, spring[-1].day) == (date(2026, 2, 15), date(2026, 2, 23))
    made_up = [d.isoformat() for d, day in year.items() if day.workday and d.weekday() >= 5]
    assert made_up == [
        "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
    ]  # fmt: skip
    assert not any(day.workday for day in year.values() if day.holiday)


def test_festivals_and_pay_days() -> None:
    days = {day.day: day for day in read_calendar(date(2024, 11, 1), date(2024, 11, 30))}
    assert days[date(2024, 11, 11)].festival == "双11"
    paid = [d for d, day in days.items() if day.payday]
    assert paid == [date(2024, 11, 8), date(2024, 11, 15)]  # the 10th was a Sunday


def test_a_pay_day_at_the_edge_of_the_period_still_moves() -> None:
    only = read_calendar(date(2024, 11, 8), date(2024, 11, 8))
    assert only[0].payday


def test_years_without_a_published_arrangement_are_marked() -> None:
    assert read_calendar(date(2027, 2, 6), date(2027, 2, 6))[0].provisional
    assert not read_calendar(date(2026, 2, 17), date(2026, 2, 17))[0].provisional


def test_a_year_that_the_file_lacks_is_refused() -> None:
    with pytest.raises(CalendarError, match=r"holds 2023 to 2027.*2030"):
        read_calendar(date(2030, 1, 1), date(2030, 1, 31))


def test_a_bank_may_bring_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(HEAD + "2026-03-04,行庆,false,,official\n2026-03-07,,true,,official\n", "utf-8")
    days = {d.day.day: d for d in read_calendar(date(2026, 3, 1), date(2026, 3, 31), path)}
    assert (days[4].holiday, days[4].workday) == ("行庆", False)
    assert days[7].workday
    assert not days[8].workday


def test_every_bad_line_is_told(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(HEAD + "2026-02-30,,true,,official\n2026-03-01,,maybe,,official\n", "utf-8")
    with pytest.raises(CalendarError, match=r"(?s):2: day.*:3: workday: found 'maybe'"):
        read_calendar(date(2026, 1, 1), date(2026, 1, 2), path)


def test_other_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("date,name\n", "utf-8")
    with pytest.raises(CalendarError, match="expected 'day,holiday,workday,festival,basis'"):
        read_calendar(date(2026, 1, 1), date(2026, 1, 2), path)
