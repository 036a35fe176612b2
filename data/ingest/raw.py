"""What readers hand on: blocks of rows as they came, and rows that are not rows at all."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Reject:
    """A row that cannot be put into columns: where it is, why, and its text."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Chunk:
    """``rows``: columns by name and ``_line``, or None; ``rejects``: found on the way."""

    rows: pa.Table | None
    rejects: tuple[Reject, ...] = ()
