"""The kinds of column a contract table is made of.

Every column carries, in ``Column.info``, what a bank's data engineer must know:
``meaning`` (English), ``meaning_zh``, ``unit``, ``example``, ``data_class`` and, for a closed list, ``values``.
"""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Float, Integer, Numeric, String
from sqlalchemy.types import TypeEngine

DataClass = Literal["public", "internal", "personal", "sensitive"]

MONEY = Numeric(18, 2)
MOMENT = DateTime()


def about(meaning: str, meaning_zh: str) -> dict[str, str]:
    """What one row of a table is, in English and Chinese, for ``Table.info``."""
    return {"meaning": meaning, "meaning_zh": meaning_zh}


def _column(
    name: str,
    kind: TypeEngine[Any],
    meaning: str,
    meaning_zh: str,
    example: str,
    *,
    key: bool = False,
    required: bool = False,
    unit: str = "",
    data_class: DataClass = "internal",
    **info: Any,
) -> Column[Any]:
    facts = {
        "meaning": meaning,
        "meaning_zh": meaning_zh,
        "unit": unit,
        "example": example,
        "data_class": data_class,
        **info,
    }
    return Column(
        name, kind, primary_key=key, nullable=not (key or required), autoincrement=False, info=facts
    )


def ident(name: str, meaning: str, meaning_zh: str, example: str, **more: Any) -> Column[Any]:
    """An opaque id: never a name, phone or card number."""
    return _column(name, String(), meaning, meaning_zh, example, **more)


def text(name: str, meaning: str, meaning_zh: str, example: str, **more: Any) -> Column[Any]:
    """Free text, untrusted wherever it is shown."""
    return _column(name, String(), meaning, meaning_zh, example, **more)


def choice(
    name: str, meaning: str, meaning_zh: str, values: tuple[str, ...], **more: Any
) -> Column[Any]:
    """One of a closed list; anything else is a bad row."""
    return _column(name, String(), meaning, meaning_zh, values[0], values=values, **more)


def moment(name: str, meaning: str, meaning_zh: str, **more: Any) -> Column[Any]:
    """A point in time, stored in UTC; without an offset it is read in the bank's zone."""
    return _column(
        name, MOMENT, meaning, meaning_zh, "2026-10-31T20:15:04+08:00", unit="time", **more
    )


def day(name: str, meaning: str, meaning_zh: str, **more: Any) -> Column[Any]:
    """A day of the bank's zone."""
    return _column(name, Date(), meaning, meaning_zh, "2026-10-31", unit="day", **more)


def month(name: str, meaning: str, meaning_zh: str, **more: Any) -> Column[Any]:
    """A month, stored as its last day; ``2026-10`` and any day of the month are read as it."""
    return _column(name, Date(), meaning, meaning_zh, "2026-10", unit="month", month=True, **more)


def money(name: str, meaning: str, meaning_zh: str, **more: Any) -> Column[Any]:
    """Exact decimal CNY."""
    return _column(name, MONEY, meaning, meaning_zh, "1280.50", unit="CNY", **more)


def count(
    name: str, meaning: str, meaning_zh: str, example: str = "12", **more: Any
) -> Column[Any]:
    """A whole number, never negative unless ``low`` says so; ``low`` and ``high`` bound it."""
    more.setdefault("low", 0)
    more.setdefault("unit", "count")
    return _column(name, BigInteger(), meaning, meaning_zh, example, **more)


def small(
    name: str, meaning: str, meaning_zh: str, low: int, high: int, **more: Any
) -> Column[Any]:
    """A whole number on a short scale from ``low`` to ``high``."""
    more.setdefault("unit", "level")
    return _column(name, Integer(), meaning, meaning_zh, str(high), low=low, high=high, **more)


def number(name: str, meaning: str, meaning_zh: str, example: str, **more: Any) -> Column[Any]:
    """A measured quantity that need not be whole."""
    return _column(name, Float(), meaning, meaning_zh, example, **more)


def flag(name: str, meaning: str, meaning_zh: str, **more: Any) -> Column[Any]:
    """True or false; empty is unknown where the column may be empty."""
    return _column(name, Boolean(), meaning, meaning_zh, "true", **more)
