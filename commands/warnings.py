"""The command about warnings: warn."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from commands.options import PERIOD, Call, common, who
from commands.shown import show_json, show_table
from data.period import Period
from data.settings import Settings
from data.state.warnings import KeptWarning, open_warnings
from metrics.cockpit import Cockpit, open_cockpit
from metrics.warnings import Incident, Watched, load_rules, watch


@click.command()
@click.option("--period", type=PERIOD, help="Whose figures are judged. [default: this month]")
@common()
def warn(call: Call, period: Period | None) -> None:
    """Judge the warning rules on the complete days, and keep what fires, recovers or resolves.

    Run it after each refresh. A day before the newest judged one is shown and not kept.
    """
    cockpit = open_cockpit(call.settings)
    rules = load_rules(call.settings.tree, cockpit.setup.tree)
    with cockpit.warehouse.reading() as connection:
        found = watch(
            connection, cockpit.setup, cockpit.state, rules,
            by=who(), yesterday=yesterday(call.settings), period=period,
        )  # fmt: skip
    if found is None:
        if call.as_json:
            show_json({"period": None, "recorded": False, "incidents": [], "open": []})
        else:
            click.echo(call.words("no complete day to judge", "没有可评估的完整日期"))
        return
    if call.as_json:
        show_json(_json(cockpit, found))
        return
    _show(call, cockpit, found)


def yesterday(settings: Settings) -> date:
    """The last day that could be complete, in the bank's zone."""
    now = datetime.now(UTC).astimezone(ZoneInfo(settings.zone))
    return now.date() - timedelta(days=1)


def _json(cockpit: Cockpit, found: Watched) -> dict[str, Any]:
    return {
        "period": str(found.period),
        "judged_on": found.day,
        "recorded": found.recorded,
        "new": found.new,
        "incidents": [_incident(one) for one in found.incidents],
        "unknown": {name: list(members) for name, members in found.unknown.items()},
        "open": [_kept(one) for one in open_warnings(cockpit.state)],
    }


def _incident(one: Incident) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "node": one.node,
        "branch": one.branch,
        "level": one.level,
        "members": list(one.members),
        "value": one.value,
        "limit": one.limit,
        "parts": [{"id": part.id, "value": part.value} for part in one.parts],
    }


def _kept(one: KeptWarning) -> dict[str, Any]:
    last = one.last
    return {
        "id": one.id,
        "rule": one.rule,
        "node": last.node,
        "branch": last.branch,
        "level": last.level,
        "stage": last.stage,
        "opened_at": one.opened_at,
        "due_at": last.due_at,
        "taken_by": one.taken_by,
        "promised_on": last.promised_on,
        "reason": last.reason,
    }


def _show(call: Call, cockpit: Cockpit, found: Watched) -> None:
    tree = cockpit.setup.tree
    head = [
        call.words("no.", "编号"),
        call.words("level", "级别"),
        call.words("stage", "状态"),
        call.words("rule", "规则"),
        call.words("about", "对象"),
        call.words("scope", "范围"),
    ]
    rows = [
        [one.id, one.last.level, one.last.stage, one.rule, tree.name(one.last.node, call.lang),
         one.last.branch]
        for one in open_warnings(cockpit.state)
    ]  # fmt: skip
    show_table(head, rows)
    told = f"{found.period} · {found.new}"
    click.echo(call.words(f"judged: {told} new", f"已评估：{told} 项新预警"))
    if not found.recorded:
        click.echo(
            call.words(
                "newer days were judged already: shown, not kept",
                "已评估过更新的日期：仅显示，不保存",
            ),
            err=True,
        )
