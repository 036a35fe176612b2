"""Wrong results that were once given, each with what is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.experiments.check import plan_problems
from data.experiments.plan import ExperimentPlan, PlannedArm, PlannedMetric
from metrics.experiments import always_valid, normal
from metrics.experiments.analysis import analyse
from metrics.experiments.effects import effect
from metrics.experiments.health import health
from metrics.experiments.moments import ArmData, Moments
from metrics.experiments.outside import Asked, TableError, read_outside
from metrics.experiments.plan import MetricPlan, Plan
from metrics.experiments.records import Analysis, Enrolment
from tests.metrics.experiments.arms import MEAN, SHARE, arm, counted

SIZES = ("1000", "1000")


def checked(table: pd.DataFrame, **asked: Any) -> Analysis:
    found = read_outside(table.astype(str), Asked(**asked))
    return analyse(found.plan, found.arms, found.enrolment)


def counts(**columns: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame({"variant": ["A", "B"], "users": SIZES, **columns})


def test_who_lacks_an_amount_still_counts_as_not_converted() -> None:
    """Once only users with an amount counted anywhere, so both arms converted at 100 %."""
    rng = np.random.default_rng(5)
    variant = np.tile(["A", "B"], 1000)
    bought = (rng.random(2000) < np.where(variant == "A", 0.2, 0.3)).astype(int)
    amount = [f"{v:.2f}" if b else "" for v, b in zip(rng.gamma(2, 20, 2000), bought, strict=True)]
    table = pd.DataFrame(
        {"user": range(2000), "variant": variant, "bought": bought, "amount": amount}
    )
    found = checked(table, metrics=("bought", "amount"))
    share, mean = found.effects
    assert share.control == pytest.approx(bought[variant == "A"].mean())
    assert share.treatment == pytest.approx(bought[variant == "B"].mean())
    assert share == checked(table, metrics=("bought",)).effects[0]
    spent = pd.to_numeric(table["amount"])
    assert mean.control == pytest.approx(spent[variant == "A"].mean())
    assert [note.get("users") for note in mean.notes] == [int((bought == 0).sum())]


def test_a_margin_of_two_hundred_per_cent_is_no_guardrail() -> None:
    table = counts(bought=("100", "200"), kept=("800", "600"))
    with pytest.raises(TableError, match=r"guardrail.*kept=2\.0"):
        checked(table, guardrails=(("kept", 2.0),))
    assert checked(table, guardrails=(("kept", 0.02),)).verdict.outcome == "roll_back"


def test_a_guardrail_in_the_first_column_leaves_the_next_one_primary() -> None:
    table = counts(kept=("800", "810"), bought=("100", "200"))
    found = checked(table, guardrails=(("kept", 0.1),))
    assert [one.role for one in found.effects] == ["primary", "guardrail"]
    assert found.verdict.outcome == "ship"


def test_a_split_that_is_no_number_is_no_sound_split() -> None:
    with pytest.raises(TableError, match="split"):
        checked(counts(bought=("100", "200")), split=(("A", inf), ("B", 1.0)))
    plan = Plan(("A", "B"), (SHARE,), split=(inf, 1.0))
    state = health(plan, [counted("A", 100, 1000), counted("B", 200, 1000)], Enrolment(14))
    assert (state.state, state.ratio_p) == ("invalid", None)


@pytest.mark.parametrize("shift", [0.0, 1e6, 1e9, 1e12])
def test_a_lift_leaves_out_zero_where_the_difference_does_for_large_amounts_too(
    shift: float,
) -> None:
    """At 1e12 the lift's interval was once a point, or as wide as rounding."""
    rng = np.random.default_rng(8)
    one, two = rng.normal(5.0, 1.0, 500), rng.normal(5.3, 1.0, 500)
    found = effect(MEAN, arm("A", v=one + shift), arm("B", v=two + shift))
    difference, lift = found.difference, found.lift
    assert difference.low is not None and difference.low > 0
    assert lift.low is not None and lift.high is not None and lift.value is not None
    assert 0 < lift.low < lift.value < lift.high
    if shift:  # a control this large is known exactly
        base = float(one.mean()) + shift
        assert lift.low == pytest.approx(difference.low / base, rel=1e-3)
        assert lift.high == pytest.approx((difference.high or 0) / base, rel=1e-3)


