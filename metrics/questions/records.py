"""What came out of a question: the view, what was understood of which words, what was not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from metrics.explore.view import View

Kind: TypeAlias = Literal[
    "indicator", "dimension", "filter", "branch", "period", "comparison", "grain", "chart", "sort",
    "link",
]  # fmt: skip
"""What a part of a question is about; a ``link`` only holds words together (of, by, and)."""


@dataclass(frozen=True)
class Said:
    """A sentence in both languages.

    >>> Said("一个指标", "one indicator").words("en")
    'one indicator'
    """

    zh: str
    en: str

    def words(self, lang: str) -> str:
        """The sentence in a language, zh or en."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Understood:
    """Some characters of the question, from ``start`` up to ``end``, and what they mean."""

    start: int
    end: int
    text: str
    kind: Kind
    meaning: Said


@dataclass(frozen=True)
class NotUnderstood:
    """Characters that mean nothing here, and names that are like them."""

    start: int
    end: int
    text: str
    nearest: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Ambiguous:
    """A word with several meanings, all of which are named; the first was taken, or all were."""

    text: str
    candidates: tuple[Said, ...]


@dataclass(frozen=True)
class Asked:
    """A question as read. ``view`` is None where no indicator was understood.

    ``understood`` and ``not_understood`` together cover everything but spaces and punctuation,
    without overlap and in order. ``assumed`` was not asked for; ``problems`` say what is not
    defined, or cannot be asked at once. ``limit`` rows were asked for, of a sorted view.
    """

    text: str
    view: View | None
    understood: tuple[Understood, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    assumed: tuple[Said, ...] = ()
    ambiguous: tuple[Ambiguous, ...] = ()
    problems: tuple[Said, ...] = ()
    limit: int | None = field(default=None)
