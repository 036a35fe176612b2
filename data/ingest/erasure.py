"""Erasing customers from facts, on request or at the end of a retention period.

Aggregates that are kept stay as they are, so no day is marked as touched. What was erased does
not come back: later loads leave the customer's rows out. Old snapshots of an embedded warehouse
hold the rows until they are expired by maintenance.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    String,
    Table,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.sql import ColumnElement

from data.contract import CONTRACT
from data.engines.differences import append, merge
from data.engines.warehouse import Warehouse
from data.ingest.record import prepare
from data.ingest.tables import ERASED_USER, ERASURE_RECORD, QUARANTINE
from data.ingest.turns import in_turn

_ASKED = Table("canopy_erased", MetaData(), Column("user_id", String()), prefixes=["TEMPORARY"])


@dataclass(frozen=True)
class ErasureReport:
    """What was erased: ``rows`` by table, only tables that held any."""

    erasure_id: str
    erased_at: datetime
    users: int
    rows: tuple[tuple[str, int], ...]


def erase_users(
    warehouse: Warehouse,
    user_ids: Iterable[str],
    *,
    who: str,
    reason: str,
    also: Sequence[Table] = (),
) -> ErasureReport:
    """Delete customers from every table with ``user_id``, and from ``also``, in one transaction.

    Events before registration, and tables of ``also`` that know devices only, go by the visitor;
    where the customer referred others, the reference is emptied. Raises ValueError without ids,
    ``who`` or ``reason``.
    """
    ids = sorted(set(user_ids))
    if not ids or not who.strip() or not reason.strip():
        raise ValueError("an erasure needs user ids, who asked for it, and a reason")
    in_turn(lambda: prepare(warehouse))
    return in_turn(lambda: _erase_all(warehouse, ids, who, reason, also))


def erased_digests(connection: Connection) -> pa.Array:
    """Digests of customers who were erased."""
    return pa.array(list(connection.execute(select(ERASED_USER.c.user_digest)).scalars()))


def without_erased(rows: pa.Table, digests: pa.Array) -> pa.Table:
    """``rows`` without those of erased customers."""
    if not len(digests) or "user_id" not in rows.column_names:
        return rows
    ids = pc.unique(rows.column("user_id").drop_null())
    hashed = pa.array([_digest(one) for one in ids.to_pylist()], pa.string())
    erased = ids.filter(pc.is_in(hashed, digests))
    return rows.filter(pc.invert(pc.is_in(rows.column("user_id"), erased))) if erased else rows


def _erase_all(
    warehouse: Warehouse, ids: Sequence[str], who: str, reason: str, also: Sequence[Table]
) -> ErasureReport:
    now = datetime.now(UTC).replace(tzinfo=None)
    with warehouse.writing() as connection:
        _ASKED.create(connection)
        append(connection, _ASKED, pa.table({"user_id": pa.array(ids, pa.string())}))
        # What is found by way of events goes before the events themselves.
        rows = _erase(connection, [*also, *CONTRACT.sorted_tables, QUARANTINE])
        _ASKED.drop(connection)
        report = ErasureReport(uuid4().hex, now, len(ids), tuple(rows))
        _record(connection, report, who, reason)
        _remember(connection, ids, now)
    return report


def _erase(connection: Connection, tables: Sequence[Table]) -> list[tuple[str, int]]:
    erased = []
    for table in tables:
        if not {"user_id", "visitor_id"} & {*table.columns.keys()}:
            continue
        if "referred_by" in table.columns:
            _forget_reference(connection, table)
        gone = _of_customer(table)
        count = connection.execute(select(func.count()).select_from(table).where(gone)).scalar_one()
        if count:
            connection.execute(delete(table).where(gone))
            erased.append((table.name, int(count)))
    return erased


def _forget_reference(connection: Connection, users: Table) -> None:
    referred = exists(select(1).select_from(_ASKED).where(_ASKED.c.user_id == users.c.referred_by))
    connection.execute(update(users).where(referred).values(referred_by=None))


def _of_customer(table: Table) -> ColumnElement[bool]:
    """Rows of the customers asked for, and of their devices before registration."""
    if "user_id" not in table.columns:
        return _of_device(table)
    mine = exists(select(1).select_from(_ASKED).where(_ASKED.c.user_id == table.c.user_id))
    if table.name != "event":
        return mine
    return or_(mine, table.c.user_id.is_(None) & _of_device(table))


def _of_device(table: Table) -> ColumnElement[bool]:
    """Rows of the devices on which the customers were logged in."""
    known = CONTRACT.tables["event"].alias("known")
    return exists(
        select(1)
        .select_from(known.join(_ASKED, _ASKED.c.user_id == known.c.user_id))
        .where(known.c.visitor_id == table.c.visitor_id)
    )


def _record(connection: Connection, report: ErasureReport, who: str, reason: str) -> None:
    rows = report.rows or (("", 0),)
    connection.execute(
        insert(ERASURE_RECORD),
        [
            {
                "erasure_id": report.erasure_id,
                "table": table,
                "erased_at": report.erased_at,
                "who": who,
                "reason": reason,
                "users": report.users,
                "rows_erased": count,
            }
            for table, count in rows
        ],
    )


def _remember(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    digests = [_digest(one) for one in ids]
    moments = pa.array([now] * len(ids), pa.timestamp("us"))
    merge(connection, ERASED_USER, pa.table({"user_digest": digests, "erased_at": moments}))


def _digest(user_id: str) -> str:
    return hashlib.sha256(f"erased:{user_id}".encode()).hexdigest()
