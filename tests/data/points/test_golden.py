"""The statement of every source for every engine, as it was read and approved.

After a wanted change run this file with ``CANOPY_WRITE_GOLDEN=1`` in the environment, which writes
them anew, and read the difference before committing it.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from duckdb_sqlalchemy import Dialect as DuckDB
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.engine.default import DefaultDialect

from data.points.catalogue import Catalogue, load_catalogue
from data.points.clock import Clock
from data.points.relations.span import Span
from data.points.statement import daily_points

GOLDEN = Path(__file__).parent / "golden"
SPAN = Span(Clock(), date(2026, 3, 1), date(2026, 3, 31))
SOURCES = [source.name for source in load_catalogue().sources if source.build != "distinct"]


class Generic(DefaultDialect):
    """A dialect that is only named: what differs is rendered by name in data/engines."""

    def __init__(self, name: str) -> None:
        super().__init__(paramstyle="named")
        self.name = name
        self.supports_native_boolean = True


ENGINES: dict[str, Dialect] = {
    "duckdb": DuckDB(),
    "postgresql": make_url("postgresql+psycopg://").get_dialect()(),
    "clickhouse": Generic("clickhousedb"),
    "spark": Generic("hive"),
}


def written(catalogue: Catalogue, source: str, engine: str) -> str:
    """The statement with its values in place, a clause a line."""
    query = daily_points(catalogue.by_name[source], SPAN)
    compiled = query.compile(dialect=ENGINES[engine], compile_kwargs={"literal_binds": True})
    return "\n".join(line.rstrip() for line in str(compiled).splitlines()) + "\n"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("source", SOURCES)
def test_statement(catalogue: Catalogue, source: str, engine: str) -> None:
    path = GOLDEN / engine / f"{source}.sql"
    now = written(catalogue, source, engine)
    if os.environ.get("CANOPY_WRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(now, encoding="utf-8")
    assert now == path.read_text(encoding="utf-8")


def test_no_statement_is_kept_of_a_source_that_is_gone() -> None:
    kept = {(path.parent.name, path.stem) for path in GOLDEN.rglob("*.sql")}
    assert kept == {(engine, source) for engine in ENGINES for source in SOURCES}
