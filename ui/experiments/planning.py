"""The calculator: how many users, how many days, which effect could be found at all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast, get_args

import pandas as pd
import streamlit as st

from data.experiments.check import LONGEST_DAYS
from data.state.experiments import Experiment
from metrics.experiments.plan import Kind, Plan, Policy
from metrics.experiments.power import Baseline, Size, detectable, duration, sample_size
from metrics.experiments.records import Reason
from ui import charts, tables
from ui.behaviour.words import module_name
from ui.experiments import words
from ui.experiments.register import Results, name_of
from ui.experiments.scale import Scale, of_kind, of_planned
from ui.frame import Here
from ui.load import experiments as read
from ui.load.experiments import Traffic
from words import numbers
from words.i18n import _
from words.text import plain, safe

TYPED = ""
WEEK = 7


@dataclass(frozen=True)
class Known:
    """A metric as an experiment measured it in its control."""

    label: str
    baseline: Baseline
    scale: Scale


def show(here: Here, every: Sequence[Experiment], found: Results) -> None:
    """Inputs on the left, the answer on the right."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        base = _baseline(here, known(here, every, found))
        plan, lift, margin = _wanted(base)
        modules = st.multiselect(
            _("Modules touched"), list(here.tree.modules),
            format_func=lambda m: module_name(here, m), key="plan_modules",
            placeholder=_("none chosen"),
            help=_("Whoever uses one of them can come in; none chosen: every active user."),
        )  # fmt: skip
    traffic = read.traffic(here.token, here.view.slice, tuple(sorted(modules)))
    with right, st.container(border=True, key="panel-plan-answer"):
        _answer(base, plan, lift, margin, traffic)


def known(here: Here, every: Sequence[Experiment], found: Results) -> Mapping[str, Known]:
    """What registered experiments measured in their controls, by experiment and metric."""
    made = {}
    for one in every:
        result = found.get(one.id)
        whole = None if result is None else result.measurement.whole
        if result is None or whole is None:
            continue
        statistics = {metric.id: metric for metric in result.source.statistics.metrics}
        for metric in result.source.plan.metrics:
            baseline = Baseline.of(statistics[metric.id], whole.arms[0])
            if isinstance(baseline, Reason):
                continue
            scale = of_planned(here, metric)
            label = f"{scale.name} · {name_of(here, one)}"
            made[f"{one.id}/{metric.id}"] = Known(label, baseline, scale)
    return made


@dataclass(frozen=True)
class _Base:
    baseline: Baseline
    scale: Scale


def _baseline(here: Here, offered: Mapping[str, Known]) -> _Base:
    """From an experiment's control, or typed."""
    heading = _("Before the change")
    st.markdown(f"**{heading}**")
    told = {TYPED: _("Type it"), **{key: one.label for key, one in offered.items()}}
    source = st.selectbox(
        _("Baseline"), list(told), format_func=lambda key: told[key], key="plan_source"
    )
    if source:
        one = offered[source]
        saved = one.baseline.saved
        line = _("{value} in the control").format(value=one.scale.said(one.baseline.value))
        if saved:
            line += _("; CUPED saves {share} of the variance").format(
                share=numbers.percent(100 * saved)
            )
        st.caption(safe(line, 200))
        return _Base(one.baseline, one.scale)
    kind = cast("Kind", st.segmented_control(
        _("Kind"), get_args(Kind), default="proportion", format_func=words.kind_words,
        key="plan_kind", required=True,
    ) or "proportion")  # fmt: skip
    if kind == "proportion":
        share = st.number_input(_("Share of users, %"), 0.01, 99.99, 10.0, key="plan_share")
        return _Base(Baseline.proportion(share / 100), of_kind("", kind))
    one_column, other = st.columns(2)
    value = one_column.number_input(_("Value"), value=100.0, key="plan_value")
    deviation = other.number_input(
        _("Standard deviation, one user"), min_value=0.0, value=200.0, key="plan_deviation",
        help=_("Of a ratio or a quantile: the standard error times the root of the users."),
    )  # fmt: skip
    saved = st.number_input(_("Variance that CUPED saves, %"), 0.0, 99.0, 0.0, key="plan_saved")
    return _Base(Baseline(kind, value, deviation, saved / 100), of_kind("", kind))


