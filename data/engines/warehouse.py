"""One warehouse, opened by its URL: the same statements whatever the engine."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.sql import Select

from data.engines.lake import lake_engine

WRITER_LOCK = "writer.lock"


class WarehouseError(Exception):
    """A warehouse that cannot be opened or read, with what to do about it."""


@dataclass(frozen=True)
class Warehouse:
    """An open warehouse.

    ``url`` is as written, with a password hidden; ``engine`` is SQLAlchemy's.
    """

    url: str
    engine: Engine
    turn: Path | None = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it or nothing.

        An embedded warehouse takes one writer at a time: the next one waits here, whatever process
        it is in, as its catalogue would refuse it at commit. Readers never wait.
        """
        with _in_turn(self.turn), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the warehouse."""
        with self.engine.connect() as connection:
            yield connection

    def create(self, metadata: MetaData) -> None:
        """Create the tables that do not exist yet."""
        with self.writing() as connection:
            there = set(table_names(connection))
            metadata.create_all(
                connection,
                tables=[t for t in metadata.sorted_tables if t.name not in there],
                checkfirst=False,
            )

    def tables(self) -> set[str]:
        """Names of the tables that exist."""
        with self.reading() as connection:
            return set(table_names(connection))

    def snapshot(self) -> str:
        """A token that changes whenever committed data change: part of every cache key."""
        with self.reading() as connection:
            return snapshot(connection)

    def frame(self, query: Select[Any]) -> pd.DataFrame:
        """The rows of ``query`` as a DataFrame, by Arrow where the engine has it."""
        with self.reading() as connection:
            return frame(connection, query)


@contextmanager
def _in_turn(lock: Path | None) -> Iterator[None]:
    """Hold the writers' lock; the system gives it back when a process dies."""
    if lock is None:
        yield
        return
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def frame(connection: Connection, query: Select[Any]) -> pd.DataFrame:
    """The rows of ``query``: decimals as float, days as ``datetime64``."""
    if connection.dialect.name == "duckdb":
        result = connection.execution_options(duckdb_arrow=True).execute(query)
        found: pd.DataFrame = result.arrow.to_pandas()  # type: ignore[attr-defined]
        return found
    result = connection.execute(query)
    return pd.DataFrame(result.fetchall(), columns=list(result.keys()))


def table_names(connection: Connection) -> list[str]:
    """Names of the tables of the warehouse's schema."""
    if connection.dialect.name == "duckdb":
        found = text("SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'")
        return [row[0] for row in connection.execute(found)]
    return inspect(connection).get_table_names()


def column_names(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Columns by table of the warehouse's schema, in order."""
    if connection.dialect.name == "duckdb":
        query = text(
            "SELECT table_name, column_name FROM duckdb_columns() "
            "WHERE database_name = 'lake' ORDER BY table_name, column_index"
        )
        found: dict[str, list[str]] = {}
        for table, column in connection.execute(query):
            found.setdefault(table, []).append(column)
        return {table: tuple(columns) for table, columns in found.items()}
    inspector = inspect(connection)
    return {
        table: tuple(column["name"] for column in inspector.get_columns(table))
        for table in inspector.get_table_names()
    }


def snapshot(connection: Connection) -> str:
    """The token of the data this connection sees."""
    if connection.dialect.name == "duckdb":
        return str(
            connection.execute(
                text("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')")
            ).scalar()
        )
    seen = connection.execute(text("SELECT pg_snapshot_xmax(pg_current_snapshot())"))
    return str(seen.scalar())


def open_warehouse(url: str, *, read_only: bool = False) -> Warehouse:
    """Open the warehouse at ``url``.

    ``ducklake:///FOLDER`` (three slashes: relative; four: absolute) or ``postgresql+psycopg://…``.
    Raises WarehouseError with the reason and what to do.
    """
    parsed = make_url(url)
    kind = parsed.get_backend_name()
    if kind == "ducklake":
        try:
            folder = Path(parsed.database or "")
            engine = lake_engine(folder, read_only=read_only)
            return Warehouse(url, engine, None if read_only else folder / WRITER_LOCK)
        except FileNotFoundError as error:
            raise WarehouseError(str(error)) from error
    if kind == "postgresql":
        options = "-c timezone=UTC" + (" -c default_transaction_read_only=on" if read_only else "")
        engine = create_engine(parsed, connect_args={"options": options}, pool_pre_ping=True)
        return Warehouse(parsed.render_as_string(hide_password=True), engine)
    raise WarehouseError(
        f"unknown warehouse {url!r}: expected ducklake:///FOLDER or postgresql+psycopg://…"
    )
