"""Parquet: simple columns only, bounded by what its footer declares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from data.ingest.convert import LINE
from data.ingest.raw import Chunk
from data.ingest.refusal import BadFileError

BATCH = 1 << 17
MOST_ROWS = 500_000_000
LARGEST = 64 << 30


def read_parquet(path: Path) -> Iterator[Chunk]:
    """The rows in batches; the line is the row's number from 1. Raises BadFileError."""
    try:
        file = parquet.ParquetFile(path)
        _check(file)
        done = 0
        for batch in file.iter_batches(BATCH):
            batch.validate(full=True)
            rows = pa.Table.from_batches([batch])
            lines = pa.array(np.arange(done + 1, done + len(batch) + 1))
            done += len(batch)
            yield Chunk(rows.append_column(LINE, lines))
        if done == 0:
            empty = file.schema_arrow.empty_table()
            yield Chunk(empty.append_column(LINE, pa.array([], pa.int64())))
    except (pa.ArrowException, OSError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise BadFileError(f"it is not a whole Parquet file ({first}): write it again") from error


def _check(file: parquet.ParquetFile) -> None:
    footer = file.metadata
    size = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
    if footer.num_rows > MOST_ROWS or size > LARGEST:
        raise BadFileError(
            f"it declares {footer.num_rows} rows and {size >> 20} MB: a decompression bomb, "
            "or split it by month"
        )
    odd = [f"{field.name} ({field.type})" for field in file.schema_arrow if not _simple(field.type)]
    if odd:
        raise BadFileError(
            f"columns of a type that cannot be taken: {', '.join(odd)}: "
            "write text, numbers, decimals, booleans, dates or timestamps"
        )


def _simple(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _simple(kind.value_type)
    tests = (
        pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_floating,
        pa.types.is_decimal, pa.types.is_boolean, pa.types.is_date, pa.types.is_timestamp,
        pa.types.is_null,
    )  # fmt: skip
    return any(test(kind) for test in tests)
