"""How the weights below a node were found: kept with the set, shown in its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data.state import WeightOrigin, WeightSet
from metrics.weights.judgements import Steps, matrix, step_of
from metrics.weights.methods import MAX_RATIO, ahp
from ui import tables
from ui.frame import Here
from ui.weights import words
from words import numbers
from words.i18n import _
from words.text import plain, safe


def kept_steps(found: WeightSet, parent: str) -> Steps:
    """What was judged below a parent; empty where nothing was."""
    for one in found.origins:
        if one.parent == parent:
            pairs = one.detail.get("pairs", [])
            return {(first, other): step_of(judged) for first, other, judged in pairs}
    return {}


def show(here: Here, found: WeightSet) -> None:
    """For each parent whose weights were not only copied: the method and what it was told."""
    heading = _("How the weights were found")
    st.markdown(f"**{heading}**")
    if not found.origins:
        st.caption(_("As they were in the set, the profile or the file that the draft began with."))
        return
    for one in found.origins:
        known = one.parent in here.tree.nodes()
        name = words.parent_words(here.tree, one.parent) if known else plain(one.parent, 60)
        with st.expander(
            f"{safe(name)} — {safe(_told(one))}", key=f"origin_{found.id}_{one.parent}"
        ):
            _detail(here, one)


def _told(one: WeightOrigin) -> str:
    """The method, and of judgements how far they agree with each other."""
    told = words.method_words(one.method)
    ratio = consistency(one)
    if ratio is None:
        return told
    judged = _("consistency ratio {ratio} (at most {most})")
    return f"{told} · {judged.format(ratio=numbers.number(ratio, 3), most=MAX_RATIO)}"


def consistency(one: WeightOrigin) -> float | None:
    """The consistency ratio of kept judgements; None where there are none."""
    pairs = one.detail.get("pairs", [])
    if not pairs:
        return None
    children = list(dict.fromkeys(name for pair in pairs for name in pair[:2]))
    steps = {(first, other): step_of(judged) for first, other, judged in pairs}
    return ahp(matrix(children, steps)).consistency_ratio


def _detail(here: Here, one: WeightOrigin) -> None:
    facts = _facts(one.detail)
    if facts:
        st.markdown(safe(" · ".join(facts), 300))
    pairs = one.detail.get("pairs", [])
    if pairs:
        known = here.tree.nodes()
        names = {
            node: words.child_words(here.tree, node) if node in known else plain(node, 60)
            for pair in pairs for node in pair[:2]
        }  # fmt: skip
        table = pd.DataFrame(
            {
                _("First"): [names[pair[0]] for pair in pairs],
                _("Second"): [names[pair[1]] for pair in pairs],
                _("First : second"): [_scale(pair[2]) for pair in pairs],
            }
        )
        st.dataframe(table, hide_index=True, column_config=tables.figures_right(table))
    elif not facts:
        st.caption(_("Typed weight by weight."))


def _scale(judged: str) -> str:
    over, _slash, under = judged.partition("/")
    return f"{over} : {under or 1}"


def _facts(detail: Mapping[str, Any]) -> list[str]:
    """What a mix was made of and what the data were."""
    told = {
        "judged": _("judged: {what}"), "measured": _("measured: {what}"),
        "source": _("compared: {what}"), "form": _("mixed by: {what}"),
    }  # fmt: skip
    codes = {
        "hand": _("Typed by hand"), "ahp": _("In pairs (AHP)"), "entropy": _("Entropy"),
        "critic": "CRITIC", "branches": _("Branches"), "periods": _("Last periods"),
        "convex": _("Weighted mean"), "product": _("Product"),
    }  # fmt: skip
    found = [text.format(what=codes.get(str(detail[key]), plain(detail[key], 40)))
             for key, text in told.items() if key in detail]  # fmt: skip
    if "share" in detail:
        share = numbers.percent(float(detail["share"]))
        found.append(_("judged weights count {share}").format(share=share))
    return found
