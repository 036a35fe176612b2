"""The tree as resolved: small frozen records with every name looked up and every default filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from metrics.formula import Formula

Form: TypeAlias = Literal[
    "number",
    "scaled",
    "of_customers",
    "share_of_target",
    "last_year",
    "start_of_year",
    "start_of_year_plus",
]


class PointInfo(Protocol):
    """What the tree needs to know of a data point."""

    @property
    def adds(self) -> str:
        """flow, stock, distinct, histogram or cohort."""

    @property
    def split_by(self) -> frozenset[str]:
        """The dimensions that the point can be split by."""


@dataclass(frozen=True)
class Name:
    """A text in both languages.

    >>> Name("总分", "Total").in_("en")
    'Total'
    """

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        """The text in a language, zh or en."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Goal:
    """A base or target: a number, or a form that depends on the bank (see GoalForm).

    `amount` is in the indicator's unit for `number` and `scaled`, in per cent for `of_customers`,
    a factor otherwise; None for `start_of_year_plus`, whose `addend` says what is added.
    """

    form: Form
    amount: float | None
    addend: str | None = None


@dataclass(frozen=True)
class BandLimits:
    """Full score in `full`, 60 at `outer` (each low, high, in the indicator's unit)."""

    full: tuple[float, float]
    outer: tuple[float, float]


@dataclass(frozen=True)
class ScoredByModules:
    """A leaf's score as the mean of its modules' scores, weighted by the point `weighted_by`."""

    modules: tuple[str, ...]
    weighted_by: str


@dataclass(frozen=True)
class Indicator:
    """An indicator of level 3. Weight in per cent of its theme, cap in points of score."""

    id: str
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    owner: str
    owner_zh: str
    owner_en: str
    unit: str
    unit_zh: str
    unit_en: str
    better: str
    theme: str
    perspective: str
    weight: float
    tag: str
    formula: Formula
    over_time: str
    modules: tuple[str, ...]
    base: Goal
    target: Goal
    standard: bool
    path: str
    curve: str
    band: BandLimits | None
    cap: float
    scored_by_modules: ScoredByModules | None
    may_be_off: bool


@dataclass(frozen=True)
class Theme:
    """A theme of level 2; weight in per cent of its perspective."""

    id: str
    name_zh: str
    name_en: str
    perspective: str
    weight: float


@dataclass(frozen=True)
class Perspective:
    """A perspective of level 1; weight in per cent of the total, cap of its leaves' scores."""

    id: str
    name_zh: str
    name_en: str
    weight: float
    cap: float


@dataclass(frozen=True)
class Module:
    """A feature module; `team` is an id of the vocabulary's owners."""

    id: str
    name_zh: str
    name_en: str
    scene: str
    grade: str
    team: str


@dataclass(frozen=True)
class RedLine:
    """Breached while the formula's value is above `above` or below `below` (one is None)."""

    id: str
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    formula: Formula
    over_time: str
    above: float | None
    below: float | None
    caps: Mapping[str, float]


@dataclass(frozen=True)
class ScoreBand:
    """A band of scores from `at_least` up to the band before it."""

    id: str
    at_least: float
    name_zh: str
    name_en: str
    sign: str


@dataclass(frozen=True)
class Bands:
    """The bands of leaves and of parents, best first; the last begins at 0."""

    leaves: tuple[ScoreBand, ...]
    parents: tuple[ScoreBand, ...]


@dataclass(frozen=True)
class Vocabulary:
    """Words in both languages for the ids that the tree uses."""

    root: Name
    units: Mapping[str, Name]
    directions: Mapping[str, Name]
    tags: Mapping[str, Name]
    over_time: Mapping[str, Name]
    owners: Mapping[str, Name]
