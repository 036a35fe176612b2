"""The tables that a refresh keeps besides points: user-days, distinct users, coverage."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
)  # fmt: skip

from data.slice import SEGMENT_DIMENSIONS

BASE = MetaData()
MONEY_PLACES = 8
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

ACTIVE_DAY = Table(
    "user_active_day", BASE,
    Column("day", Date, primary_key=True, autoincrement=False),
    Column("user_id", String, primary_key=True),
    *(Column(name, String, nullable=False) for name in ("branch_id", *SEGMENT_DIMENSIONS, "app")),
    *(Column(name, BigInteger, nullable=False) for name in ("wealth_views", "offers", "finishes")),
    *(Column(name, Boolean, nullable=False) for name in FLAGS),
)  # fmt: skip
"""One row per user and active day, from user-days: what trailing windows and returns are read from.
The App is the day's first in the alphabet."""

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

# The last day for a suspicious report of a case confirmed on ``day``; one row for every day.
REPORT_LIMIT = Table(
    "kept_report_limit", BASE,
    Column("day", Date, primary_key=True, autoincrement=False),
    Column("due_day", Date, nullable=False),
)  # fmt: skip

KEPT_USER = Table(
    "kept_user", BASE,
    Column("user_id", String, primary_key=True),
    *(
        Column(name, DateTime)
        for name in (
            "registered_at", "closed_at", "phone_verified_at", "realname_at", "consent_at",
            "consent_withdrawn_at",
        )
    ),
    Column("referred_by", String),
)  # fmt: skip
"""What the last refresh saw of dim_user, so that the next one knows which users changed."""

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

ANCESTOR = Table(
    "kept_ancestor", BASE,
    Column("branch_id", String, primary_key=True),
    Column("node", String, primary_key=True),
)  # fmt: skip
"""Every branch with itself, the nodes above it, and '' for the whole bank."""

KEPT_COLUMN = Table(
    "kept_column", BASE,
    Column("source", String, primary_key=True),
    Column("point_column", String, primary_key=True),
    Column("kept_column", String, nullable=False),
)  # fmt: skip
"""Which column of ``kept_module`` and ``kept_segment`` holds which point of a source."""

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

OF_USERS = (USER_DAY, ACTIVE_DAY, KEPT_USER, PREDICTED_LTV, VISITOR)
"""The kept tables with rows of single customers: an erasure reaches these, aggregates stay."""
