"""Commands about scores: score, close."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from commands.exits import RefusedError
from commands.options import PERIOD, Call, common, told_pending, who
from commands.restating import restated_json, restated_of, show_restated
from commands.shown import depth_first, show_json, show_table
from data.engines import open_warehouse
from data.period import COMPARISONS, Comparison, Period
from data.state import Closing, open_state
from metrics.cockpit import open_cockpit
from metrics.scorecard import (
    NodeResult,
    ScoreCard,
    close_month,
    reissue,
    score_cards,
)
from metrics.tree import ROOT

branch_option = click.option("--branch", default="", help="A branch. [default: the bank]")
weights_option = click.option(
    "--weights", metavar="ID", help="A weight set or a strategy profile. [default: in force]"
)


@click.command()
@click.option("--period", type=PERIOD, required=True, help="2026, 2026-Q3, 2026-10, A..B …")
@click.option(
    "--compare",
    type=click.Choice(COMPARISONS),
    help="Beside the period before, the same last year, or the last that was over when the year "
    "began (start) or the month (month_end).",
)
@branch_option
@weights_option
@click.option("--as-closed", is_flag=True, help="As the month was closed, whatever came since.")
@common()
def score(
    call: Call,
    period: Period,
    compare: Comparison | None,
    branch: str,
    weights: str | None,
    as_closed: bool,
) -> None:
    """The score of a period, from the root down to the module KPIs."""
    if as_closed and (compare or weights):
        raise click.UsageError("--as-closed stands alone: no --compare, no --weights")
    others = [] if compare is None else [period.against(compare)]
    cards = [_closed(call, period)] if as_closed else work_out(call, [period, *others], weights)
    before = cards[1] if others else None
    # What was closed holds whatever was loaded since: nothing is pending for it.
    pending = 0 if as_closed else pending_of(call)
    changed = restated_of(call, cards[0], branch) if as_closed else None
    if call.as_json:
        told = _score_json(call, cards[0], before, branch, pending)
        show_json(told | ({"restated": restated_json(changed)} if as_closed else {}))
        return
    _show_score(call, cards[0], before, branch)
    show_restated(call, cards[0], changed)


def work_out(call: Call, periods: Sequence[Period], weights: str | None) -> list[ScoreCard]:
    """The cards of some periods, from one reading."""
    cockpit = open_cockpit(call.settings)
    with cockpit.warehouse.reading() as connection:
        return score_cards(connection, cockpit.setup, cockpit.state, periods, weights=weights)


def pending_of(call: Call) -> int:
    """How many loads the numbers do not hold yet, told on standard error as well."""
    with open_warehouse(call.settings.warehouse, read_only=True).reading() as connection:
        return told_pending(call, connection)


def _closed(call: Call, period: Period) -> ScoreCard:
    with open_state(call.settings.state) as state:
        card = reissue(state, period)
    if card is None:
        raise RefusedError(f"{period} is not closed: close it with `close {period}`")
    return card


def _score_json(
    call: Call, card: ScoreCard, before: ScoreCard | None, branch: str, pending: int
) -> dict[str, Any]:
    top = card.node(ROOT, branch)
    nodes = [_node_json(call, node) for node in card.nodes(branch, modules=True)]
    found: dict[str, Any] = {
        "period": str(card.period),
        "branch": branch,
        "score": top.score,
        "uncapped": top.uncapped,
        "coverage": top.coverage,
        "weight_set": _weight_set(card, branch),
        "weight_sets": {"bank": card.weight_set, "branches": card.branch_weight_set},
        "as_of": card.as_of,
        "pending_loads": pending,
        "red_lines": list(card.breached(branch)),
        "nodes": nodes,
    }
    if before is not None:
        found["compared_with"] = str(before.period)
        for node in nodes:
            node["before"] = _before(before.node(node["id"], branch))
    return found


def _weight_set(card: ScoreCard, branch: str) -> str:
    """The weights that scored a scope: branches may be assessed by a set of their own."""
    return card.branch_weight_set if branch else card.weight_set


def _node_json(call: Call, node: NodeResult) -> dict[str, Any]:
    return {
        "id": node.id,
        "level": node.level,
        "value": node.value,
        "unit": node.unit,
        "base": node.base,
        "target": node.target,
        "score": node.score,
        "uncapped": node.uncapped,
        "band": node.band,
        "coverage": node.coverage,
        "weight": node.weight,
        "effective_weight": node.effective_weight,
        "covered_days": node.covered,
        "days": node.days,
        "reason": None if node.reason is None else node.reason.words(call.lang),
    }


def _before(node: NodeResult) -> dict[str, float | None]:
    return {"value": node.value, "score": node.score}


def _show_score(call: Call, card: ScoreCard, before: ScoreCard | None, branch: str) -> None:
    head = [
        call.words("node", "节点"),
        call.words("name", "名称"),
        call.words("score", "得分"),
        call.words("value", "数值"),
        call.words("target", "目标"),
        call.words("weight %", "权重%"),
        *([] if before is None else [str(before.period)]),
        "",
    ]
    rows = [_score_row(call, card, before, node) for node in _in_order(card, branch)]
    show_table(head, rows)
    lines = ", ".join(card.breached(branch))
    if lines:
        click.echo(call.words(f"red lines: {lines}", f"触及红线：{lines}"))
    click.echo(f"{card.period} · {_weight_set(card, branch)} · {card.as_of}")


def _in_order(card: ScoreCard, branch: str) -> Iterator[NodeResult]:
    """Levels 0 to 3, each node followed by those below it."""
    return (card.node(node, branch) for node in depth_first(card.tree) if "@" not in node)


def _score_row(
    call: Call, card: ScoreCard, before: ScoreCard | None, node: NodeResult
) -> list[object]:
    return [
        f"{'  ' * node.level}{node.id}",
        card.tree.name(node.id, call.lang),
        node.score,
        node.value,
        node.target,
        node.effective_weight,
        *([] if before is None else [before.node(node.id, node.branch).score]),
        "" if node.reason is None else node.reason.words(call.lang),
    ]


@click.command()
@click.argument("period", type=PERIOD)
@click.option("--reason", help="Why a month that is closed is closed again.")
@common()
def close(call: Call, period: Period, reason: str | None) -> None:
    """Close a month: keep all that its report came from, for good.

    Closing it again adds a version. `score --as-closed` issues it again. CANOPY_USER names who.
    """
    cockpit = open_cockpit(call.settings)
    with cockpit.warehouse.reading() as connection:
        kept = close_month(
            connection,
            cockpit.setup,
            cockpit.state,
            period,
            by=who(),
            reason=reason,
            tree_folder=call.settings.tree,
        )
        pending = told_pending(call, connection)
    if call.as_json:
        show_json({**_closing_json(kept), "pending_loads": pending})
        return
    told = f"{kept.month:%Y-%m} · {kept.number} · {kept.digest} · {kept.closed_by}"
    click.echo(call.words(f"closed: {told}", f"已关账：{told}"))


def _closing_json(kept: Closing) -> dict[str, Any]:
    return {
        "period": f"{kept.month:%Y-%m}",
        "version": kept.number,
        "digest": kept.digest,
        "closed_at": kept.closed_at,
        "closed_by": kept.closed_by,
        "reason": kept.reason,
        "weight_set": kept.weight_set_id,
    }
