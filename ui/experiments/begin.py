"""A new experiment by a form: what it is to change, for whom, judged by what, guarded by what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast, get_args

import streamlit as st

from data.experiments.check import Problem, plan_problems
from data.experiments.plan import (
    ExperimentPlan,
    PlannedArm,
    PlannedMetric,
    Policy,
)
from metrics.experiments.metrics import Context, default_guardrails, metric_of
from ui import lifecycle
from ui.behaviour.words import module_name
from ui.experiments import act, words
from ui.experiments.history import point_name
from ui.frame import Here
from ui.load import experiments as read
from ui.strip import today
from words import numbers
from words.i18n import _, message
from words.text import plain, safe

WINDOW = 14


def show(here: Here, strange: tuple[str, ...]) -> None:
    """The form and the file, for who keeps the register; nothing for others."""
    if not act.permitted(here):
        return
    opened = st.expander(_("Register an experiment"), key="experiment_begin", on_change="rerun")
    if not opened.open:
        return
    with opened:
        form, file = st.tabs([_("By a form"), _("By a file")])
        with form:
            _form(here, strange)
        with file:
            act.from_file(here)


def _form(here: Here, strange: tuple[str, ...]) -> None:
    """Outside of a form: the guardrails follow the modules that are chosen."""
    if strange:
        told = _("Exposed, but not registered: {names}").format(names=_(", ").join(strange))
        st.caption(safe(told, 400))
    one, two, three = st.columns(3)
    name = one.text_input(
        _("Id, as exposures name it"), value=strange[0] if strange else "", max_chars=64,
        key="new_experiment_id",
    )  # fmt: skip
    zh = two.text_input(_("Name in Chinese"), max_chars=200, key="new_experiment_zh")
    en = three.text_input(_("Name in English"), max_chars=200, key="new_experiment_en")
    hypothesis = st.text_area(_("Hypothesis"), max_chars=act.LONGEST, key="new_experiment_what")
    one, two, three = st.columns(3)
    owner = one.text_input(_("Owner"), value=here.viewer.id, max_chars=80, key="new_experiment_who")
    arms = two.text_input(
        _("Variants with shares, control first"), value="control=50, treatment=50", max_chars=400,
        key="new_experiment_arms",
    )  # fmt: skip
    modules = three.multiselect(
        _("Modules touched"), list(here.tree.modules), format_func=lambda m: module_name(here, m),
        key="new_experiment_modules", placeholder=_("none chosen"),
    )  # fmt: skip
    primary = _primary(here, tuple(modules))
    others = _others(here, tuple(modules), primary.window_days)
    plan = ExperimentPlan(
        zh.strip(), en.strip(), hypothesis.strip(), owner.strip(), tuple(modules),
        arms_of(arms), (primary, *(m for m in others if m.id != primary.id)), today(),
    )  # fmt: skip
    plan = _days(plan)
    reason = st.text_input(_("Reason"), key="new_experiment_why", max_chars=act.LONGEST)
    if st.button(_("Register as a draft"), type="primary", key="new_experiment_keep"):
        problems = plan_problems(plan)
        if problems:
            lifecycle.refused([problem_words(one) for one in problems])
            return
        act.keep(here, name.strip(), plan, reason)


def problem_words(problem: Problem) -> str:
    """What keeps a typed plan from being kept; fields by the names that they have here.

    >>> problem_words((("owner",), "the owner of the plan is empty"))
    'Owner: not filled in'
    """
    place, what = problem
    fields = {
        "name": _("Name in Chinese"), "hypothesis": _("Hypothesis"), "owner": _("Owner"),
    }  # fmt: skip
    if place[0] in fields:
        return _("{field}: not filled in").format(field=fields[str(place[0])])
    return plain(message(what), 300)


def arms_of(text: str) -> tuple[PlannedArm, ...]:
    """Variants as typed, their shares brought to a sum of 1; one without a number has 0.

    >>> [(one.name, one.share) for one in arms_of("control=1, treatment=3")]
    [('control', 0.25), ('treatment', 0.75)]
    """
    found: list[tuple[str, float]] = []
    for part in text.replace("，", ",").split(","):
        name, _sign, share = part.rpartition("=")
        if not part.strip():
            continue
        try:
            found.append((name.strip(), float(share.strip().removesuffix("%"))))
        except ValueError:
            found.append((part.strip(), 0.0))
    total = sum(share for _name, share in found) or 1.0
    return tuple(PlannedArm(name, share / total) for name, share in found)


def _primary(here: Here, modules: tuple[str, ...]) -> PlannedMetric:
    """The metric that decides: users with at least one, or the mean a user, of a point."""
    heading = _("The metric that decides")
    st.markdown(f"**{heading}**")
    one, two, three, four = st.columns([2, 2, 1, 1])
    kind = one.selectbox(
        words.kind_words("proportion") + " / " + words.kind_words("mean"), ["proportion", "mean"],
        format_func=words.kind_words, key="new_experiment_kind",
        label_visibility="hidden",
    )  # fmt: skip
    offered = read.usable_points(here.token)
    first = offered.index("tasks_finished") if "tasks_finished" in offered else 0
    point = two.selectbox(
        _("Data point"), offered, index=first, format_func=lambda p: point_name(here, p),
        key="new_experiment_point",
    ) or offered[first]  # fmt: skip
    window = three.number_input(
        _("Days after exposure"), 1, 366, WINDOW, key="new_experiment_window"
    )
    lower = four.toggle(_("Less is better"), key="new_experiment_lower")
    found = here.points[point]
    where = (("module", modules),) if modules and "module" in found.split_by else ()
    return PlannedMetric(
        f"{point}_primary"[:40], "mean" if kind == "mean" else "proportion", point, None, where,
        int(window), "primary", "lower" if lower else "higher", covariate=True,
        name_zh=found.name_zh, name_en=found.name_en,
    )  # fmt: skip


def _others(here: Here, modules: tuple[str, ...], window: int) -> list[PlannedMetric]:
    """Secondary indicators, and the guardrails that the tree proposes."""
    catalogue = read.catalogue(here.token)
    known: dict[str, PlannedMetric] = {}
    for indicator in here.tree.indicators.values():
        made = metric_of(indicator, catalogue, window_days=window, modules=modules)
        if not isinstance(made, Context):
            known[indicator.id] = made
    guards = default_guardrails(here.tree, catalogue, modules, window)
    proposed = {one.id: one for one in guards.metrics}
    one, two = st.columns(2)
    secondary = one.multiselect(
        _("Secondary metrics"), [name for name in known if name not in proposed],
        format_func=lambda i: plain(here.tree.name(i, here.view.lang), 60),
        key="new_experiment_secondary", placeholder=_("none chosen"),
    )  # fmt: skip
    kept = two.multiselect(
        _("Guardrails, proposed by the tree"), list(proposed), default=list(proposed),
        format_func=lambda i: plain(here.tree.name(i, here.view.lang), 60),
        key=f"new_experiment_guards_{'_'.join(sorted(modules))}",
        placeholder=_("of the modules touched"),
    )  # fmt: skip
    context = [c for c in guards.context if c.kind != "other_modules"]
    if context:
        names = [plain(here.tree.name(c.indicator, here.view.lang), 40) for c in context]
        with st.expander(_("Cannot be told by user, shown as context"), type="compact"):
            st.caption(safe(_(", ").join(names), 1200))
    return [*(known[name] for name in secondary), *(proposed[name] for name in kept)]


def _days(plan: ExperimentPlan) -> ExperimentPlan:
    """When users come in, when it is looked at, and how sure one wants to be."""
    heading = _("Days and looks")
    st.markdown(f"**{heading}**")
    one, two, three, four = st.columns(4)
    start = one.date_input(_("Users come in from"), value=plan.starts_on, key="new_experiment_from")
    last = two.date_input(
        _("Users come in until"), value=start + timedelta(days=13), key="new_experiment_until"
    )
    horizon = three.number_input(
        _("Horizon, days"), 1, 730, 28, key="new_experiment_horizon",
        help=_("Full days from the start until the last look."),
    )  # fmt: skip
    policies = get_args(Policy)
    policy = four.selectbox(
        _("When to look"), policies, format_func=words.policy_words, key="new_experiment_policy"
    ) or "fixed"  # fmt: skip
    one, two, three, four = st.columns(4)
    alpha = one.number_input(
        _("Significance level"), 0.001, 0.499, 0.05, 0.01, key="new_experiment_alpha",
        format="%.3f",
    )  # fmt: skip
    power = two.number_input(_("Power"), 0.5, 0.999, 0.8, 0.05, key="new_experiment_power")
    users = three.number_input(
        _("Planned users, all variants"), 0, 10**9, 0, key="new_experiment_users",
        help=_("From the calculator below; 0: not planned."),
    )  # fmt: skip
    campaign = four.text_input(_("Campaign"), max_chars=64, key="new_experiment_campaign")
    looks = (0.25, 0.5, 0.75, 1.0) if policy in ("obrien_fleming", "pocock") else ()
    if looks:
        shares = _(", ").join(numbers.percent(100 * look) for look in looks)
        st.caption(_("Planned looks at {shares} of the horizon.").format(shares=shares))
    return replace(
        plan, starts_on=start, ends_on=last, horizon_days=int(horizon),
        policy=cast("Policy", policy), looks=looks, alpha=float(alpha), power=float(power),
        users=int(users) or None, campaign_id=campaign.strip() or None,
    )  # fmt: skip
