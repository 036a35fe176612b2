"""Points and sources as written in ``declarations/*.yaml`` (level 5 of the tree)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel, model_validator

from data.configuration import Written

Adds = Literal["flow", "stock", "distinct", "histogram", "cohort"]
Dimension = Literal["branch", "module", "app", "segment"]


class Names(Written):
    """A text in both languages."""

    en: Annotated[str, Field(min_length=1)]
    zh: Annotated[str, Field(min_length=1)]


class WrittenPoint(Written):
    """One named aggregate: exactly one of ``count``, ``sum``, ``of``, ``columns``."""

    en: Annotated[str, Field(min_length=1)]
    zh: Annotated[str, Field(min_length=1)]
    unit: str
    adds: Adds
    count: Literal[True] | None = None
    sum: str | None = None
    of: str | None = None
    columns: list[str] | None = None
    bounds: list[float | int] | None = None
    where: dict[str, Any] = Field(default_factory=dict)
    lag: Annotated[int, Field(ge=0, le=366)] = 0
    cumulative: bool = False
    monthly: bool = False
    spread: Literal["month"] | None = None
    needs: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_aggregate(self) -> WrittenPoint:
        given = [x for x in (self.count, self.sum, self.of, self.columns) if x is not None]
        if len(given) != 1:
            raise ValueError("a point has exactly one of count, sum, of, columns")
        if (self.adds == "histogram") != (self.bounds is not None):
            raise ValueError("bounds belong to histograms, and every histogram has them")
        if self.adds == "stock" and self.lag:
            raise ValueError("a stock has no lag")
        return self


class WrittenSource(Written):
    """One relation that points are aggregated over."""

    table: str
    about: Names
    points: dict[str, WrittenPoint]
    also: list[str] = Field(default_factory=list)
    build: str | None = None
    day: str | None = None
    user: str | None = None
    place: str | None = None
    module: str | None = None
    app: str | None = None
    reach: Annotated[int, Field(ge=0, le=366)] = 0
    again: Annotated[int, Field(ge=0, le=366)] = 0
    onwards: bool = False
    split_by: list[Dimension]


class WrittenSources(RootModel[dict[str, WrittenSource]]):
    """One declarations file: sources by name."""
