"""Changing a draft: one parent's children at a time, kept at every step, nobody overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pandas as pd
import streamlit as st

from data.state import WeightOrigin, WeightSet, edit_weights
from metrics.weights.exact import exact_percent
from ui import lifecycle
from ui.frame import Here
from ui.load import weights as read
from ui.weights import methods, origins, words
from ui.weights.methods import Place
from words import numbers
from words.i18n import _
from words.text import safe

SEEN = "weights_seen"


def seen(now: WeightSet) -> WeightSet:
    """The version of a draft that this reader began to change."""
    known: dict[int, WeightSet] = st.session_state.setdefault(SEEN, {})
    if now.id not in known or now.state != known[now.id].state:
        known[now.id] = now
    return known[now.id]


def show(here: Here, now: WeightSet) -> None:
    """Day and reason, then a parent, a method, what it proposes, and the step into the draft."""
    mine = seen(now)
    if mine.version != now.version:
        _overtaken(here, mine, now)
    _day_and_reason(here, mine)
    place = _place(here, mine)
    typed = _typed(here, place, mine)
    method = st.segmented_control(
        _("Weigh"), methods.METHODS, key=place.key("method"), default="hand", required=True,
        format_func=words.method_words, persist_state="session",
    )  # fmt: skip
    found = _proposed(here, place, str(method), typed)
    _table(here, place, mine, found)
    if found is not None and st.button(
        _("Put into the draft"), key=place.key("put", place.parent), type="primary"
    ):
        _put(here, place, mine, found, str(method))


def _overtaken(here: Here, mine: WeightSet, now: WeightSet) -> None:
    """Somebody changed the draft meanwhile: who, what, and how to go on without losing anything."""
    old, new = mine.by_node(), now.by_node()
    other = [node for node in new if new[node] != old.get(node)]
    names = _(", ").join(words.child_words(here.tree, n) for n in other if _known(here, n)) or "—"
    told = _("{who} changed this draft at {when} UTC ({what}). What you typed is still here.")
    st.warning(
        "▲ "
        + told.format(
            who=safe(now.changed_by, 60), when=numbers.moment(now.changed_at), what=safe(names, 300)
        )
    )
    st.button(
        _("Go on from their version with what I typed"), key=f"weigh_{now.id}_adopt",
        on_click=adopt, args=(mine, now),
    )  # fmt: skip


def _known(here: Here, node: str) -> bool:
    return node in here.tree.nodes()


def adopt(mine: WeightSet, now: WeightSet) -> None:
    """Take the newest version; numbers that were typed stay, all others become theirs."""
    old = mine.by_node()
    for node, weight in now.by_node().items():
        key = _key(now.id, node)
        if key in st.session_state and st.session_state[key] == float(old.get(node, weight)):
            st.session_state[key] = float(weight)
    st.session_state[SEEN][now.id] = now


def _key(number: int, node: str) -> str:
    return f"weigh_{number}_hand_{node}"


def _day_and_reason(here: Here, mine: WeightSet) -> None:
    with st.expander(_("Day and reason"), type="compact"), st.form(f"day_{mine.id}", border=False):
        day: date = st.date_input(
            _("Takes effect on"), value=mine.effective_from, key=f"weigh_{mine.id}_day"
        )
        reason = st.text_area(
            _("Reason"), value=mine.reason, max_chars=2000, key=f"weigh_{mine.id}_reason"
        )
        if st.form_submit_button(_("Keep")):
            _edit(here, mine, None, reason, day)


def _place(here: Here, mine: WeightSet) -> Place:
    parents = words.parents(here.tree)
    parent = st.selectbox(
        _("Weights of what is below"), parents, key=f"weigh_{mine.id}_parent",
        format_func=lambda one: words.parent_words(here.tree, one), persist_state="session",
    )  # fmt: skip
    chosen = str(parent or parents[0])
    judged = tuple(origins.kept_steps(mine, chosen).items())
    return Place(mine.id, chosen, here.tree.children(chosen), judged)


def _typed(here: Here, place: Place, mine: WeightSet) -> Mapping[str, float]:
    """A field for each child, begun with the draft's weight."""
    kept = mine.by_node()
    typed: dict[str, float] = {}
    columns = st.columns(len(place.children))
    for column, child in zip(columns, place.children, strict=True):
        key = _key(mine.id, child)
        if key not in st.session_state:
            st.session_state[key] = float(kept.get(child, Decimal(0)))
        typed[child] = column.number_input(
            words.child_words(here.tree, child), min_value=0.0, max_value=100.0, step=1.0,
            format="%.4g", key=key, persist_state="session",
        )  # fmt: skip
    return typed


def _proposed(
    here: Here, place: Place, method: str, typed: Mapping[str, float]
) -> Mapping[str, float] | None:
    """What the method proposes, in per cent; None with the reason shown."""
    if method == "ahp":
        return methods.in_pairs(here, place)
    if method == "mix":
        return methods.mixed(here, place, typed)
    if method in ("entropy", "critic"):
        return methods.by_data(here, place, method)
    total = sum(typed.values())
    if total <= 0:
        st.info(_("Give at least one of them a weight above 0."))
        return None
    if abs(total - 100) > 1e-6:
        told = _("Together they weigh {total}; they will be brought to 100 in proportion.")
        st.caption(f"▲ {told.format(total=numbers.number(total))}")
    return typed


def _table(here: Here, place: Place, mine: WeightSet, found: Mapping[str, float] | None) -> None:
    """In force, in the draft, proposed: side by side."""
    kind = read.kind_of(mine.profile)
    _name, force = read.in_force(here.token, here.view.period.last, kind)
    kept = mine.by_node()
    exact = {} if found is None else exact_percent(found)
    rows = place.children
    frame = pd.DataFrame(
        {
            _("Node"): [words.child_words(here.tree, one) for one in rows],
            _("In force, %"): [force[one] for one in rows],
            _("In the draft, %"): [float(kept[one]) if one in kept else None for one in rows],
            _("Proposed, %"): [float(exact[one]) if one in exact else None for one in rows],
        }
    )
    st.dataframe(frame, hide_index=True, placeholder="—", key=place.key("table", place.parent))


def _put(
    here: Here, place: Place, mine: WeightSet, found: Mapping[str, float], method: str
) -> None:
    new = {**mine.by_node(), **exact_percent(found)}
    _edit(here, mine, new, None, None, place.children, [methods.origin(place, method)])


def _edit(
    here: Here,
    mine: WeightSet,
    weights: Mapping[str, Decimal] | None,
    reason: str | None,
    day: date | None,
    filled: Sequence[str] = (),
    told: Sequence[WeightOrigin] = (),
) -> None:
    kept: list[WeightSet] = []

    def step() -> None:
        kept.append(
            edit_weights(
                read.state(), mine, by=here.viewer.id, weights=weights, reason=reason,
                effective_from=day, origins=told,
            )
        )  # fmt: skip

    if lifecycle.acted(step, _("Kept in the draft.")):
        st.session_state[SEEN][mine.id] = kept[0]
        st.session_state["weights_refill"] = [(mine.id, node) for node in filled]
        st.rerun()


def refill() -> None:
    """Fields show what was just kept; before they are drawn."""
    for number, node in st.session_state.pop("weights_refill", []):
        kept = st.session_state.get(SEEN, {}).get(number)
        if kept is not None and _key(number, node) in st.session_state:
            st.session_state[_key(number, node)] = float(kept.by_node()[node])