def test_large_amounts_of_many_users_are_not_taken_for_constant() -> None:
    assert not normal.Measured(1e12, 1e-6, 1e6).constant  # users differ by 1
    assert normal.Measured(1e12, 1e-12, 1e6).constant


def test_a_covariate_of_large_amounts_that_some_lack_saves_as_much_as_a_small_one() -> None:
    rng = np.random.default_rng(9)
    before = rng.normal(0.0, 1.0, 2000)
    after = before + rng.normal(0.0, 1.0, 2000)
    saved = []
    for shift in (0.0, 1e12):
        table = pd.DataFrame({"user": range(2000), "variant": np.tile(["A", "B"], 1000)})
        table["v"] = [repr(float(one)) for one in after + shift]
        table["v_before"] = [
            "" if i % 3 == 0 else repr(float(one)) for i, one in enumerate(before + shift)
        ]
        saved.append(checked(table).effects[0].saved)
    assert saved[0] == pytest.approx(saved[1], rel=1e-2) and (saved[0] or 0) > 0.25


def test_an_always_valid_look_is_as_wide_as_its_counted_users_demand() -> None:
    """Who is enrolled and not yet counted gives no information."""

    def of(name: str, conversions: int) -> ArmData:
        users = [1] * conversions + [0] * (300 - conversions)
        return ArmData(name, 5_000, Moments.of({"y": users}))

    plan = Plan(("A", "B"), (MetricPlan("y", "proportion", ("y",), role="primary"),),
                policy="always_valid")  # fmt: skip
    found = analyse(plan, [of("A", 30), of("B", 60)], Enrolment(days=10))
    assert found.look.boundary == pytest.approx(always_valid.boundary(600), rel=1e-12)
    assert found.look.boundary > always_valid.boundary(10_000)


@pytest.mark.parametrize(("early", "outcome"), [(0, "ship"), (20, "ship"), (400, "invalid")])
def test_outcomes_that_came_before_the_exposure_show_no_winner(early: int, outcome: str) -> None:
    """A table's outcome is counted whatever its moment: too many early ones break the test."""
    users = np.arange(2000)
    table = pd.DataFrame({"user": users, "variant": np.where(users % 2 == 0, "A", "B")})
    table["bought"] = (users % 20 < 4 + 5 * (users % 2)).astype(int)
    table["exposed_at"] = [f"2026-10-{1 + i % 14:02d}T10:00:00+08:00" for i in users]
    table["outcome_at"] = [
        f"2026-{'09' if i < early else '11'}-20T10:00:00+08:00" for i in users
    ]  # fmt: skip
    found = checked(table)
    assert found.verdict.outcome == outcome
    told = {one.kind for one in (*found.health.problems, *found.health.warnings)}
    assert told == ({"outcome_before_exposure"} if early else set())


def test_a_planned_relative_margin_is_a_share_too() -> None:
    run = ExperimentPlan(
        "", "x", "y", "z", (), (PlannedArm("A", 0.5), PlannedArm("B", 0.5)),
        (PlannedMetric("fee", "mean", "fee_income", role="primary"),
         PlannedMetric("kept", "proportion", "txn_amount", role="guardrail", margin=2.0)),
        date(2026, 1, 1),
    )  # fmt: skip
    wrong = [what for _, what in plan_problems(run) if "margin" in what]
    assert wrong == ["a relative margin is a share below 1 (0.02: two per cent of the control)"]
    absolute = replace(run.metrics[1], margin_relative=False)
    fine = plan_problems(replace(run, metrics=(run.metrics[0], absolute)))
    assert not [what for _, what in fine if "margin" in what]
