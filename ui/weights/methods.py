"""Proposals for the weights of one parent's children: judged in pairs, by data, or mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.state import WeightOrigin
from metrics.scorecard import ScoreCard
from metrics.weights.evidence import Evidence, evidence, weigh
from metrics.weights.judgements import matrix, pairs_of
from metrics.weights.methods import MAX_RATIO, Ahp, Floats, ahp, mix_convex, mix_product
from ui import load, tables
from ui.frame import Here
from ui.weights import words
from words import numbers
from words.i18n import _, language
from words.text import plain, safe

METHODS = ("hand", "ahp", "entropy", "critic", "mix")
JUDGED_EQUAL = 0
Proposal = Mapping[str, float]


@dataclass(frozen=True)
class Place:
    """Which draft and which siblings: part of every key, so that nothing typed gets lost."""

    number: int
    parent: str
    children: tuple[str, ...]
    judged: tuple[tuple[tuple[str, str], int], ...] = ()
    """What the draft keeps of judgements in pairs: where the sliders begin."""

    def key(self, *parts: str) -> str:
        """A widget's key."""
        return "_".join(("weigh", str(self.number), *parts))


def origin(place: Place, method: str) -> WeightOrigin:
    """What the method was told, as it is kept with the draft."""
    state, detail = st.session_state, dict[str, object]()
    if method == "mix":
        named = ("judged", "measured", "form")
        detail |= {name: state.get(place.key(name, place.parent)) for name in named}
        if detail["form"] == "convex":
            detail["share"] = state.get(place.key("share", place.parent))
    if method in ("entropy", "critic", "mix"):
        detail["source"] = state.get(place.key("source", place.parent))
    if "ahp" in (method, detail.get("judged")):
        pairs = combinations(place.children, 2)
        steps = {pair: int(state.get(place.key("pair", *pair), JUDGED_EQUAL)) for pair in pairs}
        detail["pairs"] = pairs_of(place.children, steps)
    return WeightOrigin(place.parent, method, detail)


def scale_words(step: int) -> str:
    """A step of Saaty's scale.

    >>> scale_words(4), scale_words(0), scale_words(-2)
    ('5 : 1', '1 : 1', '1 : 3')
    """
    return f"{step + 1} : 1" if step >= 0 else f"1 : {1 - step}"


def in_pairs(here: Here, place: Place) -> Proposal | None:
    """AHP: one slider a pair, the consistency ratio, and which judgement to look at again."""
    st.caption(
        _("How many times as important is the first as the second? 1 equal, 3 somewhat, 5 clearly, "
          "7 strongly, 9 extremely more.")
    )  # fmt: skip
    kept, steps = dict(place.judged), {}
    for one, other in combinations(place.children, 2):
        step = st.select_slider(
            f"{words.child_words(here.tree, one)} : {words.child_words(here.tree, other)}",
            options=list(range(8, -9, -1)), value=kept.get((one, other), JUDGED_EQUAL),
            format_func=scale_words, key=place.key("pair", one, other), persist_state="session",
        )  # fmt: skip
        steps[one, other] = int(step)
    judged = matrix(place.children, steps)
    found = ahp(judged)
    _consistency(here, place, found, judged)
    if found.weights is None:
        return None
    return dict(zip(place.children, found.weights, strict=True))


def _consistency(here: Here, place: Place, found: Ahp, judged: Floats) -> None:
    ratio = found.consistency_ratio
    if ratio is None:
        st.error(f"■ {safe(found.reason or '', 300)}")
        return
    told = _("Consistency ratio {ratio} (at most {most})").format(
        ratio=numbers.number(ratio, 3), most=MAX_RATIO
    )
    if found.weights is not None:
        st.markdown(f":green-badge[● {safe(told)}]")
        return
    if found.worst_pair is None:
        st.error(f"■ {safe(told)}")
        return
    row, column = found.worst_pair
    names = [words.child_words(here.tree, place.children[at]) for at in (row, column)]
    said = judged[row, column]
    step = round(said - 1) if said >= 1 else -round(1 / said - 1)
    hint = _("The judgements contradict each other. “{one} : {other}”, judged {said}, fits the "
             "others least: look at it again.").format(
        one=names[0], other=names[1], said=scale_words(step)
    )  # fmt: skip
    st.error(f"■ {safe(told)} — {safe(hint, 300)}")


