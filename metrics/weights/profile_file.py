"""Strategy profiles as a bank writes them, resolved against the tree's perspectives and tags."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from data.configuration import (
    ConfigurationError,
    Located,
    Problem,
    Written,
    nearest_name,
    problem_at,
    read,
)
from data.yaml_source import KeyPath

SHIPPED = Path(__file__).with_name("profiles.yaml")

Scope = Literal["bank", "branch", "team"]
Share = Annotated[float, Field(gt=0, le=100)]
Shares = tuple[tuple[str, float], ...]


class WrittenName(Written):
    """A name in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class WrittenProfile(Written):
    """A profile as written; shares, floors and the cap are per cent of the total."""

    id: str = Field(pattern="^[a-z][a-z0-9_]*$")
    name: WrittenName
    default_for: tuple[Scope, ...] = ()
    perspectives: Mapping[str, Share] = {}
    tags: Mapping[str, Share] = {}
    floors: Mapping[str, Share] = {}
    leaf_cap: Share | None = None


class WrittenProfiles(Written):
    """The file."""

    profiles: tuple[WrittenProfile, ...]


@dataclass(frozen=True)
class Profile:
    """A resolved profile: fixed shares, floors and the cap of a leaf, per cent of the total."""

    id: str
    name_zh: str
    name_en: str
    default_for: tuple[Scope, ...] = ()
    perspectives: Shares = ()
    tags: Shares = ()
    floors: Shares = ()
    leaf_cap: float | None = None


def load_profiles(
    path: Path, perspectives: Collection[str], tags: Collection[str]
) -> tuple[Profile, ...]:
    """The profiles of a file; ConfigurationError with all problems at once.

    >>> views = ("user_scale", "business", "risk", "brand", "compliance")
    >>> [p.id for p in load_profiles(SHIPPED, views, ("credit_growth", "credit_quality"))][:2]
    ['balanced', 'user_growth']
    """
    document = read(path, WrittenProfiles)
    problems = [
        *_unknown_names(document, perspectives, tags),
        *_repeated(document),
    ]
    if problems:
        raise ConfigurationError(problems)
    return tuple(_resolved(written) for written in document.value.profiles)


def _unknown_names(
    document: Located[WrittenProfiles], perspectives: Collection[str], tags: Collection[str]
) -> list[Problem]:
    problems = []
    for at, profile in enumerate(document.value.profiles):
        named: dict[str, tuple[Mapping[str, float], Collection[str], str]] = {
            "perspectives": (profile.perspectives, perspectives, "a perspective"),
            "tags": (profile.tags, tags, "a tag"),
            "floors": (profile.floors, perspectives, "a perspective"),
        }
        for key, (shares, valid, what) in named.items():
            for name in shares:
                if name not in valid:
                    path: KeyPath = ("profiles", at, key, name)
                    expected = f"{what} of the tree: {', '.join(valid)}"
                    near = nearest_name(name, valid)
                    problem = problem_at(document, path, found=f"'{name}'", expected=expected)
                    problems.append(replace(problem, nearest=near))
    return problems


def _repeated(document: Located[WrittenProfiles]) -> list[Problem]:
    problems = []
    if not document.value.profiles:
        problems.append(problem_at(document, ("profiles",), expected="at least one profile"))
    ids: set[str] = set()
    defaults: dict[str, str] = {}
    for at, profile in enumerate(document.value.profiles):
        if profile.id in ids:
            path: KeyPath = ("profiles", at, "id")
            problems.append(problem_at(document, path, expected="an id that is used once"))
        ids.add(profile.id)
        for place, scope in enumerate(profile.default_for):
            if scope in defaults:
                path = ("profiles", at, "default_for", place)
                expected = f"one default for {scope}, which is {defaults[scope]}"
                problems.append(problem_at(document, path, expected=expected))
            defaults.setdefault(scope, profile.id)
    return problems


def _resolved(written: WrittenProfile) -> Profile:
    return Profile(
        id=written.id,
        name_zh=written.name.zh,
        name_en=written.name.en,
        default_for=written.default_for,
        perspectives=tuple(written.perspectives.items()),
        tags=tuple(written.tags.items()),
        floors=tuple(written.floors.items()),
        leaf_cap=written.leaf_cap,
    )
