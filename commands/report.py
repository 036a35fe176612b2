"""The monthly report as an Excel workbook: of the bank, of a branch, or of all branches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
from reports.book.file import replace_file
from reports.issue import differences
from reports.issue.issue import ChangedReportError, Outcome, Source, issue
from reports.month.build import require_complete, speaking
from reports.month.facts import share
from words.i18n import message

XLSX = ".xlsx"
FILES = (XLSX, ".pdf", ".html")


@dataclass(frozen=True)
class Made:
    """An issued report and the file into which it was written."""

    path: Path
    outcome: Outcome


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
@click.option("--reason", help="Why it is issued again, where it says something else than before.")
@common()
def report(
    call: Call, period: Period, branch: str, all_branches: bool, out: Path, reason: str | None
) -> None:
    """The monthly report as an Excel workbook.

    Its scores are formulas: change a weight or a value in it, and the score follows. A file is
    there whole or not at all. CANOPY_USER names who asks.

    Each report is kept in the history (`reports list`). One that says the same as the version that
    was issued is that version; one that says something else needs a --reason.
    """
    if branch and all_branches:
        raise click.UsageError("--branch and --all-branches contradict each other")
    if all_branches and out.suffix == XLSX:
        raise click.UsageError("--all-branches writes many files: give --out a folder")
    cockpit = open_cockpit(call.settings)
    require_complete(cockpit.setup.store.coverage, period)
    branches = ["", *_branches(cockpit)] if all_branches else [branch]
    with cockpit.warehouse.reading() as connection:
        source = source_of(call, cockpit, connection)
        made = list(_made(call, source, period, branches, out, reason))
        pending = told_pending(call, connection)
    if call.as_json:
        found = {"period": str(period), "pending_loads": pending}
        show_json({**found, "reports": [_json(one) for one in made]})
        return
    for one in made:
        click.echo(printable(f"{one.path} · {_words(call, one)}"))


def source_of(call: Call, cockpit: Cockpit, connection: Connection) -> Source:
    """What reports are made from, as the configuration says."""
    settings, token = call.settings, cockpit.warehouse.snapshot()
    return Source(
        connection, cockpit.setup, cockpit.state, token, settings.report, settings.tree
    )  # fmt: skip


def _branches(cockpit: Cockpit) -> list[str]:
    return sorted(node for node in cockpit.setup.store.leaves if node)


def _made(
    call: Call, source: Source, period: Period, branches: list[str], out: Path, reason: str | None
) -> Iterator[Made]:
    if len(branches) == 1:
        yield made_one(call, source, Slice.of(period, branch=branches[0]), call.lang, out, reason)
        return
    shared = share(source.connection, source.setup, source.state, period)
    source = replace(source, shared=shared)
    with progress(call.words("reports", "月报"), call.lang) as told:
        for number, branch in enumerate(branches):
            told(number / len(branches), branch or call.words("the bank", "全行"))
            about = Slice.of(period, branch=branch)
            yield made_one(call, source, about, call.lang, out, reason)


def made_one(
    call: Call, source: Source, about: Slice, lang: str, out: Path, reason: str | None
) -> Made:
    """Issue a report and write its file; RefusedError says what needs a reason."""
    try:
        found = issue(source, about, lang, who=who(), via="command", reason=reason)
    except ChangedReportError as error:
        with speaking(call.lang):
            told = [f"{message(str(error))} (--reason)", *differences.told(error.found)]
        raise RefusedError("\n".join(told)) from error
    return Made(write(out, found.issued.file_name, found.file), found)


def write(out: Path, name: str, content: bytes) -> Path:
    """Put a file at ``out``, or into it under its own name; it is there whole or not at all."""
    path = out if out.suffix.lower() in FILES else out / name
    try:
        replace_file(path, content)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise RefusedError(f"{path} cannot be written: {why}") from error
    return path


def _words(call: Call, made: Made) -> str:
    one = made.outcome.issued
    told = call.words(f"version {one.number}", f"第 {one.number} 版")
    if not made.outcome.new:
        told = call.words(
            f"{told}, as issued by {one.issued_by} at {one.issued_at:%F %T} UTC",
            f"{told}，与 {one.issued_by} 于 {one.issued_at:%F %T} UTC 出具的相同",
        )
    return f"{told} · {one.contents.digest[:12]}"


def _json(made: Made) -> dict[str, Any]:
    one, found = made.outcome.issued, made.outcome.found
    return {
        "branch": one.branch,
        "file": str(made.path),
        "digest": one.contents.digest,
        "sheets": list(one.contents.sheets),
        "report": one.id,
        "version": one.number,
        "new": made.outcome.new,
        "differs_in": [] if found is None else list(found.grounds),
    }
