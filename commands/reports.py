"""The commands about issued reports: reports list, get, again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from commands.experiment import Topic
from commands.options import PERIOD, Call, common, who
from commands.report import made_one, source_of, write
from commands.shown import printable, show_json, show_table
from data.period import Period, containing
from data.slice import Rights, Slice
from data.state import State, open_state
from data.state.reports import IssuedReport, fetch_report, issued_report, issued_reports
from metrics.cockpit import open_cockpit
from reports.issue import differences
from reports.issue.issue import reachable
from reports.month.build import speaking
from reports.month.refused import ReportError

SHORT = 12


@click.group(
    cls=Topic,
    epilog="Every one of these takes --warehouse, --state, --config, --lang and --json.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
def reports() -> None:
    """The history of issued reports: who issued what, made from what; the files as they were."""


@reports.command("list")
@click.option("--period", type=PERIOD, help="Of this month only.")
@click.option("--branch", help="Of this branch only; '' is the bank.")
@common()
def list_reports(call: Call, period: Period | None, branch: str | None) -> None:
    """Every version that was issued, the newest first."""
    month: date | None = None if period is None else period.last
    wanted = None if branch is None else {branch}
    with open_state(call.settings.state) as state:
        found = issued_reports(state, month=month, branches=wanted)
    if call.as_json:
        show_json({"reports": [as_json(one) for one in found]})
        return
    head = call.words(
        "id,month,scope,language,version,issued (UTC),by,from,data as of,digest,reason",
        "编号,月份,范围,语言,版本,出具时间（UTC）,出具人,途径,数据截至,摘要,原因",
    )
    show_table(head.split(","), [_row(call, one) for one in found])


def _row(call: Call, one: IssuedReport) -> list[object]:
    ways = {"screen": call.words("screen", "页面"), "command": call.words("command", "命令行")}
    return [
        str(one.id), f"{one.month:%Y-%m}", one.branch or call.words("bank", "全行"), one.language,
        str(one.number), f"{one.issued_at:%F %T}", one.issued_by, ways[one.via],
        one.made_from.as_of, one.contents.digest[:SHORT], one.reason or "",
    ]  # fmt: skip


def as_json(one: IssuedReport) -> dict[str, Any]:
    """A version of a report with what it was made from."""
    base = one.made_from
    return {
        "report": one.id, "month": f"{one.month:%Y-%m}", "branch": one.branch,
        "language": one.language, "version": one.number, "issued_at": one.issued_at,
        "issued_by": one.issued_by, "via": one.via, "reason": one.reason, "as_of": base.as_of,
        "data_token": base.token, "weight_set": base.weight_set,
        "branch_weight_set": base.branch_weight_set, "baselines": list(base.baselines),
        "definitions": base.definitions, "closing": base.closing, "digest": one.contents.digest,
        "file": one.file_name, "file_digest": one.file_digest, "size": one.size,
    }  # fmt: skip


@reports.command("get")
@click.argument("number", metavar="ID", type=int)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(),
    help="An .xlsx file, or the folder for it. [default: this folder]",
)  # fmt: skip
@common()
def get_report(call: Call, number: int, out: Path) -> None:
    """The file of a version as it was issued, byte for byte."""
    with open_state(call.settings.state) as state:
        one = _found(state, number)
        path = write(out, one.file_name, fetch_report(state, one, by=who()))
    if call.as_json:
        show_json({**as_json(one), "path": str(path)})
        return
    click.echo(printable(f"{path} · {one.contents.digest[:SHORT]}"))


def _found(state: State, number: int) -> IssuedReport:
    found = issued_report(state, number)
    if found is None:
        raise ReportError(f"report {number} does not exist or is out of your reach")
    return found


@reports.command("again")
@click.argument("number", metavar="ID", type=int)
@click.option("--reason", help="Why it is issued again, where it says something else than before.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(),
    help="An .xlsx file, or the folder for it. [default: this folder]",
)  # fmt: skip
@common()
def again(call: Call, number: int, reason: str | None, out: Path) -> None:
    """Issue a report again: the same month, scope and language.

    Where nothing changed it is the version that stands. Where it would say something else the
    command says what differs, and with a --reason issues the next version.
    """
    cockpit = open_cockpit(call.settings)
    one = reachable(cockpit.state, cockpit.setup.store, Rights(), number)
    about = Slice.of(containing(one.month, "month"), branch=one.branch)
    with cockpit.warehouse.reading() as connection:
        source = source_of(call, cockpit, connection)
        made = made_one(call, source, about, one.language, out, reason)
    found = made.outcome
    with speaking(call.lang):
        told = differences.told(found.found) if found.found is not None else []
    if call.as_json:
        changed = [] if found.found is None else list(found.found.grounds)
        issued = as_json(found.issued)
        show_json({**issued, "path": str(made.path), "new": found.new, "differs_in": changed})
        return
    for line in told if found.new else []:
        click.echo(printable(line))
    same = call.words("reproduced: the same content", "已重现：内容相同")
    new = call.words(f"version {found.issued.number}", f"第 {found.issued.number} 版")
    told_as = new if found.new else same
    click.echo(printable(f"{made.path} · {told_as} · {found.issued.contents.digest[:SHORT]}"))
