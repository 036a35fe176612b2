"""What the month's workbook says of the bank itself: branches, versions, remarks, warnings, loads.

Read from the warehouse's small tables and from the state; everything keeps to the slice's rights.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from data.contract import CONTRACT
from data.engines.warehouse import table_names
from data.ingest import pending_loads
from data.ingest.tables import LOAD_RECORD, QUARANTINE
from data.period import Period, month_end
from data.points.coverage import DAYLESS, MONTHLY, Coverage
from data.points.tables import REFRESHED
from data.slice import Slice
from data.state import (
    Baseline,
    Closing,
    Note,
    SignOff,
    State,
    WeightSet,
    baselines,
    baselines_in_force,
    closings,
    notes,
    open_disputes,
    sign_offs,
    weight_sets,
)
from data.state.experiments import Experiment, experiments
from data.state.warnings import KeptWarning, last_run, open_warnings
from metrics.experiments.judged import judged
from metrics.experiments.measured import measured, source_of
from metrics.experiments.records import Analysis
from metrics.values import Setup
from metrics.warnings.decisions import Decision, Waiting, decisions, month_to_close

EVER = Period(date(1, 1, 1), date(9999, 12, 31))
MOST_LOADS, MOST_REASONS, MOST_KINDS = 40, 40, 5000


@dataclass(frozen=True)
class Place:
    """A branch: ``parent`` '' and ``depth`` 0 at the top; names are text from data."""

    id: str
    parent: str
    name_zh: str
    name_en: str
    depth: int

    def name(self, lang: str) -> str:
        """The name in a language; without an English name, the Chinese one."""
        return self.name_zh if lang == "zh" else self.name_en or self.name_zh


@dataclass(frozen=True)
class Versions:
    """What the numbers were made by: weights, baselines, closing and the last refresh."""

    weight_sets: tuple[WeightSet, ...]
    baselines: tuple[Baseline, ...]
    closed: Closing | None
    sign_offs: tuple[SignOff, ...]
    refreshed_at: datetime | None
    pending: int


@dataclass(frozen=True)
class Loaded:
    """How far a table is loaded for a period; ``covered`` of ``days``, None where it has no days.

    Of a table of month-ends ``days`` is 1: the month-end itself.
    """

    table: str
    covered: int | None
    days: int | None
    last_day: date | None
    there: bool


@dataclass(frozen=True)
class LoadedFile:
    """A file of a load as recorded; ``refused`` says why nothing of it was taken."""

    file: str
    table: str
    finished_at: datetime
    who: str
    rows: int
    changed: int
    quarantined: int
    refused: str


@dataclass(frozen=True)
class Refused:
    """Quarantined rows of a table by the reason, values of the rows themselves left out."""

    table: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Quality:
    """Coverage by table; loads and the quarantine of the bank, None where rights do not reach."""

    tables: tuple[Loaded, ...]
    files: tuple[LoadedFile, ...] | None
    refused: tuple[Refused, ...] | None
    quarantined: int | None


@dataclass(frozen=True, eq=False)
class Decided:
    """An experiment that was decided, and what it showed; None where nothing was measured."""

    experiment: Experiment
    analysis: Analysis | None


@dataclass(frozen=True)
class Standing:
    """Warnings that are open within reach, when they were judged, and what waits for somebody."""

    judged: str
    warnings: tuple[KeptWarning, ...]
    decisions: tuple[Decision, ...]


def places(connection: Connection, setup: Setup, about: Slice) -> Mapping[str, Place]:
    """The branches within the slice's rights, each followed by those below it."""
    table = CONTRACT.tables["dim_branch"]
    columns = (table.c.branch_id, table.c.parent_id, table.c.name_zh, table.c.name_en)
    rows = connection.execute(select(*columns).order_by(table.c.branch_id))
    inside = None if not about.rights.subtree else setup.store.leaves[about.rights.subtree]
    found = {row[0]: row for row in rows if inside is None or row[0] in inside}
    below: dict[str, list[str]] = {}
    for key, row in found.items():
        below.setdefault(row[1] if row[1] in found and row[1] != key else "", []).append(key)
    ordered: dict[str, Place] = {}
    waiting = [(key, "", 0) for key in reversed(below.get("", []))]
    while waiting:
        key, parent, depth = waiting.pop()
        if key in ordered:
            continue
        ordered[key] = Place(key, parent, found[key][2] or key, found[key][3] or "", depth)
        waiting += [(one, key, depth + 1) for one in reversed(below.get(key, []))]
    # Branches in a circle have no top: they stand at the end, as tops.
    lost = [key for key in found if key not in ordered]
    return ordered | {k: Place(k, "", found[k][2] or k, found[k][3] or "", 0) for k in lost}


def versions(connection: Connection, state: State, month: Period) -> Versions:
    """What was in force at the month's end, and how the month was closed."""
    kept = [one for one in closings(state) if one.month == month.last]
    newest = max(kept, key=lambda one: one.number, default=None)
    at = select(REFRESHED.c.finished_at).order_by(REFRESHED.c.sequence.desc()).limit(1)
    return Versions(
        weight_sets(state),
        baselines_in_force(state, month.last, year=month.last.year),
        newest,
        () if newest is None else sign_offs(state, month.last),
        connection.execute(at).scalar(),
        pending_loads(connection),
    )


