"""The controls of a view: what is defined is offered, the rest is listed with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Literal, TypeVar

import streamlit as st

from metrics.decomposition.records import Refused
from metrics.explore.defined import Offered
from metrics.explore.view import MOST_DIMENSIONS, MOST_INDICATORS, NAME, Against, Sort
from metrics.explore.view import View as Asked
from metrics.tree import Tree
from reports.explore.words import Names, against_words
from ui.explore.codes import CONTROLS
from ui.frame import Here
from words.i18n import _, language
from words.names import dimension_words, kind_words
from words.text import plain, safe

THEME = "explore_theme"
T = TypeVar("T", bound=str)


def chart_words(chart: str) -> str:
    """A kind of chart."""
    return {
        "table": _("Table only"),
        "line": _("Lines"),
        "bar": _("Bars"),
        "heat": _("Heat map"),
        "map": _("Map"),
        "scatter": _("Scatter"),
    }[chart]


def grain_words(grain: str) -> str:
    """A grain; '' is the period as a whole."""
    return kind_words(grain) if grain else _("none: one number")


def show(here: Here, names: Names, view: Asked, there: Offered) -> None:
    """Draw the controls; the session holds what they say, set to ``view`` before."""
    first = st.columns([1.5, 4.2, 2.2], vertical_alignment="bottom")
    with first[0]:
        theme = _theme(here.tree)
    with first[1]:
        _indicators(here.tree, names, view, theme)
    with first[2]:
        _by(view, there)
    second = st.columns([1.3, 2.9, 1.6, 2.1], vertical_alignment="bottom")
    with second[0]:
        _choice("grain", _("Time steps"), _allowed(there.grains), grain_words)
    with second[1]:
        allowed = [one for one, why in there.comparisons.items() if why is None]
        st.multiselect(
            _("Compared with"), allowed, key=CONTROLS["against"], format_func=_said(
                allowed, against_words), placeholder=_("nothing"), persist_state="session",
        )  # fmt: skip
    with second[2]:
        _choice("as", _("Chart"), _allowed(there.charts), chart_words)
    with second[3]:
        _sorting(names, view)


def _allowed(found: Mapping[T, Refused | None]) -> list[T]:
    return [one for one, why in found.items() if why is None]


def _said(codes: Iterable[str], words: Callable[[str], str]) -> Callable[[str], str]:
    """Words of codes in the language of this moment; a code without words stays as it is."""
    told = {code: words(code) for code in codes}
    return lambda code: told.get(code, code)


def _choice(key: str, label: str, options: list[T], words: Callable[[str], str]) -> None:
    st.selectbox(
        label, options, key=CONTROLS[key], format_func=_said(options, words), filter_mode=None,
        persist_state="session",
    )  # fmt: skip


def _theme(tree: Tree) -> str:
    """A theme or a perspective to choose indicators from; '' for all."""
    lang = language()
    options = [""]
    for perspective in tree.perspectives:
        options += [perspective, *tree.children(perspective)]
    told = {"": _("All themes")}
    for one in options[1:]:
        indent = "\u2003" if tree.level(one) == 2 else ""
        told[one] = indent + plain(tree.name(one, lang), 60)
    chosen = st.selectbox(
        _("Theme"), options, key=THEME, format_func=lambda one: told.get(one, one),
        persist_state="session",
    )  # fmt: skip
    return chosen or ""


def _indicators(tree: Tree, names: Names, view: Asked, theme: str) -> None:
    leaves = tree.leaves(theme) if theme else tuple(tree.indicators)
    offered = [node for leaf in leaves for node in (leaf, *tree.children(leaf))]
    options = list(dict.fromkeys((*view.indicators, *offered)))
    st.multiselect(
        _("Indicators"), options, key=CONTROLS["show"], format_func=_said(options, names.indicator),
        max_selections=MOST_INDICATORS, placeholder=_("Choose or type to search"),
        persist_state="session", select_all=False,
    )  # fmt: skip


def _by(view: Asked, there: Offered) -> None:
    allowed = list(dict.fromkeys((*view.by, *_allowed(there.by))))
    st.multiselect(
        _("Split by (at most 2)"), allowed, key=CONTROLS["by"],
        format_func=_said(allowed, dimension_words), max_selections=MOST_DIMENSIONS,
        placeholder=_("not split"), persist_state="session", select_all=False,
    )  # fmt: skip


def _sorting(names: Names, view: Asked) -> None:
    """The order of the rows; a click on a heading of the table sets it, too."""
    options = sorts(view)
    st.selectbox(
        _("Order of rows"), list(options), key=CONTROLS["sort"],
        format_func=_said(options, lambda code: sort_words(names, options[code])),
        persist_state="session",
    )  # fmt: skip


def sorts(view: Asked) -> dict[str, Sort]:
    """All orders of a view's rows by their codes."""
    found = [Sort(), Sort(NAME), Sort(NAME, down=True)]
    others: tuple[Against | Literal[""], ...] = ("", *view.comparisons)
    for node, against in product(view.indicators, others):
        found += [Sort(node, against, down=True), Sort(node, against)]
    if view.sort not in found:
        found.append(view.sort)
    return {one.code: one for one in found}


def sort_words(names: Names, sort: Sort) -> str:
    """An order in words, with an arrow for its direction."""
    if not sort.by:
        return _("as defined, reversed") if sort.down else _("as defined")
    arrow = "↓" if sort.down else "↑"
    if sort.by == NAME:
        told = _("Name")
        return f"{told} {arrow}"
    told = names.indicator(sort.by)
    if sort.against:
        told = f"{told} Δ {against_words(sort.against)}"
    return f"{told} {arrow}"


def why_not(there: Offered) -> None:
    """What is not offered, with the reasons."""
    lines = [
        *_reasons(_("Split"), there.by, dimension_words),
        *_reasons(_("Time steps"), there.grains, grain_words),
        *_reasons(_("Compared with"), there.comparisons, against_words),
        *_reasons(_("Chart"), there.charts, chart_words),
    ]
    if not lines:
        return
    with st.popover(
        _("Not offered ({count})").format(count=len(lines)), key="explore_why_not",
    ):  # fmt: skip
        st.markdown("\n".join(lines))


def _reasons(
    heading: str, found: Mapping[T, Refused | None], words: Callable[[str], str]
) -> list[str]:
    return [
        f"- {safe(heading)} · **{safe(words(one))}**: {safe(why.words(language()), 200)}"
        for one, why in found.items()
        if why is not None
    ]
