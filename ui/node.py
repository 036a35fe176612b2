"""The card of a node of the tree: one component, the same wherever a number is asked "why?"."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from metrics.findings import TARGET_SCORE
from metrics.lineage.version import definition_version
from metrics.scorecard import NodeResult, ScoreCard
from metrics.tree import Tree
from ui import charts, findings, links, load, node_disputes, node_warned, node_year, sentences
from ui.address import View
from ui.bands import band_words
from ui.cards import Change
from ui.frame import Here
from ui.theme import palette
from words import numbers
from words.i18n import _, language
from words.names import level_words
from words.text import plain, safe


def heading(tree: Tree, node: str, view: View) -> None:
    """Where the node is: the path from the root, each step a link; both names."""
    path = tree.path(node)
    with st.container(horizontal=True, key="list-path", vertical_alignment="center", gap="small"):
        for step in path[:-1]:
            links.to_node(view, step, f"{sentences.name(tree, step)} ›", narrow=True)
    other = "en" if language() == "zh" else "zh"
    st.header(sentences.name(tree, node), anchor=False)
    st.caption(f"{level_words(tree.level(node))} · {safe(tree.name(node, other))} · {safe(node)}")


def figures(here: Here, card: ScoreCard, before: ScoreCard, node: NodeResult) -> None:
    """Score, value, target, base, weights, coverage, the year; the reason for what is missing."""
    leaf = node.level >= 3
    old = before.node(node.id, here.view.branch)
    score_change = sentences.change_of_score(findings.difference(node.score, old.score))
    shown = [
        (_("Score"), numbers.score(node.score), score_change),
        *(_leaf_figures(card.tree, node, old) if leaf else []),
    ]
    with st.container(border=True, key="panel-figures"):
        for place, (label, value, change) in zip(st.columns(4), shown, strict=False):
            with place, st.container(key=f"figure-{label}"):
                st.caption(label)
                st.markdown(safe(value))
                if change is not None:
                    st.caption(change.markdown)
        _small_figures(card.tree, node)
        if node.reason is not None:
            why = safe(node.reason.words(language()))
            told = _("**No score**: {reason}").format(reason=why)
            st.markdown(f":gray[○] {told}")
        node_year.show(here, card, node)
        node_disputes.flag(here, node.id)
        node_warned.show(here, node.id)


def _leaf_figures(
    tree: Tree, node: NodeResult, old: NodeResult
) -> list[tuple[str, str, Change | None]]:
    return [
        (
            _("Value"),
            sentences.quantity(tree, node.id, node.value),
            sentences.change_of_value(tree, node, old),
        ),
        (_("Target"), sentences.quantity(tree, node.id, node.target), None),
        (_("Base"), sentences.quantity(tree, node.id, node.base), None),
    ]


def _small_figures(tree: Tree, node: NodeResult) -> None:
    """Band, weights and coverage in one line."""
    band = band_words(tree, node.band, leaf=node.level >= 3)
    told = [_("Coverage {share}").format(share=numbers.percent(node.coverage))]
    if node.level in (1, 2, 3):
        told.append(_("Weight {weight}").format(weight=numbers.percent(node.weight)))
        share = f"{numbers.number(node.effective_weight, 2)}%"
        told.append(_("{share} of the total").format(share=share))
    if node.days:
        days = _("{covered} of {days} days loaded")
        told.append(days.format(covered=node.covered, days=node.days))
    st.markdown(f"{band.badge} :small[:gray[{safe(' · '.join(told))}]]")


def definition(here: Here, node: str) -> None:
    """What an indicator means: in words, as a formula, whose it is and how it is read."""
    tree = here.tree
    if tree.level(node) < 3:
        return
    indicator = tree.indicators[node.partition("@")[0]]
    zh = language() == "zh"
    catalogue = here.points
    names = {key: (p.name_zh if zh else p.name_en) for key, p in catalogue.items()}
    words = tree.vocabulary
    facts = [
        (_("Formula"), indicator.formula.words(language(), names)),
        (_("Unit"), indicator.unit_zh if zh else indicator.unit_en),
        (_("Direction"), words.directions[indicator.better].in_(language())),
        (_("Over time"), words.over_time[indicator.over_time].in_(language())),
        (_("Owner"), indicator.owner_zh if zh else indicator.owner_en),
        (_("Tag"), words.tags[indicator.tag].in_(language())),
        (
            _("Target"),
            _("a standard that holds every day")
            if indicator.standard
            else _("a goal of the year, with a path through it"),
        ),
        (_("Definition version"), definition_version(tree, load.definitions().catalogue, node)),
    ]
    with st.container(border=True, key="panel-definition"):
        st.markdown(safe(indicator.description_zh if zh else indicator.description_en, 600))
        lines = [f":gray[{label}] {safe(text, 400)}" for label, text in facts]
        st.markdown("  \n".join(lines))
        with st.container(key="list-dictionary"):
            label = _("In the data dictionary: where it comes from, what hangs on it ›")
            links.to_page(here.view, links.DICTIONARY, label, {"entry": node})


def children(card: ScoreCard, before: ScoreCard, node: str, view: View) -> None:
    """What is right below a node: themes, indicators or modules, each with its score."""
    below = [card.node(child, view.branch) for child in card.tree.children(node)]
    below = [one for one in below if one.level < 4 or one.value is not None]
    if not below:
        st.caption(_("Nothing below this node has data."))
        return
    look = palette()
    labels = [_short(card.tree, one.id) for one in below]
    bands = [one.band or "none" for one in below]
    table = children_table(card, before, below, view)
    finding = children_words(card.tree, below)
    figure = charts.bars(
        labels, [one.score for one in below], axis=_("points"),
        colours=[look.bands[band] for band in bands], target=TARGET_SCORE,
        digits=1,
    )  # fmt: skip
    charts.show(figure, "children", finding, table)


def children_words(tree: Tree, below: Sequence[NodeResult]) -> str:
    """Who is strongest and who is weakest; of equal scores the values tell."""
    scored = [one for one in below if one.score is not None]
    if not scored:
        return _("Nothing below has a score.")
    down = tree.level(scored[0].id) >= 4 and _better(tree, scored[0].id) == "down"

    def standing(one: NodeResult) -> tuple[float, float]:
        value = one.value or 0.0
        return round(one.score or 0.0, 1), -value if down else value

    worst, best = min(scored, key=standing), max(scored, key=standing)
    names = {"best": _short(tree, best.id), "worst": _short(tree, worst.id)}
    if len(scored) == 1:
        return _("{name} scores {score}").format(
            name=names["best"], score=numbers.score(best.score)
        )
    if standing(worst) == standing(best):
        return _("All below score {score}").format(score=numbers.score(worst.score))
    if standing(worst)[0] < standing(best)[0]:
        return _("{best} is strongest ({high}), {worst} weakest ({low})").format(
            high=numbers.score(best.score), low=numbers.score(worst.score), **names
        )
    return _("All score {score}; {worst} is furthest off with {low}, {best} has {high}").format(
        score=numbers.score(worst.score),
        low=sentences.quantity(tree, worst.id, worst.value),
        high=sentences.quantity(tree, best.id, best.value),
        **names,
    )


def _better(tree: Tree, node: str) -> str:
    return str(tree.indicators[node.partition("@")[0]].better)


def _short(tree: Tree, node: str) -> str:
    """A name without what is above it: of a module KPI the module alone."""
    if tree.level(node) < 4:
        return tree.name(node, language())
    module = tree.modules[node.partition("@")[2]]
    return module.name_zh if language() == "zh" else module.name_en


def children_table(
    card: ScoreCard, before: ScoreCard, below: list[NodeResult], view: View
) -> pd.DataFrame:
    """The children as a table."""
    leaf = bool(below) and below[0].level >= 3
    columns = {
        _("Name"): [plain(_short(card.tree, one.id)) for one in below],
        _("Score"): [numbers.score(one.score) for one in below],
        _("Change"): [
            numbers.signed(findings.difference(one.score, before.node(one.id, view.branch).score))
            for one in below
        ],
    }
    if leaf:
        for label, side in ((_("Value"), "value"), (_("Target"), "target"), (_("Base"), "base")):
            columns[label] = [
                sentences.quantity(card.tree, one.id, getattr(one, side)) for one in below
            ]
    return pd.DataFrame(columns)
