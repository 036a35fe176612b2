"""Data points as a reader checks them: source table, freshness, and the SQL that fills them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data.points.catalogue import Point
from metrics.values import Setup
from ui.load.opened import Token, setup


@dataclass(frozen=True)
class PointFacts:
    """A data point: its definition, where it comes from, and how far it is loaded."""

    point: Point
    about_zh: str
    about_en: str
    tables: tuple[str, ...]
    last_day: date | None


def point_facts(token: Token, names: tuple[str, ...]) -> tuple[PointFacts, ...]:
    """The points of these names, in order."""
    made = setup(token)
    return tuple(_facts(made, name) for name in names)


def _facts(made: Setup, name: str) -> PointFacts:
    catalogue, coverage = made.store.catalogue, made.store.coverage
    point, source = catalogue.points[name], catalogue.source_of(name)
    days = [coverage.last_day(table) for table in point.tables]
    known = [day for day in days if day is not None]
    return PointFacts(
        point, source.about_zh, source.about_en, point.tables, min(known) if known else None
    )
