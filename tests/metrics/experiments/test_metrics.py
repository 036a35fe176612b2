"""Metrics out of points and indicators, guardrails out of the tree, plans out of files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.configuration import ConfigurationError
from data.experiments.plan import PlannedMetric
from data.experiments.usable import point_refusal, refusals
from data.settings import read_settings
from metrics.cockpit import Definitions, load_definitions
from metrics.experiments.metrics import Context, default_guardrails, metric_of
from metrics.experiments.written import read_plan

FILE = """
id: X7
name: {zh: 试验, en: Trial}
hypothesis: more is paid
owner: payments
modules: [transfer]
arms:
  - {name: control, share: 0.5}
  - {name: treatment, share: 0.5}
starts_on: 2026-07-01
metrics:
  - id: paid
    kind: proportion
    point: txn_count
    modules: [transfer]
    role: primary
    covariate: true
  - {indicator: scene_risk_rate, role: guardrail, margin: {value: 0.01, relative: false}}
"""


@pytest.fixture(scope="module")
def found() -> Definitions:
    return load_definitions(read_settings(environment={}))


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("point", "kind"),
    [
        ("txn_amount", None), ("tasks_finished", None), ("complaints", None),
        ("active_users", None), ("txn_fraud", None), ("good_minutes", "no_user"),
        ("risk_events_grave", "no_user"), ("api_latency", "no_user"), ("npl_balance", "no_sum"),
        ("turned_red", "no_user"), ("nonsense", "unknown_point"),
    ],
)  # fmt: skip
def test_only_points_of_users_that_add_up_are_metrics(
    found: Definitions, point: str, kind: str | None
) -> None:
    assert point_refusal(found.catalogue, point) == kind


def test_a_metric_that_misuses_a_point_is_refused(found: Definitions) -> None:
    def kinds(**given: Any) -> list[str]:
        metric = PlannedMetric("m", **given)
        return [one.kind for one in refusals(found.catalogue, metric)]

    assert kinds(kind="proportion", point="active_users") == []
    assert kinds(kind="mean", point="active_users") == ["only_proportion"]
    assert kinds(kind="ratio", point="fee_income") == ["over_missing"]
    assert kinds(kind="mean", point="fee_income", over="txn_amount") == ["over_needless"]
    assert kinds(kind="mean", point="closures", where=(("module", ("x",)),)) == ["not_by_dimension"]


def test_every_risk_and_compliance_indicator_guards_or_says_why_not(found: Definitions) -> None:
    guards = default_guardrails(found.tree, found.catalogue, ["wealth"], 14)
    ids = {one.id for one in guards.metrics} | {one.indicator for one in guards.context}
    expected = {
        one.id
        for one in found.tree.indicators.values()
        if one.perspective in ("risk", "compliance")
    }
    assert ids == expected
    assert [one.id for one in guards.metrics] == [
        "scene_risk_rate", "fraud_rate", "disclosure_reach",
    ]  # fmt: skip
    for one in guards.metrics:
        assert (one.role, one.where) == ("guardrail", (("module", ("wealth",)),))
        assert one.margin is not None
    why = {one.indicator: one.kind for one in guards.context}
    assert (why["api_error_rate"], why["privacy_complaints"]) == ("no_user", "not_a_ratio")
    assert (why["npl_ratio"], why["first_payment_default"]) == ("no_sum", "other_modules")
    # From 0.5 to 0.3 per cent: 0.2 points of the ratio, without the indicator's factor of 100.
    assert guards.metrics[0].margin == pytest.approx(0.002)
    assert guards.metrics[0].margin_relative is False


def test_an_indicator_is_a_ratio_of_its_points(found: Definitions) -> None:
    made = metric_of(
        found.tree.indicators["task_completion"], found.catalogue, modules=["transfer"]
    )
    assert isinstance(made, PlannedMetric)
    assert (made.kind, made.point, made.over, made.better) == (
        "ratio", "tasks_finished", "tasks_started", "higher",
    )  # fmt: skip
    assert isinstance(metric_of(found.tree.indicators["mau"], found.catalogue), Context)


def test_a_plans_file_is_read_with_the_trees_guardrails(
    found: Definitions, plan_file: Path
) -> None:
    made = read_plan(plan_file, found.tree, found.catalogue)
    assert (made.id, made.plan.starts_on) == ("X7", date(2026, 7, 1))
    assert [one.id for one in made.plan.metrics] == ["paid", "scene_risk_rate", "fraud_rate"]
    assert (made.plan.metrics[1].margin, made.plan.metrics[1].margin_relative) == (0.01, False)
    assert "availability" in {one.indicator for one in made.context}
    named = FILE + "guardrails: named\n"
    plan_file.write_text(named, encoding="utf-8")
    assert len(read_plan(plan_file, found.tree, found.catalogue).plan.metrics) == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "txn_count",
            "txn_cout",
            "plan.yaml:14: metrics[0].point: found 'txn_cout', expected",
        ),
        ("scene_risk_rate", "mau", "metrics[1].indicator: found 'mau', expected kind proportion"),
        ("modules: [transfer]\narms", "modules: [transfr]\narms", "did you mean transfer"),
        ("0.5}\n  - {name: t", "0.7}\n  - {name: t", "arms: found this plan, expected the shares"),
        ("role: primary", "role: secondary", "expected one primary metric, found 0"),
        ("role: primary", "role: primery", "plan.yaml:16: metrics[0].role: found 'primery'"),
        ("    kind: proportion\n", "", "expected id and kind beside point"),
        ("covariate: true", "window_days: 0", "expected 1 to 366 days"),
    ],
)
def test_what_is_wrong_in_a_plan_is_told_with_its_line(
    found: Definitions, plan_file: Path, old: str, new: str, said: str
) -> None:
    assert old in FILE
    plan_file.write_text(FILE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        read_plan(plan_file, found.tree, found.catalogue)
    assert said in str(error.value)
