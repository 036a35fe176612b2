"""A refresh day by day, with late and corrected rows, ends where a full one does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sqlalchemy import (
    Column,
    Connection,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    func,
    select,
)

from data.contract import CONTRACT
from data.engines import Warehouse, open_warehouse
from data.engines.differences import append, merge
from data.ingest.placing import TIME_COLUMNS, touched_days
from data.ingest.tables import INGEST, LOAD_RECORD
from data.ingest.touched import record_touched
from data.points import refresh as refreshing
from data.points.catalogue import Catalogue
from data.points.clock import Clock
from data.points.kept import kept_metadata, kept_name, layout_of
from data.points.refresh import RefreshReport, refresh
from data.points.tables import ACTIVE_DAY, DISTINCT, REFRESHED, USER_DAY, VISITOR
from tests.data.points.bank import Frames, coverage_of, tiny_bank, to_arrow
from tests.data.points.conftest import THOROUGH
from tests.data.points.days import local

CUT = date(2026, 4, 27)
STEPS: tuple[date, ...] = (date(2026, 5, 2), date(2026, 5, 14))
KILLS = 3
if THOROUGH:
    STEPS = (date(2026, 4, 28), *STEPS)
    KILLS = 10
ZONE = "Asia/Shanghai"


def fresh(folder: Path) -> Warehouse:
    """An empty warehouse with all tables."""
    warehouse = open_warehouse(f"ducklake:///{folder}")
    warehouse.create(CONTRACT)
    warehouse.create(INGEST)
    return warehouse


def put(warehouse: Warehouse, frames: Frames, number: int) -> None:
    """Load frames by key and say which days that touched, as a load of files does."""
    with warehouse.writing() as connection:
        touched = {}
        for name, frame in frames.items():
            if not len(frame):
                continue
            table = CONTRACT.tables[name]
            rows = to_arrow(name, frame)
            touched[name] = touched_days(name, rows, ZONE) | _replaced(connection, name, frame)
            merge(connection, table, rows)
        record_touched(connection, f"load{number}", number, touched)
        _record(connection, number)


def _replaced(connection: Connection, name: str, frame: pd.DataFrame) -> set[object]:
    """The days of the rows that are written over."""
    if name not in TIME_COLUMNS:
        return set()
    table = CONTRACT.tables[name]
    key = next(iter(table.primary_key))
    wanted = [v for v in frame[key.name].tolist() if not pd.isna(v)]
    rows = connection.execute(select(table).where(key.in_(wanted))).mappings().all()
    old = pd.DataFrame([dict(row) for row in rows], columns=table.columns.keys(), dtype=object)
    return touched_days(name, to_arrow(name, old), ZONE)


def _record(connection: Connection, number: int) -> None:
    now = datetime(2026, 6, 1)  # noqa: DTZ001 - naive UTC, as the table holds it
    row: dict[str, list[Any]] = {"load_id": [f"load{number}"], "file": ["f"], "table": ["t"]}
    row |= {"sequence": [number], "started_at": [now], "finished_at": [now], "who": ["w"]}
    row |= {"digest": ["d"], "rows_in": [1], "rows_changed": [1], "rows_quarantined": [0]}
    append(connection, LOAD_RECORD, pa.table(row))


def known_on(frames: Frames, day: date) -> Frames:
    """What the bank has on the evening of a day: nothing that happens later."""
    found = {}
    for name, frame in frames.items():
        kept = frame.copy()
        if name in TIME_COLUMNS and name != "calendar_day":
            kept = kept[[_main(name, row) <= day for row in kept.to_dict("records")]]
        for column in kept.columns:
            if CONTRACT.tables[name].c[column].type.python_type is datetime:
                later = [local(m) is not None and local(m) > day for m in kept[column]]
                kept.loc[later, column] = None
        for column in {"rectified_on", "first_paid_on"} & set(kept.columns):
            later = [not pd.isna(d) and d > day for d in kept[column]]
            kept.loc[later, column] = None
        found[name] = kept
    found["load_coverage"] = coverage_of(found, date(2026, 1, 1), day)
    return found


def _main(name: str, row: Mapping[Any, Any]) -> date:
    moments = [row[c] for c in TIME_COLUMNS[name] if not pd.isna(row[c])]
    days = [local(m) if isinstance(m, datetime) else m for m in moments]
    return days[0] if days else date(2026, 1, 1)


def changed(before: Frames, after: Frames) -> Frames:
    """Rows that are new or differ."""
    found = {}
    for name, frame in after.items():
        old = {tuple(map(str, row)) for row in before[name].itertuples(index=False)}
        new = [tuple(map(str, row)) not in old for row in frame.itertuples(index=False)]
        found[name] = frame[new]
    return found


def late_ones(frames: Frames, seed: int) -> dict[str, set[int]]:
    """By table, rows that arrive only at the last step."""
    dice = random.Random(seed)
    tables = ("event", "txn", "complaint", "survey", "service_session", "touch", "spend",
              "risk_event", "suspicious_case", "compliance_check", "recommendation", "user_month",
              "loan_month", "application", "dim_user")  # fmt: skip
    return {
        name: set(dice.sample(range(len(frames[name])), max(2, len(frames[name]) // 60)))
        for name in tables
    }


def without(frames: Frames, gone: dict[str, set[int]]) -> Frames:
    """The frames less the rows that are late."""
    return {
        name: frame[~frame.index.isin(sorted(gone.get(name, set())))]
        for name, frame in frames.items()
    }


def kept_rows(warehouse: Warehouse, catalogue: Catalogue) -> dict[str, pd.DataFrame]:
    """All kept rows, points by source and set, in order; of cohorts only what has matured."""
    found = {}
    with warehouse.reading() as connection:
        for by_segment in (False, True):
            table = kept_metadata(catalogue).tables[kept_name(by_segment=by_segment)]
            every = _read(connection, table)
            for source in catalogue.sources:
                columns = layout_of(catalogue).get(source.name, {})
                if by_segment and not source.by_segment:
                    assert not (every["source"] == source.name).any()
                    continue
                own = every[every["source"] == source.name].reset_index(drop=True)
                unused = set(table.columns.keys()) - {*columns.values(), *_keys(table)}
                assert own[sorted(unused)].isna().all(axis=None)
                rows = own[[*_keys(table), *columns.values()]]
                rows.columns = pd.Index([*_keys(table), *columns])
                if columns:
                    found[f"{source.name} {table.name}"] = _matured(rows, source, STEPS[-1])
        for table in (USER_DAY, ACTIVE_DAY, VISITOR, DISTINCT):
            found[table.name] = _read(connection, table)
    return found


def _keys(table: Any) -> list[str]:
    return [column.name for column in table.primary_key]


def _read(connection: Connection, table: Any) -> pd.DataFrame:
    rows = [dict(row) for row in connection.execute(select(table)).mappings()]
    frame = pd.DataFrame(rows, columns=table.columns.keys())
    return frame.sort_values(_keys(table)).reset_index(drop=True)


def _matured(rows: pd.DataFrame, source: Any, last: date) -> pd.DataFrame:
    dims = [c for c in rows.columns if not any(c in p.all_columns for p in source.points)]
    for point in source.points:
        young = [day > last - timedelta(days=point.lag) for day in rows["day"]]
        for column in point.all_columns:
            rows[column] = rows[column].astype(object).where(~np.array(young, dtype=bool), None)
    values = [c for c in rows.columns if c not in dims]
    some = rows[values].notna().any(axis=1)
    return rows[some].reset_index(drop=True)


def same(left: dict[str, pd.DataFrame], right: dict[str, pd.DataFrame]) -> None:
    """Equal bit for bit, measured quantities (not counts, not money) to their last digits."""
    wrong = []
    for name, frame in left.items():
        try:
            pd.testing.assert_frame_equal(frame, right[name], check_dtype=False, rtol=1e-12)
        except AssertionError as error:
            wrong.append(f"{name}: {str(error)[:700]}")
    assert not wrong, "\n\n".join(wrong)


@dataclass(frozen=True)
class Full:
    """A warehouse after one refresh of everything up to the last step, and its kept rows."""

    warehouse: Warehouse
    rows: dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Iterator[Full]:
    """Everything from one refresh."""
    warehouse = fresh(tmp_path_factory.mktemp("full"))
    put(warehouse, known_on(tiny_bank(), STEPS[-1]), 1)
    refresh(warehouse, catalogue, Clock())
    yield Full(warehouse, kept_rows(warehouse, catalogue))
    warehouse.engine.dispose()


def test_day_by_day_with_late_and_corrected_rows_equals_a_full_refresh(
    tmp_path: Path, catalogue: Catalogue, full: Full
) -> None:
    warehouse, whole = fresh(tmp_path), tiny_bank()
    late = late_ones(whole, 11)
    before = without(known_on(whole, CUT), late)
    put(warehouse, before, 1)
    assert refresh(warehouse, catalogue, Clock()).full
    for number, day in enumerate(STEPS, 2):
        after = known_on(whole, day)
        after = after if day == STEPS[-1] else without(after, late)
        put(warehouse, changed(before, after), number)
        report = refresh(warehouse, catalogue, Clock())
        assert not report.full and report.last_day == day
        before = after
    same(kept_rows(warehouse, catalogue), full.rows)
    warehouse.engine.dispose()


def test_refreshing_again_changes_nothing(full: Full, catalogue: Catalogue) -> None:
    report = refresh(full.warehouse, catalogue, Clock())
    assert (report.full, report.source_days) == (False, 0)
    same(kept_rows(full.warehouse, catalogue), full.rows)
    assert refresh(full.warehouse, catalogue, Clock(), full=True).full
    same(kept_rows(full.warehouse, catalogue), full.rows)


def test_kept_tables_of_an_earlier_layout_are_made_anew(
    full: Full, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Table("kept_txn_module", MetaData(), Column("day", Date), Column("txn_all", Integer))
    module = kept_metadata(catalogue).tables[kept_name(by_segment=False)]
    with full.warehouse.writing() as connection:
        old.create(connection)
        module.drop(connection)
        Table(module.name, MetaData(), Column("source", String), Column("gone", Integer)).create(
            connection
        )
    monkeypatch.setattr(refreshing, "declarations_digest", lambda: "another version")
    assert refresh(full.warehouse, catalogue, Clock()).full
    assert old.name not in full.warehouse.tables()
    same(kept_rows(full.warehouse, catalogue), full.rows)


def part_of(catalogue: Catalogue) -> Catalogue:
    """A few sources, quick to refresh."""
    names = {"active", "activity", "task", "txn", "registration"}
    return Catalogue(tuple(source for source in catalogue.sources if source.name in names))


CHILD = """
import sys
import pyarrow as pa
from datetime import datetime
from data.contract import CONTRACT
from data.engines import open_warehouse
from data.engines.differences import append
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.refresh import refresh
from tests.data.points.test_refresh import part_of
warehouse = open_warehouse(sys.argv[1])
catalogue = part_of(load_catalogue())
number = 0
print("ready", flush=True)
while True:
    number += 1
    row = {"txn_id": [f"{sys.argv[2]}-{number}"], "occurred_at": [datetime(2026, 2, 3)],
           "user_id": ["U00001"], "kind": ["payment"], "status": ["success"],
           "amount_cny": pa.array([1], pa.decimal128(18, 2))}
    with warehouse.writing() as connection:
        append(connection, CONTRACT.tables["txn"], pa.table(row))
    refresh(warehouse, catalogue, Clock(), full=True)
