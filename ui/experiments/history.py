"""The plan as it was agreed, what guards it and what is only context, and who did what."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data.experiments.plan import ExperimentPlan, PlannedMetric
from data.state.experiments import Experiment
from ui.behaviour.words import module_name
from ui.experiments import words
from ui.experiments.scale import of_planned
from ui.frame import Here
from words import numbers
from words.i18n import _
from words.names import value_words
from words.text import plain, safe


def show(here: Here, one: Experiment) -> None:
    """Plan, metrics, steps."""
    st.markdown("  \n".join(safe(line, 300) for line in plan_lines(one.plan)))
    st.dataframe(
        metric_table(here, one.plan), hide_index=True, key="experiment_plan", placeholder="—"
    )
    steps(one)


def plan_lines(plan: ExperimentPlan) -> list[str]:
    """What was fixed besides arms and metrics."""
    looks = _(", ").join(numbers.percent(100 * one) for one in plan.looks)
    lines = [
        _("When to look: {policy}; horizon {days} days.").format(
            policy=words.policy_words(plan.policy), days=plan.horizon_days
        ),
        _("Level {alpha}, power {power}; many metrics corrected by {correction}.").format(
            alpha=numbers.percent(100 * plan.alpha), power=numbers.percent(100 * plan.power),
            correction=words.correction_words(plan.correction),
        ),
        _("Split: warned below p {warned}, invalid below p {invalid}.").format(
            warned=numbers.number(plan.ratio_warned), invalid=numbers.number(plan.ratio_invalid)
        ),
    ]  # fmt: skip
    if looks:
        lines.append(_("Planned looks at {looks} of the information.").format(looks=looks))
    if plan.users is not None:
        lines.append(_("Planned users: {count}.").format(count=numbers.number(plan.users)))
    if plan.campaign_id:
        lines.append(_("Belongs to campaign {campaign}.").format(campaign=plan.campaign_id))
    return lines


def metric_table(here: Here, plan: ExperimentPlan) -> pd.DataFrame:
    """The plan's metrics in words."""
    rows = plan.metrics
    scales = [of_planned(here, one) for one in rows]
    margins = [
        None if one.margin is None
        else f"{numbers.number(100 * one.margin)}%" if one.margin_relative
        else scale.step(one.margin).removeprefix("+")
        for one, scale in zip(rows, scales, strict=True)
    ]  # fmt: skip
    where = [_(", ").join(_only(here, one)) for one in rows]
    return pd.DataFrame(
        {
            _("Metric"): [scale.name for scale in scales],
            _("Role"): [words.role_words(one.role) for one in rows],
            _("Kind"): [words.kind_words(one.kind) for one in rows],
            _("Data points"): [" / ".join(point_name(here, p) for p in one.points) for one in rows],
            _("Only in"): [one or None for one in where],
            _("Days after exposure"): [one.window_days for one in rows],
            _("Better"): [better_words(one.better) for one in rows],
            _("Margin"): margins,
            "CUPED": [_("yes") if one.covariate else _("no") for one in rows],
        }
    )


def _only(here: Here, metric: PlannedMetric) -> list[str]:
    """The modules and Apps that the facts are narrowed to."""
    apps = value_words("app")
    return [
        module_name(here, value) if name == "module" else apps(value)
        for name, values in metric.where
        for value in values
    ]


def point_name(here: Here, name: str) -> str:
    """A data point's name; one that does not exist keeps its id."""
    point = here.points.get(name)
    if point is None:
        return plain(name, 40)
    return plain(point.name_zh if here.view.lang == "zh" else point.name_en, 60)


def steps(one: Experiment) -> None:
    """Who did what, when and why, oldest first."""
    table = pd.DataFrame(
        {
            _("When (UTC)"): [numbers.moment(step.at) for step in one.steps],
            _("Who"): [plain(step.who, 60) for step in one.steps],
            _("What"): [_what(step.action, step.outcome) for step in one.steps],
            _("As of"): [numbers.day(step.day) for step in one.steps],
            _("Reason"): [plain(step.reason, 200) for step in one.steps],
        }
    )
    st.dataframe(table, hide_index=True, key="experiment_steps", placeholder="—")


def better_words(better: str) -> str:
    """Which direction is the better one."""
    return _("more") if better == "higher" else _("less")


def _what(action: str, outcome: str | None) -> str:
    told = words.action_words(action)
    return told if outcome is None else f"{told}: {words.decision_words(outcome)}"
