"""Bringing the daily points up to date, with progress: what demo, load and refresh share."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from commands.options import Call
from commands.shown import progress
from data.engines import Warehouse
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.refresh import RefreshReport, refresh
from metrics.ltv.prediction import predict_new_users


def refresh_with_progress(call: Call, warehouse: Warehouse, *, full: bool) -> RefreshReport:
    """Refresh the warehouse of a call."""
    clock = Clock(call.settings.zone)
    with progress(call.words("daily points", "每日数据点"), call.lang) as told:
        return refresh(
            warehouse,
            load_catalogue(),
            clock,
            full=full,
            predict=predict_new_users,
            progress=told,
        )


def refreshed(report: RefreshReport | None) -> dict[str, Any] | None:
    """The report for JSON; None where nothing was refreshed."""
    return None if report is None else asdict(report)
