"""The embedded default: DuckDB over a DuckLake (Parquet files, transactional catalogue in SQLite).

Every connection is a DuckDB of its own in memory with the lake attached, so that many processes
read while one writes. Nothing is downloaded: the two extensions come as packages of DuckDB's
version. The folder may be moved or copied: files are found beside the catalogue.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Engine, create_engine, event, pool

CATALOGUE = "catalogue.sqlite"
FILES = "files"


def lake_engine(folder: Path, *, read_only: bool = False, memory: str = "4GB") -> Engine:
    """An engine whose connections have the lake in ``folder`` attached and in use.

    A ``read_only`` one is locked down: it reads the lake's folder and nothing else.
    """
    folder = folder.resolve()
    if not read_only:
        (folder / FILES).mkdir(parents=True, exist_ok=True)
    elif not (folder / CATALOGUE).exists():
        raise FileNotFoundError(f"no warehouse in {folder}: make one with `demo` or `load`")
    engine = create_engine(
        "duckdb:///:memory:", poolclass=pool.QueuePool, pool_size=4, max_overflow=8
    )

    @event.listens_for(engine, "connect")
    def _attach(connection: Any, _record: Any) -> None:
        prepare(connection, folder, read_only=read_only, memory=memory)

    return engine


def prepare(connection: Any, folder: Path, *, read_only: bool, memory: str) -> None:
    """Load the extensions by path, attach the lake, and close what a reader does not need."""
    for name in ("sqlite_scanner", "ducklake"):
        connection.execute(f"LOAD '{_extension(name)}'")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"SET memory_limit = '{memory}'")
    spill = folder / "spill"
    connection.execute(f"SET temp_directory = '{_quoted(spill)}'")
    mode = ", READ_ONLY" if read_only else ""
    source = f"ducklake:sqlite:{_quoted(folder / CATALOGUE)}"
    where = f"DATA_PATH '{_quoted(folder / FILES)}', OVERRIDE_DATA_PATH true"
    options = f"{where}, META_BUSY_TIMEOUT 60000{mode}"
    connection.execute(f"ATTACH '{source}' AS lake ({options})")
    connection.execute("USE lake")
    if read_only:
        connection.execute(f"SET allowed_directories = ['{_quoted(folder)}']")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")


def _extension(name: str) -> str:
    root = files(f"duckdb_extension_{name}") / "extensions" / f"v{duckdb.__version__}"
    return str(root / f"{name}.duckdb_extension")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
