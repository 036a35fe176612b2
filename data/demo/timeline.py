"""The days of the demo bank: months, week, holidays, pay days, and how busy each day is."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from data.calendar import CalendarDay, read_calendar
from data.demo.chance import stream
from data.demo.columns import Ints, Numbers
from data.demo.settings import DemoSettings

EPOCH = date(1970, 1, 1)
SECONDS = 86_400


@dataclass(frozen=True)
class Month:
    """A month of the timeline: day places ``first`` to ``stop`` (not in it), last day since
    1970."""

    place: int
    first: int
    stop: int
    end: int
    complete: bool

    @property
    def days(self) -> Ints:
        """The month's day places."""
        return np.arange(self.first, self.stop)


@dataclass(frozen=True)
class Timeline:
    """Days are places 0, 1, … from ``first``; ``epoch`` is that of the first day since 1970."""

    first: date
    epoch: int
    calendar: tuple[CalendarDay, ...]
    months: tuple[Month, ...]
    offset_s: Ints
    busy: Numbers
    mood: Numbers

    @property
    def length(self) -> int:
        """Number of days."""
        return len(self.calendar)

    @property
    def now_us(self) -> int:
        """The moment after the last day: nothing later is known."""
        return int(self.utc_us(np.array([self.length]), np.array([0]))[0])

    def utc_us(self, days: Numbers, seconds: Numbers) -> Ints:
        """Microseconds since 1970 (UTC) of seconds within local days; days may lie outside."""
        offset = self.offset_s.take(np.asarray(days, dtype=np.int64), mode="clip")
        local = (np.asarray(days, dtype=np.int64) + self.epoch) * SECONDS
        return (local + np.asarray(seconds, dtype=np.int64) - offset) * 1_000_000

    def day_of(self, moments_us: Numbers) -> Ints:
        """Places of the local days of moments."""
        utc = np.asarray(moments_us) // 1_000_000
        near = (utc + int(self.offset_s[0])) // SECONDS - self.epoch
        return (utc + self.offset_s.take(near, mode="clip")) // SECONDS - self.epoch

    def date(self, place: int) -> date:
        """The date of a day place."""
        return self.first + timedelta(days=int(place))

    def complete(self, back: int) -> Month:
        """The ``back``-th complete month from the end (1: the last), or the earliest there is."""
        whole = [month for month in self.months if month.complete]
        return whole[max(0, len(whole) - back)]

    def drift(self, early: float, late: float) -> Numbers:
        """A value for each month, moving from 26 months ago to the end."""
        back = np.array([(self.length - month.first) / 30.44 for month in self.months])
        return early + (late - early) * np.clip(1 - back / 26, 0, 1)

    def daily_drift(self, early: float, late: float) -> Numbers:
        """A value for each day, moving from 26 months ago to the end."""
        back = (self.length - np.arange(self.length)) / 30.44
        return early + (late - early) * np.clip(1 - back / 26, 0, 1)

    def workdays_after(self, days: Numbers, n: int) -> Ints:
        """The day places ``n`` working days after ``days``; beyond the end weekdays are assumed."""
        longer = [day.workday for day in self.calendar]
        tail = [self.date(self.length + i).weekday() < 5 for i in range(40)]
        places = np.flatnonzero(np.array(longer + tail))
        before = np.searchsorted(places, np.asarray(days), side="right")
        return places[np.minimum(before + n - 1, len(places) - 1)]


def make_timeline(settings: DemoSettings) -> Timeline:
    """The days of ``settings``; raises CalendarError when the calendar does not reach them."""
    first, last = settings.first, settings.until
    days = read_calendar(first, last)
    zone = ZoneInfo(settings.zone)
    offsets = [_offset(day.day, zone) for day in days]
    mood = _mood(settings.seed, len(days))
    return Timeline(
        first=first,
        epoch=(first - EPOCH).days,
        calendar=days,
        months=_months(days),
        offset_s=np.array([*offsets, offsets[-1]]),
        busy=np.array([_busy(day, days, i) for i, day in enumerate(days)]) * mood,
        mood=mood,
    )


def _offset(day: date, zone: ZoneInfo) -> int:
    shift = datetime(day.year, day.month, day.day, 12, tzinfo=zone).utcoffset()
    return int(shift.total_seconds()) if shift else 0


def _months(days: tuple[CalendarDay, ...]) -> tuple[Month, ...]:
    starts = [i for i, day in enumerate(days) if i == 0 or day.day.day == 1]
    months = []
    for place, (start, stop) in enumerate(zip(starts, [*starts[1:], len(days)], strict=True)):
        day = days[start].day
        length = calendar.monthrange(day.year, day.month)[1]
        end = (day.replace(day=length) - EPOCH).days
        months.append(Month(place, start, stop, end, stop - start == length))
    return tuple(months)


def _mood(seed: int, n: int) -> Numbers:
    """A slow common factor (AR(1), 2.5 % around 1) that moves many series together."""
    shocks = stream(seed, "mood").normal(0, 0.011, n)
    level = np.empty(n)
    level[0] = 0.0
    for i in range(1, n):
        level[i] = 0.9 * level[i - 1] + shocks[i]
    return np.exp(level)


def _busy(day: CalendarDay, days: tuple[CalendarDay, ...], place: int) -> float:
    factor = 1.04 if day.workday else 0.92
    if day.holiday:
        factor = 0.74 if day.holiday == "春节" else 0.86
    if day.festival in ("双11", "618"):
        factor *= 1.16
    if day.payday:
        factor *= 1.16
    elif place and days[place - 1].payday:
        factor *= 1.08
    last = calendar.monthrange(day.day.year, day.day.month)[1]
    if day.day.day >= last - 1:
        factor *= 1.07
    return factor
