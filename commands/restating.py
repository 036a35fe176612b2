"""What a closed month would be if it were worked out today, beside what was closed."""

from __future__ import annotations

from typing import Any

import click

from commands.language import said
from commands.options import Call
from commands.shown import show_table
from data.engines import WarehouseError
from metrics.cockpit import open_cockpit
from metrics.scorecard import Restated, ScoreCard, restated, score_cards


def restated_of(call: Call, closed: ScoreCard, branch: str) -> tuple[Restated, ...] | None:
    """Values of a scope that changed since the closing; None where nothing can be read."""
    try:
        cockpit = open_cockpit(call.settings)
    except WarehouseError as error:
        told = call.words("restated values unknown", "无法得知重述值")
        click.echo(f"{told}: {said(str(error), call.lang)}", err=True)
        return None
    with cockpit.warehouse.reading() as connection:
        now = score_cards(connection, cockpit.setup, cockpit.state, [closed.period])[0]
    return tuple(one for one in restated(closed, now) if one.branch == branch)


def restated_json(found: tuple[Restated, ...] | None) -> list[dict[str, Any]] | None:
    """For ``score --as-closed --json``."""
    if found is None:
        return None
    return [{"id": one.id, "closed": one.closed, "now": one.now} for one in found]


def show_restated(call: Call, closed: ScoreCard, found: tuple[Restated, ...] | None) -> None:
    """Below the closed card: what changed since, or that nothing did."""
    if found is None:
        return
    if not found:
        click.echo(call.words("nothing restated since the closing", "关账后没有重述"))
        return
    click.echo(call.words("restated since the closing:", "关账后重述："))
    head = [
        "",
        call.words("name", "名称"),
        call.words("closed", "关账值"),
        call.words("now", "现值"),
    ]
    rows = [[one.id, closed.tree.name(one.id, call.lang), one.closed, one.now] for one in found]
    show_table(head, rows)
