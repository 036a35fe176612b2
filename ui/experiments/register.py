"""The register: tiles, what waits in words, and one line for each experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import streamlit as st

from data.state.experiments import Experiment
from metrics.experiments.records import Verdict
from ui import export, links, tiles
from ui.experiments import words
from ui.frame import Here
from ui.load.experiments import Result
from ui.tiles import Figure
from words import numbers
from words.i18n import _, _n
from words.text import plain, safe

PAGE = "pages/screens/experiments.py"
CHOSEN = "experiment"
MOST_LINES = 6
Results = Mapping[str, Result]


def name_of(here: Here, one: Experiment) -> str:
    """Name and id: text from people, not yet safe for Markdown."""
    return f"{plain(one.plan.name(here.view.lang), 60)} · {one.id}"


def verdict_of(found: Result | None) -> Verdict | None:
    """What the rule says; None where nothing is measured."""
    return None if found is None or found.analysis is None else found.analysis.verdict


def show_tiles(every: Sequence[Experiment], found: Results) -> None:
    """How many run, wait, were shipped, and how many can be believed."""
    running = [one for one in every if one.stage == "running"]
    users = sum(found[one.id].measurement.enrolled for one in running if one.id in found)
    decided = [one.decision for one in every if one.decision is not None]
    shipped = sum(one.outcome == "ship" for one in decided)
    states = [r.analysis.health.state for r in found.values() if r.analysis is not None]
    tiles.figures(
        [
            Figure("running", _("Running"), numbers.number(len(running)),
                   lines=(_("users in them: {count}").format(count=numbers.number(users)),)),
            Figure("drafts", _("Being planned"),
                   numbers.number(sum(one.stage == "draft" for one in every))),
            Figure("to-decide", _("To be decided"),
                   numbers.number(sum(one.stage == "stopped" for one in every)),
                   lines=(_("stopped, without a decision"),)),
            Figure("decided", _("Decided"), numbers.number(len(decided)),
                   lines=(_("{count} shipped").format(count=shipped),)),
            Figure("believed", _("Can be believed"),
                   f"{states.count('good')} / {len(states)}",
                   lines=(_("{warned} warned, {broken} broken").format(
                       warned=states.count("warned"), broken=states.count("invalid")),)),
        ]
    )  # fmt: skip


def findings(here: Here, every: Sequence[Experiment], found: Results, strange: int) -> None:
    """What waits for somebody, the most pressing first, each a link."""
    st.subheader(_("What waits"), anchor=False)
    lines = [(one, told) for one in every if (told := _waits(one, verdict_of(found.get(one.id))))]
    if not lines:
        st.markdown(_("○ Nothing waits for a decision."))
    for one, told in lines[:MOST_LINES]:
        label = f"{safe(name_of(here, one), 90)} — {safe(told, 200)}"
        links.to_page(here.view, PAGE, label, {CHOSEN: one.id})
    if strange:
        told = _n("▲ Users were exposed to {count} experiment that is not in the register.",
                  "▲ Users were exposed to {count} experiments that are not in the register.",
                  strange)  # fmt: skip
        st.markdown(safe(told.format(count=strange)))


def _waits(one: Experiment, verdict: Verdict | None) -> str:
    """Why an experiment needs somebody now; '' where it does not."""
    if one.stage not in ("running", "stopped"):
        return ""
    if verdict is None:
        return _("stopped, without a decision") if one.stage == "stopped" else ""
    if verdict.outcome == "keep_running" and one.stage == "running":
        return ""
    return words.outcome_words(verdict.outcome)


def days_run(one: Experiment, until: date | None) -> int | None:
    """Full days from the start to the stop, or to the newest data."""
    last = one.stopped_on or until
    if one.started_on is None or last is None:
        return None
    return max(0, (last - one.started_on).days + 1)


def show(here: Here, every: Sequence[Experiment], found: Results) -> None:
    """The table; a click on a row opens the experiment below."""
    st.subheader(_("Register"), anchor=False)
    table = frame(here, every, found)

    def pick() -> None:
        rows = st.session_state["experiment_list"].selection.rows
        if rows:
            st.query_params[CHOSEN] = every[rows[0]].id

    number = st.column_config.NumberColumn
    st.dataframe(
        table, key="experiment_list", hide_index=True, placeholder="—", on_select=pick,
        selection_mode="single-row",
        column_config={
            _("Experiment"): st.column_config.TextColumn(width=280, pinned=True),
            _("Days run"): number(format="%d"),
            _("Users"): number(format="%,d"),
        },
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _("Each over its own days; the period above is not read. Choose a row for more."),
            width="content",
        )
        export.buttons(table, "experiment_list", _("Experiments"))


def empty(strange: Sequence[str]) -> None:
    """Nothing is registered yet: what to do."""
    with st.container(border=True, key="state-no-experiments"):
        st.subheader(_("No experiment is registered yet"), anchor=False)
        st.markdown(_("Register one before it begins: its plan is what makes its result credible. "
                      "A table from elsewhere can be checked below without it."))  # fmt: skip
        if strange:
            told = _("Users were already exposed to: {names}")
            st.markdown(safe(told.format(names=_(", ").join(strange)), 400))


def frame(here: Here, every: Sequence[Experiment], found: Results) -> pd.DataFrame:
    """One row an experiment; users are those of the reader's scope and segment."""
    until = here.bank.as_of
    rows = [found.get(one.id) for one in every]
    users = [None if r is None else r.measurement.enrolled for r in rows]
    return pd.DataFrame(
        {
            _("Experiment"): [name_of(here, one) for one in every],
            _("State"): [words.stage_words(one.stage) for one in every],
            _("Health"): [_lamp(r) for r in rows],
            _("Verdict by rule"): [_told(verdict_of(r)) for r in rows],
            _("Decided"): [_decided(one) for one in every],
            _("Days run"): pd.Series([days_run(one, until) for one in every], dtype="Int64"),
            _("Users"): pd.Series(users, dtype="Int64"),
            _("Owner"): [plain(one.plan.owner, 40) for one in every],
            _("Started"): [numbers.day(one.started_on) for one in every],
            _("Stopped"): [numbers.day(one.stopped_on) for one in every],
        }
    )


def _lamp(found: Result | None) -> str | None:
    if found is None or found.analysis is None:
        return None
    return words.health_words(found.analysis.health.state)


def _told(verdict: Verdict | None) -> str | None:
    return None if verdict is None else words.outcome_words(verdict.outcome)


def _decided(one: Experiment) -> str | None:
    step = one.decision
    return None if step is None else words.decision_words(step.outcome or "")


def chosen(every: Sequence[Experiment], found: Results) -> Experiment | None:
    """The experiment that the address names, else one that waits, else the newest measured."""
    named = st.query_params.get(CHOSEN, "")
    for one in every:
        if one.id == named:
            return one
    waiting = [one for one in every if _waits(one, verdict_of(found.get(one.id)))]
    newest = sorted(every, key=lambda one: (one.id in found, one.plan.starts_on), reverse=True)
    return next(iter([*waiting, *newest]), None)
