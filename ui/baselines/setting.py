"""Setting a goal: proposals with their evidence, the fields, what it would change, the draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd
import streamlit as st

from data.state import BaselineDraft, draft_baselines
from metrics.scorecard import baseline_problems
from metrics.scorecard.goals import TypedGoal
from metrics.targets.proposals import Proposal, by_growth, by_peers
from metrics.targets.sharing import rule_for
from metrics.tree import ROOT
from ui import lifecycle, load, tables
from ui.baselines import words
from ui.frame import Here
from ui.load import baselines as read
from ui.load import weights as state_of
from ui.strip import today
from words import numbers
from words.i18n import _, language
from words.text import plain, safe

BASE, TARGET, METHOD = "goal_base", "goal_target", "goal_method"
FURTHEST = 3


@dataclass(frozen=True)
class About:
    """What a goal is for: '' is the whole bank, or all modules."""

    indicator: str
    year: int
    branch: str
    module: str

    @property
    def node(self) -> str:
        """The node of the tree."""
        return f"{self.indicator}@{self.module}" if self.module else self.indicator


def show(here: Here) -> None:
    """Choose, see what data propose, type, check, keep."""
    about = _about(here)
    left, right = st.columns([1, 1], gap="small")
    with left, st.container(border=True, key="panel-goal-proposals", height="stretch"):
        _proposals(here, about)
    with right, st.container(border=True, key="panel-goal-fields", height="stretch"):
        _fields(here, about)


def _about(here: Here) -> About:
    one, two, three, four = st.columns([3, 1, 2, 2])
    this = here.bank.as_of.year
    indicator = one.selectbox(
        _("Indicator"), list(here.tree.indicators), key="goal_indicator",
        format_func=lambda name: plain(here.tree.name(name, language()), 60),
        persist_state="session",
    )  # fmt: skip
    years = list(range(this, this + FURTHEST))
    year = two.selectbox(_("Year"), years, key="goal_year", persist_state="session")
    branches = ["", *here.bank.branches]
    branch = three.selectbox(
        _("Branch"), branches, key="goal_branch", persist_state="session",
        format_func=lambda code: words.branch(here, code),
    )  # fmt: skip
    modules = ["", *here.tree.indicators[str(indicator)].modules]
    if st.session_state.get("goal_module") not in modules:
        st.session_state["goal_module"] = ""
    names = {key: m.name_zh if language() == "zh" else m.name_en
             for key, m in here.tree.modules.items()}  # fmt: skip
    module = four.selectbox(
        _("Module"), modules, key="goal_module", persist_state="session",
        format_func=lambda code: names.get(code, code) if code else _("all"),
    )  # fmt: skip
    return About(str(indicator), int(year or this), str(branch or ""), str(module or ""))


def _proposals(here: Here, about: About) -> None:
    """Last year with growth, and the peers' spread: each with its evidence or why there is none."""
    heading = _("Proposals from data")
    st.markdown(f"**{heading}**")
    card = read.whole_year(here.token, here.view.scope, about.year - 1)
    better = here.tree.indicators[about.indicator].better
    node = card.node(about.node, about.branch)
    growth = st.number_input(
        _("Growth against last year, %"), min_value=0.1, max_value=500.0, value=8.0, step=1.0,
        key="goal_growth", persist_state="session",
    )  # fmt: skip
    told = f"growth {growth:g} % on {about.year - 1}"
    _proposal(here, about, by_growth(node.value, node.covered, growth, better), told, "growth")
    peers = _peers(here, about)
    values = {one: card.node(about.node, one).value for one in peers if one in card.branches}
    indicator = here.tree.indicators[about.indicator]
    divided = (
        rule_for(indicator.over_time, indicator.unit, "branches", standard=indicator.standard)
        == "divided"
    )
    found = by_peers(values, better, divided=divided)
    told = f"median and best quarter of {len(values)} peers in {about.year - 1}"
    _proposal(here, about, found, told, "peers")


def _peers(here: Here, about: About) -> list[str]:
    """The branches beside a branch; for the bank those right below it."""
    parent = here.bank.branches[about.branch].parent if about.branch else ""
    return [one.id for one in here.bank.below(parent) if one.id != about.branch]


def _proposal(here: Here, about: About, found: Proposal, method: str, key: str) -> None:
    heading = {"growth": _("Last year and growth"), "peers": _("Median and best quarter of peers")}
    st.markdown(f":gray[{heading[key]}]")
    if found.base is None or found.target is None:
        st.info(f"○ {words.why_not(found)}")
    else:
        base, target = (
            words.quantity(here, about.indicator, v) for v in (found.base, found.target)
        )
        told = _("Base {base}, target {target}").format(base=base, target=target)
        st.markdown(safe(told))
        st.button(
            _("Take over"), key=f"goal_take_{key}", on_click=_take,
            args=(found.base, found.target, method),
        )  # fmt: skip
    if found.evidence:
        with st.expander(_("Evidence"), type="compact"):
            names = [_("Last year") if name == "last_year" else words.branch(here, name)
                     for name, _value in found.evidence]  # fmt: skip
            table = {_("From"): names, _("Value"): [value for _name, value in found.evidence]}
            st.dataframe(
                tables.minus(pd.DataFrame(table)), hide_index=True, key=f"goal_evidence_{key}"
            )
            if key == "growth":
                days = _("{used} days of last year are loaded")
                st.caption(days.format(used=found.used))


