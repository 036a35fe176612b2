"""Keeping daily points up to date, in one transaction: a killed refresh leaves the old ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, func, insert, select

from data.contract import CONTRACT
from data.engines import Warehouse
from data.engines.differences import append, clear
from data.engines.warehouse import column_names
from data.ingest.tables import INGEST, LOAD_RECORD
from data.ingest.touched import touched_since
from data.points.branches import build_ancestors
from data.points.catalogue import DECLARATIONS, Catalogue, Source
from data.points.clock import Clock
from data.points.coverage import DAYLESS, build_coverage, read_coverage
from data.points.distinct import build_distinct
from data.points.kept import dimensions, kept_metadata, kept_name
from data.points.plan import Changes, Plan, Run, full_plan, incremental_plan
from data.points.relations.span import Span
from data.points.replacing import forget, holds_any
from data.points.report_limits import build_report_limits
from data.points.statement import daily_points
from data.points.tables import ACTIVE_DAY, DISTINCT, REFRESHED, USER_DAY, VISITOR
from data.points.user_days import build_active_days, build_user_days, build_visitors
from data.points.users_changed import changed_users, days_from, remember_users

Progress = Callable[[float, str], None]
Predict = Callable[[Connection, Clock, date, bool], None]
CHUNK_DAYS = 120


@dataclass(frozen=True)
class RefreshReport:
    """What a refresh did: its number, the days of the data, and source-days done again."""

    sequence: int
    first_day: date | None
    last_day: date | None
    full: bool
    source_days: int


def refresh(
    warehouse: Warehouse,
    catalogue: Catalogue,
    clock: Clock,
    *,
    full: bool = False,
    predict: Predict | None = None,
    progress: Progress = lambda _done, _text: None,
) -> RefreshReport:
    """Bring everything kept up to date with the facts, in one transaction.

    ``full`` does all days again; otherwise new days and the days that late rows touch.
    ``predict`` fills the predicted lifetime values before they are added up.
    """
    meta = kept_metadata(catalogue)
    with warehouse.writing() as connection:
        _create(connection, meta)
        progress(0.0, "coverage")
        build_coverage(connection)
        build_ancestors(connection)
        changes = _changes(connection, clock, full=full)
        if changes is None:
            return _record(connection, None, full=full, days=0)
        full = full or changes.done is None
        build_report_limits(connection, changes)
        plan = (full_plan if full else incremental_plan)(catalogue, changes)
        if full:
            _clear(connection, catalogue, meta)
        days = _carry_out(connection, catalogue, clock, meta, plan, changes, predict, progress)
        remember_users(connection, full=full)
        return _record(connection, changes, full=full, days=days)


def _create(connection: Connection, meta: MetaData) -> None:
    """Create what is missing; make kept tables anew whose columns are not those declared now.

    A full refresh follows: the digest of the declarations has changed with them.
    """
    there = column_names(connection)
    for table in meta.sorted_tables:
        if there.get(table.name) not in (None, tuple(table.columns.keys())):
            table.drop(connection)
            table.create(connection)
    for metadata in (CONTRACT, INGEST, meta):
        missing = [table for table in metadata.sorted_tables if table.name not in there]
        metadata.create_all(connection, tables=missing, checkfirst=False)


def _clear(connection: Connection, catalogue: Catalogue, meta: MetaData) -> None:
    """Take away all that a full refresh makes anew."""
    names = [kept_name(s, by_segment=by) for s in catalogue.sources for by in (False, True)]
    names += [table.name for table in (USER_DAY, ACTIVE_DAY, VISITOR, DISTINCT)]
    for name in names:
        if name in meta.tables:
            clear(connection, meta.tables[name])


def _carry_out(
    connection: Connection,
    catalogue: Catalogue,
    clock: Clock,
    meta: MetaData,
    plan: Plan,
    changes: Changes,
    predict: Predict | None,
    progress: Progress,
) -> int:
    for first, last in _chunks(plan.user_days):
        progress(0.4 * _share(first, plan.user_days), f"user-days to {last}")
        build_user_days(connection, Span(clock, first, last))
        build_active_days(connection, Span(clock, first, last))
    if plan.user_days:
        build_visitors(connection, Span(clock, plan.user_days[0][0], changes.last))
    if predict is not None:
        progress(0.4, "lifetime values")
        predict(connection, clock, changes.last, changes.done is None)
    active = catalogue.by_name["active"].points
    for first, last in plan.distinct:
        progress(0.45, "distinct users")
        build_distinct(connection, active, first, last)
    rest = [source for source in catalogue.sources if source.build != "distinct"]
    tables = {source.table: CONTRACT.tables[source.table] for source in rest}
    filled = {name for name, table in tables.items() if holds_any(connection, table)}
    for number, source in enumerate(rest):
        progress(0.6 + 0.4 * number / len(rest), source.name)
        for first, last in plan.sources[source.name]:
            build_points(
                connection, source, meta, Span(clock, first, last), empty=source.table not in filled
            )
    progress(1.0, "done")
    runs = [run for source in rest for run in plan.sources[source.name]]
    return sum((last - first).days + 1 for first, last in runs)


def build_points(
    connection: Connection, source: Source, meta: MetaData, span: Span, *, empty: bool = False
) -> None:
    """Replace the kept points of ``source`` for the span, from one SELECT.

    ``empty`` says that the source's table has no rows: there is nothing to put in their place.
    """
    kept = {by: meta.tables[kept_name(source, by_segment=by)] for by in _sets(source)}
    for table in kept.values():
        forget(connection, table, span.holds_day(table.c.day))
    if empty:
        return
    query = daily_points(source, span)
    if len(kept) == 1:
        names = [column.name for column in kept[False].columns]
        rows = query.subquery("rows")
        chosen = select(*(rows.c[name] for name in names))
        connection.execute(insert(kept[False]).from_select(names, chosen))
        return
    stage = _stage(source, kept)
    stage.create(connection)
    connection.execute(insert(stage).from_select(list(query.selected_columns.keys()), query))
    for by_segment, table in kept.items() if holds_any(connection, stage) else ():
        names = [column.name for column in table.columns]
        part = select(*(stage.c[name] for name in names)).where(
            stage.c.set_number == int(by_segment)
        )
        connection.execute(insert(table).from_select(names, part))
    stage.drop(connection)


def _sets(source: Source) -> tuple[bool, ...]:
    return (False, True) if source.by_segment else (False,)


def _stage(source: Source, kept: dict[bool, Table]) -> Table:
    points = [
        Column(column.name, column.type)
        for column in kept[False].columns
        if column.name not in {"day", *dimensions(by_segment=False)}
    ]
    names = dict.fromkeys((*dimensions(by_segment=False), *dimensions(by_segment=True)))
    return Table(
        f"stage_{source.name}",
        MetaData(),
        Column("day", kept[False].c.day.type),
        *(Column(name, String) for name in names),
        Column("set_number", Integer),
        *points,
        prefixes=["TEMPORARY"],
    )


def _changes(connection: Connection, clock: Clock, *, full: bool) -> Changes | None:
    coverage = read_coverage(connection)
    known = [
        day
        for table in coverage.runs
        if table not in DAYLESS
        for run in coverage.runs[table]
        for day in run
    ]
    if not known:
        return None
    first = min([*known, *_first_registration(connection, clock)])
    last = max(day for day in known)
    previous = _previous(connection)
    if full or previous is None or previous.declarations != declarations_digest():
        return Changes(first, last, None, {})
    seen = touched_since(connection, previous.loads_until)
    touched: dict[str, set[date | None]] = {}
    for table, day in zip(seen["table"], seen["day"], strict=True):
        touched.setdefault(table, set()).add(None if pd.isna(day) else pd.Timestamp(day).date())
    days = {name: frozenset(found) for name, found in touched.items()}
    unknown: frozenset[date] = frozenset()
    if "dim_user" in days and previous.last_day is not None:
        users = changed_users(connection, clock, previous.last_day)
        days["dim_user"] = users.counted
        days["event"] = days.get("event", frozenset()) | users.active
        unknown = frozenset(days_from(users.unknown_from, previous.last_day))
    return Changes(first, last, previous.last_day, days, unknown)


def _first_registration(connection: Connection, clock: Clock) -> list[date]:
    user = CONTRACT.tables["dim_user"]
    moment = connection.execute(select(func.min(user.c.registered_at))).scalar()
    return [] if moment is None else [clock.day(moment)]


def _previous(connection: Connection) -> Any:
    newest = select(REFRESHED).order_by(REFRESHED.c.sequence.desc()).limit(1)
    return connection.execute(newest).first()


def _record(
    connection: Connection, changes: Changes | None, *, full: bool, days: int
) -> RefreshReport:
    previous = _previous(connection)
    number = 1 if previous is None else previous.sequence + 1
    loads = connection.execute(select(func.max(LOAD_RECORD.c.sequence))).scalar() or 0
    last = None if changes is None else changes.last
    row = {
        "sequence": [number],
        "finished_at": [datetime.now(UTC).replace(tzinfo=None)],
        "loads_until": [loads],
        "declarations": [declarations_digest()],
        "last_day": pa.array([last], pa.date32()),
    }
    append(connection, REFRESHED, pa.table(row))
    first = None if changes is None else changes.first
    return RefreshReport(number, first, last, full, days)


def declarations_digest(folder: Path = DECLARATIONS) -> str:
    """Digest of the declarations and of the code that turns them into SQL."""
    parts = sorted([*folder.glob("*.yaml"), *folder.parent.rglob("*.py")])
    found = hashlib.sha256()
    for path in parts:
        found.update(path.read_bytes())
    return found.hexdigest()


def _chunks(runs: Iterable[Run]) -> list[Run]:
    found = []
    for first, last in runs:
        start = first
        while start <= last:
            stop = min(last, start + timedelta(days=CHUNK_DAYS - 1))
            found.append((start, stop))
            start = stop + timedelta(days=1)
    return found


def _share(day: date, runs: tuple[Run, ...]) -> float:
    first, last = runs[0][0], runs[-1][1]
    return (day - first).days / max(1, (last - first).days)
