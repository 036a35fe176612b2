"""Points and sources as resolved: frozen, checked against the contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from data.configuration import ConfigurationError, Located, Problem, problem_at, read_all
from data.contract import CONTRACT
from data.points.declared import Adds, WrittenPoint, WrittenSource, WrittenSources
from data.points.relations import BUILDERS
from data.slice import SEGMENT_DIMENSIONS

DECLARATIONS = Path(__file__).parent / "declarations"


@dataclass(frozen=True)
class Point:
    """A named aggregate over one source. ``adds`` says how it may be rolled up."""

    name: str
    source: str
    name_zh: str
    name_en: str
    unit: str
    adds: Adds
    aggregate: str  # "count", "sum", "of" or "columns"
    columns: tuple[str, ...]
    bounds: tuple[float, ...]
    where: Mapping[str, Any]
    lag: int
    cumulative: bool
    monthly: bool
    spread: bool
    tables: tuple[str, ...]
    split_by: frozenset[str]

    @property
    def kept_columns(self) -> tuple[str, ...]:
        """Columns of the kept tables: one, or one for each bucket of a histogram."""
        if self.adds != "histogram":
            return (self.name,)
        return tuple(f"{self.name}__{i}" for i in range(len(self.bounds) + 1))

    @property
    def matched_column(self) -> str | None:
        """The kept number of rows that a conditional sum is over: tells "none" from "unknown"."""
        return f"{self.name}__rows" if self.aggregate == "sum" and self.where else None

    @property
    def may_be_unknown(self) -> bool:
        """True for sums, which over unknown amounts are unknown; counts are 0 at least."""
        return self.aggregate in ("sum", "columns")

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Everything that is kept of the point."""
        matched = self.matched_column
        return self.kept_columns if matched is None else (*self.kept_columns, matched)


@dataclass(frozen=True)
class Source:
    """A relation with the points that it feeds.

    A late row touches the days up to ``reach`` days before its own, with ``onwards`` all later
    ones too; a new day touches the ``again`` days before it.
    """

    name: str
    about_zh: str
    about_en: str
    table: str
    also: tuple[str, ...]
    build: str | None
    day: str | None
    user: str | None
    place: str | None
    module: str | None
    app: str | None
    reach: int
    again: int
    onwards: bool
    split_by: frozenset[str]
    points: tuple[Point, ...]

    @property
    def by_segment(self) -> bool:
        """True when the source's rows belong to users with a segment."""
        return "channel" in self.split_by

    @property
    def lags(self) -> frozenset[int]:
        """Days after which some point of the source matures."""
        return frozenset(point.lag for point in self.points)


@dataclass(frozen=True)
class Catalogue:
    """All sources, and all points by name."""

    sources: tuple[Source, ...]

    @cached_property
    def points(self) -> Mapping[str, Point]:
        """Points by name, in the order of declaration."""
        return {point.name: point for source in self.sources for point in source.points}

    @cached_property
    def by_name(self) -> Mapping[str, Source]:
        """Sources by name."""
        return {source.name: source for source in self.sources}

    def source_of(self, point: str) -> Source:
        """The source that feeds ``point``."""
        return self.by_name[self.points[point].source]


PASSING = frozenset({"tier", "age_band", "new_user"})
"""What a user is for a while: added up since the beginning, it says what they were on that day."""


def load_catalogue(folder: Path = DECLARATIONS) -> Catalogue:
    """Read and check all declarations; raises ConfigurationError with every problem at once."""
    files = read_all(sorted(folder.glob("*.yaml")), WrittenSources)
    problems = [problem for file in files for problem in _problems(file)]
    problems += _doubled(files)
    if problems:
        raise ConfigurationError(problems)
    found = [_source(name, source) for file in files for name, source in file.value.root.items()]
    return Catalogue(tuple(found))


def _source(name: str, written: WrittenSource) -> Source:
    dimensions = frozenset(
        dimension
        for group in written.split_by
        for dimension in (SEGMENT_DIMENSIONS if group == "segment" else (group,))
    )
    if "segment" in written.split_by:
        dimensions |= {"app"} if "app" in written.split_by else set()
    points = tuple(
        _point(name, written, dimensions, key, point) for key, point in written.points.items()
    )
    return Source(
        name, written.about.zh, written.about.en, written.table, tuple(written.also),
        written.build, written.day, written.user, written.place, written.module, written.app,
        written.reach, written.again, written.onwards, dimensions, points,
    )  # fmt: skip


def _point(
    source: str, written: WrittenSource, dims: frozenset[str], name: str, point: WrittenPoint
) -> Point:
    kinds = {
        "count": () if point.count else None,
        "sum": None if point.sum is None else (point.sum,),
        "of": None if point.of is None else (point.of,),
        "columns": None if point.columns is None else tuple(point.columns),
    }
    aggregate, columns = next((k, v) for k, v in kinds.items() if v is not None)
    tables = tuple(dict.fromkeys((written.table, *written.also, *point.needs)))
    return Point(
        name, source, point.zh, point.en, point.unit, point.adds, aggregate, columns,
        tuple(float(b) for b in point.bounds or ()), point.where, point.lag, point.cumulative,
        point.monthly, point.spread == "month", tables,
        dims - PASSING if point.cumulative else dims,
    )  # fmt: skip


def _problems(file: Located[WrittenSources]) -> Iterator[Problem]:
    for name, source in file.value.root.items():
        named = [("table", source.table), *(("also", table) for table in source.also)]
        for key, table in named:
            if table not in CONTRACT.tables:
                expected = "a table of the contract"
                yield problem_at(file, (name, key), expected=expected, choices=CONTRACT.tables)
        if source.build not in (None, "activity", "distinct", *BUILDERS):
            expected = "a relation of data/points/relations"
            yield problem_at(file, (name, "build"), expected=expected, choices=BUILDERS)
        if source.table in CONTRACT.tables and source.build is None:
            yield from _unknown_columns(file, name, source)


def _unknown_columns(
    file: Located[WrittenSources], name: str, source: WrittenSource
) -> Iterator[Problem]:
    columns = CONTRACT.tables[source.table].columns.keys()
    expected = f"a column of {source.table}"
    for key in ("day", "user", "place", "module", "app"):
        if getattr(source, key) not in (None, *columns):
            yield problem_at(file, (name, key), expected=expected, choices=columns)
    for point_name, point in source.points.items():
        conditions = [
            *point.where,
            *(key for option in point.where.get("any", []) for key in option),
        ]
        for column in (point.sum, point.of, *(point.columns or ()), *conditions):
            if column not in (None, "any", *columns):
                path = (name, "points", point_name)
                yield problem_at(file, path, found=repr(column), expected=expected)


def _doubled(files: list[Located[WrittenSources]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for file in files:
        for name, source in file.value.root.items():
            for point in source.points:
                if point in seen:
                    path = (name, "points", point)
                    yield problem_at(file, path, found=point, expected="a name not used before")
                seen.add(point)
