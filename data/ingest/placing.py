"""On which days a row counts."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.moments import local_days

TIME_COLUMNS: dict[str, tuple[str, ...]] = {
    "campaign_member": ("assigned_at",),
    "user_month": ("month",),
    "event": ("occurred_at",),
    "txn": ("occurred_at", "judged_at"),
    "application": ("checked_at", "applied_at", "approved_at", "rejected_at", "drawn_at"),
    "loan_month": ("month",),
    "touch": ("occurred_at",),
    "recommendation": ("occurred_at", "clicked_at", "taken_at"),
    "exposure": ("exposed_at",),
    "rollout": ("started_on",),
    "survey": ("answered_at",),
    "service_session": ("opened_at", "first_response_at", "closed_at"),
    "complaint": ("opened_at", "closed_at"),
    "mention": ("published_at", "found_at", "handled_at"),
    "risk_event": ("occurred_at", "detected_at", "closed_at"),
    "risk_assessment": ("month",),
    "api_interval": ("start",),
    "compliance_check": ("checked_at", "due_on", "rectified_on"),
    "suspicious_case": ("occurred_at", "identified_at", "confirmed_at", "reported_at"),
    "bank_day": ("day",),
    "sync_day": ("day",),
    "brand_day": ("day",),
    "spend": ("day",),
    "partner_day": ("day",),
    "competitor_release": ("released_on",),
    "calendar_day": ("day",),
    "load_coverage": ("day",),
}
"""The columns that place a row on days, the main one first. Tables not named have no day."""

UNCOVERED = frozenset({"calendar_day", "load_coverage", "rollout", "campaign_member"})
"""Tables with a day that coverage is not kept for: plans and calendars, not what happened."""


def main_day(table: str, rows: pa.Table, zone: str) -> pa.ChunkedArray | pa.Array:
    """The bank's day of each row: by the main time column, for applications the first not empty."""
    names = TIME_COLUMNS[table][: 2 if table == "application" else 1]
    columns = [local_days(rows.column(name).combine_chunks(), zone) for name in names]
    return pc.coalesce(*columns)


def touched_days(table: str, rows: pa.Table, zone: str) -> set[object]:
    """Every day that one of ``rows`` counts on; ``{None}`` where the table has no day."""
    if table not in TIME_COLUMNS:
        return {None} if rows.num_rows else set()
    found: set[object] = set()
    for name in TIME_COLUMNS[table]:
        days = local_days(rows.column(name), zone)
        found |= set(pc.unique(days).to_pylist())
    return found - {None}
