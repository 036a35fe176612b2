"""The command that makes a demo bank: demo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Table, delete, func, select

from commands.exits import RefusedError
from commands.options import Call, common
from commands.points import refresh_with_progress, refreshed
from commands.shown import progress, show_json, show_table
from data.contract import CONTRACT
from data.demo import DemoSettings, Truth, make_demo, read_truth
from data.demo.settings import DEFAULT_USERS
from data.engines import Warehouse, open_warehouse
from data.engines.lake import CATALOGUE
from data.ingest.tables import LOAD_RECORD
from data.points.refresh import RefreshReport
from data.points.tables import REFRESHED
from data.settings import ROOT, Settings
from data.state import open_state
from metrics.experiments.demo import register_planted


@click.command()
@click.option("--users", type=int, default=DEFAULT_USERS, show_default=True, help="Customers.")
@click.option("--days", type=int, help="Days of data. [default: 26 whole months and the open one]")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day of the data; it may lie ahead. [default: yesterday]",
)
@click.option("--seed", type=int, default=7, show_default=True, help="Same seed, same bank.")
@click.option(
    "--truth",
    type=click.Path(path_type=Path),
    help="Where the known effects are written. [default: truth.json in the warehouse's folder]",
)
@click.option("--replace", is_flag=True, help="Also over data that are not a demo bank.")
@click.option("--if-missing", is_flag=True, help="Only where no embedded warehouse is yet.")
@click.option("--refresh/--no-refresh", default=True, help="Work out the daily points as well.")
@common()
def demo(
    call: Call,
    users: int,
    days: int | None,
    until: datetime | None,
    seed: int,
    truth: Path | None,
    replace: bool,
    if_missing: bool,
    refresh: bool,
) -> None:
    """Make a demo bank, the same for the same seed, with effects that are known."""
    settings = call.settings
    wanted = _demo_settings(settings, users, days, until, seed)
    place = truth or truth_path(settings)
    if if_missing and not _is_missing(settings):
        _keep_experiments(call, place)
        return
    warehouse = open_warehouse(settings.warehouse)
    if not replace:
        _require_demo(warehouse, place)
    _forget_points(warehouse)
    with progress(call.words("demo bank", "演示银行"), call.lang) as told:
        made = make_demo(warehouse, wanted, told, place)
    report = refresh_with_progress(call, warehouse, full=True) if refresh else None
    _keep_experiments(call, place)
    _show_demo(call, made, place, report)


def truth_path(settings: Settings) -> Path:
    """Where the truth of a demo bank is kept unless said otherwise."""
    return (settings.lake_folder or ROOT / "var") / "truth.json"


def _keep_experiments(call: Call, truth: Path) -> None:
    """The demo bank's experiments, in the register as if they had been planned before."""
    if truth.is_file():
        with open_state(call.settings.state) as state:
            register_planted(state, read_truth(truth).effects, call.lang)


def _demo_settings(
    settings: Settings, users: int, days: int | None, until: datetime | None, seed: int
) -> DemoSettings:
    today = datetime.now(ZoneInfo(settings.zone)).date()
    last = today - timedelta(days=1) if until is None else until.date()
    try:
        return DemoSettings(users=users, days=days, until=last, seed=seed, zone=settings.zone)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _is_missing(settings: Settings) -> bool:
    """No embedded warehouse, or one whose first filling was broken off; a server is never one."""
    folder = settings.lake_folder
    if folder is None:
        return False
    if not (folder / CATALOGUE).exists():
        return True
    warehouse = open_warehouse(settings.warehouse, read_only=True)
    return not any(_rows(warehouse, CONTRACT.tables.values()))


def _rows(warehouse: Warehouse, tables: Iterable[Table]) -> Iterator[int]:
    """How many rows each table has; 0 for one that is not there."""
    there = warehouse.tables()
    with warehouse.reading() as connection:
        for table in tables:
            query = select(func.count()).select_from(table)
            found = connection.execute(query).scalar_one() if table.name in there else 0
            yield int(found)


def _require_demo(warehouse: Warehouse, truth: Path) -> None:
    """A demo bank replaces every row: refuse where the rows may be a bank's own."""
    loaded, users = _rows(warehouse, (LOAD_RECORD, CONTRACT.tables["dim_user"]))
    if loaded or (users and not truth.is_file()):
        raise RefusedError(
            f"{warehouse.url} holds data that are not a demo bank ({users} users, {loaded} loaded "
            "files): name another --warehouse, or give --replace to lose them"
        )


def _forget_points(warehouse: Warehouse) -> None:
    """The daily points no longer belong to the facts: the next refresh does all of them again."""
    if REFRESHED.name in warehouse.tables():
        with warehouse.writing() as connection:
            connection.execute(delete(REFRESHED))


def _show_demo(call: Call, made: Truth, place: Path, report: RefreshReport | None) -> None:
    if call.as_json:
        told = {name: found for name, found in asdict(made).items() if name != "effects"}
        effects = sorted(made.effects)
        show_json({**told, "effects": effects, "truth": place, "refresh": refreshed(report)})
        return
    rows = [[name, count] for name, count in made.rows.items()]
    show_table([call.words("table", "数据表"), call.words("rows", "行数")], rows)
    click.echo(f"{made.first} … {made.until} · {place}")