"""


def totals(warehouse: Warehouse, catalogue: Catalogue) -> tuple[int, ...]:
    """The same number from both kept sets, user-days against kept activity, and refreshes."""
    meta, layout = kept_metadata(catalogue), layout_of(catalogue)

    def kept_sum(source: str, point: str, *, by_segment: bool) -> Any:
        table = meta.tables[kept_name(by_segment=by_segment)]
        column = table.c[layout[source][point]]
        return connection.scalar(select(func.sum(column)).where(table.c.source == source))

    with warehouse.reading() as connection:
        txns = [kept_sum("txn", "txn_all", by_segment=by) for by in (False, True)]
        events = connection.scalar(select(func.sum(USER_DAY.c.events)))
        kept = kept_sum("activity", "events", by_segment=True)
        done = connection.scalar(select(func.max(REFRESHED.c.sequence)))
    return (int(txns[0]), int(txns[1]), int(events), int(kept), int(done))


def test_a_killed_refresh_leaves_the_old_points_and_readers_never_see_a_mix(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    warehouse, small, dice = fresh(tmp_path), part_of(catalogue), random.Random(5)
    put(warehouse, known_on(tiny_bank(), date(2026, 2, 15)), 1)
    refresh(warehouse, small, Clock())
    url, killed, seen = f"ducklake:///{tmp_path}", 0, set()
    base = totals(warehouse, small)
    while killed < KILLS:
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, url, f"K{killed}"], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        until = time.monotonic() + dice.uniform(0.05, 2.5)
        while time.monotonic() < until:
            one, other, events, kept, done = totals(warehouse, small)
            assert one == other and events == kept == base[2]
            seen.add((done, one))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        killed += 1
        one, other, events, kept, done = totals(warehouse, small)
        assert one == other and events == kept == base[2]
    # A refresh's number belongs to one total only: nobody saw half of one.
    assert len({done for done, _ in seen}) == len(seen)
    report: RefreshReport = refresh(warehouse, small, Clock(), full=True)
    assert report.full and totals(warehouse, small)[0] >= base[0]
    warehouse.engine.dispose()
