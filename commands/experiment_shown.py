"""What `experiment` prints of an analysis: JSON, or tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

import click

from commands.experiment_words import (
    ACTIONS,
    GUARDS,
    HEALTH,
    OUTCOMES,
    ROLES,
    STAGES,
    reason_words,
    said,
)
from commands.options import Call
from commands.shown import MISSING, number_or_none, printable, show_table
from data.state.experiments import Experiment
from metrics.experiments.moments import ArmData
from metrics.experiments.plan import Plan
from metrics.experiments.records import Analysis, Effect, Estimate, Reason, Verdict


def as_json(found: Any) -> Any:
    """Records as JSON: reasons with their fields by name, numbers that do not exist as null."""
    if isinstance(found, Reason):
        return {"kind": found.kind, **{name: as_json(value) for name, value in found.fields}}
    if is_dataclass(found) and not isinstance(found, type):
        return {name: as_json(getattr(found, name)) for name in found.__dataclass_fields__}
    if isinstance(found, Mapping):
        return {str(name): as_json(value) for name, value in found.items()}
    if isinstance(found, list | tuple):
        return [as_json(one) for one in found]
    if isinstance(found, float):
        return number_or_none(found)
    return found.isoformat() if isinstance(found, date | datetime) else found


def analysis_json(call: Call, found: Analysis, names: Mapping[str, str]) -> dict[str, Any]:
    """An analysis, its verdict in words besides."""
    reasons = [reason_words(one, call.lang, names) for one in found.verdict.reasons]
    verdict = {
        **as_json(found.verdict),
        "words": said(OUTCOMES, found.verdict.outcome, call.lang),
        "because": reasons,
    }
    return {**as_json(found), "verdict": verdict}


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan that was followed."""
    told: dict[str, Any] = as_json(plan)
    return told


def arms_json(arms: tuple[ArmData, ...]) -> list[dict[str, Any]]:
    """Users and totals of each arm: what the numbers were made from."""
    return [
        {
            "arm": arm.arm,
            "users": arm.users,
            "counted": arm.counted,
            "missing": arm.moments.missing,
            "totals": {
                name: number_or_none(found.total(name))
                for found in (arm.moments, *arm.apart.values())
                for name in found.names
            },
        }
        for arm in arms
    ]


def experiment_json(one: Experiment) -> dict[str, Any]:
    """An experiment of the register with its whole history."""
    steps = [{**asdict(step), "plan": step.plan and step.plan.as_json()} for step in one.steps]
    return {
        "id": one.id,
        "stage": one.stage,
        "version": one.version,
        "plan": as_json(one.plan),
        "deviations": len(one.deviations),
        "steps": as_json(steps),
    }


def show_experiments(call: Call, found: tuple[Experiment, ...]) -> None:
    """The register as a table."""
    head = [
        call.words("id", "编号"), call.words("name", "名称"), call.words("stage", "状态"),
        call.words("owner", "负责人"), call.words("from", "开始"), call.words("decision", "决定"),
    ]  # fmt: skip
    rows = [
        [
            one.id, one.plan.name(call.lang), said(STAGES, one.stage, call.lang), one.plan.owner,
            one.plan.starts_on,
            MISSING if one.decision is None
            else said(OUTCOMES, one.decision.outcome or "", call.lang),
        ]
        for one in found
    ]  # fmt: skip
    show_table(head, rows)


def show_history(call: Call, one: Experiment) -> None:
    """Name, hypothesis and every step."""
    click.echo(printable(f"{one.id} · {one.plan.name(call.lang)}"))
    click.echo(printable(one.plan.hypothesis))
    head = [
        call.words("when", "时间"), call.words("who", "人员"), call.words("step", "步骤"),
        call.words("reason", "理由"),
    ]  # fmt: skip
    rows = [
        [f"{step.at:%F %H:%M} UTC", step.who, said(ACTIONS, step.action, call.lang), step.reason]
        for step in one.steps
    ]
    show_table(head, rows)


def show_analysis(call: Call, found: Analysis, names: Mapping[str, str]) -> None:
    """Health, effects, guardrails and the verdict."""
    lang = call.lang
    click.echo(call.words("health: ", "健康检查：") + said(HEALTH, found.health.state, lang))
    for reason in (*found.health.problems, *found.health.warnings):
        click.echo("  " + printable(reason_words(reason, lang, names)))
    show_table(
        [call.words("arm", "组"), call.words("users", "用户"), call.words("expected", "应有")],
        [[arm.arm, arm.users, arm.expected] for arm in found.health.arms],
    )
    _show_effects(call, found, names)
    _show_guardrails(call, found, names)
    for verdict in found.verdicts if len(found.verdicts) > 1 else (found.verdict,):
        _show_verdict(call, verdict, names)


def _show_effects(call: Call, found: Analysis, names: Mapping[str, str]) -> None:
    head = [
        call.words("metric", "指标"), call.words("role", "角色"), call.words("arm", "组"),
        call.words("control", "对照"), call.words("treatment", "实验"),
        call.words("difference", "差异"), call.words("interval", "区间"),
        call.words("lift", "相对提升"), "p", call.words("p corrected", "校正后 p"),
    ]  # fmt: skip
    rows = [
        [
            names.get(one.metric, one.metric), said(ROLES, one.role, call.lang), one.arm,
            _number(one.control), _number(one.treatment), _number(one.difference.value),
            _interval(one.difference), _percent(one.lift.value), _p(one.p), _p(one.p_adjusted),
        ]
        for one in found.effects
    ]  # fmt: skip
    show_table(head, rows)
    for reason in _reasons(found.effects):
        click.echo("  " + printable(reason_words(reason, call.lang, names)))


def _reasons(effects: tuple[Effect, ...]) -> list[Reason]:
    """Why numbers are missing, and what to know of them; each once."""
    every = [
        reason
        for one in effects
        for reason in (one.difference.reason, one.lift.reason, *one.notes)
        if reason is not None
    ]
    return list(dict.fromkeys(every))


def _show_guardrails(call: Call, found: Analysis, names: Mapping[str, str]) -> None:
    if not found.guardrails:
        return
    head = [
        call.words("guardrail", "护栏指标"), call.words("arm", "组"), call.words("state", "状态"),
        call.words("limit", "界限"), "p",
    ]  # fmt: skip
    rows = [
        [names.get(one.metric, one.metric), one.arm, said(GUARDS, one.state, call.lang),
         _number(one.limit), _p(one.p)]
        for one in found.guardrails
    ]  # fmt: skip
    show_table(head, rows)


def _show_verdict(call: Call, verdict: Verdict, names: Mapping[str, str]) -> None:
    arm = "" if verdict.arm is None else f" {verdict.arm}"
    text = said(OUTCOMES, verdict.outcome, call.lang)
    click.echo(printable(call.words(f"verdict{arm}: {text}", f"结论{arm}：{text}")))
    for reason in verdict.reasons:
        click.echo("  " + printable(reason_words(reason, call.lang, names)))


def _number(value: float | None) -> str:
    found = number_or_none(value)
    return MISSING if found is None else f"{found:,.6g}"


def _percent(value: float | None) -> str:
    found = number_or_none(value)
    return MISSING if found is None else f"{100 * found:+.2f}%"


def _p(value: float | None) -> str:
    found = number_or_none(value)
    return MISSING if found is None else f"{found:.4g}"


def _interval(one: Estimate) -> str:
    if number_or_none(one.low) is None or number_or_none(one.high) is None:
        return MISSING
    return f"{_number(one.low)} … {_number(one.high)}"
