"""How much room a text needs in a sheet, whose columns are counted in figures of the typeface."""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache

LINE = 14.0
"""Points of height of a line of ten-point text."""
ROW = 15.0
"""Points of height of a row that says nothing of its own."""
DEFAULT_WIDTH = 8.43


@lru_cache(maxsize=4096)
def width_of(text: str) -> float:
    """Columns that a text takes: a Chinese sign two, a capital a little more than one.

    >>> width_of("维度 ab")
    7.0
    """
    capital = 0.2 * sum(map(str.isupper, text))
    if text.isascii():
        return len(text) + capital
    return len(text) + capital + sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)


def lines_of(text: float, width: float) -> int:
    """Lines that a text of a width takes in a column, at least one; a part is lost at their ends.

    >>> lines_of(25, 11)
    3
    """
    return max(1, math.ceil(text * 1.08 / max(width, 1.0)))


def word_width(text: str) -> float:
    """Width of the longest word: English texts break between words only.

    >>> word_width("one three")
    5.0
    """
    return max((width_of(word) for word in text.split() if word.isascii()), default=0.0)