def _wanted(base: _Base) -> tuple[Plan, float, float | None]:
    """Plan, the relative effect to find (of non-inferiority: the true one), and the margin."""
    heading = _("What is to be found")
    st.markdown(f"**{heading}**")
    inferior = st.toggle(
        _("Only no worse (non-inferiority)"), key="plan_inferior",
        help=_("As for a guardrail: show that it does not get worse by more than the margin."),
    )  # fmt: skip
    margin = None
    if inferior:
        margin = st.number_input(_("Margin, % of the value"), 0.1, 100.0, 5.0, key="plan_margin")
        lift = 0.0
    else:
        lift = st.number_input(_("Smallest lift of interest, %"), 0.1, 500.0, 5.0, key="plan_lift")
    one, two, three = st.columns(3)
    arms = one.number_input(_("Variants"), 2, 10, 2, key="plan_arms")
    alpha = two.number_input(
        _("Significance level"), 0.001, 0.499, 0.05, 0.01, format="%.3f", key="plan_alpha"
    )
    power = three.number_input(_("Power"), 0.5, 0.999, 0.8, 0.05, key="plan_power")
    policy = cast("Policy", st.selectbox(
        _("When to look"), get_args(Policy), format_func=words.policy_words, key="plan_policy"
    ) or "fixed")  # fmt: skip
    names = ("control", *(f"treatment{n}" for n in range(1, int(arms))))
    plan = Plan(names, (), alpha=float(alpha), power=float(power), policy=policy)
    size = abs(base.baseline.value)
    return plan, lift / 100 * size, None if margin is None else margin / 100 * size


def _answer(base: _Base, plan: Plan, effect: float, margin: float | None, traffic: Traffic) -> None:
    size = sample_size(base.baseline, effect, plan, margin)
    if size.total is None:
        why = words.reason_words(size.reason, str) if size.reason is not None else ""
        told = _("No number of users would do")
        st.markdown(f"**{told}**")
        st.caption(safe(why, 300))
        return
    days = days_needed(size.total, traffic.users)
    st.subheader(safe(_headline(size, days), 300), anchor=False)
    if margin is None:
        told = _("To find {effect} or more with a chance of {power}.").format(
            effect=base.scale.step(effect), power=numbers.percent(100 * plan.power)
        )
    else:
        told = _("To show that it is worse by less than {margin}, if it is as good, with a chance "
                 "of {power}.").format(
            margin=base.scale.step(margin).removeprefix("+"),
            power=numbers.percent(100 * plan.power),
        )  # fmt: skip
    st.markdown(safe(told, 300))
    st.caption(safe(_traffic_words(traffic), 300))
    _detectable(base, plan, traffic)


def _headline(size: Size, days: int | None) -> str:
    users = numbers.number(float(size.total or 0), 0)
    each = numbers.number(float(size.control or 0), 0)
    if days is None:
        told = _("{users} users ({each} in the control); so many do not come by in two years")
        return told.format(users=users, each=each)
    told = _("{users} users ({each} in the control): {days} days of enrolment")
    return told.format(users=users, each=each, days=days)


def days_needed(total: int, users: Sequence[int]) -> int | None:
    """Whole weeks until ``total`` have come by; beyond the known days at the last week's pace.

    ``users[d]``: distinct users within d + 1 days. None where too few come
    for an experiment of two years.

    >>> days_needed(250, [100, 180, 240, 280]), days_needed(10, [])
    (7, None)
    """
    for day, count in enumerate(users, 1):
        if count >= total:
            return math.ceil(day / WEEK) * WEEK
    if len(users) <= WEEK:
        return None
    pace = (users[-1] - users[-1 - WEEK]) / WEEK
    more = duration(total - users[-1], pace, whole_weeks=False)
    if more is None or len(users) + more > LONGEST_DAYS:
        return None
    return math.ceil((len(users) + more) / WEEK) * WEEK


def _traffic_words(traffic: Traffic) -> str:
    if traffic.until is None or not traffic.users:
        return _("No events are loaded: how many users come by is not known.")
    return _("By {day} {week} different users came by in a week, {month} in four.").format(
        day=numbers.day(traffic.until), week=numbers.number(float(traffic.users[WEEK - 1]), 0),
        month=numbers.number(float(traffic.users[-1]), 0),
    )  # fmt: skip


def _detectable(base: _Base, plan: Plan, traffic: Traffic) -> None:
    """What could be found after one to four weeks of everybody who comes by."""
    if len(traffic.users) < WEEK:
        return
    rows = []
    for week in range(1, len(traffic.users) // WEEK + 1):
        users = traffic.users[week * WEEK - 1]
        found = detectable(base.baseline, int(users * plan.shares[0]), plan)
        rows.append((week, users, found))
    size = abs(base.baseline.value)
    lifts = [100 * one / size if one is not None and size else None for _w, _u, one in rows]
    table = pd.DataFrame(
        {
            _("Weeks of enrolment"): [week for week, _u, _f in rows],
            _("Users"): [users for _w, users, _f in rows],
            _("Smallest effect found"): [base.scale.step(one) for _w, _u, one in rows],
            _("Lift, %"): lifts,
        }
    )
    last = lifts[-1]
    finding = _("Four weeks of all who come by find a lift of {lift} or more").format(
        lift=numbers.MISSING if last is None else f"{numbers.number(last)}%"
    )
    st.markdown(f"**{safe(finding, 300)}**")
    st.dataframe(
        tables.minus(table, {_("Lift, %"): ".2f"}), hide_index=True, key="plan_detectable",
        placeholder="—",
        column_config={
            _("Users"): st.column_config.NumberColumn(format="%,d"),
        },
    )  # fmt: skip
    charts.as_table(table, "plan_detectable_file", plain(finding, 200))
