"""Which sets there are, which one is looked at, and what is in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from data.state import WeightSet
from metrics.scorecard.rules import BANK, BRANCHES
from metrics.tree import ROOT
from ui import load, tiles
from ui.frame import Here
from ui.load import weights as read
from ui.weights import words
from words import numbers
from words.i18n import _, language
from words.text import plain, safe

CHOSEN = "weights_chosen"


def chosen(here: Here, sets: Sequence[WeightSet]) -> str:
    """The set that the address names, else what waits, else what is in force; a chooser for it."""
    codes = [*(str(one.id) for one in sets), *read.profiles(here.token)]
    asked = st.query_params.get("set")
    if asked is not None and asked != st.session_state.get("weights_written"):
        st.session_state[CHOSEN] = asked
    if st.session_state.get(CHOSEN) not in codes:
        st.session_state[CHOSEN] = _first(here, sets)
    told = {code: words.code_words(here, code, sets) for code in codes}
    code = st.selectbox(
        _("Set to look at"), codes, key=CHOSEN, format_func=lambda one: told.get(one, one),
        persist_state="session",
    )  # fmt: skip
    found = str(code or codes[0])
    st.query_params["set"] = found
    st.session_state["weights_written"] = found
    return found


def _first(here: Here, sets: Sequence[WeightSet]) -> str:
    waits = [one for one in sets if one.state != "published"]
    if waits:
        return str(waits[0].id)
    return read.in_force(here.token, here.view.period.last, BANK)[0]


def kind_of(code: str, sets: Sequence[WeightSet]) -> str:
    """Whom the looked-at set is for."""
    found = next((one for one in sets if str(one.id) == code), None)
    return read.kind_of(code if found is None else found.profile)


def show_tiles(here: Here, sets: Sequence[WeightSet]) -> None:
    """What is in force for the bank and its branches, what comes next, what waits."""
    last = here.view.period.last
    shown = [_in_force(here, sets, last, kind) for kind in (BANK, BRANCHES)]
    coming = [one for one in sets if one.state == "published" and one.effective_from > last]
    following = min(coming, key=lambda one: (one.effective_from, -one.id), default=None)
    shown.append(
        tiles.Figure(
            "weights-next",
            _("Next to take effect"),
            numbers.MISSING if following is None else numbers.day(following.effective_from),
            lines=() if following is None else (words.set_name(following),),
        )
    )
    for state, label in (("submitted", _("Wait to be published")), ("draft", _("Drafts"))):
        some = [one for one in sets if one.state == state]
        lines = tuple(words.set_name(one) for one in some[:2])
        shown.append(tiles.Figure(f"weights-{state}", label, str(len(some)), lines=lines))
    tiles.figures(shown)


def _in_force(here: Here, sets: Sequence[WeightSet], last: date, kind: str) -> tiles.Figure:
    name, _weights = read.in_force(here.token, last, kind)
    found = next((one for one in sets if str(one.id) == name), None)
    label = _("In force for {whom}").format(whom=words.kind_words(kind))
    shown = plain(load.weights_name(here.token, name, language()), 40)
    lines: tuple[str, ...] = (_("strategy profile as shipped"),)
    if found is not None:
        since = _("since {day}").format(day=numbers.day(found.effective_from))
        by = _("published by {who}").format(who=plain(found.published_by or "", 40))
        lines = (since, by)
    return tiles.Figure(f"weights-{kind}", label, shown, lines=lines)


def table(here: Here, sets: Sequence[WeightSet]) -> None:
    """Every set with its life; nothing published is ever overwritten."""
    if not sets:
        st.caption(_("No set has been kept yet: the strategy profiles hold."))
        return
    frame = pd.DataFrame(
        {
            _("No."): [one.id for one in sets],
            _("Name"): [words.set_name(one) for one in sets],
            _("State"): [words.state_words(one.state) for one in sets],
            _("For"): [words.kind_words(read.kind_of(one.profile)) for one in sets],
            _("Takes effect"): [numbers.day(one.effective_from) for one in sets],
            _("Author"): [plain(one.author, 60) for one in sets],
            _("Published by"): [plain(one.published_by or "", 60) for one in sets],
            _("Reason"): [plain(one.reason, 200) for one in sets],
        }
    )
    st.dataframe(frame, hide_index=True, key="weights_sets", placeholder="—")
    st.caption(
        _("The same numbers on the command line: {command}").format(
            command=f"`python cli.py score --period {safe(str(here.view.period))} --weights ID`"
        )
    )


def found(
    here: Here, code: str, sets: Sequence[WeightSet]
) -> tuple[WeightSet | None, read.Weights]:
    """The looked-at set, if it is a kept one, and its weights for every node of the tree."""
    tree = here.tree
    own = {node: tree.weight(node) for node in tree.nodes() if node != ROOT}
    kept = next((one for one in sets if str(one.id) == code), None)
    if kept is None:
        return None, own | dict(read.weights_of_profile(here.token, code))
    known = {node: float(weight) for node, weight in kept.by_node().items() if node in own}
    return kept, own | known
