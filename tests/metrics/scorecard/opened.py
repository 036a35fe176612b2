"""A refreshed bank, opened to be scored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from data.engines import open_warehouse
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.coverage import Coverage
from data.points.read import open_store
from data.points.reader import LiveReader
from metrics.scorecard import ScoreCard
from metrics.scorecard.build import Rules, build_cards
from metrics.scorecard.facts import YearFacts
from metrics.tree import load_tree
from metrics.values import Setup


@dataclass(frozen=True)
class Opened:
    """A connection, what every calculation needs, and the facts of years read so far."""

    connection: Connection
    setup: Setup
    known: dict[int, YearFacts]

    def cards(self, *periods: str, rules: Rules | None = None) -> list[ScoreCard]:
        """Cards of the periods by the same rules."""
        found = [Period.parse(text) for text in periods]
        reader = LiveReader(self.connection, self.setup.store)
        every = [rules or Rules()] * len(found)
        return build_cards(reader, self.setup, found, every, None, self.known)

    def without(self, table: str, first: date, last: date) -> Opened:
        """The same bank where these days of a table were not loaded."""
        store = self.setup.store
        runs = without_days(store.coverage, table, first, last)
        store = replace(store, coverage=Coverage({**store.coverage.runs, table: runs}))
        return Opened(self.connection, replace(self.setup, store=store), {})


def without_days(
    coverage: Coverage, table: str, first: date, last: date
) -> tuple[tuple[date, date], ...]:
    """A table's runs of complete days without those from ``first`` to ``last``."""
    day = timedelta(days=1)
    parts = [
        part
        for start, end in coverage.runs[table]
        for part in ((start, min(end, first - day)), (max(start, last + day), end))
    ]
    return tuple(part for part in parts if part[0] <= part[1])


@contextmanager
def opened(url: str) -> Iterator[Opened]:
    """The bank at a warehouse's URL."""
    catalogue = load_catalogue()
    warehouse = open_warehouse(url, read_only=True)
    with warehouse.reading() as connection:
        store = open_store(connection, catalogue, Clock())
        yield Opened(connection, Setup(store, load_tree(None, catalogue.points)), {})
    warehouse.engine.dispose()
