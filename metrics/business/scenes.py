"""What each scene adds to stickiness and business: like users with and without it.

Least squares of what users did in a period on the scenes they used in the period before, within
tiers, from sums over groups of like users (n, sum, sum of squares): the same estimates as over the
single users. Standard errors allow for unequal variances (White 1980, HC1). An association of like
users, not proof of a cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

Floats = npt.NDArray[np.float64]
FEWEST = 30
"""Users with, and as many without, that a scene needs."""


@dataclass(frozen=True)
class Added:
    """What users of a scene do more than like users without it; interval of 95 per cent."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class SceneValue:
    """A scene: users with it in the period before, of ``of`` in all, and what it adds.

    ``days``: active days a user; ``fees``: CNY a user; ``total``: fees added by all its users. None
    with fewer than 30 users on either side or where the scenes cannot be told apart.
    """

    scene: str
    users: int
    of: int
    days: Added | None
    fees: Added | None

    @property
    def total(self) -> float | None:
        """Fees added by all users of the scene in the period, CNY."""
        return None if self.fees is None else self.fees.value * self.users


def scene_values(cells: pd.DataFrame, scenes: Sequence[str]) -> tuple[SceneValue, ...]:
    """From groups of like users: tier, a 0/1 column a scene, n, days, days2, fees, fees2.

    >>> cells = pd.DataFrame({"tier": ["a", "a"], "pay": [0, 1], "n": [40, 40],
    ...     "days": [80.0, 200.0], "days2": [200.0, 1100.0], "fees": [40.0, 40.0],
    ...     "fees2": [50.0, 50.0]})
    >>> found = scene_values(cells, ["pay"])[0]
    >>> round(found.days.value, 6), found.users, round(found.days.high, 6)
    (3.0, 40, 3.587151)
    """
    if cells.empty:
        return tuple(SceneValue(scene, 0, 0, None, None) for scene in scenes)
    n = cells["n"].to_numpy(dtype=np.float64)
    tiers = pd.get_dummies(cells["tier"].astype(str)).to_numpy(dtype=np.float64)
    flags = cells[list(scenes)].to_numpy(dtype=np.float64)
    counts = flags.T @ n
    told = (counts >= FEWEST) & (n.sum() - counts >= FEWEST)
    design = np.hstack([tiers, flags[:, told]])
    days = _fitted(design, n, cells["days"], cells["days2"])
    fees = _fitted(design, n, cells["fees"], cells["fees2"])
    place = tiers.shape[1]
    found = []
    for i, scene in enumerate(scenes):
        sides: list[Added | None] = [None, None]
        if told[i]:
            sides = [None if fit is None else _added(fit, place) for fit in (days, fees)]
            place += 1
        found.append(SceneValue(scene, int(counts[i]), int(n.sum()), sides[0], sides[1]))
    return tuple(found)


def _fitted(
    design: Floats, n: Floats, sums: pd.Series[float], squares: pd.Series[float]
) -> tuple[Floats, Floats] | None:
    """Coefficients and their covariance; None where the columns cannot be told apart."""
    total, square = sums.to_numpy(dtype=np.float64), squares.to_numpy(dtype=np.float64)
    if np.linalg.matrix_rank(design * np.sqrt(n)[:, None]) < design.shape[1]:
        return None
    bread = np.linalg.inv((design * n[:, None]).T @ design)
    found = bread @ (design.T @ total)
    expected = design @ found
    left = np.clip(square - 2 * expected * total + n * expected**2, 0, None)
    users = n.sum()
    freedom = users / max(1.0, users - design.shape[1])
    covariance = freedom * bread @ ((design * left[:, None]).T @ design) @ bread
    return found, covariance


def _added(fit: tuple[Floats, Floats], place: int) -> Added:
    value = float(fit[0][place])
    half = float(norm.ppf(0.975) * np.sqrt(fit[1][place, place]))
    return Added(value, value - half, value + half)
