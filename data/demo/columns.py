"""Arrow columns made in bulk from numbers: ids, moments, days, exact money, words from short
lists."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[Any]

NEVER = 1_000_000  # a day index that no bank reaches


@cache
def _blocks(prefix: str, digits: int) -> NDArray[np.uint32]:
    words = "".join(f"{prefix}{i:0{digits}d}" for i in range(10**digits))
    return np.frombuffer(words.encode("ascii"), dtype=np.uint32).copy()


def ids(prefix: str, numbers: Numbers, known: Flags | None = None) -> pa.Array:
    """Ids of one letter and eleven digits, twelve bytes each, written four bytes at a time.

    >>> ids("E", np.array([0, 12345678901])).to_pylist()
    ['E00000000000', 'E12345678901']
    """
    numbers = np.asarray(numbers, dtype=np.int64)
    cells = np.empty((len(numbers), 3), dtype=np.uint32)
    high, low = np.divmod(numbers, 10_000)
    top, middle = np.divmod(high, 10_000)
    cells[:, 0] = _blocks(prefix, 3).take(top, mode="clip")
    cells[:, 1] = _blocks("", 4).take(middle, mode="clip")
    cells[:, 2] = _blocks("", 4).take(low, mode="clip")
    offsets = np.arange(0, 12 * (len(numbers) + 1), 12, dtype=np.int32)
    buffers = [_validity(known), pa.py_buffer(offsets), pa.py_buffer(cells)]
    return pa.Array.from_buffers(pa.string(), len(numbers), buffers)


def _validity(known: Flags | None) -> pa.Buffer | None:
    return None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))


def money(cents: Numbers, known: Flags | None = None) -> pa.Array:
    """Exact decimals from whole cents.

    >>> money(np.array([1234, -5])).to_pylist()
    [Decimal('12.34'), Decimal('-0.05')]
    """
    halves = np.empty((len(cents), 2), dtype=np.int64)
    halves[:, 0] = cents
    halves[:, 1] = halves[:, 0] >> 63
    buffers = [_validity(known), pa.py_buffer(halves)]
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(halves), buffers)


def moments(microseconds: Numbers, known: Flags | None = None) -> pa.Array:
    """Naive moments from microseconds since 1970."""
    values = np.ascontiguousarray(microseconds, dtype=np.int64)
    buffers = [_validity(known), pa.py_buffer(values)]
    return pa.Array.from_buffers(pa.timestamp("us"), len(values), buffers)


def dates(days: Numbers, known: Flags | None = None) -> pa.Array:
    """Dates from days since 1970."""
    values = np.ascontiguousarray(days, dtype=np.int32)
    return pa.Array.from_buffers(pa.date32(), len(values), [_validity(known), pa.py_buffer(values)])


def words(codes: Numbers, vocabulary: Sequence[str], known: Flags | None = None) -> pa.Array:
    """Words of a short list by their place in it; a negative place is empty."""
    codes = np.asarray(codes)
    present = codes >= 0 if known is None else known & (codes >= 0)
    kind = np.int8 if len(vocabulary) < 128 else np.int16 if len(vocabulary) < 2**15 else np.int32
    indices = pa.array(codes.astype(kind), mask=None if present.all() else ~present)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(vocabulary), pa.string()))


def whole(values: Numbers, known: Flags | None = None) -> pa.Array:
    """Whole numbers."""
    return pa.array(np.asarray(values).astype(np.int64), mask=None if known is None else ~known)


def small(values: Numbers, known: Flags | None = None) -> pa.Array:
    """Whole numbers on a short scale."""
    return pa.array(np.asarray(values).astype(np.int32), mask=None if known is None else ~known)


def flags(values: Numbers, known: Flags | None = None) -> pa.Array:
    """True or false, empty where not known."""
    return pa.array(np.asarray(values, dtype=bool), mask=None if known is None else ~known)


def texts(values: Sequence[str | None]) -> pa.Array:
    """Free text as it is."""
    return pa.array(list(values), pa.string())


def numbers(values: Numbers, known: Flags | None = None) -> pa.Array:
    """Measured quantities."""
    return pa.array(np.asarray(values, dtype=np.float64), mask=None if known is None else ~known)


def table(**columns: pa.Array) -> pa.Table:
    """A table of columns by name; ``class_`` stands for the column ``class``."""
    return pa.table({name.removesuffix("_"): column for name, column in columns.items()})
