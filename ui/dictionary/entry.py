"""The right side: one entry with its definition, where it leads, and what its kind has to tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from metrics.dictionary import goal_words
from metrics.lineage.entries import Entry
from metrics.tree import Goal, Indicator
from ui import links
from ui.dictionary import words
from ui.dictionary.declared import of_column, of_point, of_red_line, of_rule, of_table
from ui.dictionary.shown import ROOT, screens_of
from ui.frame import Here
from ui.load.dictionary import Dictionary
from words import numbers
from words.i18n import _, language
from words.text import safe

EXPLORE = "pages/screens/explore.py"
Facts = Sequence[tuple[str, str]]


def heading(here: Here, book: Dictionary, entry: Entry) -> None:
    """Name, other name, id and kind; links to the card and to the analysis."""
    st.header(safe(title(entry)), anchor=False)
    other = entry.name("en" if language() == "zh" else "zh")
    told = [words.kind(entry.kind), safe(other), safe(entry.id)]
    if entry.kind in ("table", "column"):
        told = [words.kind(entry.kind), safe(entry.name(language())), safe(other)]
    st.caption(" · ".join(dict.fromkeys(told)))
    ways(here, entry)


def title(entry: Entry) -> str:
    """What an entry is called: a table and a column by their name in SQL."""
    return entry.id if entry.kind in ("table", "column") else entry.name(language())


def ways(here: Here, entry: Entry) -> None:
    """From the entry to its card and to the self-service analysis."""
    if entry.kind not in ("perspective", "theme", "indicator", "module"):
        return
    with st.container(horizontal=True, gap="medium", key="list-path-ways"):
        card, analysis = _("Open the card"), _("Analyse it")
        links.to_node(here.view, entry.id, f"{card} ›", narrow=True)
        if entry.kind in ("indicator", "module") and Path(ROOT, EXPLORE).exists():
            params = here.view.params() | {"show": entry.id}
            st.page_link(EXPLORE, label=f"{analysis} ›", width="content", query_params=params)


def definition(here: Here, book: Dictionary, entry: Entry) -> None:
    """The definition in words, then facts by kind, each on a line."""
    with st.container(border=True, key="panel-entry-definition"):
        about = entry.about(language())
        if about and entry.kind not in ("table", "column"):
            st.markdown(safe(about, 900))
        facts = _facts(here, book, entry)
        if facts:
            st.markdown("  \n".join(f":gray[{name}] {text}" for name, text in facts if text))
        if entry.kind in ("indicator", "module"):
            _screens(here, entry)
        if entry.kind in ("perspective", "theme", "indicator"):
            _below(here, entry)


def _facts(here: Here, book: Dictionary, entry: Entry) -> Facts:
    name = entry.id.partition("@")[0]
    if entry.kind in ("indicator", "module"):
        return _of_indicator(here, book, here.tree.indicators[name], entry.aliases)
    if entry.kind == "point":
        return of_point(here, book, here.points[name])
    if entry.kind == "table":
        return of_table(entry.id)
    if entry.kind == "column":
        return of_column(entry.id)
    if entry.kind == "red_line":
        return of_red_line(here, here.tree.red_lines[name])
    if entry.kind == "rule":
        return of_rule(here, book.rules[name])
    return _of_node(here, entry) if entry.kind in ("perspective", "theme") else ()


def _of_node(here: Here, entry: Entry) -> Facts:
    tree = here.tree
    return (
        (_("Weight"), f"{tree.weight(entry.id):g}%"),
        (_("Of the total"), f"{tree.effective_weight(entry.id):.4g}%"),
        (_("Indicators"), str(len(tree.leaves(entry.id)))),
        (_("Also called"), _aliases(entry.aliases)),
    )


def _of_indicator(here: Here, book: Dictionary, leaf: Indicator, aliases: Sequence[str]) -> Facts:
    zh, known = language() == "zh", here.tree.vocabulary
    names = {key: (p.name_zh if zh else p.name_en) for key, p in here.points.items()}
    modules = [here.tree.modules[one] for one in leaf.modules]
    said = [one.name_zh if zh else one.name_en for one in modules]
    unit = leaf.unit_zh if zh else leaf.unit_en
    goals = " → ".join(_goal(goal, unit) for goal in (leaf.base, leaf.target))
    kept = _("a standard that holds every day") if leaf.standard else ""
    return (
        (_("Formula"), safe(leaf.formula.words(language(), names), 400)),
        (_("As written"), f"`{leaf.formula.text}`"),
        (_("Over time"), safe(known.over_time[leaf.over_time].in_(language()))),
        (_("Unit"), safe(unit)),
        (_("Direction"), safe(known.directions[leaf.better].in_(language()))),
        (_("Owner"), safe(leaf.owner_zh if zh else leaf.owner_en)),
        (_("Base → target"), safe(" · ".join(one for one in (goals, kept) if one))),
        (_("Weight in its theme"), f"{leaf.weight:g}%"),
        (_("Modules"), safe(_(", ").join(said), 400)),
        (_("Also called"), _aliases(aliases)),
        (_("Definition version"), f"`{book.versions[leaf.id]}`"),
    )


def _goal(goal: Goal, unit: str) -> str:
    said = goal_words(goal, language())
    return f"{said} {unit}" if goal.form == "number" else said


def _aliases(aliases: Sequence[str]) -> str:
    """Other words, those of the reader's language first."""
    chinese = [one for one in aliases if not one.isascii()]
    english = [one for one in aliases if one.isascii()]
    ordered = [*chinese, *english] if language() == "zh" else [*english, *chinese]
    return safe(_(", ").join(ordered), 400)


def _screens(here: Here, entry: Entry) -> None:
    shown = screens_of(entry.id.partition("@")[0])
    with st.container(
        horizontal=True, gap="small", key="list-path-screens", vertical_alignment="center"
    ):
        said = _("Shown on")
        st.markdown(f":gray[{said}]", width="content")
        for path, title in shown:
            st.page_link(
                path, label=title, width="content", query_params=_params(here, entry, path)
            )


def _params(here: Here, entry: Entry, path: str) -> Mapping[str, str]:
    params = here.view.params()
    if path == links.TREE:
        return params | {"node": entry.id}
    return params | {"show": entry.id} if path == EXPLORE else params


def _below(here: Here, entry: Entry) -> None:
    """What is right below a node, each a link to its entry."""
    below = here.tree.children(entry.id)
    if not below or entry.kind == "indicator":
        return
    with st.container(key="list-below"):
        for node in below:
            name = safe(here.tree.name(node, language()))
            weight = numbers.percent(here.tree.weight(node))
            params = {"entry": node}
            links.to_page(here.view, links.DICTIONARY, f"{name} · {weight}", params)
