"""Keeping daily points up to date, in one transaction: a killed refresh leaves the old ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, MetaData, Table, func, select

from data.contract import CONTRACT
from data.engines import Warehouse
from data.engines.differences import bring_near, clear, let_go
from data.engines.warehouse import column_names
from data.ingest.tables import INGEST
from data.points.branches import build_ancestors
from data.points.catalogue import Catalogue
from data.points.clock import Clock
from data.points.coverage import DAYLESS, build_coverage
from data.points.distinct import build_distinct
from data.points.kept import keep_layout, kept_metadata, kept_name, layout_of
from data.points.plan import Changes, Plan, Run, full_plan, incremental_plan
from data.points.relations.span import Span
from data.points.report_limits import build_report_limits
from data.points.since import (
    changes_since,
    declarations_digest,
    last_refresh,
    record_refresh,
    touched_by_loads,
)
from data.points.staged import SETS, create_stage, delete_stale, gather, is_large, write
from data.points.tables import ACTIVE_DAY, DISTINCT, USER_DAY, VISITOR
from data.points.user_days import build_active_days, build_user_days, build_visitors
from data.points.users_changed import remember_users

__all__ = ["RefreshReport", "declarations_digest", "refresh"]

Progress = Callable[[float, str], None]
Predict = Callable[[Connection, Clock, date, bool], None]
CHUNK_DAYS = 120
CHUNK_EVENTS = 8_000_000
MONTHS_BACK = 130


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
        keep_layout(connection, catalogue)
        newest = last_refresh(connection)
        same = newest is not None and newest.declarations == declarations_digest()
        previous = newest if same and not full else None
        touched = {} if previous is None else touched_by_loads(connection, previous)
        progress(0.0, "coverage")
        build_coverage(connection, DAYLESS if previous is None else touched)
        build_ancestors(connection)
        changes = changes_since(connection, clock, previous, touched)
        if changes is None:
            return RefreshReport(record_refresh(connection, newest, None), None, None, full, 0)
        full = changes.done is None
        build_report_limits(connection, changes)
        plan = (full_plan if full else incremental_plan)(catalogue, changes)
        if full:
            _clear(connection, meta)
        _Work(connection, catalogue, clock, meta, plan, changes, progress).carry_out(predict)
        if full or "dim_user" in touched:
            remember_users(connection, full=full)
        number, days = (
            record_refresh(connection, newest, changes.last),
            _source_days(plan, catalogue),
        )
        return RefreshReport(number, changes.first, changes.last, full, days)


def _create(connection: Connection, meta: MetaData) -> None:
    """Create what is missing; make kept tables anew whose columns are not those declared now.

    A full refresh follows: the digest of the declarations has changed with them.
    """
    there = column_names(connection)
    for name in {name for name in there if _is_outdated(name)} - set(meta.tables):
        Table(name, MetaData()).drop(connection)
    for table in meta.sorted_tables:
        if there.get(table.name) not in (None, tuple(table.columns.keys())):
            table.drop(connection)
            table.create(connection)
    for metadata in (CONTRACT, INGEST, meta):
        missing = [table for table in metadata.sorted_tables if table.name not in there]
        metadata.create_all(connection, tables=missing, checkfirst=False)


def _is_outdated(name: str) -> bool:
    """True for the tables of an earlier layout, in which every source had two of its own."""
    return name.startswith("kept_") and name.endswith(("_module", "_segment"))


def _clear(connection: Connection, meta: MetaData) -> None:
    """Take away all that a full refresh makes anew."""
    names = [kept_name(by_segment=by) for by in SETS]
    names += [table.name for table in (USER_DAY, ACTIVE_DAY, VISITOR, DISTINCT)]
    for name in names:
        clear(connection, meta.tables[name])


@dataclass(frozen=True)
class _Work:
    """A refresh on its way: what is done again, in the order in which it hangs together."""

    connection: Connection
    catalogue: Catalogue
    clock: Clock
    meta: MetaData
    plan: Plan
    changes: Changes
    progress: Progress

    @property
    def everything(self) -> bool:
        """Whether all days are done, of kept tables that are empty."""
        return self.changes.done is None

    def carry_out(self, predict: Predict | None) -> None:
        """Everything of the plan."""
        if predict is not None:
            self.progress(0.0, "lifetime values")
            predict(self.connection, self.clock, self.changes.last, self.everything)
        near = [] if self.everything else self._bring_near()
        self._user_days()
        for first, last in self.plan.distinct:
            self.progress(0.45, "distinct users")
            active = self.catalogue.by_name["active"].points
            build_distinct(self.connection, active, first, last)
        self._points()
        for table in near:
            let_go(self.connection, table)
        self.progress(1.0, "done")

    def _bring_near(self) -> list[Table]:
        """What most statements join: of a few days' refresh it is read once."""
        runs = [run for runs in (*self.plan.sources.values(), self.plan.user_days) for run in runs]
        if not runs:
            return []
        first, last = min(run[0] for run in runs), max(run[1] for run in runs)
        user, month = CONTRACT.tables["dim_user"], CONTRACT.tables["user_month"]
        # A tier is compared with that of three months before; a month's days know its end.
        bring_near(self.connection, user)
        bring_near(
            self.connection,
            month,
            month.c.month.between(first - timedelta(days=MONTHS_BACK), last + timedelta(days=31)),
        )
        return [user, month]

    def _user_days(self) -> None:
        runs = self._with_events(self.plan.user_days)
        for span in _spans(self.clock, runs, self._chunk_days(runs)):
            self.progress(0.4 * _share(span.first, runs), f"user-days to {span.last}")
            build_user_days(self.connection, span)
            build_active_days(self.connection, span)
        if runs:
            build_visitors(self.connection, Span(self.clock, runs[0][0], self.changes.last))

    def _chunk_days(self, runs: tuple[Run, ...]) -> int:
        """Days that are grouped at once: what fits into memory."""
        if not self.everything or not runs:
            return CHUNK_DAYS
        event = CONTRACT.tables["event"]
        events = self.connection.execute(select(func.count()).select_from(event)).scalar_one()
        days = (runs[-1][1] - runs[0][0]).days + 1
        return max(7, CHUNK_EVENTS * days // int(events))

    def _with_events(self, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        """The runs less what lies before the first event: users were registered years before."""
        if not self.everything or not runs:
            return runs
        event = CONTRACT.tables["event"]
        moment = self.connection.execute(select(func.min(event.c.occurred_at))).scalar()
        if moment is None:
            return ()
        begun = self.clock.day(moment)
        return tuple((max(first, begun), last) for first, last in runs if last >= begun)

    def _points(self) -> None:
        """The points of all sources, gathered and then written at once."""
        stage, layout = create_stage(self.connection, self.meta), layout_of(self.catalogue)
        if not self.everything:
            runs = {name: self.plan.sources[name] for name in layout}
            delete_stale(self.connection, self.meta, runs)
        for number, name in enumerate(layout):
            self.progress(0.6 + 0.4 * number / len(layout), name)
            if days := self.plan.sources[name]:
                source = self.catalogue.by_name[name]
                gather(self.connection, stage, layout, source, Span.of(self.clock, days))
                if self.everything and is_large(self.connection, stage):
                    write(self.connection, self.meta, stage)
        write(self.connection, self.meta, stage)
        stage.drop(self.connection)


def _source_days(plan: Plan, catalogue: Catalogue) -> int:
    """Source-days that a plan does again."""
    runs = [run for source in layout_of(catalogue) for run in plan.sources[source]]
    return sum((last - first).days + 1 for first, last in runs)


def _spans(clock: Clock, runs: tuple[Run, ...], most: int) -> Iterator[Span]:
    """Spans of at most ``most`` days; scattered days together."""
    held: list[Run] = []
    for first, last in runs:
        start = first
        while start <= last:
            room = most - sum((b - a).days + 1 for a, b in held)
            stop = min(last, start + timedelta(days=room - 1))
            held.append((start, stop))
            start = stop + timedelta(days=1)
            if sum((b - a).days + 1 for a, b in held) >= most:
                yield Span.of(clock, tuple(held))
                held = []
    if held:
        yield Span.of(clock, tuple(held))


def _share(day: date, runs: tuple[Run, ...]) -> float:
    first, last = runs[0][0], runs[-1][1]
    return (day - first).days / max(1, (last - first).days)
