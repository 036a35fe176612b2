"""Branches: ranked within their peers, the best and the worst five, and the map."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from metrics.peers import FEWEST_USERS, Candidate, Ranked, extremes, ranked
from metrics.scorecard import ScoreCard
from metrics.tree import ROOT
from ui import charts, links, tables
from ui import map as atlas
from ui.bands import band_words
from ui.findings import difference
from ui.frame import Here
from words import numbers
from words.i18n import _, language
from words.text import plain, safe

SIZE_OF = "registered_users"
"""The indicator that says how large a branch is."""


def ranking(here: Here, card: ScoreCard) -> tuple[Ranked, ...]:
    """The branches right below the scope, within their peers."""
    below = [one for one in here.bank.below(here.view.branch) if one.id in card.branches]
    return ranked(
        Candidate(
            one.id, one.depth, card.node(SIZE_OF, one.id).value, card.node(ROOT, one.id).score
        )
        for one in below
    )


def panel(here: Here, card: ScoreCard, before: ScoreCard, found: Sequence[Ranked]) -> None:
    """Where it is bad among the branches of the scope: the map, who leads and who is last."""
    st.subheader(_("Branches"), anchor=False)
    if not found:
        st.caption(_("There are no branches below this one."))
        return
    placed = atlas.branches(here, card, before)
    best_and_worst(here, card, before, found)
    if placed is not None:
        charts.as_table(placed, f"branch_map_{here.view.branch}", _("Branches"))


def peers(here: Here, card: ScoreCard, before: ScoreCard, found: Sequence[Ranked]) -> None:
    """All branches of the scope, ranked within their peers."""
    if not found:
        return
    with st.container(border=True, key="panel-branches"):
        st.subheader(_("Rank within peers"), anchor=False)
        st.markdown(f"**{safe(finding(here, found), 200)}**")
        table(here, card, before, found)


def best_and_worst(here: Here, card: ScoreCard, before: ScoreCard, found: Sequence[Ranked]) -> None:
    """Two short lists of links, each to the overview of the branch."""
    best, worst = extremes(found)
    left, right = st.columns(2, gap="small")
    lists = ((left, "best", _("Best"), best), (right, "worst", _("Worst"), worst))
    for place, name, heading, some in lists:
        with place, st.container(key=f"list-{name}"):
            st.markdown(f"**{heading}**")
            for one in some:
                _line(here, card, before, one)
            if not some:
                st.caption(_("Too few branches are ranked."))


def _line(here: Here, card: ScoreCard, before: ScoreCard, one: Ranked) -> None:
    node = card.node(ROOT, one.branch)
    band = band_words(card.tree, node.band, leaf=False)
    change = difference(node.score, before.node(ROOT, one.branch).score)
    told = _("{name} {score} ({change})").format(
        name=safe(here.bank.name(one.branch, language()), 40),
        score=numbers.score(node.score),
        change=numbers.signed(change),
    )
    label = f":{band.colour}[{band.sign}] {told}"
    links.to_page(here.view, links.OVERVIEW, label, {"branch": one.branch})


def finding(here: Here, found: Sequence[Ranked]) -> str:
    """Who leads and who is last, in words."""
    best, worst = extremes(found)
    if not best or not worst:
        return _("{count} branches, too few to rank").format(count=len(found))
    return _("{best} leads with {high}; {worst} is last with {low}").format(
        best=plain(here.bank.name(best[0].branch, language()), 40),
        high=numbers.score(best[0].score),
        worst=plain(here.bank.name(worst[0].branch, language()), 40),
        low=numbers.score(worst[0].score),
    )


def size_words(one: Ranked) -> str:
    """The peers of a branch."""
    return {
        "large": _("large"),
        "medium": _("medium"),
        "small": _("small"),
        "all": _("all of its level"),
    }[one.size]


def frame(here: Here, card: ScoreCard, before: ScoreCard, found: Sequence[Ranked]) -> pd.DataFrame:
    """The ranking as a table: a row a branch, in the order of peers and ranks."""
    nodes = [card.node(ROOT, one.branch) for one in found]
    bands = [band_words(card.tree, node.band, leaf=False) for node in nodes]
    then = [before.node(ROOT, one.branch).score for one in found]
    return pd.DataFrame(
        {
            _("Branch"): [plain(here.bank.name(one.branch, language()), 60) for one in found],
            _("Peers"): [size_words(one) for one in found],
            _("Rank"): [f"{one.rank} / {one.of}" if one.rank is not None else "" for one in found],
            _("Score"): [node.score for node in nodes],
            _("Band"): [f"{band.sign} {band.word}" for band in bands],
            _("Change"): [
                difference(node.score, old) for node, old in zip(nodes, then, strict=True)
            ],
            _("Registered"): [one.users for one in found],
            _("Coverage"): [node.coverage for node in nodes],
            _("Red lines"): [len(card.breached(one.branch)) for one in found],
        }
    )


def table(here: Here, card: ScoreCard, before: ScoreCard, found: Sequence[Ranked]) -> None:
    """The ranking; a click on a row makes the branch the scope."""

    def drill() -> None:
        chosen = st.session_state["branch_ranking"].selection.rows
        if chosen:
            st.session_state["branch"] = found[chosen[0]].branch

    st.caption(
        _(
            "Peers are branches of one level and of similar size: of nine or more, the third with "
            "most users is large, the third with fewest small. Under {least} users a branch is not "
            "ranked. Choose a row to make it the scope."
        ).format(least=FEWEST_USERS)
    )
    st.dataframe(
        tables.minus(frame(here, card, before, found), {_("Change"): "+.1f"}),
        key="branch_ranking",
        placeholder="—",
        hide_index=True,
        on_select=drill,
        selection_mode="single-row",
        height=min(35 * len(found) + 40, 565),
        column_config={
            _("Peers"): st.column_config.TextColumn(width=68),
            _("Rank"): st.column_config.TextColumn(width=56),
            _("Score"): st.column_config.NumberColumn(format="%.1f", width=52),
            _("Band"): st.column_config.TextColumn(width=76),
            _("Change"): st.column_config.NumberColumn(width=58),
            _("Registered"): st.column_config.NumberColumn(format="localized", width=76),
            _("Coverage"): st.column_config.NumberColumn(format="%.0f%%", width=66),
            _("Red lines"): st.column_config.NumberColumn(format="%d", width=66),
        },
    )
