"""What a load did, for people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

SHOWN_BAD = 10
"""How many bad rows a report names; all of them are in quarantine."""


@dataclass(frozen=True)
class FileReport:
    """One file and table. ``changed``: rows that were new or differed; ``repeated``: said again."""

    file: str
    table: str
    rows_in: int
    changed: int
    quarantined: int
    repeated: int


@dataclass(frozen=True)
class UnknownReference:
    """Rows of a load that name something their dimension does not have. They were loaded."""

    table: str
    column: str
    dimension: str
    rows: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(repr(example) for example in self.examples)
        return (
            f"{self.table}: {self.rows} rows have a {self.column} that {self.dimension} "
            f"does not have ({shown})"
        )


@dataclass(frozen=True)
class BadRow:
    """A row that went to quarantine, with every reason; ``line`` None where there are no lines."""

    file: str
    line: int | None
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {'; '.join(self.reasons)}"


def first_bad(file: str, bad: pa.Table, count: int) -> list[BadRow]:
    """The first rows of a file's bad ones (columns ``line`` and ``reasons``, a JSON list)."""
    rows = bad.select(["line", "reasons"]).slice(0, max(0, count)).to_pylist()
    return [BadRow(file, row["line"], tuple(json.loads(row["reasons"]))) for row in rows]


@dataclass(frozen=True)
class LoadReport:
    """A load that is committed. Moments are UTC; ``bad_rows`` are the first of the bad ones."""

    load_id: str
    sequence: int
    started_at: datetime
    finished_at: datetime
    files: tuple[FileReport, ...]
    unknown: tuple[UnknownReference, ...]
    warnings: tuple[str, ...]
    bad_rows: tuple[BadRow, ...] = ()

    @property
    def changed(self) -> int:
        """Rows that were new or differed, over all files."""
        return sum(file.changed for file in self.files)

    @property
    def quarantined(self) -> int:
        """Rows that went to quarantine, over all files."""
        return sum(file.quarantined for file in self.files)

    def lines(self) -> list[str]:
        """The report as plain lines, files first, then what to look at."""
        told = [
            f"{file.file} → {file.table or '(joined only)'}: {file.rows_in} rows, "
            f"{file.changed} changed, {file.quarantined} quarantined"
            for file in self.files
        ]
        left = self.quarantined - len(self.bad_rows)
        bad = [f"  {row}" for row in self.bad_rows]
        if left > 0:
            bad.append(f"  and {left} more bad rows: see `quarantine --load {self.load_id}`")
        return [*told, *bad, *map(str, self.unknown), *self.warnings]
