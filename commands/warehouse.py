"""Commands that fill the warehouse and keep it: load, refresh, maintain."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from commands.exits import RefusedError
from commands.language import said
from commands.options import Call, common, who
from commands.points import refresh_with_progress, refreshed
from commands.shown import printable, progress, show_json, show_table
from data.engines import Warehouse, open_warehouse
from data.engines.maintenance import KEEP_DAYS
from data.engines.maintenance import maintain as keep_up
from data.ingest import load as load_files
from data.ingest.layout import ENCODINGS
from data.ingest.quarantined import Quarantine, is_load, read_quarantine
from data.settings import Settings


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--mapping", help="Read the bank's own form by this mapping (name or YAML file).")
@click.option("--encoding", default="utf-8", show_default=True, type=click.Choice(list(ENCODINGS)))
@click.option("--refresh", is_flag=True, help="Bring the daily points up to date afterwards.")
@common()
def load(
    call: Call, paths: tuple[Path, ...], mapping: str | None, encoding: str, refresh: bool
) -> None:
    """Load files or folders: CSV, Parquet or Excel in the contract's form, or by a mapping.

    All files of a call in one transaction. Bad rows go to quarantine, with file, line and reasons.
    """
    warehouse = open_warehouse(call.settings.warehouse)
    with progress(call.words("load", "装载"), call.lang) as told:
        report = load_files(
            warehouse,
            list(paths),
            mapping=mapping,
            zone=call.settings.zone,
            who=who(),
            encoding=encoding,
            progress=lambda stage, done, of: told(done / max(1, of) * _SHARE[stage], stage),
        )
    done = refresh_with_progress(call, warehouse, full=False) if refresh else None
    if call.as_json:
        show_json({**asdict(report), "refresh": refreshed(done)})
        return
    for line in report.lines():
        click.echo(said(printable(line), call.lang))
    if not refresh:
        click.echo(call.words("Next: `refresh`.", "下一步：`refresh`。"), err=True)


_SHARE = {"read": 0.5, "write": 1.0}


def open_existing(settings: Settings) -> Warehouse:
    """The warehouse, to be written; WarehouseError where `demo` or `load` made none yet."""
    if settings.lake_folder is not None:
        open_warehouse(settings.warehouse, read_only=True).engine.dispose()
    return open_warehouse(settings.warehouse)


@click.command()
@click.option("--full", is_flag=True, help="All days again, not only what is new or changed.")
@common()
def refresh(call: Call, full: bool) -> None:
    """Bring the daily points up to date with the facts: new days and days that late rows touch."""
    report = refresh_with_progress(call, open_existing(call.settings), full=full)
    if call.as_json:
        show_json(asdict(report))
        return
    if report.last_day is None:
        click.echo(call.words("nothing is loaded yet", "尚未装载任何数据"))
        return
    share = call.words("all days", "全部日期") if report.full else call.words("changes", "变动")
    click.echo(f"{report.first_day} … {report.last_day} · {share} · {report.source_days}")


@click.command()
@click.option(
    "--keep-days",
    type=click.IntRange(min=1),
    default=KEEP_DAYS,
    show_default=True,
    help="Snapshots younger than that stay.",
)
@common()
def maintain(call: Call, keep_days: int) -> None:
    """Merge small files and let go of old snapshots; run it weekly, while people work if need be.

    What was erased from facts is gone for good once no snapshot holds it any more.
    """
    done = keep_up(open_existing(call.settings), keep_days=keep_days)
    if call.as_json:
        show_json(asdict(done))
        return
    rows = [[name, count] for name, count in asdict(done).items()]
    show_table([call.words("work", "维护项"), call.words("count", "数量")], rows)


@click.command()
@click.option("--load", "load_id", default="", metavar="ID", help="Of one load. [default: of all]")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Rows.")
@common()
def quarantine(call: Call, load_id: str, limit: int) -> None:
    """The rows that loads could not take: file, line, every reason and the row as it came.

    A row of a file that was loaded again is listed under the load that met it first.
    """
    warehouse = open_warehouse(call.settings.warehouse, read_only=True)
    with warehouse.reading() as connection:
        if load_id and not is_load(connection, load_id):
            raise RefusedError(f"there is no load {load_id!r}: `load` says the id of each")
        found = read_quarantine(connection, load_id, limit)
    if call.as_json:
        show_json({"load": load_id or None, **asdict(found)})
        return
    _show_quarantine(call, found)


def _show_quarantine(call: Call, found: Quarantine) -> None:
    for row in found.rows:
        place = row.file if row.line is None else f"{row.file}:{row.line}"
        reasons = "; ".join(said(reason, call.lang) for reason in row.reasons)
        click.echo(printable(f"{place} → {row.table}: {reasons}"))
        click.echo(printable(f"    {row.raw}"))
    shown = len(found.rows)
    told = f"{shown} of {found.total} rows in quarantine"
    click.echo(call.words(told, f"隔离区共 {found.total} 行，显示 {shown} 行"))
