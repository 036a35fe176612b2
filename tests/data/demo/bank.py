"""A demo bank in memory, asked with SQL."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from data.demo.generate import generate
from data.demo.make import Truth, truth_of
from data.demo.settings import DemoSettings

UNTIL = date(2026, 11, 21)


class Bank:
    """A bank in memory: its tables, its truth, and SQL over it.

    The view ``acted`` is ``event`` with the bank's day ``d``.
    """

    def __init__(self, settings: DemoSettings) -> None:
        parts: dict[str, list[pa.Table]] = {}
        world = generate(
            settings,
            lambda name, rows: parts.setdefault(name, []).append(rows),
            lambda _a, _b: None,
        )
        self.tables = {
            name: pa.concat_tables(some).unify_dictionaries() for name, some in parts.items()
        }
        rows = {name: rows.num_rows for name, rows in self.tables.items()}
        self.truth: Truth = truth_of(world, rows)
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        for name, rows in self.tables.items():
            self._connection.register(name, rows)
        self._connection.execute(
            """CREATE VIEW acted AS SELECT *, CAST(occurred_at + INTERVAL 8 HOUR AS DATE) AS d
                FROM event"""
        )

    def ask(self, query: str) -> pd.DataFrame:
        """The rows of a query."""
        return self._connection.execute(query).df()

    def one(self, query: str) -> float:
        """The single number that a query answers."""
        answer = self._connection.execute(query).fetchone()
        assert answer is not None
        return float(answer[0])

    def size(self, name: str) -> dict[str, Any]:
        """The realised numbers of an effect."""
        return self.truth.effects[name].size
