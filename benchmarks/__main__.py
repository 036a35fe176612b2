"""B1 to B4 and B7: demo bank, full build, incremental day, tree, monthly report.

``python -m benchmarks --users 300000 --days 812`` in a folder with room; JSON in build/bench.json.
The number of events that the users make is printed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text, update

from benchmarks import report
from benchmarks.measure import Measured, compared, timed, write
from data.contract import CONTRACT
from data.demo import DemoSettings, make_demo
from data.engines import Warehouse, open_warehouse
from data.period import Period
from data.points.catalogue import Catalogue, load_catalogue
from data.points.clock import Clock
from data.points.read import open_store
from data.points.reader import LiveReader
from data.points.refresh import refresh
from data.points.tables import REFRESHED
from metrics.ltv.prediction import predict_new_users
from metrics.scorecard.build import Rules, build_cards
from metrics.scorecard.facts import YearFacts
from metrics.tree import load_tree
from metrics.values import Setup

EVENT = CONTRACT.tables["event"]


def main() -> int:
    """Run all and say what was kept; exit code 1 when a limit was passed."""
    options = _options()
    folder = Path(options.folder).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    lake = open_warehouse(f"ducklake:///{folder}/bank")
    catalogue, results = load_catalogue(), []
    results.append(_demo_bank(lake, folder, options))
    _say(results)
    results.append(_full_build(lake, folder, catalogue))
    _say(results)
    results.append(_new_day(lake, catalogue, results[-1].seconds, options))
    _say(results)
    results += _tree(lake, catalogue)
    results.append(report.measured(lake.url, f"sqlite:///{folder}/state.sqlite")[0])
    size = {"users": options.users, "events": _count(lake), "days": options.days}
    write(Path("build/bench.json"), results, size)
    print(*results, sep="\n")
    if not options.keep:
        shutil.rmtree(folder)
    return 0 if all(one.kept for one in results) else 1


def _options() -> Any:
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--users", type=int, default=30_000)
    parser.add_argument("--days", type=int, default=812)
    parser.add_argument("--until", type=date.fromisoformat, default=date(2026, 11, 21))
    parser.add_argument("--folder", default="build/bench")
    parser.add_argument("--keep", action="store_true", help="leave the bank behind")
    return parser.parse_args()


def _say(results: list[Measured]) -> None:
    print(results[-1], file=sys.stderr, flush=True)


def _count(lake: Warehouse) -> int:
    with lake.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(EVENT)).scalar_one())


def _demo_bank(lake: Warehouse, folder: Path, options: Any) -> Measured:
    settings = DemoSettings(users=options.users, days=options.days, until=options.until)
    seconds = timed(lambda: make_demo(lake, settings, lambda _share, _text: None))
    events = _count(lake)
    print(f"{events} events", file=sys.stderr)
    other = open_warehouse(f"ducklake:///{folder}/random")
    other.create(CONTRACT)
    against = timed(lambda: _random_events(other, events))
    shutil.rmtree(folder / "random")
    work, reference = "demo bank with all tables", "as many events by random functions"
    return compared("B1", work, reference, seconds, against, 3.0)


def _random_events(lake: Warehouse, events: int) -> None:
    rows = text(
        "INSERT INTO event SELECT 'E' || i, TIMESTAMP '2024-09-01' + to_seconds(CAST(random() * "
        "70000000 AS BIGINT)), 'V' || CAST(random() * 300000 AS INTEGER), 'U' || "
        "CAST(random() * 300000 AS INTEGER), 'S' || CAST(i / 6 AS BIGINT), "
        "['app', 'mini'][1 + CAST(floor(random() * 2) AS INTEGER)], "
        "'module' || CAST(floor(random() * 16) AS INTEGER), "
        "'page' || CAST(floor(random() * 70) AS INTEGER), 'view', "
        "CASE WHEN random() < 0.1 THEN 'T' || i END, CASE WHEN random() < 0.05 THEN 'P' || "
        "CAST(floor(random() * 60) AS INTEGER) END, NULL, CAST(random() * 60000 AS BIGINT) "
        "FROM range(:events) AS r(i)"
    )
    with lake.writing() as connection:
        connection.execute(rows, {"events": events})


def _full_build(lake: Warehouse, folder: Path, catalogue: Catalogue) -> Measured:
    seconds = timed(lambda: refresh(lake, catalogue, Clock(), full=True, predict=predict_new_users))
    against = timed(lambda: _user_days_by_hand(lake))
    work, reference = "all points and user-days, full", "user-days alone by hand-written SQL"
    return compared("B2", work, reference, seconds, against, 2.0)


def _user_days_by_hand(lake: Warehouse) -> None:
    with lake.writing() as connection:
        connection.execute(
            text(
                "CREATE TABLE by_hand AS "
                "SELECT CAST(occurred_at + INTERVAL 8 HOUR AS DATE) AS day, "
                "user_id, app, module, count(*) AS events, sum(CASE WHEN action = 'open' THEN 1 "
                "ELSE 0 END) AS opens, sum(least(duration_ms, 1800000)) AS dwell_ms FROM event "
                "WHERE user_id IS NOT NULL GROUP BY ALL"
            )
        )
        connection.execute(text("DROP TABLE by_hand"))


def _new_day(lake: Warehouse, catalogue: Catalogue, full: float, options: Any) -> Measured:
    """Take the last day back from the record of the refresh, and do it again as a new one."""

    def once() -> None:
        with lake.writing() as connection:
            newest = connection.execute(select(func.max(REFRESHED.c.sequence))).scalar_one()
            last = connection.execute(select(func.max(REFRESHED.c.last_day))).scalar_one()
            before = date.fromordinal(last.toordinal() - 1)
            connection.execute(
                update(REFRESHED).where(REFRESHED.c.sequence == newest).values(last_day=before)
            )
        start = time.perf_counter()
        refresh(lake, catalogue, Clock(), predict=predict_new_users)
        seconds.append(time.perf_counter() - start)

    seconds: list[float] = []
    for _ in range(3):
        once()
    year = full * 365 / options.days
    middle = sorted(seconds)[1]
    return compared("B3", "one new day", "full build of a year, in proportion", middle, year, 0.01)


def _tree(lake: Warehouse, catalogue: Catalogue) -> list[Measured]:
    month = Period.parse("2026-10")
    periods = [month, month.previous(), month.year_ago()]
    with lake.reading() as connection:
        store = open_store(connection, catalogue, Clock())
        setup = Setup(store, load_tree(None, catalogue.points))
        reader = LiveReader(connection, store)
        facts: dict[int, YearFacts] = {}
        build_cards(reader, setup, periods, [Rules()] * 3, known=facts)

        def again() -> None:
            build_cards(reader, setup, periods, [Rules()] * 3, known=facts)

        seconds = timed(again, 3)
        against = timed(lambda: _daily_rows(connection, periods), 3)
    work = "whole tree, all modules, three periods, bank and every branch"
    return [
        compared("B4", work, "reading the daily rows it needs", seconds, against, 2.0),
        compared("B4 s", work, "one second", seconds, 1.0, 1.0),
    ]


def _daily_rows(connection: Connection, periods: list[Period]) -> None:
    days = " OR ".join(f"day BETWEEN '{p.first}' AND '{p.last}'" for p in periods)
    for name in ("kept_module", "kept_distinct"):
        query = text(f"SELECT * FROM {name} WHERE {days}")
        found: Any = connection.execution_options(duckdb_arrow=True).execute(query)
        found.arrow.to_pandas()


if __name__ == "__main__":
    sys.exit(main())
