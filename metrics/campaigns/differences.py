"""Difference in differences: what changed where something was done, beyond what changed elsewhere.

Rows are cells (a cluster's group in a period) with a weight and a mean: a weighted regression on
them gives the estimates and clustered errors that the rows behind them would give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.regression.linear_model import OLS

from data.campaigns.arms import ArmTotals

LEVEL = 0.95
FEWEST_CLUSTERS = 8
TREND_LEVEL = 0.05
SMALLEST = 1e-9
"""Singular values below it are nothing but rounding."""
Why = Literal["few_clusters", "no_control", "no_before", "no_variation"]


@dataclass(frozen=True)
class Estimate:
    """A value with its clustered interval."""

    value: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Difference:
    """The effect, the same estimated where nothing was done yet (placebo), and the check of trends.

    ``trend_p`` is the probability of differences before as large as seen, were the trends parallel.
    ``path`` holds (period relative to the start, treated mean, control mean).
    """

    effect: Estimate | None
    placebo: Estimate | None
    trend_p: float | None
    clusters: int
    path: tuple[tuple[int, float, float], ...]
    why: Why | None = None

    @property
    def parallel(self) -> bool | None:
        """Whether the trends before look parallel; None where that cannot be told."""
        return None if self.trend_p is None else self.trend_p >= TREND_LEVEL


@dataclass(frozen=True)
class Cell:
    """A cluster's group in a period: 0 and later are after the start. ``weight`` > 0.

    ``stack`` keeps comparisons apart that have starts of their own.
    """

    cluster: str
    treated: bool
    period: int
    weight: float
    mean: float
    stack: str = ""


def cells_of_members(arms: Sequence[ArmTotals]) -> list[Cell]:
    """Cells of a campaign's members by branch and arm: 60–31 days before, 30–1 before, 30 after."""
    return [
        Cell(one.group, one.arm == "treated", period, one.members, one.sums[place] / one.members)
        for one in arms
        if one.members
        for period, place in ((0, 0), (-1, 1), (-2, 2))
    ]


def difference_in_differences(cells: Sequence[Cell]) -> Difference:
    """The effect with errors clustered by branch, its placebo and its pre-trend check.

    Two-way fixed effects of treated group and period in each stack; with several stacks (groups
    that started at different times, each against those that had not) a stacked regression
    (Cengiz, Dube, Lindner, Zipperer 2019), which no already treated branch serves as a control.
    Errors: sandwich by cluster (Liang and Zeger 1986), t with clusters − 1 degrees of freedom.
    """
    frame = pd.DataFrame([vars(cell) for cell in cells])
    why = _unfit(frame)
    if why is not None:
        return Difference(None, None, None, _clusters(frame), (), why)
    before = frame[frame["period"] < 0]
    effect = _estimated(frame, frame["period"] >= 0)
    latest = int(before["period"].max())
    placebo = None
    if before["period"].nunique() > 1:
        half = before["period"] > before["period"].median() - 0.5
        late = half if not half.all() else before["period"] == latest
        placebo = _estimated(before, late)
    return Difference(
        effect, placebo, _trend_p(before), _clusters(frame), _path(frame),
        None if effect is not None else "no_variation",
    )  # fmt: skip


def _unfit(frame: pd.DataFrame) -> Why | None:
    if frame.empty or not frame["treated"].any() or frame["treated"].all():
        return "no_control"
    if not (frame["period"] < 0).any() or not (frame["period"] >= 0).any():
        return "no_before"
    return "few_clusters" if _clusters(frame) < FEWEST_CLUSTERS else None


def _clusters(frame: pd.DataFrame) -> int:
    return 0 if frame.empty else int(frame["cluster"].nunique())


def _design(frame: pd.DataFrame) -> pd.DataFrame:
    """Fixed effects: of periods within stacks, and of clusters' groups within stacks."""
    group = frame["cluster"] + frame["treated"].map({True: "|t", False: "|c"}) + frame["stack"]
    period = frame["period"].astype(str) + frame["stack"]
    return pd.concat(
        [pd.get_dummies(group, dtype=float), pd.get_dummies(period, dtype=float).iloc[:, 1:]],
        axis=1,
    )


def _fit(frame: pd.DataFrame, treatment: pd.DataFrame) -> Any:
    """Weighted least squares after the fixed effects were taken out of both sides.

    None where the fixed effects leave nothing to tell the treatment by.
    """
    root = np.sqrt(frame["weight"].to_numpy(float))[:, None]
    fixed = _design(frame).to_numpy() * root
    both = np.column_stack([frame["mean"].to_numpy(float), treatment.to_numpy(float)]) * root
    left = both - fixed @ np.linalg.lstsq(fixed, both, rcond=None)[0]
    if np.linalg.matrix_rank(left[:, 1:], tol=SMALLEST) < treatment.shape[1]:
        return None
    codes = pd.factorize(frame["cluster"])[0]
    return OLS(left[:, 0], left[:, 1:]).fit(
        cov_type="cluster", cov_kwds={"groups": codes, "use_correction": False}
    )


def _estimated(frame: pd.DataFrame, after: pd.Series) -> Estimate | None:
    treatment = pd.DataFrame({"effect": (frame["treated"] & after).astype(float)})
    found = _fit(frame, treatment)
    if found is None:
        return None
    count = _clusters(frame)
    error = float(found.bse[0] * np.sqrt(count / (count - 1)))
    if not np.isfinite(error) or error < SMALLEST:
        return None
    value, reach = float(found.params[0]), float(stats.t.ppf(0.5 + LEVEL / 2, count - 1)) * error
    p = float(2 * stats.t.sf(abs(value) / error, count - 1))
    return Estimate(value, value - reach, value + reach, p)


def _trend_p(before: pd.DataFrame) -> float | None:
    """A joint F test that treated and control moved alike before, period by period."""
    periods = sorted(before["period"].unique())[:-1]
    if not periods:
        return None
    leads = pd.DataFrame(
        {str(n): (before["treated"] & (before["period"] == n)).astype(float) for n in periods}
    )
    found = _fit(before, leads)
    if found is None:
        return None
    count = _clusters(before)
    covariance = np.asarray(found.cov_params()) * count / (count - 1)
    values = np.asarray(found.params)
    if len(periods) >= count or np.linalg.matrix_rank(covariance) < len(periods):
        return None
    statistic = float(values @ np.linalg.solve(covariance, values)) / len(periods)
    return float(stats.f.sf(statistic, len(periods), count - 1))


def _path(frame: pd.DataFrame) -> tuple[tuple[int, float, float], ...]:
    rows = []
    for period in sorted(frame["period"].unique().tolist()):
        some = frame[frame["period"] == period]
        sides = [some[some["treated"] == side] for side in (True, False)]
        if any(side.empty for side in sides):
            continue
        means = [float(np.average(side["mean"], weights=side["weight"])) for side in sides]
        rows.append((int(period), means[0], means[1]))
    return tuple(rows)
