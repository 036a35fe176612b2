"""Small files, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from data.contract import CONTRACT
from data.engines import Warehouse, open_warehouse
from data.ingest.child import read_chunks
from data.ingest.layout import Layout, kind_of
from data.ingest.parsed import bad_rows, typed_rows, write_parsed

ZONE = "Asia/Shanghai"
Outcome = tuple[list[dict[str, Any]], list[dict[str, Any]]]


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Warehouse]:
    """An empty warehouse of its own."""
    warehouse = open_warehouse(f"ducklake:///{tmp_path / 'lake'}")
    yield warehouse
    warehouse.engine.dispose()


@pytest.fixture
def parse_file(tmp_path: Path) -> Callable[..., Outcome]:
    """Parses a file here and now: its typed rows, and its bad rows with reasons as lists."""

    def parse(
        name: str, content: bytes | str, table: str, zone: str = ZONE, **layout: Any
    ) -> Outcome:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        how = Layout(kind_of(path) or "csv", **layout)
        chunks = read_chunks(path, how, table, scratch)
        contract = CONTRACT.tables[table]
        parsed = write_parsed(chunks, contract, name, zone, scratch / "one")
        bad = bad_rows(parsed).to_pylist()
        for row in bad:
            row["reasons"] = json.loads(row["reasons"])
            row["raw"] = json.loads(row["raw"])
        return typed_rows(parsed, contract).to_pylist(), bad

    return parse
