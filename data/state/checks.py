"""What may enter the state database: text, exact decimals, days, moments, canonical JSON."""

from __future__ import annotations

import calendar
import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from data.state.errors import StateRefusedError

MOST_DIGITS = 30


def words(name: str, value: str, *, longest: int = 2000) -> str:
    """``value`` without blanks around it; refused when empty, too long or not storable as text.

    >>> words("reason", " yearly review ")
    'yearly review'
    """
    trimmed = value.strip()
    if not trimmed:
        raise StateRefusedError(f"{name} is empty: write it down, it is kept for good")
    if len(trimmed) > longest:
        raise StateRefusedError(f"{name} has {len(trimmed)} characters, at most {longest} are kept")
    if "\x00" in trimmed or any("\ud800" <= sign <= "\udfff" for sign in trimmed):
        raise StateRefusedError(f"{name} holds characters that are no text: {trimmed!r}")
    return trimmed


def words_or_none(name: str, value: str | None) -> str | None:
    """``words`` where nothing may be said: None stays None."""
    return None if value is None else words(name, value)


def exact(name: str, value: Decimal | int | str) -> Decimal:
    """``value`` as an exact decimal; a float is refused because it is not what was typed.

    >>> exact("weight", "17.50")
    Decimal('17.50')
    """
    if isinstance(value, (bool, float)):
        raise StateRefusedError(
            f"{name} is {value!r}: expected an exact decimal, not {type(value)}"
        )
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise StateRefusedError(f"{name} is {value!r}: expected a decimal number") from error
    if not number.is_finite():
        raise StateRefusedError(f"{name} is {value!r}: expected a finite number")
    if max(abs(number.adjusted()), len(number.as_tuple().digits)) > MOST_DIGITS:
        raise StateRefusedError(f"{name} is {value!r}: at most {MOST_DIGITS} digits are kept")
    return number


def plain_day(name: str, value: date) -> date:
    """``value`` when it is a day without a time of day.

    >>> plain_day("effective_from", date(2026, 1, 1))
    datetime.date(2026, 1, 1)
    """
    if isinstance(value, datetime) or not isinstance(value, date):
        raise StateRefusedError(f"{name} is {value!r}: expected a day")
    return value


def last_day(day: date) -> date:
    """The last day of the month of ``day``: how a month is stored.

    >>> last_day(date(2028, 2, 10))
    datetime.date(2028, 2, 29)
    """
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def utc(moment: datetime) -> datetime:
    """``moment`` as naive UTC; one without an offset is UTC already.

    >>> utc(datetime.fromisoformat("2026-01-01T08:00:00+08:00"))
    datetime.datetime(2026, 1, 1, 0, 0)
    """
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def now_utc() -> datetime:
    """This moment as naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def canonical_json(value: object) -> str:
    """The one way to write ``value``: sorted keys, no blanks, decimals and days as text.

    Raises TypeError or ValueError for what has no exact JSON form (NaN, other objects).

    >>> canonical_json({"b": Decimal("1.50"), "a": date(2026, 1, 31)})
    '{"a":"2026-01-31","b":"1.50"}'
    """
    written = json.dumps(
        value,
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
        default=_plain,
    )
    written.encode()
    return written


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical JSON form")


def digest(content: str | bytes) -> str:
    """SHA-256 of ``content`` in hexadecimal; text as UTF-8.

    >>> digest("canopy")[:12]
    'fee5dfd46b12'
    """
    raw = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(raw).hexdigest()
