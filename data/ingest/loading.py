"""Loading a bank's files: all files of a call in one transaction, by key, while others read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
from sqlalchemy import Connection

from data.contract import CONTRACT
from data.engines.warehouse import Warehouse
from data.ingest.ahead import last_day
from data.ingest.changes import write
from data.ingest.convert import LINE
from data.ingest.coverage import Spans, covered_days, mark_complete, until, within
from data.ingest.erasure import erased_digests, without_erased
from data.ingest.find import Found, identify, list_files, names_of, stamp, unusable
from data.ingest.jobs import file_job, mapping_job
from data.ingest.layout import ENCODINGS
from data.ingest.parse import Limits, ReadFiles, parse, scratch_folder
from data.ingest.parsed import Parsed, bad_rows, typed_rows
from data.ingest.record import (
    Call,
    next_sequence,
    prepare,
    put_in_quarantine,
    record_files,
    record_refusal,
)
from data.ingest.references import Counts, add_counts, count_references, unknown_references
from data.ingest.refusal import LoadRefusedError, Refusal
from data.ingest.report import SHOWN_BAD, BadRow, FileReport, LoadReport, first_bad
from data.ingest.touched import record_touched
from data.ingest.turns import in_turn

Progress = Callable[[str, int, int], None]


def load(
    warehouse: Warehouse,
    paths: Iterable[str | Path],
    *,
    mapping: str | None = None,
    zone: str,
    who: str,
    encoding: str = "utf-8",
    progress: Progress | None = None,
    limits: Limits | None = None,
    now: datetime | None = None,
) -> LoadReport:
    """Load files or folders in the contract's form, or in a bank's own by ``mapping``.

    ``zone`` is the bank's zone (IANA), ``encoding`` that of CSV files without a mapping;
    ``progress`` is told (stage, done, of). Bad rows go to quarantine, among them what would have
    happened after ``now`` (UTC, the clock's own without a word). Raises LoadRefusedError, naming
    every file that must be put right, and then nothing of the call is loaded.
    """
    call = Call(uuid4().hex, who, mapping, _known_zone(zone), now or _now())
    in_turn(lambda: prepare(warehouse))
    found: list[Found] = []
    try:
        with scratch_folder() as scratch:
            jobs = _jobs([Path(path) for path in paths], call, encoding, found)
            _tell(progress, "read", 0, len(jobs))
            read = parse(jobs, scratch, limits or Limits())
            _still_the_same(found)
            return in_turn(lambda: _commit(warehouse, call, read, found, _spans(jobs), progress))
    except LoadRefusedError as refused:
        why = str(refused)
        in_turn(lambda: record_refusal(warehouse, call, found, why))
        raise


def _jobs(
    paths: Sequence[Path], call: Call, encoding: str, found: list[Found]
) -> list[dict[str, Any]]:
    """One job a file; fills ``found``. Raises LoadRefusedError for files without a table."""
    files, problems = list_files(paths)
    if encoding not in ENCODINGS:
        problems.append(Refusal(encoding, f"unknown encoding: expected {', '.join(ENCODINGS)}"))
    names = names_of(files)
    if call.mapping is None:
        problems += [Refusal(names[path], why) for path in files if (why := unusable(path))]
    if problems:
        raise LoadRefusedError(problems)
    found += [identify(path, names[path]) for path in files]
    if call.mapping is not None:
        jobs = [mapping_job(call.mapping, found, call.zone)]
    else:
        jobs = [file_job(place, file, call.zone, encoding) for place, file in enumerate(found)]
    return [{**job, "now": call.started_at.isoformat()} for job in jobs]


def _spans(jobs: Sequence[dict[str, Any]]) -> Spans:
    """By table, the first and last day that may count as complete, where a mapping says so."""
    return {table: span for job in jobs for table, span in job.get("spans", {}).items()}


def _still_the_same(found: Sequence[Found]) -> None:
    moved = [file.name for file in found if stamp(file.path) != file.stamp]
    if moved:
        raise LoadRefusedError(
            Refusal(name, "it was changed while it was read: load it again when it is whole")
            for name in moved
        )


@dataclass
class _Gathered:
    """What the files of a call add up to while they are written."""

    erased: pa.Array
    files: list[FileReport] = field(default_factory=list)
    touched: dict[str, set[object]] = field(default_factory=dict)
    covered: dict[str, set[date]] = field(default_factory=dict)
    counts: list[Counts] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def _commit(
    warehouse: Warehouse,
    call: Call,
    read: ReadFiles,
    found: Sequence[Found],
    spans: Spans,
    progress: Progress | None,
) -> LoadReport:
    """Write everything in one transaction."""
    digests = {file.name: file.digest for file in found}
    with warehouse.writing() as connection:
        gathered = _Gathered(erased_digests(connection))
        sequence = next_sequence(connection)
        for done, one in enumerate(read.parsed):
            _tell(progress, "write", done, len(read.parsed))
            _write(connection, call, one, digests, gathered)
        if "load_coverage" not in {one.table for one in read.parsed}:
            known = until(gathered.covered, last_day(call.zone, call.started_at))
            covered = within(known, spans)
            marked = mark_complete(connection, covered, call.started_at)
            gathered.touched.setdefault("load_coverage", set()).update(marked)
        record_touched(connection, call.load_id, sequence, gathered.touched)
        unknown = unknown_references(connection, add_counts(gathered.counts))
        gathered.files += _joined_only(gathered.files, read)
        now = _now()
        record_files(connection, call, sequence, gathered.files, digests, now)
    _tell(progress, "write", len(read.parsed), len(read.parsed))
    return LoadReport(
        call.load_id, sequence, call.started_at, now,
        tuple(gathered.files), tuple(unknown), tuple(gathered.warnings), tuple(gathered.bad),
    )  # fmt: skip


def _joined_only(told: Sequence[FileReport], read: ReadFiles) -> list[FileReport]:
    """Files of a mapping that gave columns to others but no row of their own."""
    named = {report.file for report in told}
    return [
        FileReport(file, "", rows, 0, 0, 0)
        for file, rows in read.source_rows.items()
        if file not in named
    ]


def _write(
    connection: Connection, call: Call, one: Parsed, digests: dict[str, str], gathered: _Gathered
) -> None:
    """Write one file's rows of one table, and add up what they mean."""
    table = CONTRACT.tables[one.table]
    came = typed_rows(one, table).drop_columns([LINE])
    rows = without_erased(came, gathered.erased)
    bad = without_erased(bad_rows(one), gathered.erased)
    if rows.num_rows < came.num_rows:
        left_out = came.num_rows - rows.num_rows
        gathered.warnings.append(f"{one.file}: {left_out} rows of erased customers were left out")
    changes = write(connection, table, rows, call.zone)
    if bad.num_rows:
        put_in_quarantine(connection, call, one.file, digests[one.file], one.table, bad)
        gathered.bad += first_bad(one.file, bad, SHOWN_BAD - len(gathered.bad))
    gathered.files.append(
        FileReport(one.file, one.table, one.rows_in, changes.rows, bad.num_rows, one.repeated)
    )
    gathered.touched.setdefault(one.table, set()).update(changes.days)
    days = covered_days(one.table, rows, bad, call.zone)
    gathered.covered.setdefault(one.table, set()).update(days)
    gathered.counts.append(count_references(one.table, rows))
    if one.absent and call.mapping is None:
        gathered.warnings.append(
            f"{one.file}: no column {', '.join(one.absent)}: taken as empty for every row"
        )


def _known_zone(zone: str) -> str:
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"unknown zone {zone!r}: expected one such as Asia/Shanghai") from error


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _tell(progress: Progress | None, stage: str, done: int, of: int) -> None:
    if progress is not None:
        progress(stage, done, of)
