"""Public holidays, make-up workdays, shopping festivals and pay days.

``china.csv`` is dated and lists only days that differ from an ordinary week; a bank replaces it by
giving its own file of the same columns: day, holiday, workday (true, false or empty: as the week
says), festival, basis (official or provisional).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

SHIPPED = Path(__file__).with_name("china.csv")
PAYDAYS = (10, 15)
COLUMNS = ("day", "holiday", "workday", "festival", "basis")
_WORKDAY = {"true": True, "false": False, "": None}


class CalendarError(ValueError):
    """A calendar file that cannot be used: every bad line, with what was expected."""


@dataclass(frozen=True)
class CalendarDay:
    """A day as the bank lives it. ``provisional``: the year's arrangement was not yet published."""

    day: date
    holiday: str | None
    workday: bool
    festival: str | None
    payday: bool
    provisional: bool


def read_calendar(
    first: date, last: date, path: Path = SHIPPED, paydays: tuple[int, ...] = PAYDAYS
) -> tuple[CalendarDay, ...]:
    """Every day from ``first`` to ``last``; a pay day on a free day moves to the workday before.

    Raises CalendarError when the file is malformed or does not reach over the asked years.

    >>> [d.holiday for d in read_calendar(date(2026, 2, 16), date(2026, 2, 17))]
    ['春节', '春节']
    >>> read_calendar(date(2026, 2, 14), date(2026, 2, 14))[0].workday
    True
    """
    special = _special_days(path)
    _refuse_uncovered(first, last, special, path)
    begin, end = first.replace(day=1), last + timedelta(days=16)
    days = [begin + timedelta(days=i) for i in range((end - begin).days + 1)]
    work = {day: _is_workday(day, special) for day in days}
    paid = {_moved_back(day, work) for day in days if day.day in paydays}
    return tuple(_resolved(day, special, work, paid) for day in days if first <= day <= last)


def _special_days(path: Path) -> dict[date, dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            found = ",".join(reader.fieldnames or ())
            raise CalendarError(f"{path}:1: found {found!r}, expected {','.join(COLUMNS)!r}")
        rows = list(enumerate(reader, start=2))
    faults = [f"{path}:{line}: {why}" for line, row in rows if (why := _fault(row))]
    if faults:
        raise CalendarError("\n".join(faults))
    return {date.fromisoformat(row["day"]): row for _, row in rows}


def _fault(row: dict[str, str]) -> str | None:
    try:
        date.fromisoformat(row["day"])
    except ValueError:
        return f"day: found {row['day']!r}, expected YYYY-MM-DD"
    if row["workday"] not in _WORKDAY:
        return f"workday: found {row['workday']!r}, expected true, false or empty"
    return None


def _refuse_uncovered(
    first: date, last: date, special: dict[date, dict[str, str]], path: Path
) -> None:
    known = {day.year for day in special}
    missing = [year for year in range(first.year, last.year + 1) if year not in known]
    if missing:
        have = f"{min(known)} to {max(known)}" if known else "no year"
        raise CalendarError(f"{path}: holds {have}, but {missing} were asked for: add them")


def _is_workday(day: date, special: dict[date, dict[str, str]]) -> bool:
    said = _WORKDAY[special[day]["workday"]] if day in special else None
    return day.weekday() < 5 if said is None else said


def _moved_back(day: date, work: dict[date, bool]) -> date:
    while not work.get(day, True):
        day -= timedelta(days=1)
    return day


def _resolved(
    day: date,
    special: dict[date, dict[str, str]],
    work: dict[date, bool],
    paid: set[date],
) -> CalendarDay:
    row = special.get(day, {})
    return CalendarDay(
        day=day,
        holiday=row.get("holiday") or None,
        workday=work[day],
        festival=row.get("festival") or None,
        payday=day in paid,
        provisional=row.get("basis") == "provisional",
    )
