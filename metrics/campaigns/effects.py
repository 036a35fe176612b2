"""What a campaign added: the treated against the holdout, with an interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from data.campaigns.arms import ArmTotals

LEVEL = 0.95
FEWEST = 5
"""Members an arm below which no effect is estimated."""
Why = Literal["no_holdout", "few_members", "not_ripe", "no_spend", "nobody_left", "not_split"]


@dataclass(frozen=True)
class Effect:
    """A difference, treated less holdout. Without a value it has its reason."""

    value: float | None
    low: float | None
    high: float | None
    treated: int
    holdout: int
    p: float | None = None
    why: Why | None = None

    @property
    def clear(self) -> int:
        """1 or −1 where the interval lies on one side of nothing, else 0."""
        if self.low is None or self.high is None:
            return 0
        return int(self.low > 0) - int(self.high < 0)


def no_effect(why: Why, treated: int = 0, holdout: int = 0) -> Effect:
    """No estimate, and why."""
    return Effect(None, None, None, treated, holdout, None, why)


def income_effect(arms: Sequence[ArmTotals], level: float = LEVEL) -> Effect:
    """The difference of mean fee income of 30 days in CNY a member, with Welch's interval.

    Source: Welch (1947); degrees of freedom by Satterthwaite.
    """
    treated, holdout = both_arms(arms)
    if (few := _few(treated, holdout)) is not None:
        return few
    (mean_t, var_t), (mean_h, var_h) = _moments(treated), _moments(holdout)
    parts = var_t / treated.members, var_h / holdout.members
    value, error = mean_t - mean_h, float(np.sqrt(sum(parts)))
    if error == 0:
        return Effect(value, value, value, treated.members, holdout.members, None)
    freedom = error**4 / (
        parts[0] ** 2 / (treated.members - 1) + parts[1] ** 2 / (holdout.members - 1)
    )
    reach = float(stats.t.ppf(0.5 + level / 2, freedom)) * error
    p = float(2 * stats.t.sf(abs(value) / error, freedom))
    return Effect(value, value - reach, value + reach, treated.members, holdout.members, p)


def paying_effect(arms: Sequence[ArmTotals], level: float = LEVEL) -> Effect:
    """The difference of the share with a transaction within 30 days, in percentage points.

    Newcombe's hybrid score interval (1998, method 10).
    """
    treated, holdout = both_arms(arms)
    if (few := _few(treated, holdout)) is not None:
        return few
    sizes = treated.payers, treated.members, holdout.payers, holdout.members
    low, high = confint_proportions_2indep(*sizes, method="newcomb", alpha=1 - level)
    value = treated.payers / treated.members - holdout.payers / holdout.members
    return Effect(
        100 * value, 100 * float(low), 100 * float(high), treated.members, holdout.members
    )


def return_on_spend(effect: Effect, spent_cny: float) -> Effect:
    """Incremental income of all treated to spend; the interval is the effect's, scaled.

    Delta method with spend taken as known: only the effect is uncertain.

    >>> return_on_spend(Effect(2.0, 1.0, 3.0, 448, 112), 496.0)
    Effect(value=1.806..., low=0.903..., high=2.709..., treated=448, holdout=112, p=None, why=None)
    """
    if effect.value is None or effect.low is None or effect.high is None:
        return effect
    if spent_cny <= 0:
        return no_effect("no_spend", effect.treated, effect.holdout)
    times = effect.treated / spent_cny
    return Effect(
        effect.value * times, effect.low * times, effect.high * times,
        effect.treated, effect.holdout, effect.p,
    )  # fmt: skip


def both_arms(arms: Iterable[ArmTotals]) -> tuple[ArmTotals, ArmTotals]:
    """All treated and all holdout members, added up; groups of several kinds are merged."""
    rows = list(arms)
    return _added(rows, "treated"), _added(rows, "holdout")


def _added(arms: Sequence[ArmTotals], arm: str) -> ArmTotals:
    mine = [one for one in arms if one.arm == arm]
    sums = np.sum([one.sums for one in mine], axis=0) if mine else np.zeros(3)
    squares = np.sum([one.squares for one in mine], axis=0) if mine else np.zeros(3)
    return ArmTotals(
        mine[0].campaign if mine else "", arm, "", sum(one.members for one in mine),
        (float(sums[0]), float(sums[1]), float(sums[2])),
        (float(squares[0]), float(squares[1]), float(squares[2])),
        sum(one.payers for one in mine),
    )  # fmt: skip


def _few(treated: ArmTotals, holdout: ArmTotals) -> Effect | None:
    if holdout.members == 0 or treated.members == 0:
        return no_effect("no_holdout", treated.members, holdout.members)
    if min(treated.members, holdout.members) < FEWEST:
        return no_effect("few_members", treated.members, holdout.members)
    return None


def _moments(arm: ArmTotals) -> tuple[float, float]:
    """Mean and variance (n − 1) of the income after assignment."""
    mean = arm.sums[0] / arm.members
    spread = max(0.0, arm.squares[0] - arm.members * mean**2)
    return mean, spread / (arm.members - 1)
