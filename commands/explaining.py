"""The command that says why a score moved: explain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from commands import exits, scores
from commands.options import PERIOD, Call, common
from commands.shown import show_json, show_table
from data.period import Period
from metrics.scorecard import Capped, Explanation, Mover, ScoreCard
from metrics.scorecard import explain as explain_cards
from metrics.tree import ROOT

SHOWN_MOVERS = 10
SHOWN_TABLES = 5
_ABOUT_TABLES = ("needs_table", "not_loaded", "no_month_end")


@click.command()
@click.argument("before", metavar="FROM", type=PERIOD)
@click.argument("after", metavar="TO", type=PERIOD)
@scores.branch_option
@scores.weights_option
@common()
def explain(call: Call, before: Period, after: Period, branch: str, weights: str | None) -> int:
    """Why the score moved from one period to another: exact parts for every node.

    Exit code 4, with the reason, where a period has no score.
    """
    cards = scores.work_out(call, [before, after], weights)
    found = explain_cards(cards[0], cards[1], branch)
    pending = scores.pending_of(call)
    why = None if found.parts() is not None else _why_not(call, found)
    if call.as_json:
        show_json({**_explain_json(call, found), "reason": why, "pending_loads": pending})
    elif why is not None:
        click.echo(why, err=True)
    else:
        _show_explanation(call, found)
    return exits.OK if why is None else exits.REFUSED


def _why_not(call: Call, found: Explanation) -> str:
    """Why there is no score to explain: for each period without one its reason and tables."""
    sides = [_side(call, card, found.branch) for card in (found.before, found.after)]
    told = found.refusal(ROOT, call.lang) or ""
    return call.words(": ", "：").join([told, *["; ".join(side for side in sides if side)]])


def _side(call: Call, card: ScoreCard, branch: str) -> str:
    """Why a card has no score: its root's reason, coverage and the tables; '' where it has one."""
    root = card.node(ROOT, branch)
    if root.score is not None:
        return ""
    told = "" if root.reason is None else root.reason.words(call.lang)
    share = call.words(f"coverage {root.coverage:.1f} %", f"覆盖率 {root.coverage:.1f}%")
    lacking = ", ".join(_lacking(card, branch))
    tables = call.words(f"; not loaded: {lacking}", f"；未装载：{lacking}") if lacking else ""
    return f"{card.period} {told} ({share}{tables})"


def _lacking(card: ScoreCard, branch: str) -> list[str]:
    """The tables that most weight waits for, the most first."""
    waiting: dict[str, float] = {}
    for leaf in card.tree.indicators:
        node, weight = card.node(leaf, branch), card.tree.effective_weight(leaf)
        if node.reason is not None and node.reason.kind in _ABOUT_TABLES:
            waiting[node.reason.about] = waiting.get(node.reason.about, 0.0) + weight
    return sorted(waiting, key=lambda table: -waiting[table])[:SHOWN_TABLES]


def _explain_json(call: Call, found: Explanation) -> dict[str, Any]:
    sides = {"from": found.before, "to": found.after}
    return {
        **{name: str(card.period) for name, card in sides.items()},
        "branch": found.branch,
        "score": {name: card.node(ROOT, found.branch).score for name, card in sides.items()},
        "change": found.change(),
        "parts": found.parts(),
        "movers": [
            {"id": one.id, "points": one.points, "parts": one.parts} for one in found.movers(None)
        ],
        "caps": [
            {"id": one.id, "points": one.points, "parts": one.parts, "red_lines": one.lines}
            for one in found.caps()
        ],
        "nodes": [_moved_json(call, found, name) for name in found.after.tree.nodes()],
    }


def _moved_json(call: Call, found: Explanation, node: str) -> dict[str, Any]:
    return {
        "id": node,
        "level": found.after.tree.level(node),
        "before": found.before.node(node, found.branch).score,
        "after": found.after.node(node, found.branch).score,
        "change": found.change(node),
        "parts": found.parts(node),
        "reason": found.refusal(node, call.lang),
    }


def _show_explanation(call: Call, found: Explanation) -> None:
    parts = found.parts() or {}
    show_table(
        [call.words("total", "总分"), *parts],
        [[found.change(), *parts.values()]],
    )
    tree = found.after.tree
    every = found.movers(None)
    moved: list[Mover | Capped] = [*every[:SHOWN_MOVERS], *found.caps()]
    rows = [
        [one.id, tree.name(one.id, call.lang), one.points, *one.parts.values()] for one in moved
    ]
    head = [call.words("indicator", "指标"), "", call.words("points", "分"), *parts]
    show_table(head, rows)
    _show_left_out(call, every[SHOWN_MOVERS:])


def _show_left_out(call: Call, movers: Sequence[Mover]) -> None:
    if movers:
        points = sum(one.points for one in movers)
        told = f"and {len(movers)} more indicators: {points:+.2f} points together (--json has all)"
        click.echo(
            call.words(told, f"其余 {len(movers)} 项指标合计 {points:+.2f} 分（--json 列出全部）")
        )
