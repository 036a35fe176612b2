"""Experiments: coverage of intervals, false alarms under daily looks, and B8, the speed.

``python -m benchmarks.experiments`` simulates and measures; JSON in build/bench_experiments.json.
B8 needs tea-tasting 1.14 installed (a tool of this benchmark only); without it, it says so and
measures the rest. Every coverage is measured through the functions that the screen uses.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import binom, binomtest

from benchmarks.measure import Measured, compared, timed
from metrics.experiments import always_valid, proportions, sequential
from metrics.experiments.analysis import analyse
from metrics.experiments.effects import effect
from metrics.experiments.health import ratio_p
from metrics.experiments.moments import ArmData, Counted, Moments, by_arm
from metrics.experiments.plan import MetricPlan, Plan
from metrics.experiments.records import Effect, Enrolment

Vector = NDArray[np.float64]
DAYS = 14
B8_LIMIT = 1 / 3


@dataclass(frozen=True)
class Coverage:
    """How often 95 % intervals of a kind hold the truth, and of how many."""

    kind: str
    users: int
    difference: float
    lift: float
    answered: int


def main() -> int:
    """Measure all; exit code 1 when a promise is not kept."""
    start = time.perf_counter()
    covers = [*exact_coverage(), *simulated_coverage()]
    alarms = false_alarms()
    saved = variance_saved()
    for line in (*covers, *alarms.items(), ("variance saved by CUPED at 0.7", saved)):
        print(line)
    print("p of a 52/48 split of 50 000:", ratio_p([26_000, 24_000], [0.5, 0.5]))
    print(f"{time.perf_counter() - start:.0f} s")
    speed = speed_against_tea_tasting()
    print(speed or "B8 left out: tea-tasting is not installed")
    _write(covers, alarms, saved, speed)
    fine = all(0.94 <= each.difference <= 0.96 for each in covers if "from 10" in each.kind)
    fine &= all(each["p"] > 0.001 for each in alarms.values())
    return 0 if fine and (speed is None or speed.kept) else 1


def exact_coverage() -> list[Coverage]:
    """Proportions: coverage summed over all pairs of counts, the lowest of many cases."""
    many = [covered(200, c / 200, m) for c in (10, 12, 15, 20, 40, 100) for m in (1, 1.2, 1.5)]
    few = [
        covered(n, c / n, m, other)
        for n in (50, 200, 1000)
        for c in (0.3, 1, 3, 8)
        for m in (1, 2)
        for other in (n, 5 * n)
    ]
    found = []
    for name, cases in (("proportion, from 10 conversions", many), ("proportion, below", few)):
        for pick in (min, max):
            one, two = (pick(case[place] for case in cases) for place in (0, 1))
            found.append(Coverage(f"{name}, {pick.__name__}", 200, one, two, len(cases)))
    return found


def covered(n: int, rate: float, times: float, other: int | None = None) -> tuple[float, float]:
    """Exact coverage of difference and lift: control ``rate``, treatment ``times`` it."""
    n0 = other or n
    x1, x0 = _likely(n, rate * times), _likely(n0, rate)
    weight = np.outer(binom.pmf(x1, n, rate * times), binom.pmf(x0, n0, rate)).ravel()
    a, b = (each.ravel() for each in np.meshgrid(x1, x0, indexing="ij"))
    few = np.minimum.reduce([a, n - a, b, n0 - b]) < 10
    if min(n, n0) < 200:
        few[:] = True
    careful = proportions.few_intervals(a, n, b, n0)
    plain = proportions.difference_interval(a, n, b, n0), proportions.ratio_interval(a, n, b, n0)
    held = []
    for (low, high), (low2, high2), truth in zip(
        careful, plain, (rate * times - rate, times), strict=True
    ):
        inside = np.where(few, (low <= truth) & (truth <= high), (low2 <= truth) & (truth <= high2))
        held.append(float(weight @ inside / weight.sum()))
    return held[0], held[1]


def _likely(n: int, rate: float) -> Vector:
    return np.arange(binom.ppf(1e-8, n, rate), binom.isf(1e-8, n, rate) + 1)


def simulated_coverage(rounds: int = 4000, seed: int = 7) -> list[Coverage]:
    """Means, ratios and quantiles: the shares of rounds in which the truth is inside."""
    rng = np.random.default_rng(seed)
    return [
        _coverage(name, users, metric, draw, rounds, rng)
        for name, users, metric, draw in (
            ("mean of a skewed amount, from 10", 200, _MEAN, _skewed),
            ("mean, 12 of 200 users spend, from 10", 200, _MEAN, _seldom),
            ("mean, 10 of 1 000 users spend, from 10", 1000, _MEAN, _seldom_many),
            ("mean, 4 of 200 users spend, below", 200, _MEAN, _hardly),
            ("ratio, from 10", 200, _RATIO, _clicks),
            ("ratio with few clicks, from 10", 200, _RATIO, _few_clicks),
            ("median, from 10", 200, _MEDIAN, _skewed),
            ("90 % quantile, from 10", 200, _HIGH, _skewed),
            ("mean with CUPED, from 10", 200, _CUPED, _with_covariate),
        )
    ]


_MEAN = MetricPlan("v", "mean", ("v",))
_RATIO = MetricPlan("r", "ratio", ("v", "d"))
_MEDIAN = MetricPlan("v", "quantile", ("v",))
_HIGH = MetricPlan("v", "quantile", ("v",), quantile=0.9)
_CUPED = MetricPlan("v", "mean", ("v",), covariates=("c",))
Draw = Callable[[np.random.Generator, int], dict[str, Vector]]


def _skewed(rng: np.random.Generator, n: int) -> dict[str, Vector]:
    return {"v": rng.gamma(2.0, 50.0, n)}


def _seldom(rng: np.random.Generator, n: int) -> dict[str, Vector]:
    return {"v": rng.gamma(2.0, 50.0, n) * (rng.random(n) < 0.06)}


def _seldom_many(rng: np.random.Generator, n: int) -> dict[str, Vector]:
    return {"v": rng.gamma(2.0, 50.0, n) * (rng.random(n) < 0.01)}


def _hardly(rng: np.random.Generator, n: int) -> dict[str, Vector]:
    return {"v": rng.gamma(2.0, 50.0, n) * (rng.random(n) < 0.02)}


def _clicks(rng: np.random.Generator, n: int) -> dict[str, Vector]:
    visits = 1 + rng.poisson(4, n)
    return {"v": rng.binomial(visits, rng.beta(2, 6, n)).astype(float), "d": visits.astype(float)}


def _few_clicks(rng: np.random.Generator, n: int) -> dict[str, Vector]:
    visits = 1 + rng.poisson(2, n)
    return {"v": rng.binomial(visits, 0.025).astype(float), "d": visits.astype(float)}


def _with_covariate(rng: np.random.Generator, n: int) -> dict[str, Vector]:
    before = rng.normal(100, 20, n)
    return {"v": before * 0.7 + rng.normal(0, 20 * 0.51**0.5, n), "c": before}


def _coverage(
    kind: str, users: int, metric: MetricPlan, draw: Draw, rounds: int, rng: np.random.Generator
) -> Coverage:
    """Two arms of one distribution, so difference and lift are 0."""
    inside, answered = np.zeros(2), 0
    for _ in range(rounds):
        arms = [_arm(name, metric, draw(rng, users)) for name in "AB"]
        found = effect(metric, arms[0], arms[1])
        if found.difference.low is None:
            continue
        answered += 1
        inside += [_holds(found, 0), _holds(found, 1)]
    one, two = (float(x) for x in inside / max(answered, 1))
    return Coverage(kind, users, one, two, answered)


def _holds(found: Effect, place: int) -> bool:
    part = (found.difference, found.lift)[place]
    return part.low is None or part.high is None or part.low <= 0 <= part.high


def _arm(name: str, metric: MetricPlan, columns: dict[str, Vector]) -> ArmData:
    values = {"v": Counted.of(columns["v"])} if metric.kind == "quantile" else {}
    return ArmData(name, len(columns["v"]), Moments.of(columns), values)


def false_alarms(rounds: int = 2000, seed: int = 11) -> dict[str, dict[str, float]]:
    """A/A experiments looked at daily: how many cross, and p that it is not more than 5 %.

    Under a fixed horizon the daily looks may not decide, so only the last one counts.
    """
    rng = np.random.default_rng(seed)
    daily = 200
    users = daily * np.arange(1.0, DAYS + 1)
    converted = [rng.binomial(daily, 0.1, (rounds, DAYS)).cumsum(axis=1) for _ in "AB"]
    z_share = proportions.difference_score(converted[0], users, converted[1], users)
    z_mean = _mean_z(rng, rounds, daily, users)
    found = {}
    for name, z in (("proportion", z_share), ("mean", z_mean)):
        for policy, bound in daily_boundaries(2 * users).items():
            crossed = int((np.abs(z) >= bound).any(axis=1).sum())
            p = float(binomtest(crossed, rounds, 0.05, alternative="greater").pvalue)
            found[f"{name}, {policy}"] = {"share": crossed / rounds, "p": p}
    return found


def daily_boundaries(users: Vector) -> dict[str, Vector]:
    """The critical |z| of each policy for one look a day; inf where a look may not decide."""
    fractions = tuple(float(n) for n in users / users[-1])
    fixed = np.full(len(users), np.inf)
    fixed[-1] = 1.959964
    return {
        "fixed": fixed,
        "obrien_fleming": np.array(sequential.boundaries("obrien_fleming", fractions)),
        "pocock": np.array(sequential.boundaries("pocock", fractions)),
        "always_valid": np.array([always_valid.boundary(n) for n in users]),
    }


def _mean_z(rng: np.random.Generator, rounds: int, daily: int, users: Vector) -> Vector:
    sums = []
    for _ in "AB":
        spent = rng.gamma(2.0, 50.0, (rounds, DAYS, daily))
        total = spent.sum(axis=2).cumsum(axis=1)
        squares = (spent**2).sum(axis=2).cumsum(axis=1)
        sums.append((total / users, (squares - total**2 / users) / (users - 1) / users))
    (mean1, variance1), (mean0, variance0) = sums
    return np.asarray((mean1 - mean0) / np.sqrt(variance1 + variance0))


def variance_saved(users: int = 100_000, seed: int = 3) -> float:
    """The share of variance that CUPED takes away at a correlation of 0.7 (0.49 in theory)."""
    rng = np.random.default_rng(seed)
    arms = [_arm(name, _CUPED, _with_covariate(rng, users)) for name in "AB"]
    return effect(_CUPED, arms[0], arms[1]).saved or 0.0


def speed_against_tea_tasting(users: int = 1_000_000, seed: int = 5) -> Measured | None:
    """B8: five means with CUPED of a million users, from an Arrow table to the analysis."""
    try:
        tea = importlib.import_module("tea_tasting")
    except ImportError:
        return None
    table = _rows(users, seed)
    names = [f"m{i}" for i in range(5)]
    theirs = tea.Experiment({name: tea.Mean(name, f"{name}_before") for name in names})
    pairs = [  # by turns, so that what else the machine does falls on both
        (timed(lambda: of_table(table, names)), timed(lambda: theirs.analyze(table)))
        for _ in range(9)
    ]
    here, there = (statistics.median(side) for side in zip(*pairs, strict=True))
    _same(of_table(table, names), theirs.analyze(table), names)
    work = f"{users} users, 5 metrics, CUPED, whole analysis"
    return compared("B8", work, "tea-tasting on the same Arrow table", here, there, B8_LIMIT)


def _rows(users: int, seed: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    variant = rng.integers(0, 2, users)
    columns: dict[str, NDArray[np.generic]] = {"variant": variant}
    for i in range(5):
        before = rng.normal(100, 20, users)
        columns[f"m{i}"] = before * 0.7 + rng.normal(0, 14, users) + 0.1 * variant
        columns[f"m{i}_before"] = before
    return pa.table(columns)


def of_table(table: pa.Table, names: list[str]) -> list[Effect]:
    """The analysis of a table of user rows: variant 0 or 1, metrics, metrics before."""
    columns = {name: table[name].to_numpy() for name in (*names, *(f"{n}_before" for n in names))}
    codes = table["variant"].to_numpy()
    moments = by_arm(codes, columns, 2)
    arms = [ArmData(name, each.n, each) for name, each in zip(("A", "B"), moments, strict=True)]
    metrics = tuple(
        MetricPlan(n, "mean", (n,), covariates=(f"{n}_before",), role="secondary") for n in names
    )
    plan = Plan(("A", "B"), metrics, correction="none")
    return list(analyse(plan, arms, Enrolment(days=14)).effects)


def _same(ours: list[Effect], theirs: Mapping[str, Any], names: list[str]) -> None:
    """Both must say the same: the speed of another answer would mean nothing."""
    for found, name in zip(ours, names, strict=True):
        value = float(theirs[name].effect_size)
        if found.difference.value is None or abs(found.difference.value - value) > 1e-3:
            raise ValueError(f"{name}: {found.difference.value} here, {value} there")


def _write(
    covers: list[Coverage], alarms: dict[str, dict[str, float]], saved: float, b8: Measured | None
) -> None:
    path = Path("build/bench_experiments.json")
    path.parent.mkdir(exist_ok=True)
    found = {
        "coverage": [asdict(each) for each in covers],
        "false_alarms": alarms,
        "saved": saved,
        "b8": asdict(b8) if b8 else None,
    }
    path.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
