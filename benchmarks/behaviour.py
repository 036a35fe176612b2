"""B6: funnel of five steps in seven days, paths, retention and RFM over all events of a bank.

``python -m benchmarks.behaviour ducklake:///FOLDER`` on a refreshed warehouse; JSON in
build/bench_behaviour.json. The reference of each is a hand-written read of the columns that it
uses, as an Arrow table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.measure import Measured, compared, timed, write
from data.behaviour import customers, funnel, paths, retention
from data.engines import open_warehouse
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import Store, open_store
from data.slice import Slice

LIMIT = 4.0
REPEATS = 5
PAGES = ("home", "payee", "amount", "confirm", "result")


def main(url: str) -> int:
    """Measure all; exit code 1 when a limit was passed."""
    warehouse = open_warehouse(url, read_only=True)
    with warehouse.reading() as connection:
        store = open_store(connection, load_catalogue(), Clock())
        results = [
            _measured(connection, name, work, columns)
            for name, work, columns in _works(connection, store)
        ]
        events = connection.execute(text("SELECT count(*) FROM event")).scalar_one()
    write(Path("build/bench_behaviour.json"), results, {"events": int(events)})
    print(*results, sep="\n")
    return 0 if all(one.kept for one in results) else 1


def _measured(
    connection: Connection, name: str, work: Callable[[], object], read: tuple[str, str]
) -> Measured:
    table, columns = read
    query = text(f"SELECT {columns.replace(' ', ', ')} FROM {table}")

    def reference() -> None:
        found: Any = connection.execution_options(duckdb_arrow=True).execute(query)
        held.append(found.arrow.num_rows)

    held: list[int] = []

    work()
    reference()
    seconds, against = timed(work, REPEATS), timed(reference, REPEATS)
    told = f"reading {columns.replace(' ', ', ')} of {table}"
    return compared("B6", name, told, seconds, against, LIMIT)


def _works(
    connection: Connection, store: Store
) -> list[tuple[str, Callable[[], object], tuple[str, str]]]:
    """Name, work over every day that is loaded, and the table with the columns used."""
    first, last = store.coverage.first_day, store.coverage.last_day("event")
    if first is None or last is None:
        raise SystemExit("the warehouse holds no events")
    about = Slice.of(Period(first, last))
    plan = funnel.Plan(tuple(funnel.Step(page=f"transfer.{page}") for page in PAGES), 7)
    strict = funnel.Plan(plan.steps, 7, "strict")
    return [
        (
            "funnel of 5 steps in 7 days",
            lambda: funnel.funnel(connection, store, about, plan),
            ("event", "user_id occurred_at page"),
        ),
        (
            "the same funnel, strict",
            lambda: funnel.funnel(connection, store, about, strict),
            ("event", "user_id occurred_at page"),
        ),
        (
            "paths from a page",
            lambda: paths.paths(connection, store, about, "transfer.home"),
            ("event", "user_id session_id occurred_at page"),
        ),
        (
            "paths from the start of sessions",
            lambda: paths.paths(connection, store, about),
            ("event", "user_id session_id occurred_at page"),
        ),
        (
            "retention by week and by day",
            lambda: _retention(connection, store, about),
            ("event", "user_id occurred_at"),
        ),
        (
            "RFM of all transactions",
            lambda: customers.rfm(
                connection, store, about, last, "transactions", (last - first).days + 1
            ),
            ("txn", "user_id occurred_at amount_cny status"),
        ),
    ]


def _retention(connection: Connection, store: Store, about: Slice) -> None:
    first, last = about.period.first, about.period.last
    retention.joined_by_day(connection, store, about, first, last)
    retention.cohort_activity(connection, store, about, first, last, "week")
    retention.returns(connection, store, about, (1, 3, 7, 14, 30, 60, 90))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1]))
