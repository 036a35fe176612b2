"""The three-colour warning of silence: levels as a bank sets them, and who is at which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field

from data.configuration import ConfigurationError, Located, Problem, Written, problem_at, read
from metrics.behaviour.rows import rows

SHIPPED = Path(__file__).with_name("silence.yaml")
NAME = "silence.yaml"
Colour = Literal["orange", "yellow", "red", "gray", "blue"]


class WrittenAction(Written):
    """What to do, in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class WrittenLevel(Written):
    """A level as written."""

    colour: Colour
    days: int = Field(ge=1, le=3650)
    action: WrittenAction


class WrittenSilence(Written):
    """The file."""

    levels: tuple[WrittenLevel, ...] = Field(min_length=1, max_length=5)


@dataclass(frozen=True)
class Level:
    """People silent for ``days`` days or more, up to the next level's."""

    colour: Colour
    days: int
    until: int | None
    action_zh: str
    action_en: str

    def action(self, lang: str) -> str:
        """What to do, in a language."""
        return self.action_zh if lang == "zh" else self.action_en


@dataclass(frozen=True)
class Silent:
    """A level with its people by tier ('' where none is known)."""

    level: Level
    by_tier: Mapping[str, int]

    @property
    def users(self) -> int:
        """Everybody at the level."""
        return sum(self.by_tier.values())


@dataclass(frozen=True)
class Silence:
    """Open accounts on a day by level; ``awake`` are below the first."""

    awake: int
    levels: tuple[Silent, ...]

    @property
    def users(self) -> int:
        """All open accounts of the slice."""
        return self.awake + sum(one.users for one in self.levels)


def load_levels(folder: Path | None = None) -> tuple[Level, ...]:
    """The levels of a bank's folder, else those shipped; ConfigurationError with every problem.

    >>> [(one.colour, one.days, one.until) for one in load_levels()]
    [('orange', 7, 15), ('yellow', 15, 30), ('red', 30, None)]
    """
    own = None if folder is None else folder / NAME
    document = read(own if own is not None and own.exists() else SHIPPED, WrittenSilence)
    problems = list(_problems(document))
    if problems:
        raise ConfigurationError(problems)
    levels = document.value.levels
    ends = [*(one.days for one in levels[1:]), None]
    return tuple(
        Level(one.colour, one.days, end, one.action.zh, one.action.en)
        for one, end in zip(levels, ends, strict=True)
    )


def _problems(document: Located[WrittenSilence]) -> Iterator[Problem]:
    seen: set[str] = set()
    before = 0
    for place, level in enumerate(document.value.levels):
        if level.days <= before:
            expected = f"more than the {before} days of the level before"
            yield problem_at(document, ("levels", place, "days"), expected=expected)
        if level.colour in seen:
            expected = "a colour that no other level has"
            yield problem_at(document, ("levels", place, "colour"), expected=expected)
        seen.add(level.colour)
        before = level.days


def silence(counted: pd.DataFrame, levels: Sequence[Level]) -> Silence:
    """The frame of ``data.behaviour.silence.silent_counts``."""
    found: dict[int, dict[str, int]] = {}
    for row in rows(counted):
        found.setdefault(int(row.level), {})[str(row.tier)] = int(row.users)
    awake = sum(found.get(0, {}).values())
    return Silence(awake, tuple(Silent(one, found.get(n, {})) for n, one in enumerate(levels, 1)))


def masked(user_id: str) -> str:
    """An id that staff can tell apart but not look up: the first and the last three characters.

    >>> masked("U00018273"), masked("U1")
    ('U•••273', '•••')
    """
    return f"{user_id[0]}•••{user_id[-3:]}" if len(user_id) > 5 else "•••"
