"""The tree's configuration as written: one model a file, no knowledge of the other files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from data.configuration import Written

Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"\S")]
Weight: TypeAlias = Annotated[float, Field(ge=0, le=100)]
Positive: TypeAlias = Annotated[float, Field(gt=0)]
Better: TypeAlias = Literal["up", "down", "band"]
OverTime: TypeAlias = Literal["sum", "mean", "last", "mau", "mau/mau", "ratio", "cohort", "hist"]
Curve: TypeAlias = Literal["linear", "downtime", "step", "band"]
Path: TypeAlias = Literal["seasonal", "calendar", "none"]
Scene: TypeAlias = Literal["payment", "wealth", "credit", "life", "service"]
Grade: TypeAlias = Literal["basic", "advanced"]


class Names(Written):
    """A name or a text in both languages."""

    zh: Text
    en: Text


class GoalForm(Written):
    """A base or target that depends on the bank; exactly one key.

    scaled: times (the bank's customers / 82.9 million); of_customers: per cent of the bank's
    customers; share_of_target: times the target (base only); last_year: times last year's value;
    start_of_year: times the value at the year's start; start_of_year_plus: that value plus the
    new-user target less last year's closures.
    """

    scaled: Positive | None = None
    of_customers: Positive | None = None
    share_of_target: Positive | None = None
    last_year: Positive | None = None
    start_of_year: Positive | None = None
    start_of_year_plus: Literal["new_users_less_closures"] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> GoalForm:
        if len([value for _, value in self if value is not None]) != 1:
            forms = ", ".join(type(self).model_fields)
            raise ValueError(f"exactly one of {forms}")
        return self


def _goal_kind(value: object) -> str:
    return "form" if isinstance(value, dict | GoalForm) else "number"


def _list_kind(value: object) -> str:
    return "list" if isinstance(value, list | tuple) else "name"


Goal: TypeAlias = Annotated[
    Annotated[float, Tag("number")] | Annotated[GoalForm, Tag("form")], Discriminator(_goal_kind)
]
ModuleList: TypeAlias = Annotated[
    Annotated[Id, Tag("name")] | Annotated[tuple[Id, ...], Tag("list")], Discriminator(_list_kind)
]


class BandWritten(Written):
    """Full score within `full`, 60 at the limits `outer`."""

    full: tuple[float, float]
    outer: tuple[float, float]


class ModuleScoring(Written):
    """The score is the mean of these modules' scores, weighted by a data point."""

    modules: ModuleList
    weighted_by: Id


class IndicatorWritten(Written):
    """An indicator of level 3; `modules` makes it a module KPI as well (level 4)."""

    id: Id
    name: Names
    unit: Text
    unit_words: Names | None = None
    better: Better
    weight: Weight
    tag: Text
    formula: Text
    over_time: OverTime
    modules: ModuleList = ()
    scored_by_modules: ModuleScoring | None = None
    base: Goal
    target: Goal
    standard: bool = False
    path: Path | None = None
    curve: Curve = "linear"
    band: BandWritten | None = None
    may_be_off: bool = False
    owner: Text
    description: Names


class ThemeWritten(Written):
    """A theme of level 2 with its indicators."""

    id: Id
    name: Names
    weight: Weight
    indicators: Annotated[tuple[IndicatorWritten, ...], Field(min_length=1)]


class PerspectiveWritten(Written):
    """A perspective of level 1; `cap` is the highest score that its leaves can reach."""

    id: Id
    name: Names
    weight: Weight
    cap: Annotated[float, Field(ge=100, le=150)]


class PerspectiveFile(Written):
    """user_scale.yaml, business.yaml, risk.yaml, brand.yaml, compliance.yaml."""

    perspective: PerspectiveWritten
    themes: tuple[ThemeWritten, ...]


class ModuleWritten(Written):
    """A feature module of the App."""

    id: Id
    name: Names
    scene: Scene
    grade: Grade
    team: Text


class ModulesFile(Written):
    """modules.yaml."""

    modules: Annotated[tuple[ModuleWritten, ...], Field(min_length=1)]
    groups: Mapping[Id, tuple[Id, ...]] = {}


class Breach(Written):
    """When a red line is breached; exactly one limit."""

    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Breach:
        if (self.above is None) == (self.below is None):
            raise ValueError("exactly one of above, below")
        return self


class RedLineWritten(Written):
    """A limit whose breach caps nodes at a score."""

    id: Id
    name: Names
    description: Names
    formula: Text
    over_time: OverTime
    breached: Breach
    caps: Annotated[
        Mapping[Id, Annotated[float, Field(ge=0, le=100)]],
        Field(min_length=1),
    ]


class RedLinesFile(Written):
    """red_lines.yaml."""

    red_lines: tuple[RedLineWritten, ...]


class ScoreBandWritten(Written):
    """A band of scores: from `at_least` up to the band above it."""

    id: Id
    at_least: Annotated[float, Field(ge=0, le=150)]
    name: Names
    sign: Annotated[str, StringConstraints(min_length=1, max_length=3)]


class BandsFile(Written):
    """bands.yaml: bands of leaves and of parents, best first."""

    leaves: Annotated[tuple[ScoreBandWritten, ...], Field(min_length=1)]
    parents: Annotated[tuple[ScoreBandWritten, ...], Field(min_length=1)]


class VocabularyFile(Written):
    """vocabulary.yaml: words for the ids that the tree uses."""

    root: Names
    units: Mapping[str, Names]
    directions: Mapping[str, Names]
    tags: Mapping[str, Names]
    over_time: Mapping[str, Names]
    owners: Mapping[str, Names]
