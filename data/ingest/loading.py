"""Loading a bank's files: all files of a call in one transaction, by key, while others read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection

from data.contract import CONTRACT
from data.engines.warehouse import Warehouse
from data.ingest.changes import write
from data.ingest.convert import LINE
from data.ingest.coverage import covered_days, mark_complete
from data.ingest.find import Found, identify, list_files, names_of, stamp, table_of, unusable
from data.ingest.layout import ENCODINGS, Layout, kind_of
from data.ingest.parse import Limits, parse, scratch_folder
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
from data.ingest.report import FileReport, LoadReport
from data.ingest.touched import record_touched

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
) -> LoadReport:
    """Load files or folders in the contract's form, or in a bank's own by ``mapping``.

    ``zone`` is the bank's zone (IANA), ``encoding`` that of CSV files without a mapping;
    ``progress`` is told (stage, done, of). Bad rows go to quarantine. Raises LoadRefusedError,
    naming every file that must be put right, and then nothing of the call is loaded.
    """
    call = Call(uuid4().hex, who, mapping, _known_zone(zone), _now())
    warehouse.create(CONTRACT)
    prepare(warehouse)
    found: list[Found] = []
    try:
        with scratch_folder() as scratch:
            jobs = _jobs([Path(path) for path in paths], call, encoding, found)
            _tell(progress, "read", 0, len(jobs))
            parsed = parse(jobs, scratch, limits or Limits())
            _still_the_same(found)
            return _commit(warehouse, call, parsed, found, progress)
    except LoadRefusedError as refused:
        record_refusal(warehouse, call, found, str(refused))
        raise


def _jobs(
    paths: Sequence[Path], call: Call, encoding: str, found: list[Found]
) -> list[dict[str, Any]]:
    """One job a file; fills ``found``. Raises LoadRefusedError with every file that has no table."""
    files, problems = list_files(paths)
    if encoding not in ENCODINGS:
        problems.append(Refusal(encoding, f"unknown encoding: expected {', '.join(ENCODINGS)}"))
    names = names_of(files)
    problems += [Refusal(names[path], why) for path in files if (why := unusable(path))]
    if problems:
        raise LoadRefusedError(problems)
    found += [identify(path, names[path]) for path in files]
    return [
        {
            "number": number,
            "path": str(file.path.resolve()),
            "file": file.name,
            "table": table_of(file.path),
            "zone": call.zone,
            "layout": asdict(Layout(kind_of(file.path) or "csv", encoding=encoding)),
        }
        for number, file in enumerate(found)
    ]


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

    files: list[FileReport] = field(default_factory=list)
    touched: dict[str, set[object]] = field(default_factory=dict)
    covered: dict[str, set[date]] = field(default_factory=dict)
    counts: list[Counts] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def _commit(
    warehouse: Warehouse,
    call: Call,
    parsed: Sequence[Parsed],
    found: Sequence[Found],
    progress: Progress | None,
) -> LoadReport:
    """Write everything in one transaction."""
    digests = {file.name: file.digest for file in found}
    gathered = _Gathered()
    with warehouse.writing() as connection:
        sequence = next_sequence(connection)
        for done, one in enumerate(parsed):
            _tell(progress, "write", done, len(parsed))
            _write(connection, call, one, digests, gathered)
        if "load_coverage" not in {one.table for one in parsed}:
            marked = mark_complete(connection, gathered.covered, call.started_at)
            gathered.touched.setdefault("load_coverage", set()).update(marked)
        record_touched(connection, call.load_id, sequence, gathered.touched)
        unknown = unknown_references(connection, add_counts(gathered.counts))
        now = _now()
        record_files(connection, call, sequence, gathered.files, digests, now)
    _tell(progress, "write", len(parsed), len(parsed))
    return LoadReport(
        call.load_id, sequence, call.started_at, now,
        tuple(gathered.files), tuple(unknown), tuple(gathered.warnings),
    )  # fmt: skip


def _write(
    connection: Connection, call: Call, one: Parsed, digests: dict[str, str], gathered: _Gathered
) -> None:
    """Write one file's rows of one table, and add up what they mean."""
    table = CONTRACT.tables[one.table]
    rows, bad = typed_rows(one, table).drop_columns([LINE]), bad_rows(one)
    changes = write(connection, table, rows, call.zone)
    if bad.num_rows:
        put_in_quarantine(connection, call, one.file, digests[one.file], one.table, bad)
    gathered.files.append(
        FileReport(one.file, one.table, one.rows_in, changes.rows, bad.num_rows, one.repeated)
    )
    gathered.touched.setdefault(one.table, set()).update(changes.days)
    days = covered_days(one.table, rows, bad, call.zone)
    gathered.covered.setdefault(one.table, set()).update(days)
    gathered.counts.append(count_references(one.table, rows))
    if one.absent:
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
