"""The tables that a refresh keeps: user-days, daily points by two sets of dimensions, distinct users."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger, Boolean, Column, Date, DateTime, Float, MetaData, Numeric, SmallInteger, String, Table,
)  # fmt: skip
from sqlalchemy.types import TypeEngine

from data.points.catalogue import Catalogue, Point, Source
from data.slice import SEGMENT_DIMENSIONS

BASE = MetaData()
FLAGS = ("advanced", "consented", "verified", "ai_served")

USER_DAY = Table(
    "user_day", BASE,
    Column("day", Date, primary_key=True, autoincrement=False),
    Column("user_id", String, primary_key=True),
    Column("app", String, primary_key=True),
    Column("module", String, primary_key=True),
    Column("branch_id", String, nullable=False),
    *(Column(name, String, nullable=False) for name in SEGMENT_DIMENSIONS),
    *(
        Column(name, BigInteger, nullable=False)
        for name in (
            "events", "opens", "dwell_ms", "searches", "content_views", "content_shares",
            "wealth_views", "offers", "finishes",
        )
    ),
    *(Column(name, Boolean, nullable=False) for name in FLAGS),
)  # fmt: skip

VISITOR = Table(
    "kept_visitor", BASE,
    Column("visitor_id", String, primary_key=True),
    Column("first_day", Date, nullable=False),
    Column("app", String, nullable=False),
)  # fmt: skip

PREDICTED_LTV = Table(
    "kept_ltv", BASE,
    Column("user_id", String, primary_key=True),
    Column("ltv_cny", Numeric(18, 2), nullable=False),
    Column("fitted_on", Date, nullable=False),
)  # fmt: skip

REPORT_LIMIT = Table(
    "kept_report_limit", BASE,
    Column("day", Date, primary_key=True, autoincrement=False),
    Column("due_day", Date, nullable=False),
)  # fmt: skip

DISTINCT = Table(
    "kept_distinct", BASE,
    Column("length", SmallInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True, autoincrement=False),
    Column("branch_id", String, primary_key=True),
    Column("dimension", String, primary_key=True),
    Column("value", String, primary_key=True),
    Column("point", String, primary_key=True),
    Column("users", BigInteger, nullable=False),
)  # fmt: skip
"""``length``: days of the trailing window that ends on ``day``; 0 is the calendar month of ``day``,
kept on the month's last day. ``branch_id``: a node of any level; '' is the whole bank."""

COVERED = Table(
    "kept_coverage", BASE,
    Column("table_name", String, primary_key=True),
    Column("first_day", Date, primary_key=True, autoincrement=False),
    Column("last_day", Date, nullable=False),
)  # fmt: skip
"""Runs of days for which a table is complete."""

REFRESHED = Table(
    "kept_refresh", BASE,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("finished_at", DateTime, nullable=False),
    Column("loads_until", BigInteger, nullable=False),
    Column("declarations", String, nullable=False),
    Column("last_day", Date),
)  # fmt: skip
"""Each finished refresh: the last load that it holds and the digest of the declarations."""


def kept_metadata(catalogue: Catalogue) -> MetaData:
    """The metadata of everything kept, kept point tables included."""
    meta = MetaData()
    for table in BASE.sorted_tables:
        table.to_metadata(meta)
    for source in catalogue.sources:
        if source.points[0].adds != "distinct":
            _kept(meta, source, by_segment=False)
            if source.by_segment:
                _kept(meta, source, by_segment=True)
    return meta


def dimensions(*, by_segment: bool) -> tuple[str, ...]:
    """The dimensions of a kept table besides the day."""
    if by_segment:
        return ("branch_id", *SEGMENT_DIMENSIONS, "app")
    return ("branch_id", "module", "app")


def kept_name(source: Source, *, by_segment: bool) -> str:
    """The name of the kept table of ``source``."""
    return f"kept_{source.name}_{'segment' if by_segment else 'module'}"


def _kept(meta: MetaData, source: Source, *, by_segment: bool) -> Table:
    return Table(
        kept_name(source, by_segment=by_segment),
        meta,
        Column("day", Date, primary_key=True, autoincrement=False),
        *(Column(name, String, primary_key=True) for name in dimensions(by_segment=by_segment)),
        *(
            Column(column, _type(point))
            for point in source.points
            for column in point.kept_columns
        ),
    )


def _type(point: Point) -> TypeEngine[object]:
    if point.unit == "CNY":
        return Numeric(38, 2)
    return Float() if point.aggregate == "sum" else BigInteger()
