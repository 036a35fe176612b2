"""The verdict by rule, degenerate data, segments, novelty, and a public experiment."""

from __future__ import annotations

import csv
import gzip
import math
import os
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from metrics.experiments.analysis import analyse
from metrics.experiments.effects import effect
from metrics.experiments.moments import ArmData, Counted, Moments
from metrics.experiments.novelty import by_day
from metrics.experiments.plan import Limits, Margin, MetricPlan, Plan, Policy
from metrics.experiments.records import Analysis, Enrolment, Estimate
from metrics.experiments.segments import by_segment
from tests.metrics.experiments.arms import CUPED, MEAN, MEDIAN, RATIO, SHARE, arm, counted, users

GUARD = MetricPlan("g", "proportion", ("g",), "guardrail", "lower", Margin(0.1))


def two(buyers: int, complaints: int, n: int = 10_000) -> list[ArmData]:
    """A control with 1 000 buyers and 500 complaints, and a treatment."""

    def one(name: str, y: int, g: int) -> ArmData:
        columns = {key: np.repeat([1.0, 0.0], [k, n - k]) for key, k in (("y", y), ("g", g))}
        return ArmData(name, n, Moments.of(columns))

    return [one("A", 1000, 500), one("B", buyers, complaints)]


PLAN = Plan(("A", "B"), (SHARE, GUARD))


@pytest.mark.parametrize(
    ("buyers", "complaints", "days", "outcome"),
    [
        (1150, 450, 14, "ship"),
        (1150, 450, 13, "keep_running"),
        (1150, 520, 14, "inconclusive"),
        (1150, 700, 14, "roll_back"),
        (850, 450, 14, "roll_back"),
        (1010, 450, 14, "inconclusive"),
        (1010, 450, 9, "keep_running"),
    ],
)
def test_outcomes(buyers: int, complaints: int, days: int, outcome: str) -> None:
    found = analyse(PLAN, two(buyers, complaints), Enrolment(days))
    assert found.verdict.outcome == outcome
    kinds = [each.kind for each in found.verdict.reasons]
    assert ("before_horizon" in kinds) == (days < 14)


def test_no_number_of_an_invalid_experiment() -> None:
    arms = two(1300, 400)
    arms[1] = replace(arms[1], users=11_000)
    found = analyse(PLAN, arms, Enrolment(14))
    assert found.verdict.outcome == "invalid"
    assert found.verdict.reasons[0].kind == "sample_ratio_broken"
    assert all(each.difference.value is None and each.p is None for each in found.effects)
    assert all(each.control is None and each.lift.reason for each in found.effects)
    assert all(each.chance is None for each in found.bayes)


def test_nothing_ships_while_the_split_is_warned_of() -> None:
    arms = two(1300, 400)
    arms[1] = replace(arms[1], users=10_400)
    found = analyse(PLAN, arms, Enrolment(14))
    assert found.health.state == "warned" and found.effects[0].direction == "better"
    assert found.verdict.outcome == "inconclusive"
    assert found.verdict.reasons[0].kind == "sample_ratio_warning"


@pytest.mark.parametrize("margin", [None, Margin(math.nan), Margin(-0.1)])
def test_a_guardrail_that_cannot_be_judged_blocks(margin: Margin | None) -> None:
    plan = replace(PLAN, metrics=(SHARE, replace(GUARD, margin=margin)))
    found = analyse(plan, two(1300, 400), Enrolment(14))
    assert found.guardrails[0].state == "unknown"
    assert found.verdict.outcome == "inconclusive"


@pytest.mark.parametrize("policy", ["obrien_fleming", "pocock", "always_valid"])
def test_early_looks_decide_only_as_planned(policy: Policy) -> None:
    plan = replace(PLAN, policy=policy, horizon_days=20, limits=Limits(fewest_days=3))
    assert analyse(plan, two(1300, 400), Enrolment(12)).verdict.outcome == "ship"
    unplanned = analyse(plan, two(1300, 400), Enrolment(11)).verdict
    assert unplanned.outcome == ("ship" if policy == "always_valid" else "keep_running")
    week = replace(plan, limits=Limits(fewest_days=13))
    assert analyse(week, two(1300, 400), Enrolment(12)).verdict.outcome == "keep_running"


def test_arms_are_corrected_together() -> None:
    plan = Plan(("A", "B", "C"), (SHARE, replace(SHARE, id="z", role="secondary")))
    arms = [counted("A", 1000, 10_000), counted("B", 1090, 10_000), counted("C", 1100, 10_000)]
    found = analyse(plan, arms, Enrolment(14))
    first = [found.effect("y", name) for name in "BC"]
    p = [each.p for each in first if each and each.p is not None]
    assert [each.p_adjusted for each in first if each] == pytest.approx(
        [max(p[0], 2 * p[1]), 2 * p[1]]
    )
    wide, narrow = first[0], effect(SHARE, arms[0], arms[1], 0.025)
    assert wide is not None and wide.adjusted == narrow.difference
    assert [each.arm for each in found.verdicts] == ["B", "C"]


