"""Periods as people say them, in both languages; what is relative refers to the last data day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from data.period import Kind, Period, PeriodError, containing, month_end
from metrics.questions import spoken
from metrics.questions.folding import number_of
from metrics.questions.spoken import Relative

_CALENDAR: tuple[Kind, ...] = ("month", "quarter", "year")
_MOST = 400
"""Days, weeks or months that "the last N" may mean."""


@dataclass(frozen=True)
class Found:
    """A period that was read up to ``end``.

    ``relative`` says what it stands for as a comparison. ``guessed``: its year was not said.
    """

    end: int
    period: Period
    relative: Relative = ""
    guessed: bool = False


@dataclass(frozen=True)
class _Part:
    """A calendar period of which the year may be missing."""

    end: int
    kind: Literal["year", "half", "quarter", "month", "day"]
    number: int = 1
    day: int = 1
    year: int | None = None


def periods_at(text: str, at: int, last: date) -> Mapping[int, Found]:
    """Every period that begins at a place of a folded text, by where it ends.

    A day that does not exist and a year out of reach make no period.
    """
    if at and text[at - 1].isascii() and text[at - 1].isalnum() and text[at].isascii():
        return {}
    found: dict[int, Found] = {}
    for read in (_relative, _counted, _calendar, _open, _from_to):
        try:
            for one in read(text, at, last):
                found.setdefault(one.end, one)
        except (PeriodError, ValueError, OverflowError):
            continue
    return found


def period_at(text: str, at: int, last: date) -> Found | None:
    """The longest of them; None for none.

    >>> day = date(2026, 11, 21)
    >>> for words in ("9月", "上月", "去年三季度", "1月到3月", "过去30天", "sept 15", "q3 2025"):
    ...     print(words, period_at(words, 0, day).period)
    9月 2026-09
    上月 2026-10
    去年三季度 2025-Q3
    1月到3月 2026-Q1
    过去30天 2026-10-23..2026-11-21
    sept 15 2026-09-15
    q3 2025 2025-Q3
    """
    found = periods_at(text, at, last)
    return found[max(found)] if found else None


def named(period: Period) -> Period:
    """A range as the month, quarter or year that it is.

    >>> str(named(Period.parse("2026-01-01..2026-03-31")))
    '2026-Q1'
    """
    for kind in _CALENDAR:
        found = containing(period.first, kind)
        if (found.first, found.last) == (period.first, period.last):
            return found
    return Period(period.first, period.last)


def latest(period: Period, kind: Kind, count: int) -> Period:
    """The last ``count`` months, quarters … up to the one in which a period ends.

    >>> str(latest(Period.parse("2026-10"), "month", 12))
    '2025-11-01..2026-10-31'
    """
    end = containing(period.last, kind)
    first = end
    for _step in range(count - 1):
        first = first.previous()
    return named(Period(first.first, end.last))


def _relative(text: str, at: int, last: date) -> Iterator[Found]:
    for pattern, (kind, steps, relative) in spoken.AGO:
        if match := pattern.match(text, at):
            found = containing(last, kind)
            for _step in range(steps):
                found = found.previous()
            yield Found(match.end(), found, relative)
    for pattern, kind in spoken.SO_FAR:
        if match := pattern.match(text, at):
            yield Found(match.end(), named(Period(containing(last, kind).first, last)))


def _counted(text: str, at: int, last: date) -> Iterator[Found]:
    """The last 30 days, the first three quarters, a week by its number."""
    if match := spoken.WEEK.match(text, at):
        yield Found(match.end(), Period.parse(match["text"].upper()))
    if match := spoken.OPENING.match(text, at):
        months = (number_of(match["n"]) or 0) * (3 if match["u2"] else 1)
        year = _year(match.groupdict(), last)
        if 0 < months <= 12:
            end = month_end(date(year or last.year, months, 1))
            found = named(Period(date(end.year, 1, 1), end))
            yield Found(match.end(), found, guessed=year is None)
    if match := spoken.LAST_N.match(text, at):
        half = bool(match["half"])
        count = 6 if half else number_of(match["n"] or match["n2"]) or 0
        kind: Kind = "month" if half else spoken.UNITS[match["u"] or match["u2"]]
        if 0 < count <= _MOST:
            yield Found(match.end(), _trailing(kind, count, last))


def _trailing(kind: Kind, count: int, last: date) -> Period:
    """So many days or weeks to the last day; of longer units those that are over."""
    if kind in ("day", "week"):
        days = count * (7 if kind == "week" else 1)
        found = Period(last - timedelta(days=days - 1), last)
        return containing(last, "day") if days == 1 else found
    if kind == "year":
        kind, count = "month", 12 * count
    whole = containing(last, kind)
    return latest(whole if whole.last <= last else whole.previous(), kind, count)


def _calendar(text: str, at: int, last: date) -> Iterator[Found]:
    for part in _parts(text, at, last):
        yield _alone(part, last)


def _open(text: str, at: int, last: date) -> Iterator[Found]:
    """From the beginning of a period on: since August, 8月以来."""
    if since := spoken.SINCE_BEFORE.match(text, at):
        for part in _parts(text, since.end(), last):
            yield _onwards(part.end, part, last)
    for part in _parts(text, at, last):
        if since := spoken.SINCE_AFTER.match(text, part.end):
            yield _onwards(since.end(), part, last)


def _onwards(end: int, first: _Part, last: date) -> Found:
    start = _alone(first, last).period
    return Found(end, named(Period(start.first, max(last, start.last))))


def _from_to(text: str, at: int, last: date) -> Iterator[Found]:
    if match := spoken.RUN.match(text, at):
        year = _year(match.groupdict(), last)
        a, b = (number_of(match[name]) or 0 for name in "ab")
        if 1 <= a <= 12 and 1 <= b <= 12:
            first, second = (_Part(match.end(), "month", one, year=year) for one in (a, b))
            yield from _joined(first, second, last)
    begun = spoken.FROM.match(text, at)
    between = bool(begun and begun["between"])
    for first in _parts(text, begun.end() if begun else at, last):
        joint = spoken.TO.match(text, first.end)
        if joint is None and between:
            joint = spoken.AND.match(text, first.end)
        if joint is not None:
            for second in _parts(text, joint.end(), last):
                yield from _joined(first, second, last)


def _parts(text: str, at: int, last: date) -> Iterator[_Part]:
    for kind, pattern in spoken.PARTS:
        match = pattern.match(text, at)
        if match and match.end() > at:
            found = _part(kind, match, last)
            if found is not None:
                yield found


def _part(kind: str, match: re.Match[str], last: date) -> _Part | None:
    said = match.groupdict()
    year = _year(said, last)
    day = number_of(said["d"] or "") if said.get("d") else None
    if kind == "iso":
        kind = "month" if day is None else "day"
    if kind == "year":
        return _Part(match.end(), "year", year=year)
    most = {"month": 12, "day": 12, "quarter": 4, "half": 2}[kind]
    number = _number(said)
    if number is None or not 1 <= number <= most:
        return None
    if kind == "day":
        return _Part(match.end(), "day", number, day or 0, year)
    if kind == "month":
        return _Part(match.end(), "month", number, year=year)
    return _Part(match.end(), "quarter" if kind == "quarter" else "half", number, year=year)


def _number(said: Mapping[str, str | None]) -> int | None:
    """The number of a month, quarter or half that a match names in one of its ways."""
    month, half, order = (said.get(name) or "" for name in ("mon", "h", "o"))
    if month:
        known = enumerate(spoken.MONTHS, start=1)
        return next((number for number, form in known if re.fullmatch(form, month)), None)
    if half:
        return 1 if half == "上" else 2
    if order:
        return spoken.ORDER[order]
    return number_of(said.get("m") or said.get("q") or "")


def _year(said: Mapping[str, str | None], last: date) -> int | None:
    word = said.get("word")
    if word:
        return last.year + spoken.YEARS[word]
    text = said.get("y") or said.get("y2") or said.get("y3")
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def _alone(part: _Part, last: date) -> Found:
    """A part by itself; without a year the latest that has begun."""
    if part.year is not None:
        return Found(part.end, _placed(part, part.year))
    found = _placed(part, last.year)
    if found.first > last:
        found = _placed(part, last.year - 1)
    return Found(part.end, found, guessed=True)


def _joined(first: _Part, second: _Part, last: date) -> Iterator[Found]:
    """From the beginning of one part to the end of another; nothing where that is no period."""
    year = second.year if second.year is not None else first.year
    end = _placed(second, year) if year is not None else _alone(second, last).period
    begin_year = first.year if first.year is not None else end.last.year
    begin = _placed(first, begin_year)
    if begin.first > end.last and first.year is None:
        begin = _placed(first, begin_year - 1)
    if begin.first > end.last and second.year is None:
        end = _placed(second, begin.first.year + 1)
    if begin.first <= end.last:
        guessed = first.year is None and second.year is None
        yield Found(second.end, named(Period(begin.first, end.last)), guessed=guessed)


def _placed(part: _Part, year: int) -> Period:
    if part.kind == "year":
        return containing(date(year, 1, 1), "year")
    if part.kind == "half":
        first = date(year, 6 * part.number - 5, 1)
        return Period(first, month_end(date(year, 6 * part.number, 1)))
    if part.kind == "quarter":
        return containing(date(year, 3 * part.number, 1), "quarter")
    if part.kind == "month":
        return containing(date(year, part.number, 1), "month")
    return containing(date(year, part.number, part.day), "day")
