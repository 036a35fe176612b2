"""Erasing customers, on request or at the end of a retention period."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from commands.options import Call, common, who
from commands.shown import show_json, show_table
from data.engines import Warehouse, open_warehouse
from data.ingest import ErasureReport, erase_users
from data.points.tables import OF_USERS
from data.state import State, open_state
from data.state.audit import record


@click.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--user", "users", multiple=True, metavar="ID", help="A user id; repeat for several.")
@click.option("--reason", required=True, help="Why: the request, or the retention period.")
@common()
def erase(call: Call, file: Path | None, users: tuple[str, ...], reason: str) -> None:
    """Erase customers from all facts, from quarantine and from what is kept of single customers.

    FILE has a user id a line. What was added up of many customers stays. Later loads leave an
    erased customer's rows out. It cannot be undone. CANOPY_USER names who asked for it.
    """
    ids = {*users, *([] if file is None else _ids(file))}
    if not ids or not reason.strip():
        raise click.UsageError("name customers, by FILE or --user, and a --reason")
    with open_state(call.settings.state) as state:
        done = _erase(open_warehouse(call.settings.warehouse), state, ids, reason)
    if call.as_json:
        show_json({**asdict(done), "rows": dict(done.rows)})
        return
    click.echo(call.words(f"customers erased: {done.users}", f"已删除客户：{done.users}"))
    head = [call.words("table", "数据表"), call.words("rows", "行数")]
    show_table(head, [[table, count] for table, count in done.rows])


def _ids(file: Path) -> list[str]:
    """The ids of a file; a heading and empty lines are passed over."""
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    return [name for line in lines if (name := line.strip()) and name != "user_id"]


def _erase(warehouse: Warehouse, state: State, ids: set[str], reason: str) -> ErasureReport:
    """Erase, and say so in the audit log: who, why and how many, not whom."""
    there = warehouse.tables()
    kept = [table for table in OF_USERS if table.name in there]
    with state.writing() as connection:
        done = erase_users(warehouse, ids, who=who(), reason=reason, also=kept)
        record(
            connection,
            at=done.erased_at,
            who=who(),
            action="erase_customers",
            on=f"erasure:{done.erasure_id}",
            detail={"reason": reason, "customers": done.users, "rows": dict(done.rows)},
        )
    return done
