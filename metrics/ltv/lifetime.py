"""Predicted lifetime value: purchases still to come, what each brings, discounted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from metrics.ltv.bg_nbd import BgNbd
from metrics.ltv.gamma_gamma import GammaGamma
from metrics.ltv.histories import Floats

WEEKS_A_YEAR = 365.25 / 7
NODES = 24
"""Gauss-Legendre points over the horizon; agrees with weekly sums far beyond the cent."""


def predicted_ltv(
    purchases: BgNbd,
    values: GammaGamma,
    frequency: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    monetary: npt.ArrayLike,
    horizon_weeks: float,
    annual_discount: float,
    margin: float = 1.0,
) -> Floats:
    """Present value, in money, of each user's purchases in the coming ``horizon_weeks``.

    Times in weeks; ``annual_discount`` 0.1 is 10 % a year, discounted continuously; ``margin`` is
    the part of an amount that is kept. What was earned so far is not in it. ValueError for
    arguments out of range. Source: Fader, Hardie and Lee (2005), RFM and CLV, Journal of
    Marketing Research 42(4), 415-430: margin times value times discounted expected purchases.

    >>> often = BgNbd(0.243, 4.414, 0.793, 2.426, -9582.4, 2357)
    >>> much = GammaGamma(6.25, 3.74, 15.44, -4055.9, 946)
    >>> predicted_ltv(often, much, [2], [30.43], [38.86], [22.35], 52, 0.15).round(2).tolist()
    [36.06]
    """
    if not (np.isfinite(annual_discount) and annual_discount > -1):
        raise ValueError(f"annual_discount is {annual_discount}; expected above -1, 0.1 for 10 %")
    if not np.isfinite(margin):
        raise ValueError(f"margin is {margin}; expected a number")
    coming = _discounted_purchases(
        purchases, frequency, recency, age, horizon_weeks, annual_discount
    )
    each = values.expected_value(frequency, monetary)
    return np.asarray(margin * each * coming, dtype=float)


def _discounted_purchases(
    model: BgNbd,
    frequency: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    horizon: float,
    annual_discount: float,
) -> Floats:
    """The integral of exp(-force t) over dE(t), by parts, so that only E itself is needed."""
    force = float(np.log1p(annual_discount)) / WEEKS_A_YEAR
    total: Floats = np.exp(-force * horizon) * model.expected_purchases(
        horizon, frequency, recency, age
    )
    points, weights = np.polynomial.legendre.leggauss(NODES)
    for point, weight in zip(points, weights, strict=True):
        time = float(horizon * (point + 1) / 2)
        part = model.expected_purchases(time, frequency, recency, age)
        total = total + force * horizon / 2 * weight * np.exp(-force * time) * part
    return total
