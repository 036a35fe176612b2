"""Register, change, start, stop, decide: each with its author and a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import streamlit as st

from data.configuration import ConfigurationError
from data.experiments.plan import ExperimentPlan
from data.state.experiments import (
    Experiment,
    change_plan,
    decide_experiment,
    register_experiment,
    start_experiment,
    stop_experiment,
)
from data.state.tables import EXPERIMENT_DECISIONS
from ui import lifecycle
from ui.experiments import words
from ui.experiments.register import CHOSEN
from ui.frame import Here
from ui.load import experiments as read
from ui.load.weights import state as state_of
from ui.strip import today
from words.i18n import _
from words.text import plain, safe

LONGEST = 2000
NEXT = "experiment_next"


def permitted(here: Here) -> bool:
    """Whether the reader keeps the register: readers of the whole bank who may remark."""
    return here.viewer.may("remark") and not here.view.slice.rights.subtree


def follow() -> None:
    """Look at the experiment that was just registered; before the list is drawn."""
    following = st.session_state.pop(NEXT, None)
    if following is not None:
        st.query_params[CHOSEN] = following


def steps(here: Here, one: Experiment) -> None:
    """What may be done with the experiment as it stands."""
    if not permitted(here):
        st.caption(_("The register is kept by readers of the whole bank who may remark."))
        return
    if one.stage == "decided":
        return
    with st.expander(_("Change, start, stop or decide"), key=f"experiment_act_{one.id}"):
        if one.stage == "draft":
            _step(here, one, "start", _("Start"), one.plan.starts_on)
        elif one.stage == "running":
            _step(here, one, "stop", _("Stop"), today())
        else:
            _decide(here, one)
        _change(here, one)


def _step(here: Here, one: Experiment, action: str, label: str, day: date) -> None:
    with st.form(f"experiment_{action}", border=False):
        left, right = st.columns([1, 3])
        chosen = left.date_input(_("As of"), value=day, key=f"experiment_{action}_day")
        reason = right.text_input(_("Reason"), key=f"experiment_{action}_why", max_chars=LONGEST)
        if not st.form_submit_button(label, type="primary"):
            return
    by, state = here.viewer.id, state_of()
    move = start_experiment if action == "start" else stop_experiment
    done = _("Started: its plan is fixed now.") if action == "start" else _(
        "Stopped: who comes in later does not count."
    )  # fmt: skip
    _done(lambda: move(state, one, by=by, reason=reason, day=chosen), done)


def _decide(here: Here, one: Experiment) -> None:
    with st.form("experiment_decide", border=False):
        left, right = st.columns([1, 3])
        outcome = left.selectbox(
            _("What is done with it"), EXPERIMENT_DECISIONS, format_func=words.decision_words,
            key="experiment_decide_what",
        ) or ""  # fmt: skip
        reason = right.text_input(_("Reason"), key="experiment_decide_why", max_chars=LONGEST)
        if not st.form_submit_button(_("Decide"), type="primary"):
            return
    by, state = here.viewer.id, state_of()
    _done(
        lambda: decide_experiment(state, one, by=by, outcome=outcome, reason=reason),
        _("Decided; the reason is kept."),
    )


def _change(here: Here, one: Experiment) -> None:
    """A few fields of the plan; the whole of it by a file."""
    plan = one.plan
    heading = _("Change the plan")
    st.markdown(f"**{heading}**")
    if one.stage != "draft":
        st.caption(_("It has begun: a change is kept as a deviation and shown beside every "
                     "result."))  # fmt: skip
    with st.form("experiment_change", border=False):
        a, b, c = st.columns(3)
        owner = a.text_input(_("Owner"), value=plan.owner, key="experiment_change_owner")
        ends = b.date_input(
            _("Users come in until"), value=plan.ends_on, key="experiment_change_ends"
        )
        horizon = c.number_input(
            _("Horizon, days"), 1, 730, plan.horizon_days, key="experiment_change_horizon"
        )
        hypothesis = st.text_area(
            _("Hypothesis"), value=plan.hypothesis, max_chars=LONGEST, key="experiment_change_what"
        )
        reason = st.text_input(_("Reason"), key="experiment_change_why", max_chars=LONGEST)
        if not st.form_submit_button(_("Keep the change")):
            return
    made = replace(
        plan, owner=owner, ends_on=ends, horizon_days=int(horizon), hypothesis=hypothesis
    )
    by, state, begun = here.viewer.id, state_of(), one.stage != "draft"
    _done(
        lambda: change_plan(state, one, made, by=by, reason=reason, deviation=begun),
        _("The change is kept."),
    )


def from_file(here: Here) -> None:
    """Register an experiment by its file, as the command line takes it."""
    st.caption(_("YAML as described in docs/experiments.md: hypothesis, variants, metrics, days."))
    sent = st.file_uploader(
        _("File with the plan"), type=["yaml", "yml"], key="experiment_plan_file",
        max_upload_size=lifecycle.LARGEST_MB,
    )  # fmt: skip
    if sent is None:
        return
    try:
        found = read.plan_of_file(here.token, plain(sent.name, 80), sent.getvalue())
    except ConfigurationError as error:
        lifecycle.refused(lifecycle.problems_of(error))
        return
    name = plain(found.plan.name(here.view.lang), 60)
    st.markdown(safe(_("✓ {name} ({id}) can be registered.").format(name=name, id=found.id), 200))
    if found.context:
        told = [
            f"{plain(here.tree.name(one.indicator, here.view.lang), 60)} "
            f"({words.refusal_words(one.kind, one.about)})"
            for one in found.context
            if one.kind != "other_modules"
        ]
        shown = _("Cannot guard it, shown as context: {names}").format(names=_(", ").join(told))
        st.caption(safe(shown, 1200))
    with st.form("experiment_filed", border=False):
        reason = st.text_input(_("Reason"), key="experiment_filed_why", max_chars=LONGEST)
        if st.form_submit_button(_("Register"), type="primary"):
            keep(here, found.id, found.plan, reason)


def keep(here: Here, name: str, plan: ExperimentPlan, reason: str) -> None:
    """Put a draft into the register and open it."""
    by, state = here.viewer.id, state_of()

    def step() -> None:
        register_experiment(state, name, plan, by=by, reason=reason)
        st.session_state[NEXT] = name

    _done(step, _("Registered as a draft: start it when it begins."))


def _done(step: Callable[[], object], told: str) -> None:
    if lifecycle.acted(step, told):
        st.rerun()
