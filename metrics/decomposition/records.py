"""What a decomposition says: parts with their share in a change, and what to beware of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Warned = Literal["simpson", "overlap", "offsetting", "unequal_days"]

_WORDS: dict[Warned, tuple[str, str]] = {
    "simpson": (
        "Every part moved the other way than the whole: the change comes from the mix alone.",
        "各部分的变动方向均与整体相反：整体变动完全来自结构变化。",
    ),
    "overlap": (
        "Users are counted once in each part: the parts overlap and do not add up to the whole.",
        "同一用户可计入多个部分：各部分有重叠，相加不等于整体。",
    ),
    "offsetting": (
        "Large movements cancel each other out: the parts move far more than the whole.",
        "各部分变动相互抵消：部分的变动远大于整体。",
    ),
    "unequal_days": (
        "The two periods have different numbers of days.",
        "两个期间的天数不同。",
    ),
}


@dataclass(frozen=True)
class Caution:
    """Something to know before reading the parts.

    >>> Caution("unequal_days").words("en")
    'The two periods have different numbers of days.'
    """

    kind: Warned

    def words(self, lang: str) -> str:
        """The warning in words, zh or en."""
        english, chinese = _WORDS[self.kind]
        return chinese if lang == "zh" else english


@dataclass(frozen=True)
class SumPart:
    """One part of a sum: what volume, mix and rate did to it; they add up to ``change``.

    ``volume``: as if the whole had grown alike; ``mix``: from its share of the volume, against the
    average rate; ``rate``: from what each unit brings. Unit: that of the amount.
    """

    name: str
    before: float
    after: float
    volume: float
    mix: float
    rate: float

    @property
    def effect(self) -> float:
        """What the part did to the change of the whole."""
        return self.volume + self.mix + self.rate


@dataclass(frozen=True)
class SumChange:
    """The change of a sum; volume + mix + rate of all parts are ``after - before``.

    ``parts`` stand with the largest effect first.
    """

    before: float
    after: float
    volume: float
    mix: float
    rate: float
    parts: tuple[SumPart, ...]
    warnings: tuple[Caution, ...] = ()

    @property
    def change(self) -> float:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True)
class RatioPart:
    """One part of a ratio; ``before`` and ``after`` are its own ratio, None without denominator.

    ``mix``: its weight moved, at the old ratios; ``rate``: its ratio moved, at the old weights;
    ``interaction``: both at once. Together they are ``effect``, in the unit of the ratio, which
    turns its sign when the periods are exchanged. ``weight_before`` and ``weight_after``: shares of
    the denominator, 0 to 1.
    """

    name: str
    before: float | None
    after: float | None
    weight_before: float
    weight_after: float
    mix: float
    rate: float
    interaction: float

    @property
    def effect(self) -> float:
        """What the part did to the change of the ratio."""
        return self.mix + self.rate + self.interaction


@dataclass(frozen=True)
class RatioChange:
    """The change of a ratio; the effects of all parts and ``unexplained`` add up to it.

    ``unexplained`` is not 0 only where parts overlap. Words: a decomposition, not a cause.
    """

    before: float
    after: float
    mix: float
    rate: float
    interaction: float
    unexplained: float
    parts: tuple[RatioPart, ...]
    warnings: tuple[Caution, ...] = ()

    @property
    def change(self) -> float:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True)
class Refused:
    """Why there is no decomposition, in both languages."""

    zh: str
    en: str

    def words(self, lang: str) -> str:
        """The reason in words, zh or en."""
        return self.zh if lang == "zh" else self.en
