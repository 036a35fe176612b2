"""What is drafted and handed in: changing it, handing it in, publishing it, by whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import pandas as pd
import streamlit as st

from data.state import (
    Baseline,
    discard_baselines,
    edit_baseline,
    send_back_baselines,
    submit_baselines,
)
from metrics.scorecard import PublishingError, baseline_problems, publish_typed_goals
from ui import lifecycle, tables
from ui.baselines import words
from ui.frame import Here
from ui.load import weights as state_of
from words import numbers
from words.i18n import _, _n
from words.text import plain, safe

SEEN = "goals_seen"
Pressed = tuple[Callable[[], object], str]
"""What a button does, and what is said after it."""


def seen(now: Baseline) -> Baseline:
    """The version that this reader began with."""
    known: dict[int, Baseline] = st.session_state.setdefault(SEEN, {})
    if now.id not in known or known[now.id].state != now.state:
        known[now.id] = now
    return known[now.id]


def show(here: Here, goals: Sequence[Baseline]) -> None:
    """A table of what waits; the rows that are chosen take the next step together."""
    waiting = [one for one in goals if one.state != "published"]
    if not waiting:
        st.info(_("Nothing is drafted or handed in."))
        return
    frame = table(here, waiting)
    chosen_rows = st.dataframe(
        frame, hide_index=True, key="goals_waiting", on_select="rerun",
        selection_mode="multi-row", placeholder="—", column_config=tables.figures_right(frame),
    )  # fmt: skip
    rows = chosen_rows["selection"]["rows"]
    picked = [waiting[at] for at in rows if at < len(waiting)] or waiting
    if not here.viewer.may("publish"):
        st.caption(_("Baselines are changed and published by planning and administration."))
        return
    told = _n("{count} goal", "{count} goals", len(picked)).format(count=len(picked))
    st.caption(told if rows else _("{goals}: all of them, as no row is chosen").format(goals=told))
    _steps(here, picked)
    if len(picked) == 1 and picked[0].state == "draft":
        _edit(here, picked[0])


def versions(here: Here, goals: Sequence[Baseline]) -> None:
    """Every version that was ever drafted, and its life."""
    if not goals:
        st.info(_("Nobody has typed a goal yet: all follow from the tree's rules."))
        return
    frame = table(here, goals)
    st.dataframe(frame, hide_index=True, placeholder="—", column_config=tables.figures_right(frame))


def table(here: Here, goals: Sequence[Baseline]) -> pd.DataFrame:
    """Versions of baselines with their life."""
    return pd.DataFrame(
        {
            _("No."): [one.id for one in goals],
            _("Indicator"): [words.name(here, one) for one in goals],
            _("Year"): [str(one.year) for one in goals],
            _("Branch"): [words.branch(here, one.branch_id) for one in goals],
            _("Base"): [_side(here, one, one.base) for one in goals],
            _("Target"): [_side(here, one, one.target) for one in goals],
            _("State"): [words.state_words(one.state) for one in goals],
            _("Takes effect"): [numbers.day(one.effective_from) for one in goals],
            _("Author"): [plain(one.author, 60) for one in goals],
            _("Published by"): [plain(one.published_by or "", 60) for one in goals],
            _("Origin"): [plain(one.method, 80) if one.method else _("typed") for one in goals],
            _("Reason"): [plain(one.reason, 200) for one in goals],
        }
    )


def _side(here: Here, one: Baseline, value: Decimal | None) -> str:
    return words.quantity(here, one.indicator, None if value is None else float(value))


def _steps(here: Here, picked: Sequence[Baseline]) -> None:
    by = here.viewer.id
    drafts = [seen(one) for one in picked if one.state == "draft"]
    handed = [seen(one) for one in picked if one.state == "submitted"]
    state = state_of.state()
    pressed: list[Pressed] = []
    with st.container(horizontal=True, key="actions-goals", vertical_alignment="bottom"):
        if drafts:
            pressed += _button(_("Hand in"), lambda: _submit(here, drafts), _("Handed in."))
        if handed:
            pressed += _button(
                _("Publish"), lambda: _publish(here, handed), _("Published: holds from its day on.")
            )
        reason = st.text_input(
            _("Reason to send back or discard"), key="goals_why", max_chars=500, width=320
        )
        if drafts:
            pressed += _button(
                _("Discard"), lambda: discard_baselines(state, drafts, by=by, reason=reason),
                _("Discarded; the audit log keeps what it said."),
            )  # fmt: skip
        if handed:
            pressed += _button(
                _("Send back"), lambda: send_back_baselines(state, handed, by=by, reason=reason),
                _("Sent back: it is a draft again."),
            )  # fmt: skip
    for step, done in pressed:
        if lifecycle.acted(step, done):
            st.session_state.pop(SEEN, None)
            state_of.changed()
            st.rerun()
    if handed and state_of.two_people():
        st.caption(_("Another person than its authors publishes it."))


def _submit(here: Here, drafts: Sequence[Baseline]) -> None:
    problems = baseline_problems(here.tree, here.bank.branches, drafts)
    if problems:
        raise PublishingError(problems)
    submit_baselines(state_of.state(), drafts, by=here.viewer.id)


def _publish(here: Here, handed: Sequence[Baseline]) -> None:
    publish_typed_goals(
        state_of.state(), here.tree, here.bank.branches, handed, by=here.viewer.id,
        two_people=state_of.two_people(),
    )  # fmt: skip


def _button(label: str, step: Callable[[], object], done: str) -> list[Pressed]:
    """The step of a button that was pressed: done below the row, where there is room to say no."""
    return [(step, done)] if st.button(label, key=f"goals_{label}") else []


def _edit(here: Here, now: Baseline) -> None:
    """Base and target of one draft; somebody else's change is told and nothing typed is lost."""
    mine = seen(now)
    if mine.version != now.version:
        told = _("{who} changed this draft at {when} UTC: base {base}, target {target}. What you "
                 "typed is still here.").format(
            who=now.changed_by, when=numbers.moment(now.changed_at),
            base=_side(here, now, now.base), target=_side(here, now, now.target),
        )  # fmt: skip
        st.warning(f"▲ {safe(told, 300)}")
        st.button(_("Go on from their version with what I typed"), on_click=_adopt, args=(now,))
    with st.form(f"goal_edit_{now.id}", border=False):
        one, two = st.columns(2)
        base = one.number_input(
            _("Base (scores 60)"), value=_float(mine.base), format="%.6g", key=f"goal_b_{now.id}"
        )
        target = two.number_input(
            _("Target (scores 100)"), value=_float(mine.target), format="%.6g",
            key=f"goal_t_{now.id}",
        )  # fmt: skip
        if st.form_submit_button(_("Keep")):
            _kept(here, mine, base, target)


def _adopt(now: Baseline) -> None:
    st.session_state[SEEN][now.id] = now


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _kept(here: Here, mine: Baseline, base: float | None, target: float | None) -> None:
    sides = [None if value is None else Decimal(repr(float(value))) for value in (base, target)]

    def step() -> None:
        st.session_state[SEEN][mine.id] = edit_baseline(
            state_of.state(), mine, by=here.viewer.id, base=sides[0], target=sides[1]
        )

    if lifecycle.acted(step, _("Kept in the draft.")):
        st.rerun()
