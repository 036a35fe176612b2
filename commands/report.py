"""The monthly report as an Excel workbook: of the bank, of a branch, or of all branches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from commands.exits import RefusedError
from commands.options import PERIOD, Call, common, told_pending, who
from commands.shown import printable, progress, show_json
from data.period import Period
from data.slice import Slice
from metrics.cockpit import Cockpit, open_cockpit
from reports.book import Saved
from reports.month.build import file_name, make, require_complete
from reports.month.facts import Shared, share

XLSX = ".xlsx"


@dataclass(frozen=True)
class Made:
    """A workbook and the branch that it is about; '' is the bank."""

    branch: str
    saved: Saved


@click.command()
@click.option("--period", type=PERIOD, required=True, help="A month that is over, 2026-10.")
@click.option("--branch", default="", help="A branch. [default: the bank]")
@click.option("--all-branches", is_flag=True, help="The bank and every branch, a file each.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path(),
    help="An .xlsx file, or the folder for it. [default: this folder]",
)
@common()
def report(call: Call, period: Period, branch: str, all_branches: bool, out: Path) -> None:
    """The monthly report as an Excel workbook.

    Its scores are formulas: change a weight or a value in it, and the score follows. A file is
    there whole or not at all. CANOPY_USER names who asks.
    """
    if branch and all_branches:
        raise click.UsageError("--branch and --all-branches contradict each other")
    if all_branches and out.suffix == XLSX:
        raise click.UsageError("--all-branches writes many files: give --out a folder")
    cockpit = open_cockpit(call.settings)
    require_complete(cockpit.setup.store.coverage, period)
    branches = ["", *_branches(cockpit)] if all_branches else [branch]
    with cockpit.warehouse.reading() as connection:
        made = list(_made(call, connection, cockpit, period, branches, out))
        pending = told_pending(call, connection)
    if call.as_json:
        found = {"period": str(period), "pending_loads": pending}
        show_json({**found, "reports": [_json(one) for one in made]})
        return
    for one in made:
        click.echo(printable(f"{one.saved.path} · {one.saved.digest[:12]}"))


def _branches(cockpit: Cockpit) -> list[str]:
    return sorted(node for node in cockpit.setup.store.leaves if node)


def _made(
    call: Call,
    connection: Connection,
    cockpit: Cockpit,
    period: Period,
    branches: list[str],
    out: Path,
) -> Iterator[Made]:
    if len(branches) == 1:
        yield _one(call, connection, cockpit, Slice.of(period, branch=branches[0]), out, None)
        return
    shared = share(connection, cockpit.setup, cockpit.state, period)
    with progress(call.words("reports", "月报"), call.lang) as told:
        for number, branch in enumerate(branches):
            told(number / len(branches), branch or call.words("the bank", "全行"))
            yield _one(call, connection, cockpit, Slice.of(period, branch=branch), out, shared)


def _one(
    call: Call,
    connection: Connection,
    cockpit: Cockpit,
    about: Slice,
    out: Path,
    shared: Shared | None,
) -> Made:
    name = file_name(about.period, about.branch, call.lang)
    path = out if out.suffix == XLSX else out / name
    settings = call.settings
    try:
        saved = make(
            connection, cockpit.setup, cockpit.state, about, call.lang, path,
            who=who(), look=settings.report, folder=settings.tree, shared=shared,
        )  # fmt: skip
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise RefusedError(f"{path} cannot be written: {why}") from error
    return Made(about.branch, saved)


def _json(made: Made) -> dict[str, Any]:
    saved = made.saved
    return {
        "branch": made.branch,
        "file": str(saved.path),
        "digest": saved.digest,
        "sheets": list(saved.sheets),
    }
