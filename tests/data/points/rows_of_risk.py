"""Rows of risk events, compliance, cases, campaigns, service and complaints, a second time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.data.points.days import Facts, Rows, local, placed, since


def risk_detected(truth: Facts) -> Rows:
    return [
        placed(
            {
                **row,
                "day": local(row["detected_at"]),
                "minutes": seconds(row, "occurred_at", "detected_at") / 60,
            }
        )
        for row in truth.records("risk_event")
        if row["detected_at"] is not None
    ]


def seconds(row: dict[str, Any], start: str, end: str) -> float:
    return float((row[end] - row[start]).total_seconds())


def risk_due(truth: Facts) -> Rows:
    found = []
    for row in truth.records("risk_event"):
        hours = {3: 4, 2: 24, 1: 72}[row["level"]]
        due = (row["detected_at"] or row["occurred_at"]) + timedelta(hours=hours)
        on_time = row["closed_at"] is not None and row["closed_at"] <= due
        found.append(placed({**row, "day": local(due), "on_time": on_time}))
    return found


def finding_due(truth: Facts) -> Rows:
    return [
        placed(
            {
                **row,
                "day": row["due_on"],
                "on_time": row["rectified_on"] is not None and row["rectified_on"] <= row["due_on"],
            }
        )
        for row in truth.records("compliance_check")
        if row["due_on"] is not None
    ]


def finding_late(truth: Facts) -> Rows:
    return [
        placed({**row, "day": row["rectified_on"]})
        for row in truth.records("compliance_check")
        if row["due_on"] and row["rectified_on"] and row["rectified_on"] > row["due_on"]
    ]


def due_day(truth: Facts, day: date) -> date:
    given = {row["day"]: row["workday"] for row in truth.records("calendar_day")}
    left = 5
    while left:
        day += timedelta(days=1)
        left -= bool(given.get(day, day.weekday() < 5))
    return day


def report_due(truth: Facts) -> Rows:
    found = []
    for row in truth.records("suspicious_case"):
        confirmed, reported = local(row["confirmed_at"]), local(row["reported_at"])
        if confirmed is not None:
            due = due_day(truth, confirmed)
            on_time = reported is not None and reported <= due
            found.append(placed({**row, "day": due, "on_time": on_time, "reported": reported}))
    return found


def report_late(truth: Facts) -> Rows:
    return [
        {**row, "day": row["reported"]}
        for row in report_due(truth)
        if row["reported"] is not None and row["reported"] > row["day"]
    ]


def campaign(truth: Facts) -> Rows:
    reviews = ("business_reviewed_at", "compliance_reviewed_at", "technical_reviewed_at")
    return [
        placed(
            {
                "day": row["starts_on"],
                "clean": row["finding"] is None,
                "reviewed": all(since(row[name], row["starts_on"]) for name in reviews),
            }
        )
        for row in truth.records("dim_campaign")
    ]


def service(truth: Facts) -> Rows:
    return truth.by_user(
        {
            **row,
            "day": local(row["opened_at"]),
            "response_s": None
            if row["first_response_at"] is None
            else seconds(row, "opened_at", "first_response_at"),
        }
        for row in truth.records("service_session")
    )


def complaint_closed(truth: Facts) -> Rows:
    return truth.by_user(
        {
            **row,
            "day": local(row["closed_at"]),
            "hours": seconds(row, "opened_at", "closed_at") / 3600,
        }
        for row in truth.records("complaint")
        if row["closed_at"] is not None
    )
