"""The limited process's part of reading a file as it is: all cells as text, to an Arrow file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import ipc

from data.ingest.convert import LINE
from data.ingest.kinds import plain
from data.ingest.raw import Chunk, Reject
from data.ingest.refusal import BadFileError

MOST_COLUMNS = 500
SHOWN = 20


def write_as_is(chunks: Iterable[Chunk], target: Path) -> dict[str, Any]:
    """Write all rows; raises BadFileError for columns without a name of their own."""
    writer: ipc.RecordBatchFileWriter | None = None
    rejects: list[Reject] = []
    try:
        for chunk in chunks:
            rejects += chunk.rejects
            if chunk.rows is None:
                continue
            if writer is None:
                writer = ipc.new_file(target, _schema(chunk.rows.column_names))
            writer.write_table(_text(chunk.rows))
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        raise BadFileError("it has no rows: export it again")
    shown = [[one.line, one.reason] for one in rejects[:SHOWN]]
    return {"rows": str(target), "rejects": shown}


def _schema(names: list[str]) -> pa.Schema:
    given = [name for name in names if name != LINE]
    twice = [name for name, times in Counter(given).items() if times > 1]
    if twice:
        raise BadFileError(f"columns named twice: {', '.join(twice)}")
    if len(given) > MOST_COLUMNS:
        raise BadFileError(f"it has {len(given)} columns, at most {MOST_COLUMNS} are read")
    return pa.schema([*((name, pa.string()) for name in given), (LINE, pa.int64())])


def _text(rows: pa.Table) -> pa.Table:
    names = [name for name in rows.column_names if name != LINE]
    columns = [plain(rows.column(name)).cast(pa.string()) for name in names]
    lines = rows.column(LINE).cast(pa.int64()).combine_chunks()
    return pa.table([*columns, lines], schema=_schema([*names, LINE]))
