"""A file as it is, every cell as text: what is not the contract's is read in the same limits."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import ipc

from data.ingest.convert import LINE
from data.ingest.layout import ENCODINGS, SUFFIXES, Layout, kind_of
from data.ingest.parse import Limits, parse, scratch_folder
from data.ingest.refusal import LoadRefusedError, Refusal

SMALL = Limits(memory=3 << 30, seconds=300, file_size=4 << 30)


@dataclass(frozen=True)
class Rows:
    """The rows of a file: ``columns`` by name as text (null: an empty cell), ``lines`` where they
    stand (from 1), ``rejects`` what could not be put into columns: (line, why)."""

    file: str
    columns: dict[str, pa.ChunkedArray]
    lines: pa.ChunkedArray
    rejects: tuple[tuple[int, str], ...]


def read_as_is(path: Path, *, encoding: str = "utf-8", limits: Limits = SMALL) -> Rows:
    """The rows of a CSV, Parquet or Excel file, read by the limited process that loading uses.

    Raises LoadRefusedError for a file that cannot be taken, with what to do.
    """
    kind = kind_of(path)
    if encoding not in ENCODINGS:
        raise LoadRefusedError(
            [Refusal(encoding, f"unknown encoding: expected {', '.join(ENCODINGS)}")]
        )
    if not path.is_file():
        raise LoadRefusedError([Refusal(path.name, "there is no such file or folder")])
    if kind is None:
        expected = ", ".join(SUFFIXES)
        raise LoadRefusedError(
            [Refusal(path.name, f"Canopy takes {expected}: save it as one of them")]
        )
    job = {
        "as_is": True, "path": str(path.resolve()), "file": path.name,
        "layout": asdict(Layout(kind, encoding=encoding)),
    }  # fmt: skip
    with scratch_folder() as scratch:
        parse([job], scratch, limits)
        said = (scratch / "results.jsonl").read_text(encoding="utf-8").splitlines()[0]
        return _taken(path.name, json.loads(said)["as_is"])


def _taken(file: str, found: dict[str, Any]) -> Rows:
    with ipc.open_file(found["rows"]) as source:
        table = source.read_all()
    table.validate(full=True)
    columns = {name: table.column(name) for name in table.column_names if name != LINE}
    if any(not pa.types.is_string(column.type) for column in columns.values()):
        raise ValueError(f"{file} does not have the columns that were asked for")
    rejects = tuple((int(line), str(why)) for line, why in found["rejects"])
    return Rows(file, columns, table.column(LINE), rejects)
