"""The steps of a set's life, its history, and the set as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial

import streamlit as st

from data.state import (
    WeightSet,
    discard_weights,
    send_back_weights,
    submit_weights,
)
from metrics.scorecard import PublishingError, publish_weight_set, weight_problems
from metrics.weights.exact import exact_set
from metrics.weights.files import to_excel, to_yaml
from ui import lifecycle
from ui.export import EXCEL
from ui.frame import Here
from ui.load import weights as read
from ui.weights import edit, origins, words
from words import numbers
from words.i18n import _
from words.text import safe

Pressed = tuple[Callable[[], object], str]
"""What a button does, and what is said after it."""


def heading(here: Here, one: WeightSet) -> None:
    """What a kept set is, who wrote it and why."""
    colour = {"draft": "gray", "submitted": "orange", "published": "green"}[one.state]
    facts = [
        _("by {who}").format(who=one.author),
        _("takes effect on {day}").format(day=numbers.day(one.effective_from)),
        _("for {whom}").format(whom=words.kind_words(read.kind_of(one.profile))),
    ]
    if one.published_by:
        facts.append(_("published by {who}").format(who=one.published_by))
    st.markdown(
        f"**{safe(words.set_name(one))}** :{colour}-badge[{safe(words.state_words(one.state))}] "
        f":gray[{safe(' · '.join(facts), 300)}]  \n{safe(one.reason, 400)}"
    )


def actions(here: Here, now: WeightSet) -> None:
    """What the reader may do with the set as they saw it."""
    if now.state == "published":
        return
    if not here.viewer.may("publish"):
        st.caption(_("Weights are changed and published by planning and administration."))
        return
    mine = edit.seen(now)
    by = here.viewer.id
    pressed: list[Pressed] = []
    with st.container(horizontal=True, key="actions-weights", vertical_alignment="bottom"):
        if mine.state == "draft":
            pressed += _button(
                _("Hand in"), lambda: _submit(here, mine), _("Handed in."), main=True
            )
        else:
            pressed += _button(
                _("Publish"),
                lambda: publish_weight_set(
                    read.state(), here.tree, mine, by=by, two_people=read.two_people()
                ),
                _("Published: it holds from its day on."), main=True,
            )  # fmt: skip
        reason = st.text_input(
            _("Reason to send back or discard"), key=f"weights_why_{now.id}", max_chars=500,
            width=320,
        )  # fmt: skip
        if mine.state == "draft":
            pressed += _button(
                _("Discard"),
                lambda: discard_weights(read.state(), mine, by=by, reason=reason),
                _("Discarded; the audit log keeps what it said."),
            )
        else:
            pressed += _button(
                _("Send back"),
                lambda: send_back_weights(read.state(), mine, by=by, reason=reason),
                _("Sent back: it is a draft again."),
            )
    for step, done in pressed:
        if lifecycle.acted(step, done):
            read.changed()
            st.session_state["weights_next"] = str(now.id)  # its line in the chooser is a new one
            st.rerun()
    if mine.state == "submitted" and read.two_people():
        st.caption(_("Another person than its authors publishes it."))


def _submit(here: Here, mine: WeightSet) -> None:
    problems = weight_problems(here.tree, mine.by_node())
    if problems:
        raise PublishingError(problems)
    submit_weights(read.state(), mine, by=here.viewer.id)


def _button(
    label: str, step: Callable[[], object], done: str, *, main: bool = False
) -> list[Pressed]:
    """The step of a button that was pressed: done below the row, where there is room to say no."""
    return [(step, done)] if st.button(label, type="primary" if main else "secondary") else []


def history(here: Here, one: WeightSet) -> None:
    """How the weights were found, and who did what with the set, from the audit log."""
    origins.show(here, one)
    entries = read.life(f"weight_set:{one.id}")
    st.dataframe(lifecycle.life_table(entries), hide_index=True, placeholder="—")
    st.caption(_("A published set is never overwritten; a later one takes its place from its day."))


def files(here: Here, code: str, weights: read.Weights, one: WeightSet | None) -> None:
    """The set as YAML and as Excel, to be changed and brought back."""
    exact: dict[str, Decimal] = exact_set(here.tree, weights) if one is None else one.by_node()
    said = {} if one is None else _said(one)
    found = () if one is None else one.origins
    forms = {
        "yaml": ("YAML", "application/yaml", partial(to_yaml, here.tree, exact, found, **said)),
        "xlsx": ("Excel", EXCEL, partial(to_excel, here.tree, exact, found)),
    }
    told = _("This set as a file: change it, and bring it back under *Begin a draft*.")
    if one is None:
        told = _("A profile as shipped has no history. {told}").format(told=told)
    st.caption(told)
    with st.container(horizontal=True, gap="small", key="export-weights"):
        for ending, (label, kind, make) in forms.items():
            st.download_button(
                label, data=make, file_name=f"canopy_weights_{code}.{ending}", mime=kind,
                key=f"weights_{ending}", on_click="ignore", type="tertiary",
            )  # fmt: skip


def _said(one: WeightSet) -> dict[str, str | date]:
    return {
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "reason": one.reason,
        "effective_from": one.effective_from,
    }
