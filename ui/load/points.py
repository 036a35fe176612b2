"""Data points as a reader checks them: source table, freshness, and the SQL behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from data.period import Period
from data.points.catalogue import Point
from data.points.origin import point_by_day
from data.points.relations.span import Span
from metrics.values import Setup
from ui.load.opened import Token, environment, open_warehouse_once, setup


@dataclass(frozen=True)
class PointFacts:
    """A data point: where it comes from, how far it is loaded, the SQL that makes it by day."""

    point: Point
    about_zh: str
    about_en: str
    last_day: date | None
    sql: str


def point_facts(token: Token, names: tuple[str, ...], period: Period) -> tuple[PointFacts, ...]:
    """The points of these names, in order; their SQL for the days of a period."""
    return _point_facts(token, names, period, environment())


@st.cache_resource(show_spinner=False, max_entries=200)
def _point_facts(
    token: Token, names: tuple[str, ...], period: Period, around: tuple[tuple[str, str], ...]
) -> tuple[PointFacts, ...]:
    del around
    made = setup(token)
    return tuple(_facts(token, made, name, period) for name in names)


def _facts(token: Token, made: Setup, name: str, period: Period) -> PointFacts:
    catalogue, coverage = made.store.catalogue, made.store.coverage
    point, source = catalogue.points[name], catalogue.source_of(name)
    days = [coverage.last_day(table) for table in point.tables]
    known = [day for day in days if day is not None]
    query = point_by_day(source, point, Span(made.store.clock, period.first, period.last))
    dialect = open_warehouse_once(token.warehouse).engine.dialect
    sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    last = min(known) if known else None
    return PointFacts(point, source.about_zh, source.about_en, last, sql)
