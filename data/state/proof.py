"""Whether what is published still says what the audit log says was published."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from decimal import InvalidOperation

from sqlalchemy import Connection, select

from data.state.audit import last_detail
from data.state.baselines import BASELINES
from data.state.checks import digest
from data.state.closing import closing_name
from data.state.database import State
from data.state.lifecycle import Published, content_digest
from data.state.reports import report_name
from data.state.tables import AUDIT, CLOSED_MONTH, EXPERIMENT_STEP, REPORT_FILE, REPORT_ISSUE
from data.state.weights import WEIGHT_SETS


@dataclass(frozen=True)
class Discrepancy:
    """Something published that differs from its entry in the audit log."""

    object: str
    reason: str


def verify_published(state: State) -> tuple[Discrepancy, ...]:
    """Compare what is published, closed, planned and issued with the audit log.

    Weight sets, baselines, closed months, plans of experiments, reports with their files.

    Empty when all agree. The log itself is checked by ``verify_audit``: run both.
    """
    with state.reading() as connection:
        return (
            *_published(connection, WEIGHT_SETS),
            *_published(connection, BASELINES),
            *_closed(connection),
            *_plans(connection),
            *_reports(connection),
        )


def _published(connection: Connection, kind: Published) -> list[Discrepancy]:
    query = select(kind.table.c.id).where(kind.table.c.state == "published")
    found = []
    for number in connection.execute(query.order_by(kind.table.c.id)).scalars().all():
        name = kind.name(number)
        said = last_detail(connection, name, "publish")
        if said is None:
            found.append(Discrepancy(name, "published without an entry in the audit log"))
        elif said["digest"] != _now(connection, kind, number):
            found.append(Discrepancy(name, "altered after it was published"))
    return found


def _now(connection: Connection, kind: Published, number: int) -> str:
    try:
        return content_digest(connection, kind, number)
    except (InvalidOperation, TypeError, ValueError) as error:
        return f"unreadable: {error}"


def _closed(connection: Connection) -> list[Discrepancy]:
    found = []
    for row in connection.execute(select(CLOSED_MONTH)):
        name = closing_name(row.month, row.scope, row.number)
        said = last_detail(connection, name, "close_month")
        if said is None:
            found.append(Discrepancy(name, "closed without an entry in the audit log"))
        elif (said["digest"], row.digest) != (row.digest, _unpacked_digest(row.content)):
            found.append(Discrepancy(name, "altered after it was closed"))
    return found


def _plans(connection: Connection) -> list[Discrepancy]:
    """Every plan that an experiment ever had."""
    table = EXPERIMENT_STEP
    found = []
    for row in connection.execute(select(table).where(table.c.plan.is_not(None))):
        name = f"experiment:{row.experiment_id}"
        query = select(AUDIT.c.detail).where(AUDIT.c.object == name, AUDIT.c.action == row.action)
        said = {json.loads(one)["digest"] for one in connection.execute(query).scalars()}
        if row.digest not in said:
            reason = f"step {row.number} has a plan without an entry in the audit log"
            found.append(Discrepancy(name, reason))
        elif digest(row.plan) != row.digest:
            reason = f"the plan of step {row.number} was altered after it was written"
            found.append(Discrepancy(name, reason))
    return found


def _reports(connection: Connection) -> list[Discrepancy]:
    """Every issued report, read one by one: files are large."""
    table, found = REPORT_ISSUE.c, []
    for row in connection.execute(select(table.id, table.digest, table.file_digest)).all():
        name = report_name(row.id)
        said = last_detail(connection, name, "issue_report")
        query = select(REPORT_FILE.c.content).where(REPORT_FILE.c.report_id == row.id)
        file = connection.execute(query).scalar_one_or_none()
        now = (row.digest, row.file_digest, "" if file is None else digest(bytes(file)))
        if said is None:
            found.append(Discrepancy(name, "issued without an entry in the audit log"))
        elif now != (said["digest"], said["file_digest"], said["file_digest"]):
            found.append(Discrepancy(name, "altered after it was issued"))
    return found


def _unpacked_digest(content: bytes) -> str:
    try:
        return digest(zlib.decompress(content))
    except zlib.error as error:
        return f"unreadable: {error}"
