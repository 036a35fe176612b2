"""What a cell may hold. Text from data is text and nothing else; formulas are only our own."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import SupportsFloat, TypeAlias, cast

from words.text import plain

LONGEST = 2000
"""Characters of a text that a cell shows; a spreadsheet takes 32 767."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_MARKUP = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "|", "%")


@dataclass(frozen=True)
class Formula:
    """A formula of ours, without text from data, and the value that Canopy has for it.

    ``value`` is written beside the formula for readers that do not calculate; None: empty.

    >>> Formula("=1+1", 2.0).text
    '=1+1'
    """

    text: str
    value: float | str | None


@dataclass(frozen=True)
class Status:
    """A band of a score: shown as sign and word, coloured by ``band``; '' is no band."""

    band: str
    sign: str
    word: str


@dataclass(frozen=True)
class Change:
    """A change with its unit: coloured good (1) or bad (-1) for the business, or neither (0)."""

    value: float | None
    good: int = 0


@dataclass(frozen=True)
class Link:
    """A text that leads to a cell of a page of the same workbook.

    ``cell``: an address, or the name of one of the page's ``anchors``.
    """

    text: str
    page: str
    cell: str = "A1"


Plain: TypeAlias = str | float | int | date | datetime | None
Value: TypeAlias = Plain | Formula | Status | Change | Link


@dataclass(frozen=True)
class Cell:
    """A value with a look of its own; what is None comes from its column.

    ``digits``: decimals. ``editable``: an input that the reader may change. ``indent``: steps.
    ``stamp``: who and when, which the content digest leaves out.
    """

    value: Value
    unit: str | None = None
    digits: int | None = None
    style: str | None = None
    bold: bool | None = None
    editable: bool = False
    indent: int = 0
    stamp: bool = False


@lru_cache(maxsize=2048)
def harmless(text: str, longest: int = LONGEST) -> str:
    """Text as one line that XML and spreadsheets take as it stands.

    Spreadsheets read ``_x003D_`` as the sign with that number, so its underscore is written so.

    >>> harmless("a\\x00b\\nc"), harmless("_x003D_1+1"), harmless("=1+1")
    ('a b c', '_x005F_x003D_1+1', '=1+1')
    """
    return _ESCAPE.sub("_x005F_", _FORBIDDEN.sub(" ", plain(text, longest)))


def looks_alive(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula if it were typed in.

    >>> looks_alive("=1"), looks_alive("B01")
    (True, False)
    """
    return text.startswith(_MARKUP)


def number_of(value: SupportsFloat | None) -> float | int | None:
    """A finite number as Python's own, None for what is none.

    >>> number_of(float("nan")), number_of(3), number_of(2.5)
    (None, 3, 2.5)
    """
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = float(value)
    return found if math.isfinite(found) else None


def as_told(value: Value) -> Value:
    """A value with its number as Python's own, None for a number that is none.

    >>> as_told(float("inf")), as_told(2), as_told("x")
    (None, 2, 'x')
    """
    if value is None or isinstance(value, str):
        return value
    # Numbers of NumPy are no numbers by type, but all have this.
    return number_of(cast("SupportsFloat", value)) if hasattr(value, "__float__") else value
