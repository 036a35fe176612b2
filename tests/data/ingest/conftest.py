"""Small files, and what becomes of them."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from data.contract import CONTRACT
from data.engines import Warehouse, open_warehouse
from data.ingest import Limits, loading
from data.ingest.child import read_chunks, run_job
from data.ingest.layout import Layout, kind_of
from data.ingest.parse import ReadFiles, gather
from data.ingest.parsed import bad_rows, typed_rows, write_parsed

ZONE = "Asia/Shanghai"
POSTGRES = os.environ.get("CANOPY_TEST_POSTGRES")
NO_SERVER = "CANOPY_TEST_POSTGRES is unset: no PostgreSQL server to try loads on"
NOW = datetime.fromisoformat("2030-06-15T04:00")
NUMBERS = itertools.count(1)
ENGINES = [
    "ducklake",
    pytest.param("postgresql", marks=pytest.mark.skipif(not POSTGRES, reason=NO_SERVER)),
]
Outcome = tuple[list[dict[str, Any]], list[dict[str, Any]]]


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Warehouse]:
    """An empty warehouse of its own."""
    warehouse = open_warehouse(f"ducklake:///{tmp_path / 'lake'}")
    yield warehouse
    warehouse.engine.dispose()


@pytest.fixture(params=ENGINES)
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """An empty warehouse of each engine in turn."""
    with _fresh(request.param, tmp_path) as url:
        opened = open_warehouse(url)
        yield opened
        opened.engine.dispose()


@contextmanager
def _fresh(engine: str, folder: Path) -> Iterator[str]:
    if engine == "ducklake":
        yield f"ducklake:///{folder / 'lake'}"
        return
    name = f"canopy_ingest_{os.getpid()}_{next(NUMBERS)}"
    server = create_engine(POSTGRES or "", isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(POSTGRES or "").set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads files in this process: quicker where the limited one is not what is tested."""

    def parse(jobs: Sequence[dict[str, Any]], scratch: Path, _limits: Limits) -> ReadFiles:
        return gather(jobs, [run_job(job, scratch) for job in jobs], "")

    monkeypatch.setattr(loading, "parse", parse)


@pytest.fixture(scope="module", autouse=True)
def fixed_clock() -> Iterator[None]:
    """Loads happen long after what tests load, whatever the machine's clock says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "_now", lambda: NOW)
        yield


@pytest.fixture
def parse_file(tmp_path: Path) -> Callable[..., Outcome]:
    """Parses a file here and now: its typed rows, and its bad rows with reasons as lists."""

    def parse(
        name: str,
        content: bytes | str,
        table: str,
        zone: str = ZONE,
        now: datetime | None = None,
        **layout: Any,
    ) -> Outcome:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        how = Layout(kind_of(path) or "csv", **layout)
        chunks = read_chunks(path, how, table, scratch)
        contract = CONTRACT.tables[table]
        parsed = write_parsed(chunks, contract, name, zone, scratch / "one", now)
        bad = bad_rows(parsed).to_pylist()
        for row in bad:
            row["reasons"] = json.loads(row["reasons"])
            row["raw"] = json.loads(row["raw"])
        return typed_rows(parsed, contract).to_pylist(), bad

    return parse
