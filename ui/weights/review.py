"""What a set would change: the total, the nodes, the ranks of branches, and how firm those are."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from metrics.scorecard.preview import NodeShift, Preview
from metrics.tree import ROOT
from ui import charts, findings, load, tiles
from ui.cards import Change
from ui.frame import Here
from ui.load import Branch
from ui.load import weights as read
from ui.weights import words
from words import numbers
from words.i18n import _, _n, language
from words.text import plain, safe

MOST_BARS = 12


def among(here: Here) -> tuple[Branch, ...]:
    """The branches right below the scope, as far as the card reaches."""
    card = load.score_card(here.token, here.view.scope)
    return tuple(one for one in here.bank.below(here.view.branch) if one.id in card.branches)


def made(here: Here, kind: str, after: tuple[str, read.Weights]) -> Preview:
    """The set against the one in force at the period's end, on the facts of the period."""
    before = read.in_force(here.token, here.view.period.last, kind)
    below = [one.id for one in among(here)]
    return read.compared(here.token, here.view.scope, before, after, below)


def show(here: Here, found: Preview, kind: str) -> None:
    """Headline, nodes, branches."""
    _headline(here, found)
    if not found.moved:
        st.info(_("These are the weights in force: nothing would change."))
        return
    left, right = st.columns([9, 11], gap="small")
    with left, st.container(border=True, key="panel-weights-nodes", height="stretch"):
        _nodes(here, found)
    with right, st.container(border=True, key="panel-weights-branches", height="stretch"):
        _branches(here, found, kind)


def _headline(here: Here, found: Preview) -> None:
    total = found.total
    change = findings.difference(total.score[1], total.score[0])
    changes = () if change is None else (_change(change),)
    scored = [one for one in found.nodes if one.level == 3 and _score_known(one)]
    shown = [
        tiles.Figure(
            "weights-total", _("Total by this set"), numbers.score(total.score[1]),
            changes=changes, lines=(_now(total),),
        ),
        tiles.Figure(
            "weights-moved", _("Nodes that weigh differently"), str(len(found.moved)),
            lines=(_("of {count}").format(count=len(found.nodes) - 1),),
        ),
        tiles.Figure(
            "weights-overtaken", _("Branches whose rank changes"), str(len(found.overtaken)),
            lines=(_("of {count}").format(count=len(found.ranks)),),
        ),
        tiles.Figure(
            "weights-scored", _("Share of the total with a score"),
            numbers.percent(sum(one.effective[1] for one in scored)),
            lines=(_("now {share}").format(
                share=numbers.percent(sum(one.effective[0] for one in scored))),),
        ),
    ]  # fmt: skip
    with st.container(key="row-weights-preview"):
        tiles.figures(shown)


def _score_known(one: NodeShift) -> bool:
    return one.score[1] is not None


def _now(total: NodeShift) -> str:
    return _("in force: {score}").format(score=numbers.score(total.score[0]))


def _change(change: float) -> Change:
    told = _("{change} points").format(change=numbers.signed(change, 2))
    direction = 0 if "±" in told else 1 if change > 0 else -1
    word = _("the same") if direction == 0 else _("higher") if direction > 0 else _("lower")
    return Change(told, direction, direction, word)


def _nodes(here: Here, found: Preview) -> None:
    """Which indicators gain and lose share of the total; the table holds every node."""
    leaves = [one for one in found.moved if one.level == 3]
    ordered = sorted(leaves, key=lambda one: -abs(one.effective[1] - one.effective[0]))
    shown = sorted(ordered[:MOST_BARS], key=lambda one: one.effective[0] - one.effective[1])
    names = [words.child_words(here.tree, one.id) for one in shown]
    gains = [one.effective[1] - one.effective[0] for one in shown]
    finding = _("No indicator's share of the total changes")
    if shown:
        finding = _("{gainer} gains most of the total ({gain} pp), {loser} gives most ({loss} pp)")
        finding = finding.format(
            gainer=names[0], gain=numbers.signed(gains[0], 2),
            loser=names[-1], loss=numbers.signed(gains[-1], 2),
        )  # fmt: skip
    figure = charts.bars(names, gains, axis=_("percentage points of the total"))
    charts.show(figure, "weights_nodes", finding, _node_table(here, found))


def _node_table(here: Here, found: Preview) -> pd.DataFrame:
    rows = [one for one in found.nodes if one.id != ROOT]
    return pd.DataFrame(
        {
            _("Node"): [words.child_words(here.tree, one.id) for one in rows],
            _("Level"): [one.level for one in rows],
            _("Weight now, %"): [one.weight[0] for one in rows],
            _("Weight then, %"): [one.weight[1] for one in rows],
            _("Of total now, %"): [one.effective[0] for one in rows],
            _("Of total then, %"): [one.effective[1] for one in rows],
            _("Score now"): [one.score[0] for one in rows],
            _("Score then"): [one.score[1] for one in rows],
        }
    )


def _branches(here: Here, found: Preview, kind: str) -> None:
    """Ranks before and after, and where they land when the weights move a little."""
    below = among(here)
    if len(below) < 2:
        st.info(_("There are no branches to rank below this scope."))
        return
    firm = read.steady(found, [one.id for one in below])
    names = {one.id: plain(one.name(language()), 40) for one in below}
    ranges = {below[one.row].id: one for one in firm.rows}
    count = len(found.overtaken)
    finding = _n("{count} branch changes its rank", "{count} branches change their rank", count)
    rows = found.ranks
    table = pd.DataFrame(
        {
            _("Branch"): [names[one.branch] for one in rows],
            _("Rank now"): [one.rank[0] for one in rows],
            _("Rank then"): [one.rank[1] for one in rows],
            _("Score now"): [one.score[0] for one in rows],
            _("Score then"): [one.score[1] for one in rows],
            _("Rank at ±20%"): [
                _span(ranges[one.branch].low, ranges[one.branch].high) for one in rows
            ],
            _("Keeps its rank, %"): [
                None if ranges[one.branch].kept is None else 100 * (ranges[one.branch].kept or 0.0)
                for one in rows
            ],
        }
    )
    st.markdown(f"**{safe(finding.format(count=count))}**")
    _firm(firm.top_kept, firm.mean_correlation, firm.draws)
    number = st.column_config.NumberColumn
    st.dataframe(
        table, hide_index=True, key="weights_branches", placeholder="—", height=330,
        column_config={
            _("Branch"): st.column_config.TextColumn(width=110),
            **{name: number(width=68) for name in (_("Rank now"), _("Rank then"))},
            **{name: number(format="%.1f", width=74) for name in (_("Score now"), _("Score then"))},
            _("Rank at ±20%"): st.column_config.TextColumn(width=92, alignment="right"),
            _("Keeps its rank, %"): number(format="%.0f", width=112),
        },
    )  # fmt: skip
    if kind != read.kind_of("assessment"):
        st.caption(
            _("Published, this set scores the bank; branches are assessed by a set of their own. "
              "The ranks show what it would be if it held for them as well.")
        )  # fmt: skip


def _firm(top: float | None, correlation: float | None, draws: int) -> None:
    if top is None or correlation is None:
        st.caption(_("Too few branches have a score to say how firm the ranks are."))
        return
    st.caption(
        _("With every weight of every level moved by up to 20% either way, each on its own, the "
          "first stays first in {share} of {draws} draws; rank correlation {correlation} on "
          "average.").format(
            share=numbers.percent(100 * top), draws=draws, correlation=numbers.number(correlation)
        )
    )  # fmt: skip


def _span(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return numbers.MISSING
    return str(low) if low == high else f"{low}–{high}"
