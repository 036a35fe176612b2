"""Numbers, days and periods as readers write them: 1.23万 and 1.23亿, or K, M and B."""

from __future__ import annotations

import math
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_skeleton
from babel.numbers import format_compact_decimal, format_decimal

from data.period import Period
from words.i18n import _, _n, language

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
MISSING = "—"
MINUS = "−"
MONEY_SIGN = {"CNY": "¥"}
SUFFIX = {"%": "%"}
WHOLE = {"users": 1, "count": 100}
"""Units of things that are counted, and from where on decimals would mean nothing: nobody expects
43.81 users, but 2.4 transactions a user is a count too."""


def locale() -> str:
    """Babel's name of the reader's language."""
    return LOCALES[language()]


def number(value: float | None, digits: int | None = None) -> str:
    """A number of sensible length: three to four significant digits, large ones shortened.

    >>> number(0.0312), number(12345678.0), number(-0.5), number(None)
    ('0.0312', '12.35M', '−0.5', '—')
    """
    if value is None or math.isnan(value):
        return MISSING
    return _number(float(value) + 0.0, digits, locale())  # never "−0"


@lru_cache(maxsize=20_000)
def _number(value: float, digits: int | None, where: str) -> str:
    """A number as written; charts of a year say the same thousand at every click."""
    size = abs(value)
    if digits is None and size >= 10_000:
        told = format_compact_decimal(value, locale=where, fraction_digits=2)
        return str(told).replace("-", MINUS)
    places = digits if digits is not None else _places(size)
    kept = "0" * (digits or 0) if digits else "#" * places
    told = format_decimal(value, format=f"#,##0.{kept}" if places else "#,##0", locale=where)
    return str(told).replace("-", MINUS)


def _places(size: float) -> int:
    if size == 0 or size >= 1000:
        return 0
    if size >= 10:
        return 1 if size >= 100 else 2
    return 2 if size >= 1 else min(6, 3 - math.floor(math.log10(size)) - 1)


def quantity(value: float | None, unit: str, unit_words: str) -> str:
    """A number with its unit: ``12.3%``, ``¥1.23M``, ``4.1 min``.

    >>> quantity(-120.5, "CNY", "CNY"), quantity(-22.63, "%", "%")
    ('−¥120.5', '−22.63%')
    >>> quantity(43.81, "users", "users"), quantity(2.41, "count", "times")
    ('44 users', '2.41 times')
    """
    whole = unit in WHOLE and value is not None and WHOLE[unit] <= abs(value) < 10_000
    told = number(value, 0 if whole else None)
    if told == MISSING:
        return told
    if unit in MONEY_SIGN:
        sign = MINUS if told.startswith(MINUS) else ""
        return f"{sign}{MONEY_SIGN[unit]}{told.removeprefix(MINUS)}"
    if unit in SUFFIX:
        return f"{told}{SUFFIX[unit]}"
    if unit in ("ratio", "1–5", "index", "score"):
        return told
    return f"{told} {singular(unit_words) if told == '1' else unit_words}"


def singular(words: str) -> str:
    """A unit of one; the sign of seconds and words without a plural stay as they are.

    >>> singular("users"), singular("s"), singular("per 10k")
    ('user', 's', 'per 10k')
    """
    return words[:-1] if len(words) > 2 and words.endswith("s") else words


def score(value: float | None) -> str:
    """A score, always with one decimal.

    >>> score(83.04)
    '83.0'
    """
    return number(value, digits=1)


def percent(value: float | None) -> str:
    """A share in per cent, whole above 10.

    >>> percent(98.73), percent(0.4)
    ('98.7%', '0.4%')
    """
    return MISSING if value is None or math.isnan(value) else f"{number(value, digits=1)}%"


def chance(probability: float | None) -> str:
    """A probability in whole per cent; an estimate is never a certainty.

    >>> chance(0.004), chance(0.62), chance(0.996), chance(None)
    ('under 1%', '62%', 'over 99%', '—')
    """
    if probability is None or math.isnan(probability):
        return MISSING
    if probability < 0.01:
        return _("under 1%")
    return _("over 99%") if probability > 0.99 else f"{100 * probability:.0f}%"


def signed(value: float | None, digits: int | None = 1) -> str:
    """A change with its sign; a change that rounds to nothing is ±0.

    >>> signed(1.25), signed(-0.01)
    ('+1.2', '±0')
    """
    if value is None or math.isnan(value):
        return MISSING
    told = number(abs(value), digits)
    if not told.strip("0.,"):
        return "±0"
    return f"+{told}" if value > 0 else f"−{told}"


def day(value: date | None) -> str:
    """A day in figures, the same in both languages.

    >>> day(date(2026, 11, 21))
    '2026-11-21'
    """
    return MISSING if value is None else value.isoformat()


def moment(value: datetime) -> str:
    """A moment to the minute.

    >>> moment(datetime(2026, 11, 21, 8, 5))
    '2026-11-21 08:05'
    """
    return f"{value:%Y-%m-%d %H:%M}"


def period(value: Period) -> str:
    """A period in words.

    >>> period(Period.parse("2026-10")), period(Period.parse("2026-W44"))
    ('Oct 2026', '2026 week 44')
    """
    if value.kind == "year":
        return str(format_skeleton("y", value.first, locale=locale()))
    if value.kind == "quarter":
        return _("{year} Q{quarter}").format(
            year=value.first.year, quarter=(value.first.month + 2) // 3
        )
    if value.kind == "month":
        return str(format_skeleton("yMMM", value.first, locale=locale()))
    if value.kind == "week":
        iso = value.first.isocalendar()
        return _("{year} week {week}").format(year=iso.year, week=iso.week)
    if value.kind == "day":
        return str(format_date(value.first, "medium", locale=locale()))
    return _("{first} to {last}").format(first=day(value.first), last=day(value.last))


def days_ago(count: int) -> str:
    """How long ago a day was.

    >>> days_ago(0), days_ago(1), days_ago(3)
    ('today', '1 day ago', '3 days ago')
    """
    if count <= 0:
        return _("today")
    return _n("{count} day ago", "{count} days ago", count).format(count=number(count, 0))


def ago(seconds: float) -> str:
    """How long ago a moment was.

    >>> ago(30), ago(600), ago(8000)
    ('just now', '10 minutes ago', '2 hours ago')
    """
    minutes = int(seconds // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 90:
        return _n("{count} minute ago", "{count} minutes ago", minutes).format(count=minutes)
    hours = minutes // 60
    if hours < 36:
        return _n("{count} hour ago", "{count} hours ago", hours).format(count=hours)
    return days_ago(hours // 24)
