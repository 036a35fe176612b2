"""The demo bank's three experiments as they would have been registered before they began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from data.demo import Effect
from data.demo.experiments import OUTCOME_MODULE, VARIANTS, WINDOW_DAYS
from data.experiments.plan import ExperimentPlan, PlannedArm, PlannedMetric
from data.state import State, StateConflictError
from data.state.experiments import (
    Experiment,
    change_plan,
    experiment,
    register_experiment,
    start_experiment,
    stop_experiment,
)

ENROLMENT_DAYS = 10
BY = "demo"
_TEXTS = {
    "ab_effect": (
        "转账页精简为两步", "Transfer in two steps",
        "把转账页由四步减为两步，完成转账的客户占比会上升",
        "With two steps instead of four more customers finish a transfer",
    ),
    "ab_no_effect": (
        "转账按钮放大", "A larger transfer button",
        "放大确认按钮，完成转账的客户占比会上升",
        "With a larger button more customers finish a transfer",
    ),
    "ab_broken_split": (
        "常用收款人置顶", "Frequent payees on top",
        "把常用收款人置顶，完成转账的客户占比会上升",
        "With frequent payees on top more customers finish a transfer",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class _Why:
    """Reasons of the steps."""

    made: str
    over: str
    anew: str


_REASONS = {
    "zh": _Why("演示银行", "已到计划的结束日", "演示银行重新生成"),
    "en": _Why("demo bank", "the horizon is reached", "the demo bank was made anew"),
}


@dataclass(frozen=True)
class Planted:
    """One of the demo bank's experiments: its id, its plan, and the day it was stopped."""

    id: str
    plan: ExperimentPlan
    stopped_on: date


def planted(effects: Mapping[str, Effect], lang: str = "zh") -> Iterator[Planted]:
    """The experiments that a truth file tells of, their hypothesis in a language."""
    for name, (zh, en, hypothesis_zh, hypothesis_en) in _TEXTS.items():
        if name not in effects:
            continue
        effect = effects[name]
        first, last = (date.fromisoformat(str(day)) for day in (effect.start, effect.stop))
        plan = ExperimentPlan(
            zh, en, hypothesis_zh if lang == "zh" else hypothesis_en,
            "支付团队" if lang == "zh" else "Payments team", (OUTCOME_MODULE,),
            tuple(PlannedArm(arm, 0.5) for arm in VARIANTS), _metrics(), first,
            first + timedelta(days=ENROLMENT_DAYS - 1), (last - first).days + 1,
        )  # fmt: skip
        yield Planted(effect.where["experiment_id"], plan, last)


def _metrics() -> tuple[PlannedMetric, ...]:
    here = (("module", (OUTCOME_MODULE,)),)
    days = WINDOW_DAYS
    return (
        PlannedMetric(
            "transfer_finished", "proportion", "tasks_finished", None, here, days, "primary",
            name_zh="完成转账的客户占比", name_en="Customers who finish a transfer",
        ),
        PlannedMetric(
            "transfer_completion", "ratio", "tasks_finished", "tasks_started", here, days,
            name_zh="转账任务完成率", name_en="Transfers finished of those started",
        ),
        PlannedMetric(
            "transfer_amount", "mean", "txn_amount", None, here, days, covariate=True,
            winsorised=0.99, name_zh="人均转账金额", name_en="Amount transferred per customer",
        ),
        PlannedMetric(
            "at_risk", "proportion", "txn_risky", None, (), days, "guardrail", "lower",
            margin=0.02, margin_relative=False, name_zh="出现风险交易的客户占比",
            name_en="Customers with a risky transaction",
        ),
        PlannedMetric(
            "complained", "proportion", "complaints", None, (), days, "guardrail", "lower",
            margin=0.01, margin_relative=False, name_zh="投诉客户占比",
            name_en="Customers who complain",
        ),
    )  # fmt: skip


def register_planted(
    state: State, effects: Mapping[str, Effect], lang: str = "zh"
) -> tuple[Experiment, ...]:
    """Put the planted experiments into the register: registered, started, stopped.

    What is registered already stays; where a demo bank made anew has other days, the new plan is
    recorded as a deviation. A decided one is left alone.
    """
    return tuple(_registered(state, one, _REASONS[lang]) for one in planted(effects, lang))


def _registered(state: State, one: Planted, why: _Why) -> Experiment:
    found = experiment(state, one.id)
    if found is None:
        try:
            found = register_experiment(state, one.id, one.plan, by=BY, reason=why.made)
        except StateConflictError:  # another process was quicker: what it wrote holds
            found = experiment(state, one.id)
    if found is None or found.stage == "decided" or found.steps[0].who != BY:
        return found or _registered(state, one, why)
    if found.plan.starts_on != one.plan.starts_on:
        found = change_plan(state, found, one.plan, by=BY, reason=why.anew, deviation=True)
    if found.stage == "draft":
        found = start_experiment(state, found, by=BY, reason=why.made, day=one.plan.starts_on)
    if found.stage == "running":
        found = stop_experiment(state, found, by=BY, reason=why.over, day=one.stopped_on)
    return found
