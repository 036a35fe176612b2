"""Warning rules as a bank writes them; rules.yaml explains every key."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.configuration import Written

Kind = Literal["threshold", "path", "year", "late"]
Worse = Literal["above", "below"]
Watch = Literal["bank", "branches"]


class WrittenText(Written):
    """A text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class WrittenLimits(Written):
    """A limit for each level that the rule knows."""

    level_1: float | None = None
    level_2: float | None = None
    level_3: float | None = None


class WrittenHours(Written):
    """The time limit of each level."""

    level_1: float = Field(gt=0)
    level_2: float = Field(gt=0)
    level_3: float = Field(gt=0)


class WrittenRule(Written):
    """A rule as written."""

    id: str = Field(pattern="^[a-z][a-z0-9_]*$")
    name: WrittenText
    kind: Kind
    indicators: Literal["all"] | tuple[str, ...] | None = None
    excepted: tuple[str, ...] = Field((), alias="except")
    tables: Literal["all"] | tuple[str, ...] | None = None
    worse: Worse | None = None
    limits: WrittenLimits
    watch: Watch = "bank"
    confirm_days: int = Field(1, ge=1, le=60)
    calm_days: int = Field(2, ge=1, le=60)
    owner: str | None = None
    action: WrittenText


class WrittenRules(Written):
    """The file."""

    hours: WrittenHours
    rules: tuple[WrittenRule, ...] = Field(min_length=1)