def test_no_winner_from_forty_users() -> None:
    found = analyse(
        Plan(("A", "B"), (SHARE,)), [counted("A", 2, 20), counted("B", 15, 20)], Enrolment(14)
    )
    assert found.verdict.outcome == "inconclusive"
    assert found.effects[0].p is None and found.effects[0].difference.low is None
    assert "few_users" in [each.kind for each in found.verdict.reasons]


def numbers(record: object) -> Iterator[float]:
    """All numbers in a record and those in it."""
    if isinstance(record, float):
        yield record
    elif isinstance(record, tuple | list):
        for each in record:
            yield from numbers(each)
    elif is_dataclass(record):
        for each in fields(record):
            yield from numbers(getattr(record, each.name))


def degenerate() -> dict[str, tuple[ArmData, ArmData]]:
    """Pairs of arms that something is wrong with."""
    plain, n = users(1, 400), 400
    ones, zeros = {"y": np.ones(n)}, {"y": np.zeros(n)}
    own = {"y": (plain["v"] > 100) * 1.0, **plain}
    cases = {
        "nobody": [Moments.empty(tuple(own)), Moments.empty(tuple(own))],
        "one arm": [Moments.of(own), Moments.empty(tuple(own))],
        "no columns": [Moments.empty(()), Moments.empty(())],
        "none": [Moments.of({**own, **zeros}), Moments.of({**own, **zeros})],
        "all": [Moments.of({**own, **ones}), Moments.of({**own, **ones})],
        "none and all": [Moments.of({**own, **zeros}), Moments.of({**own, **ones})],
        "constant": [Moments.of({k: np.full(n, 3.3e9) for k in own})] * 2,
        "zero": [Moments.of({k: np.zeros(n) for k in own})] * 2,
        "negative": [Moments.of({**own, "v": -plain["v"]})] * 2,
        "nan": [Moments.of({**own, "v": np.where(plain["v"] > 100, np.nan, plain["v"])})] * 2,
        "all nan": [Moments.of({**own, "v": np.full(n, np.nan)})] * 2,
        "infinite": [Moments.of({**own, "v": np.where(plain["v"] > 150, np.inf, 1)})] * 2,
        "huge": [Moments.of({**own, "v": plain["v"] * 1e305})] * 2,
        "tiny": [Moments.of({**own, "v": plain["v"] * 1e-200})] * 2,
        "constant covariate": [Moments.of({**own, "c": np.ones(n)})] * 2,
        "no denominator": [Moments.of({**own, "d": np.zeros(n)})] * 2,
        "one user": [Moments.of({k: x[:1] for k, x in own.items()})] * 2,
        "two users": [Moments.of({k: x[:2] for k, x in own.items()})] * 2,
    }

    def held(name: str, each: Moments) -> ArmData:
        return ArmData(name, each.n + each.missing, each, {"q": Counted.of(own["v"][: each.n])})

    return {name: (held("A", pair[0]), held("B", pair[1])) for name, pair in cases.items()}


@pytest.mark.parametrize("name", degenerate())
@pytest.mark.parametrize("policy", ["fixed", "obrien_fleming", "always_valid"])
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_degenerate_data_give_a_result_with_a_reason(name: str, policy: Policy) -> None:
    guards = (
        replace(each, id=f"guard {each.id}", role="guardrail", margin=Margin(0.1))
        for each in (SHARE, MEAN, RATIO)
    )
    odd = replace(MEAN, id="none", columns=("absent",)), replace(SHARE, id="odd", columns=("v",))
    metrics = (SHARE, MEAN, RATIO, replace(MEDIAN, id="q"), replace(CUPED, id="c"), *odd, *guards)
    plan = Plan(("A", "B"), metrics, policy=policy)
    for day in (0, 1, 14):
        found = analyse(plan, degenerate()[name], Enrolment(day))
        assert all(math.isfinite(each) for each in numbers(found))
        assert found.verdict.outcome != "ship" and found.verdict.reasons
        for each in found.effects:
            for part in (each.difference, each.lift):
                assert part.low is not None or part.reason is not None
            assert each.p is None or 0 <= each.p <= 1