def reaches(setup: Setup, branch: str, about: Slice) -> bool:
    """Whether a branch ('' the whole bank) lies in the slice's and in the reader's reach."""
    leaves = setup.store.leaves
    tops = [top for top in (about.branch, about.rights.subtree) if top]
    return all(branch in leaves and bool(branch) and leaves[branch] <= leaves[top] for top in tops)


def comments(state: State, setup: Setup, about: Slice) -> tuple[Note, ...]:
    """What owners wrote on the month, within reach, oldest first."""
    month = month_end(about.period.last)
    every = notes(state, month=month)
    return tuple(one for one in every if one.text and reaches(setup, one.branch_id or "", about))


def standing(state: State, setup: Setup, about: Slice, now: datetime, today: date) -> Standing:
    """Warnings within reach and what waits, as the overview lists it; ``now`` is naive UTC."""
    run = last_run(state)
    warned = tuple(one for one in open_warnings(state) if reaches(setup, one.last.branch, about))
    disputed = tuple(o for o in open_disputes(state) if reaches(setup, o.branch_id or "", about))
    found = Waiting(warned, disputes=disputed, answers=True)
    if not about.branch and not about.rights.subtree:
        closed = max((one.month for one in closings(state)), default=None)
        as_of = setup.store.coverage.as_of
        month = None if as_of is None else month_to_close(as_of, closed)
        drafts, goals = weight_sets(state), baselines(state)
        last = None if month is None else month.last
        found = Waiting(warned, drafts, goals, last, disputed, answers=True)
    return Standing("" if run is None else run.period, warned, decisions(found, now, today))


def decided(
    connection: Connection, state: State, setup: Setup, about: Slice
) -> tuple[Decided, ...]:
    """Experiments whose decision was written down in the month, the first one first."""
    month, found = about.period, []
    for one in experiments(state):
        step = one.decision
        if step is not None and month.first <= setup.store.clock.day(step.at) <= month.last:
            found.append(one)
    return tuple(
        Decided(one, _analysis(connection, setup, one, about))
        for one in sorted(found, key=lambda one: (one.steps[-1].at, one.id))
    )


def _analysis(
    connection: Connection, setup: Setup, one: Experiment, about: Slice
) -> Analysis | None:
    """What the experiment showed among the scope's users, whatever the month."""
    source = source_of(setup.store, one.id, one.plan, stopped_on=one.stopped_on)
    found = measured(connection, setup.store, source, about.over(EVER))
    return judged(found) if found.enrolled else None


def quality(connection: Connection, coverage: Coverage, about: Slice) -> Quality:
    """How complete the month is; loads and quarantine only for the whole bank's readers."""
    tables = tuple(_loaded(coverage, name, about.period) for name in sorted(CONTRACT.tables))
    shown = tuple(one for one in tables if one.table != "load_coverage")
    if about.branch or about.rights.subtree:
        return Quality(shown, None, None, None)
    refused, rows = _refused(connection)
    return Quality(shown, _files(connection), refused, rows)


def _loaded(coverage: Coverage, table: str, period: Period) -> Loaded:
    there, last = coverage.has(table), coverage.last_day(table)
    if table in DAYLESS:
        return Loaded(table, None, None, None, there)
    if table in MONTHLY:
        end = month_end(period.last)
        return Loaded(table, coverage.days(table, end, end), 1, last, there)
    return Loaded(table, coverage.covered(table, period), period.days, last, there)


def _files(connection: Connection) -> tuple[LoadedFile, ...]:
    if LOAD_RECORD.name not in table_names(connection):
        return ()
    here = LOAD_RECORD.c
    newest = (here.sequence.desc(), here.file, here.table)
    rows = connection.execute(select(LOAD_RECORD).order_by(*newest).limit(MOST_LOADS)).mappings()
    return tuple(
        LoadedFile(
            row["file"], row["table"], row["finished_at"], row["who"], int(row["rows_in"]),
            int(row["rows_changed"]), int(row["rows_quarantined"]), row["refused"] or "",
        )
        for row in rows
    )  # fmt: skip


def _refused(connection: Connection) -> tuple[tuple[Refused, ...], int]:
    """By table and reason; a row with two reasons stands under both, and counts once."""
    if QUARANTINE.name not in table_names(connection):
        return (), 0
    here, rows = QUARANTINE.c, func.count().label("rows")
    query = select(here.table, here.reasons, rows).group_by(here.table, here.reasons)
    counted: Counter[tuple[str, str]] = Counter()
    for table, reasons, times in connection.execute(query.order_by(rows.desc()).limit(MOST_KINDS)):
        for reason in {without_values(one) for one in json.loads(reasons)}:
            counted[table, reason] += int(times)
    total = connection.execute(select(func.count()).select_from(QUARANTINE)).scalar_one()
    found = [Refused(table, reason, times) for (table, reason), times in counted.items()]
    order = sorted(found, key=lambda one: (-one.rows, one.table, one.reason))
    return tuple(order[:MOST_REASONS]), int(total)


def without_values(reason: str) -> str:
    """A reason without what stood in the row: that may be somebody's.

    >>> without_values("amount_cny: '12x' is not a number")
    'amount_cny: … is not a number'
    """
    return re.sub(r"""('[^']*'|"[^"]*"|\u201c[^\u201d]*\u201d)""", "…", reason)
