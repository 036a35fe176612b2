"""What a load did, for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
class LoadReport:
    """A load that is committed. Moments are UTC."""

    load_id: str
    sequence: int
    started_at: datetime
    finished_at: datetime
    files: tuple[FileReport, ...]
    unknown: tuple[UnknownReference, ...]
    warnings: tuple[str, ...]

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
        return [*told, *map(str, self.unknown), *self.warnings]
