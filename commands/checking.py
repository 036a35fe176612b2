"""The command that looks whether everything can be relied on: check."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import click

from commands import exits
from commands.options import Call, common
from commands.shown import show_json, show_table
from data.engines import open_warehouse
from data.state import open_state
from metrics.checks import Finding, check_state, check_targets, check_warehouse
from metrics.cockpit import load_definitions


@click.command()
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Judge freshness as on that day. [default: today in the bank's zone]",
)
@common()
def check(call: Call, today: datetime | None) -> int:
    """Check configuration, schema, freshness, points and records; exit code 1 if one is wrong."""
    settings = call.settings
    found = load_definitions(settings)
    warehouse = open_warehouse(settings.warehouse, read_only=True)
    day = datetime.now(ZoneInfo(settings.zone)).date() if today is None else today.date()
    with open_state(settings.state) as state:
        held = check_warehouse(warehouse, settings, found, day)
        with warehouse.reading() as connection:
            targets = check_targets(connection, settings, found, state)
        findings = (*held, *targets, *check_state(state))
    _show(call, findings, day)
    return exits.FOUND_PROBLEMS if any(one.problem for one in findings) else exits.OK


def _show(call: Call, findings: tuple[Finding, ...], day: date) -> None:
    problems = sum(one.problem for one in findings)
    if call.as_json:
        told = [
            {
                "area": one.area,
                "problem": one.problem,
                "about": one.about,
                "en": one.en,
                "zh": one.zh,
            }
            for one in findings
        ]
        show_json({"day": day, "ok": not problems, "problems": problems, "findings": told})
        return
    grades = {True: call.words("problem", "问题"), False: call.words("note", "提示")}
    rows = [[grades[one.problem], one.area, one.about, one.words(call.lang)] for one in findings]
    if rows:
        show_table(["", call.words("area", "类别"), call.words("about", "对象"), ""], rows)
    click.echo(call.words(f"{problems} problems", f"{problems} 个问题"))
