"""Today's rows since midnight in the bank's zone: for live tiles, never for a score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, Table, case, func, select

from data.business.scoped import in_scope
from data.points.read import Store, permitted_scope
from data.points.relations.span import TABLES
from data.slice import Slice


@dataclass(frozen=True)
class Today:
    """Counts of a day's rows until ``as_of`` (clock time of the bank; None: no rows that day).

    ``live``: the day is today; otherwise today has no rows yet and it is the newest day that has
    any. A count is None where its table says nothing of the scope.
    """

    day: date
    as_of: datetime | None
    live: bool
    transactions: int | None
    failed: int | None
    blocked: int | None
    alerts: int | None
    calls: int | None
    errors: int | None
    bad_minutes: int | None
    events: int | None
    open_events: int | None


def today(connection: Connection, store: Store, about: Slice, now: datetime) -> Today:
    """Counts since midnight at ``now`` (aware); the filters of the slice's segment are not read."""
    here = now.astimezone(ZoneInfo(store.clock.zone)).date()
    newest = _newest(connection, store, about)
    day = here if newest is None or newest >= store.clock.start(here) else store.clock.day(newest)
    scoped = bool(permitted_scope(store, about))
    txn, api, event = TABLES["txn"], TABLES["api_interval"], TABLES["risk_event"]
    paid = _counted(connection, store, about, txn, txn.c.occurred_at, day, {
        "transactions": func.count(),
        "failed": _number(txn.c.status == "failed"),
        "blocked": _number(txn.c.status == "blocked"),
        "alerts": _number(txn.c.alerted.is_(True)),
    })  # fmt: skip
    called = {} if scoped else _counted(connection, store, about, api, api.c.start, day, {
        "calls": func.sum(api.c.calls),
        "errors": func.sum(api.c.errors),
        "bad_minutes": func.sum(api.c.minutes - api.c.good_minutes),
    })  # fmt: skip
    happened = _counted(connection, store, about, event, event.c.occurred_at, day, {
        "events": func.count(),
        "open_events": _number(event.c.closed_at.is_(None)),
    })  # fmt: skip
    found = {**paid, **called, **happened}
    known = ("transactions", "failed", "blocked", "alerts", "calls", "errors", "bad_minutes",
             "events", "open_events")  # fmt: skip
    clock = None if newest is None else _local(newest, store)
    as_of = clock if clock is not None and clock.date() == day else None
    return Today(day, as_of, day == here, *(found.get(name) for name in known))


def _local(moment: datetime, store: Store) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(store.clock.zone)).replace(tzinfo=None)


def _newest(connection: Connection, store: Store, about: Slice) -> datetime | None:
    """The newest moment of transactions, interfaces and events that the slice's scope has.

    Looked for since the last day that is complete; before it only where there is nothing since.
    """
    last = store.coverage.as_of
    since = None if last is None else store.clock.start(last)
    newest = None if since is None else _latest(connection, store, about, since)
    return newest or _latest(connection, store, about, None)


def _latest(
    connection: Connection, store: Store, about: Slice, since: datetime | None
) -> datetime | None:
    found = []
    for name, column in (("txn", "occurred_at"), ("api_interval", "start"),
                         ("risk_event", "occurred_at")):  # fmt: skip
        table = TABLES[name]
        newest = select(func.max(table.c[column]))
        if since is not None:
            newest = newest.where(table.c[column] >= since)
        query = _scoped(store, about, table, newest)
        moment = None if query is None else connection.execute(query).scalar()
        if moment is not None:
            found.append(moment)
    return max(found, default=None)


def _counted(
    connection: Connection,
    store: Store,
    about: Slice,
    table: Table,
    moment: ColumnElement[Any],
    day: date,
    columns: dict[str, ColumnElement[Any]],
) -> dict[str, int | None]:
    named = [column.label(name) for name, column in columns.items()]
    query = _scoped(
        store, about, table, select(*named).where(store.clock.between(moment, day, day))
    )
    if query is None or not store.coverage.has(table.name):
        return {}
    row = connection.execute(query).one()
    return {name: int(value or 0) for name, value in zip(columns, row, strict=True)}


def _scoped(store: Store, about: Slice, table: Table, query: Select[Any]) -> Select[Any] | None:
    """Within the scope by the branch of the row; None where rows name no branch."""
    if not permitted_scope(store, about):
        return query
    if "branch_id" not in table.c:
        return None
    inside = in_scope(store, about, table.c.branch_id)
    return query if inside is None else query.where(inside)


def _number(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))