def test_reasons_of_degenerate_data() -> None:
    found = degenerate()

    def reason(name: str, metric: MetricPlan) -> str:
        part: Estimate = effect(metric, *found[name]).difference
        return part.reason.kind if part.reason else ""

    assert reason("nobody", MEAN) == "no_users"
    assert reason("constant", MEAN) == "no_variance"
    assert reason("zero", MEAN) == "few_conversions"
    assert reason("huge", MEAN) == "not_finite"
    assert reason("no denominator", RATIO) == "zero_denominator"
    assert reason("two users", MEAN) == "few_users"
    assert reason("all nan", MEAN) == "no_users"
    assert [n.kind for n in effect(CUPED, *found["constant covariate"]).notes] == [
        "covariate_unused"
    ]
    assert [n.kind for n in effect(MEAN, *found["negative"]).notes] == ["negative_values"]
    assert [n.kind for n in effect(MEAN, *found["nan"]).notes] == ["missing_values"]


def test_simpson_is_warned_of() -> None:
    # Charig and others (1986): kidney stones, open surgery against nephrolithotomy.
    parts = {"small": [counted("A", 81, 87), counted("B", 234, 270)],
             "large": [counted("A", 192, 263), counted("B", 55, 80)]}  # fmt: skip
    plan = Plan(("A", "B"), (SHARE,))
    whole = effect(SHARE, counted("A", 273, 350), counted("B", 289, 350))
    found = by_segment(plan, SHARE, "B", parts, whole)
    assert whole.difference.value is not None and whole.difference.value > 0
    assert found.simpson is not None and found.simpson.kind == "simpson"
    assert found.stratified.value is not None and found.stratified.value < 0
    assert found.mix_p is not None and found.mix_p < 1e-10
    like = {name: [counted("A", 50, 500), counted("B", 60, 500)] for name in ("x", "y")}
    assert by_segment(plan, SHARE, "B", like, whole).simpson is None


def test_segments_are_corrected() -> None:
    parts = {
        name: [counted("A", 100, 1000), counted("B", b, 1000)]
        for name, b in (("x", 130), ("y", 100), ("z", 101))
    }
    found = by_segment(Plan(("A", "B"), (SHARE,)), SHARE, "B", parts)
    first = found.segments[0].effect
    assert first.p is not None and first.p_adjusted == pytest.approx(3 * first.p)
    assert first.p < 0.05 and first.direction == "none"


@pytest.mark.parametrize(("late", "trend"), [(0.0, "fading"), (60.0, "growing"), (30.0, "steady")])
def test_novelty(late: float, trend: str) -> None:
    rng = np.random.default_rng(2)
    parts = {}
    for day in range(8):
        lift = 30 + (late - 30) * day / 7
        parts[day] = [
            arm("A", v=rng.normal(100, 50, 900)),
            arm("B", v=rng.normal(100 + lift, 50, 900)),
        ]
    found = by_day(Plan(("A", "B"), (MEAN,)), MEAN, "B", parts)
    assert found.trend == trend
    assert (found.reason is not None) == (trend == "fading")
    assert len(found.days) == 8


def cookie_cats() -> list[ArmData]:
    """The arms of a public experiment of a game: who came back after 1 and after 7 days."""
    folder = os.environ.get("CANOPY_REAL_DATA")
    if not folder:
        pytest.skip("CANOPY_REAL_DATA is not set")
    path = Path(folder) / "cookie_cats" / "cookie_cats.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    arms = []
    for name in ("gate_30", "gate_40"):
        own = [row for row in rows if row["version"] == name]
        columns = {
            key: [float(row[key] in ("True", "TRUE", "1")) for row in own]
            for key in ("retention_1", "retention_7")
        }
        arms.append(ArmData(name, len(own), Moments.of(columns)))
    return arms


def test_cookie_cats() -> None:
    metrics = tuple(
        MetricPlan(name, "proportion", (name,), "primary")
        for name in ("retention_1", "retention_7")
    )
    plan = Plan(("gate_30", "gate_40"), metrics, correction="none")
    arms = cookie_cats()
    assert [each.users for each in arms] == [44_700, 45_489]
    found: Analysis = analyse(plan, arms, Enrolment(14))
    assert found.health.ratio_p == pytest.approx(0.0086, abs=5e-5)
    assert found.health.state == "warned"
    assert [round(each.p or 0, 5) for each in found.effects] == pytest.approx(
        [0.0744, 0.00155], abs=5e-5
    )
    assert found.verdict.outcome == "roll_back"
    swapped = replace(plan, arms=("gate_40", "gate_30"), metrics=metrics[1:])
    better = analyse(swapped, arms, Enrolment(14))
    assert better.effects[0].direction == "better" and better.verdict.outcome == "inconclusive"
    strict = replace(swapped, limits=Limits(ratio_invalid=0.01))
    assert analyse(strict, arms, Enrolment(14)).verdict.outcome == "invalid"
