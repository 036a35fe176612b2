"""Whether the warehouse and the state can be relied on: schema, freshness, points, records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Select, Table, false, func, literal_column, select

from data.contract import CONTRACT
from data.engines import Warehouse
from data.ingest import pending_loads
from data.ingest.tables import QUARANTINE
from data.messages import in_language
from data.period import containing
from data.points.coverage import DAYLESS, MONTHLY, Coverage, read_coverage
from data.points.reader import LiveReader
from data.points.refresh import declarations_digest
from data.points.tables import REFRESHED
from data.settings import Settings
from data.state import (
    AuditCheck,
    State,
    baselines,
    verify_audit,
    verify_published,
    weight_sets,
)
from metrics.cockpit import Definitions, as_declared, is_refreshed, setup_of
from metrics.scorecard.coherence import this_year, year_coherence
from metrics.scorecard.publishing import baseline_problems, weight_problems
from metrics.scorecard.rules import PUBLISHED, rules_in_force
from metrics.tree.tree import Tree

Area = Literal["schema", "freshness", "points", "data", "targets", "state"]
NEEDED = ("dim_branch", "dim_module", "dim_user")
RECENT_DAYS = 31


@dataclass(frozen=True)
class Finding:
    """One thing that was found; a ``problem`` needs somebody, the rest is good to know."""

    area: Area
    problem: bool
    about: str
    en: str
    zh: str

    def words(self, lang: str) -> str:
        """The finding in words, zh or en."""
        return self.zh if lang == "zh" else self.en


def check_warehouse(
    warehouse: Warehouse, settings: Settings, found: Definitions, today: date
) -> tuple[Finding, ...]:
    """Schema, freshness, points and quarantine, as of ``today`` (a day of the bank's zone)."""
    there = warehouse.tables()
    schema = list(_schema(warehouse, there))
    if schema or REFRESHED.name not in there:
        return (*schema, *_not_refreshed(there))
    with warehouse.reading() as connection:
        coverage = read_coverage(connection)
        return (
            *_freshness(coverage, today - timedelta(days=1), settings.late_after_days),
            *_absent(coverage, found),
            *_gaps(coverage),
            *_points(connection),
            *_quarantined(connection, there),
        )


def check_state(state: State) -> tuple[Finding, ...]:
    """The chain of the audit log, and what was published against it."""
    audit = verify_audit(state)
    broken = [] if audit.sound else [_unsound(audit)]
    held = verify_published(state)
    return (*broken, *(_problem("state", one.object, one.reason, one.reason) for one in held))


def check_published(state: State, tree: Tree, branches: Collection[str]) -> tuple[Finding, ...]:
    """Published weight sets and baselines that do not fit the tree and the organisation of now."""
    told = [
        (f"weight set {one.id}", problem)
        for one in weight_sets(state)
        if one.state == PUBLISHED
        for problem in weight_problems(tree, one.by_node())
    ]
    told += [
        (f"baseline {one.id}", problem)
        for one in baselines(state)
        if one.state == PUBLISHED
        for problem in baseline_problems(tree, branches, [one])
    ]
    return tuple(
        _problem("state", about, problem, in_language(problem, "zh")) for about, problem in told
    )


def check_targets(
    connection: Connection, settings: Settings, found: Definitions, state: State
) -> tuple[Finding, ...]:
    """What was published and does not fit, and targets of this year that contradict each other."""
    if not (is_refreshed(connection) and as_declared(connection, found.catalogue)):
        return ()
    setup = setup_of(connection, settings, found)
    year, unfit = this_year(setup), check_published(state, setup.tree, setup.store.leaves)
    if year is None or unfit:
        return unfit
    rules = rules_in_force(setup, state, containing(date(year, 12, 31), "year"))
    told = year_coherence(LiveReader(connection, setup.store), setup, rules, year)
    return tuple(Finding("targets", False, one.identity, one.en, one.zh) for one in told.findings)


def _unsound(audit: AuditCheck) -> Finding:
    told = f"{audit.broken_seq}: {audit.reason}"
    return _problem("state", "audit", f"broken at entry {told}", f"审计链在此中断：{told}")


def tables_used(found: Definitions) -> dict[str, tuple[str, ...]]:
    """By table of the contract: the indicators whose points need it, in the tree's order."""
    used: dict[str, list[str]] = {}
    for name, leaf in found.tree.indicators.items():
        points = [found.catalogue.points[point] for point in sorted(leaf.formula.points)]
        for table in dict.fromkeys(table for point in points for table in point.tables):
            if table in CONTRACT.tables:
                used.setdefault(table, []).append(name)
    return {table: tuple(names) for table, names in used.items()}


def _problem(area: Area, about: str, en: str, zh: str) -> Finding:
    return Finding(area, True, about, en, zh)


def _schema(warehouse: Warehouse, there: set[str]) -> Iterator[Finding]:
    for name in NEEDED:
        if name not in there:
            yield _problem("schema", name, "the table is missing", "缺少该数据表")
    for table in CONTRACT.sorted_tables:
        if table.name not in there:
            continue
        missing = sorted({column.name for column in table.columns} - _columns(warehouse, table))
        if missing:
            told = ", ".join(missing)
            yield _problem("schema", table.name, f"missing columns: {told}", f"缺少字段：{told}")


def _columns(warehouse: Warehouse, table: Table) -> set[str]:
    every: Select[Any] = select(literal_column("*")).select_from(table).where(false())
    with warehouse.reading() as connection:
        return set(connection.execute(every).keys())


def _not_refreshed(there: set[str]) -> Iterator[Finding]:
    if REFRESHED.name not in there:
        en, zh = "no daily points yet: run `refresh`", "尚无每日数据点：请运行 refresh"
        yield _problem("points", REFRESHED.name, en, zh)


def _freshness(coverage: Coverage, yesterday: date, late_after: int) -> Iterator[Finding]:
    for table in sorted(coverage.runs):
        last = coverage.last_day(table)
        if last is not None and table in MONTHLY:
            last = coverage.last_month_end(table, last)
        if last is None:
            continue
        due = yesterday - timedelta(days=late_after)
        if table in MONTHLY:
            due = _month_end_before(due)
        if last < due:
            behind = (yesterday - last).days
            yield _problem(
                "freshness",
                table,
                f"complete until {last}, {behind} days behind",
                f"数据截至 {last}，滞后 {behind} 天",
            )


def _month_end_before(day: date) -> date:
    return day.replace(day=1) - timedelta(days=1)


def _absent(coverage: Coverage, found: Definitions) -> Iterator[Finding]:
    for table, names in tables_used(found).items():
        if not coverage.has(table):
            told = _shortened(names)
            en, zh = f"not loaded; without data: {told}", f"未装载；无数据的指标：{told}"
            yield Finding("data", False, table, en, zh)


def _shortened(names: Iterable[str], at_most: int = 5) -> str:
    listed = list(names)
    rest = len(listed) - at_most
    return ", ".join(listed[:at_most]) + (f" + {rest}" if rest > 0 else "")


def _gaps(coverage: Coverage) -> Iterator[Finding]:
    """Days missing in the last month before each table's own last day."""
    for table in sorted(coverage.runs):
        last = coverage.last_day(table)
        if last is None or table in MONTHLY | DAYLESS:
            continue
        first = max(last - timedelta(days=RECENT_DAYS - 1), coverage.runs[table][0][0])
        missing = (last - first).days + 1 - coverage.days(table, first, last)
        if missing:
            yield _problem(
                "freshness",
                table,
                f"{missing} days missing from {first} to {last}",
                f"{first} 至 {last} 之间缺少 {missing} 天",
            )


def _points(connection: Connection) -> Iterator[Finding]:
    newest = connection.execute(
        select(REFRESHED).order_by(REFRESHED.c.sequence.desc()).limit(1)
    ).first()
    if newest is None:
        yield from _not_refreshed(set())
        return
    if newest.declarations != declarations_digest():
        yield _problem(
            "points",
            "declarations",
            "declared differently than when they were made: run `refresh`",
            "数据点定义已变更：请运行 refresh",
        )
    loads = pending_loads(connection)
    if loads:
        yield _problem(
            "points",
            "loads",
            f"{loads} loads are not in the daily points: run `refresh`",
            f"{loads} 次装载尚未计入每日数据点：请运行 refresh",
        )


def _quarantined(connection: Connection, there: set[str]) -> Iterator[Finding]:
    if QUARANTINE.name not in there:
        return
    rows = connection.execute(
        select(QUARANTINE.c.table, func.count().label("rows"))
        .group_by(QUARANTINE.c.table)
        .order_by(QUARANTINE.c.table)
    )
    for table, count in rows:
        yield Finding("data", False, table, f"{count} rows in quarantine", f"隔离区有 {count} 行")
