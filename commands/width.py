"""How wide texts are on a terminal: Chinese signs take two columns."""

from __future__ import annotations

import unicodedata


def width_of(text: str) -> int:
    """Columns that a text takes.

    >>> width_of("维度 ab")
    7
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def padded(text: str, width: int, at_right: bool = False) -> str:
    """The text filled up with spaces to a width.

    >>> padded("维度", 6) + "|"
    '维度  |'
    """
    space = " " * (width - width_of(text))
    return space + text if at_right else text + space
