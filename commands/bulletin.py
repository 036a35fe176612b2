"""The month on one page for the management meeting, as PDF or HTML."""

from __future__ import annotations

from pathlib import Path

import click

from commands.options import PERIOD, Call, common, told_pending, who
from commands.report import source_of, write
from commands.shown import printable, show_json
from data.period import Period
from data.slice import Slice
from metrics.cockpit import open_cockpit
from reports.bulletin.make import Form, printed


@click.command()
@click.option("--period", type=PERIOD, required=True, help="A month that is over, 2026-10.")
@click.option("--branch", default="", help="A branch. [default: the bank]")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path(),
    help="A .pdf or .html file, or the folder for a .pdf. [default: this folder]",
)
@common()
def bulletin(call: Call, period: Period, branch: str, out: Path) -> None:
    """The month on one page of A4 for the management meeting.

    A .pdf needs a Chromium on this machine, an .html nothing: print it from any browser. A file is
    there whole or not at all.
    """
    form: Form = "html" if out.suffix.lower() == ".html" else "pdf"
    cockpit = open_cockpit(call.settings)
    with cockpit.warehouse.reading() as connection:
        source = source_of(call, cockpit, connection)
        about = Slice.of(period, branch=branch)
        made = printed(source, about, call.lang, form, who=who())
        path = write(out, made.name, made.file)
        pending = told_pending(call, connection)
    if call.as_json:
        found = {"period": str(period), "branch": branch, "file": str(path)}
        show_json({**found, "bytes": len(made.file), "pending_loads": pending})
        return
    click.echo(printable(str(path)))