def by_data(here: Here, place: Place, method: str) -> Proposal | None:
    """Entropy or CRITIC over branches or over the last periods."""
    sources = {"branches": _("Branches"), "periods": _("Last periods")}
    source = st.segmented_control(
        _("Compare"), list(sources), key=place.key("source", place.parent), default="branches",
        required=True, format_func=sources.__getitem__, persist_state="session",
    )  # fmt: skip
    rows = _branches(here) if source == "branches" else _periods(here)
    found = evidence(rows, place.children)
    _evidence(here, found)
    weighed = weigh(found, method)
    if weighed.reason is not None:
        _why_not(here, found, equal=weighed.weights is not None)
    if weighed.weights is None:
        return None
    return dict(zip(place.children, weighed.weights, strict=True))


def _branches(here: Here) -> list[tuple[str, ScoreCard, str]]:
    card = load.score_card(here.token, here.view.scope)
    below = here.bank.below(here.view.branch)
    return [(one.name(language()), card, one.id) for one in below if one.id in card.branches]


def _periods(here: Here) -> list[tuple[str, ScoreCard, str]]:
    cards = load.history(here.token, here.view.scope)
    return [(numbers.period(card.period), card, here.view.branch) for card in cards]


def _why_not(here: Here, found: Evidence, *, equal: bool) -> None:
    if equal:
        st.info(_("The data cannot tell these apart: all weigh the same."))
    elif found.never:
        names = _(", ").join(words.child_words(here.tree, one) for one in found.never)
        st.info(_("Not enough data: {names} has no values here.").format(names=safe(names, 300)))
    else:
        told = _("Not enough data: {count} complete rows, at least 5 are needed.")
        st.info(told.format(count=len(found.rows)))


def _evidence(here: Here, found: Evidence) -> None:
    """The rows that are weighed, to be read before the weights are believed."""
    told = _("{used} of {all} rows are complete").format(
        used=len(found.rows), all=len(found.rows) + len(found.left_out)
    )
    with st.expander(told, type="compact"):
        kinds = {"value": _("value"), "score": _("score")}
        heads = [
            f"{words.child_words(here.tree, child)} ({kinds[kind]})"
            for child, kind in zip(found.columns, found.measures, strict=False)
        ]
        table = pd.DataFrame(list(found.values), columns=heads or list(found.columns))
        table.insert(0, _("Row"), [plain(one, 60) for one in found.rows])
        st.dataframe(tables.minus(table), hide_index=True, placeholder="—")


def mixed(here: Here, place: Place, by_hand: Mapping[str, float]) -> Proposal | None:
    """Judged weights (in pairs, or those typed) and weights by data in one."""
    judging = {"hand": _("Typed by hand"), "ahp": _("In pairs (AHP)")}
    measuring = {"entropy": _("Entropy"), "critic": "CRITIC"}
    forms = {"convex": _("Weighted mean"), "product": _("Product")}
    one, two, three = st.columns(3)
    judged_by = _choice(one, _("Judged"), judging, place.key("judged", place.parent))
    measured_by = _choice(two, _("Measured"), measuring, place.key("measured", place.parent))
    form = _choice(three, _("Mix by"), forms, place.key("form", place.parent))
    share = 50
    if form == "convex":
        share = st.slider(
            _("Share of the judged weights, %"), 0, 100, 50, 5,
            key=place.key("share", place.parent), persist_state="session",
        )  # fmt: skip
    judged = in_pairs(here, place) if judged_by == "ahp" else by_hand
    measured = by_data(here, place, measured_by)
    if judged is None or measured is None:
        return None
    return _mix(place.children, judged, measured, form, share)


def _mix(
    children: Sequence[str], judged: Proposal, measured: Proposal, form: str, share: int
) -> Proposal | None:
    first = [judged[child] for child in children]
    then = [measured[child] for child in children]
    found = mix_convex(first, then, share / 100) if form == "convex" else mix_product(first, then)
    if found.weights is None:
        st.info(f"○ {safe(found.reason or '', 200)}")
        return None
    return dict(zip(children, found.weights, strict=True))


def _choice(place: DeltaGenerator, label: str, choices: Mapping[str, str], key: str) -> str:
    found = place.segmented_control(
        label, list(choices), key=key, default=next(iter(choices)), required=True,
        format_func=choices.__getitem__, persist_state="session",
    )  # fmt: skip
    return str(found)