def _take(base: float, target: float, method: str) -> None:
    st.session_state[BASE] = float(f"{base:.6g}")
    st.session_state[TARGET] = float(f"{target:.6g}")
    st.session_state[METHOD] = (st.session_state[BASE], st.session_state[TARGET], method)


def _fields(here: Here, about: About) -> None:
    """Base, target, day and reason; what contradicts and what it would change, while typing."""
    heading = _("The goal")
    st.markdown(f"**{heading}**")
    _in_force(here, about)
    one, two = st.columns(2)
    base = one.number_input(
        _("Base (scores 60)"), value=None, key=BASE, format="%.6g", persist_state="session"
    )
    target = two.number_input(
        _("Target (scores 100)"), value=None, key=TARGET, format="%.6g", persist_state="session"
    )
    day = st.date_input(
        _("Takes effect on"), value=state_of.first_open_day(today()), key="goal_day"
    )
    reason = st.text_area(_("Reason"), max_chars=2000, key="goal_reason")
    draft = _draft(about, base, target)
    if draft.base is not None or draft.target is not None:
        problems = baseline_problems(here.tree, here.bank.branches, [draft])
        if problems:
            lifecycle.refused(problems)
        else:
            _consequences(here, about, base, target)
    if st.button(_("Keep as a draft"), type="primary", key="goal_keep"):
        _keep(here, draft, reason, day)


def _in_force(here: Here, about: About) -> None:
    """What holds now, typed or resolved from the tree's rules."""
    shown = here.view.period
    card = (
        load.score_card(here.token, here.view.scope)
        if about.year == shown.first.year == shown.last.year
        else read.whole_year(here.token, here.view.scope, about.year)
    )
    if about.module or about.branch not in card.branches:
        return
    row = card.scopes.nodes.index(about.branch)
    goals = card.goals[about.indicator]
    base, target = (
        words.quantity(here, about.indicator, None if value != value else float(value))
        for value in (goals.year_base[row], goals.year_target[row])
    )
    told = _("In force for {year}: base {base}, target {target}")
    st.caption(safe(told.format(year=about.year, base=base, target=target), 300))


def _draft(about: About, base: float | None, target: float | None) -> BaselineDraft:
    taken = st.session_state.get(METHOD)
    method = taken[2] if taken is not None and taken[:2] == (base, target) else None
    sides = [None if value is None else Decimal(repr(float(value))) for value in (base, target)]
    return BaselineDraft(
        about.indicator, about.year, sides[0], sides[1], about.branch or None,
        about.module or None, "typed" if method is None else "proposed", method,
    )  # fmt: skip


def _consequences(here: Here, about: About, base: float | None, target: float | None) -> None:
    """Contradictions between targets, and the score of the period with this goal."""
    goal = TypedGoal(about.indicator, base, target, about.branch, about.module, about.year)
    if not about.branch and not about.module:
        coherent(here, about.year, (goal,))
    period = here.view.period
    if about.year not in (period.first.year, period.last.year):
        st.caption(_("The period on screen is of another year: its score does not change."))
        return
    now = load.score_card(here.token, here.view.scope)
    then = read.with_goals(here.token, here.view.scope, (goal,))
    scope = about.branch or here.view.branch
    if scope not in now.branches:
        return
    pairs = [(card.node(about.node, scope).score, card.node(ROOT, scope).score)
             for card in (now, then)]  # fmt: skip
    told = _("With this goal the indicator scores {then} (now {now}) and the total {total} (now "
             "{before}).").format(
        now=numbers.score(pairs[0][0]), then=numbers.score(pairs[1][0]),
        before=numbers.number(pairs[0][1], 2), total=numbers.number(pairs[1][1], 2),
    )  # fmt: skip
    st.markdown(safe(told, 300))


def coherent(here: Here, year: int, goals: tuple[TypedGoal, ...]) -> None:
    """Whether the bank's tied targets agree, for readers of the bank; else what does not."""
    if here.view.scope.rights.subtree:
        return
    found = read.coherence(here.token, here.view.scope, year, goals)
    if not found.findings:
        agreed = _("The targets of the year agree with each other")
        st.markdown(f":green-badge[● {agreed}]")
        return
    for one in found.findings:
        told, name = one.zh if language() == "zh" else one.en, one.names[0]
        told = told.removeprefix(name)
        st.warning(f"▲ {safe(here.tree.name(name, language()))}{safe(told, 400)}")


def _keep(here: Here, draft: BaselineDraft, reason: str, day: date) -> None:
    if draft.base is None and draft.target is None:
        lifecycle.refused([_("Type a base or a target.")])
        return

    def step() -> None:
        draft_baselines(
            state_of.state(), [draft], author=here.viewer.id, reason=reason, effective_from=day
        )

    if lifecycle.acted(step, _("The draft is kept: it stays also when this page is closed.")):
        st.rerun()
