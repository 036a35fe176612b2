"""Text as it is compared, with the way back: every folded character knows where it came from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 300
"""Characters of a question that are read; nobody asks for more in one breath."""
_LATIN = re.compile(r"[a-z0-9]")
_SAME = str.maketrans("‐‑–—−～’‘", "-----~''")
_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6,
           "七": 7, "八": 8, "九": 9}  # fmt: skip
_NAMES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
          "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}  # fmt: skip


@dataclass(frozen=True)
class Folded:
    """``text`` in one width and case; ``origin[i]`` is the place of character i in the question."""

    text: str
    origin: tuple[int, ...]
    length: int

    def edge(self, at: int) -> bool:
        """Whether a word may begin or end here: one written character is never cut in two.

        >>> found = folded("㋈")
        >>> found.text, found.edge(0), found.edge(1), found.edge(2)
        ('9月', True, False, True)
        """
        if at <= 0 or at >= len(self.text):
            return True
        return self.origin[at] != self.origin[at - 1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The places in the question of folded characters."""
        last = self.origin[end] if end < len(self.origin) else self.length
        return self.origin[start], last


def folded(question: str) -> Folded:
    """A question, or the first `LONGEST` characters of it, as it is compared."""
    text: list[str] = []
    origin: list[int] = []
    read = question[:LONGEST]
    for place, character in enumerate(read):
        for one in unicodedata.normalize("NFKC", character).casefold().translate(_SAME):
            text.append(one)
            origin.append(place)
    return Folded("".join(text), tuple(origin), len(read))


def latin(character: str) -> bool:
    """Whether a character belongs to a word that spaces separate: a to z and digits."""
    return bool(_LATIN.match(character))


def chinese(character: str) -> bool:
    """Whether a character is a Chinese one."""
    return "\u3400" <= character <= "\u9fff" or character == "〇"


def number_of(text: str) -> int | None:
    """A number in digits, Chinese numerals up to 99, or an English word up to twelve.

    >>> [number_of(one) for one in ("12", "三", "十一", "二十", "三十五", "twelve", "x")]
    [12, 3, 11, 20, 35, 12, None]
    """
    if text.isascii() and text.isdigit():
        return int(text)
    if text in _NAMES:
        return _NAMES[text]
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.get(text)
    high = _DIGITS.get(tens) if tens else 1
    low = _DIGITS.get(ones) if ones else 0
    return None if high is None or low is None else 10 * high + low
