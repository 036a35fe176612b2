"""Browsing the tree: which node is open, the table of all nodes, and the icicle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from data.configuration import nearest_name
from metrics.scorecard import NodeResult, ScoreCard
from metrics.tree import ROOT, Tree
from ui import charts, findings, sentences, tables
from ui.address import View
from ui.bands import band_words
from words import numbers
from words.i18n import _, language
from words.text import plain, safe, safe_html

INDENT = "\u2003"


def open_node(tree: Tree) -> str:
    """The node that the address names, else the one of the session, else the root."""
    asked = st.query_params.get("node")
    state = st.session_state
    if asked is not None and asked != state.get("node_written"):
        state["node"] = _known(tree, asked)
    node: str = state.get("node", ROOT)
    if node != asked or node != state.get("node_written"):
        st.query_params["node"] = node  # also where it is the same: a link may have left it behind
    state["node_written"] = node
    return node


def _known(tree: Tree, asked: str) -> str:
    try:
        tree.level(asked)
    except KeyError:
        names = (*tree.nodes(), *tree.module_kpis())
        nearest = nearest_name(asked[:80], names)
        told = _("There is no node {node}.").format(node=safe(asked, 80))
        if nearest:
            hint = _("Did you mean {nearest}?").format(nearest=safe(nearest))
            told = f"{told} {hint}"
        st.warning(told)
        return ROOT
    return asked


def rows(tree: Tree, node: str) -> tuple[str, ...]:
    """All nodes of levels 0 to 3 and, under the open indicator, its module KPIs; parents first."""
    opened = node.partition("@")[0]

    def below(one: str) -> list[str]:
        found = [one]
        if tree.level(one) < 3 or one == opened:
            for child in tree.children(one):
                found += below(child)
        return found

    return tuple(below(ROOT))


def show(card: ScoreCard, before: ScoreCard, node: str, view: View) -> None:
    """The tree by what its nodes are worth, by what they weigh, or as a picture."""
    forms = {"table": _("Values"), "shares": _("Weights"), "weights": _("As a picture")}
    form = st.segmented_control(
        _("Tree as"),
        list(forms),
        key="tree_form",
        default="table",
        required=True,
        format_func=forms.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
    )
    if form == "weights":
        icicle(card, node, view)
    else:
        table(card, before, node, view, weights=form == "shares")


def table(
    card: ScoreCard, before: ScoreCard, node: str, view: View, *, weights: bool = False
) -> None:
    """All nodes, indented; a click on a row opens it."""
    shown = [card.node(one, view.branch) for one in rows(card.tree, node)]

    def pick() -> None:
        chosen = st.session_state[f"tree_table_{weights}"].selection.rows
        if chosen:
            st.session_state["node"] = shown[chosen[0]].id

    frame = _weights(card, shown) if weights else _values(card, before, shown, view)
    st.dataframe(
        tables.minus(frame, {_("Change"): "+.1f"}),
        key=f"tree_table_{weights}",
        placeholder="—",
        hide_index=True,
        on_select=pick,
        selection_mode="single-row",
        height=860,
        row_height=30,
        column_config=_columns(),
    )


def _columns() -> dict[str, Any]:
    """Widths in pixels: all columns fit their part of a screen 1440 wide."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        _("Node"): text(width=226),
        _("Score"): number(format="%.1f", width=54),
        "●": text(width=34, help=_("★ excellent · ● good · ▲ watch · ■ act · ○ no score")),
        _("Change"): number(width=60),
        _("Value"): text(width=94, alignment="right"),
        _("Target"): text(width=94, alignment="right"),
        _("Weight, %"): number(format="%.4g", width=80),
        _("Of total, %"): number(format="%.2f", width=86),
        _("Coverage, %"): number(format="%.0f", width=90),
    }


def _values(
    card: ScoreCard, before: ScoreCard, shown: Sequence[NodeResult], view: View
) -> pd.DataFrame:
    olds = [before.node(one.id, view.branch).score for one in shown]
    return pd.DataFrame(
        {
            _("Node"): [label(card.tree, one) for one in shown],
            _("Score"): [one.score for one in shown],
            "●": _signs(card, shown),
            _("Change"): [
                _rounded(findings.difference(one.score, old))
                for one, old in zip(shown, olds, strict=True)
            ],
            _("Value"): [_said(card.tree, one, one.value) for one in shown],
            _("Target"): [_said(card.tree, one, one.target) for one in shown],
        }
    )


def _rounded(change: float | None) -> float | None:
    """To what is shown, so that nothing is shown as minus nought."""
    return None if change is None else round(change, 1) + 0.0


def _weights(card: ScoreCard, shown: Sequence[NodeResult]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("Node"): [label(card.tree, one) for one in shown],
            _("Score"): [one.score for one in shown],
            "●": _signs(card, shown),
            _("Weight, %"): [one.weight if one.level < 4 else None for one in shown],
            _("Of total, %"): [one.effective_weight if one.level < 4 else None for one in shown],
            _("Coverage, %"): [one.coverage for one in shown],
        }
    )


def _signs(card: ScoreCard, shown: Sequence[NodeResult]) -> list[str]:
    return [band_words(card.tree, one.band, leaf=one.level >= 3).sign for one in shown]


def _said(tree: Tree, one: NodeResult, value: float | None) -> str | None:
    """A value with its unit; nodes above the indicators have none."""
    return None if value is None else sentences.quantity(tree, one.id, value)


def label(tree: Tree, node: NodeResult) -> str:
    """The name of a node, indented by its level."""
    name = tree.name(node.id, language())
    if node.level == 4:
        name = name.partition(" · ")[2]
    return INDENT * node.level + plain(name, 60)


def icicle(card: ScoreCard, node: str, view: View) -> None:
    """The tree by weight, coloured by band; a click looks closer."""
    shown = [card.node(one, view.branch) for one in card.tree.nodes()]
    cells = [_cell(card, one) for one in shown]
    scored = [one for one in shown if one.level == 1 and one.score is not None]
    finding = _("Nothing has a score in this period")
    if scored:
        weak = min(scored, key=lambda one: one.score or 0.0)
        finding = _("{name} is the weakest perspective ({score})").format(
            name=card.tree.name(weak.id, language()), score=numbers.score(weak.score)
        )
    charts.show(charts.icicle(cells, node), "icicle", finding)
    st.caption(_("Size: weight in the total. Colour and sign: band. A click looks closer."))


def _cell(card: ScoreCard, node: NodeResult) -> charts.TreeCell:
    band = band_words(card.tree, node.band, leaf=node.level == 3)
    name = card.tree.name(node.id, language())
    facts = {
        _("Score"): f"{numbers.score(node.score)} {band.sign} {safe_html(band.word)}",
        _("Of the total"): f"{numbers.number(node.effective_weight, 2)}%",
        _("Coverage"): numbers.percent(node.coverage),
    }
    lines = [f"{word}: {figure}" for word, figure in facts.items()]
    hover = "<br>".join([f"<b>{safe_html(name)}</b>", *lines])
    parent = card.tree.parent(node.id) or ""
    return charts.TreeCell(
        node.id, f"{band.sign} {name}", parent, card.tree.effective_weight(node.id), band.id, hover
    )
