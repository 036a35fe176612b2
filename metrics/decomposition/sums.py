"""The change of a sum into volume, mix and rate.

A part's amount is V * s * r: the volume of the whole, the part's share of it, what a unit brings.
Each factor's part in the change is its Shapley value over the six orders of changing them
(Shapley 1953), so that the split is exact and turns its sign when the periods are exchanged.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from metrics.decomposition.records import Caution, SumChange, SumPart

Floats = npt.NDArray[np.float64]
Sides = tuple[Floats, Floats]
OFFSETTING = 3.0
"""Parts that move so many times more than the whole cancel each other out."""

Part = tuple[float, float]
"""Volume and amount of a part."""


def sum_change(
    before: Mapping[str, Part], after: Mapping[str, Part], *, equal_days: bool = True
) -> SumChange:
    """The change of the amounts between two periods, by part: name to (volume, amount).

    A part without volume in one period has the rate of the other: all of it is volume and mix. An
    amount without volume is taken as rate.

    >>> found = sum_change({"a": (10.0, 100.0)}, {"a": (12.0, 108.0)})
    >>> found.volume, found.mix, found.rate
    (19.0, 0.0, -11.0)
    """
    names = sorted({*before, *after})
    volumes = _side(before, names, 0), _side(after, names, 0)
    amounts = _side(before, names, 1), _side(after, names, 1)
    totals = float(volumes[0].sum()), float(volumes[1].sum())
    shares = tuple(_divided(v, t) for v, t in zip(volumes, totals, strict=True))
    rates = _rates(volumes, amounts)
    volume, mix, rate = _split(totals, (shares[0], shares[1]), rates)
    mix = mix - _neutral(totals, (shares[0], shares[1]), (amounts[0].sum(), amounts[1].sum()))
    change = amounts[1] - amounts[0]
    # What has no volume in either period has no rate: it is the rate's part as it is.
    loose = (volumes[0] == 0) & (volumes[1] == 0)
    rate = np.where(loose, change, rate)
    # Amounts where the volume is 0 in one period alone are what is left of the change.
    rate = rate + (change.sum() - volume.sum() - mix.sum() - rate.sum()) * _left(volumes, amounts)
    parts = tuple(
        SumPart(name, *(float(x[i]) for x in (*amounts, volume, mix, rate)))
        for i, name in enumerate(names)
    )
    ordered = tuple(sorted(parts, key=lambda part: (-abs(part.effect), part.name)))
    effects = volume + mix + rate
    warnings = warned(effects, float(change.sum()), equal_days=equal_days)
    return SumChange(
        float(amounts[0].sum()),
        float(amounts[1].sum()),
        float(volume.sum()),
        float(mix.sum()),
        float(rate.sum()),
        ordered,
        warnings,
    )


def warned(effects: Floats, change: float, *, equal_days: bool) -> tuple[Caution, ...]:
    """What to know of the parts of any change."""
    found = [] if equal_days else [Caution("unequal_days")]
    moved = float(np.abs(effects).sum())
    if len(effects) > 1 and moved > OFFSETTING * abs(change) and moved > 1e-9:
        found.append(Caution("offsetting"))
    return tuple(found)


def _side(parts: Mapping[str, Part], names: list[str], which: int) -> Floats:
    return np.array([parts.get(name, (0.0, 0.0))[which] for name in names], dtype=np.float64)


def _divided(values: Floats, by: float) -> Floats:
    return values / by if by else np.zeros_like(values)


def _rates(volumes: Sides, amounts: Sides) -> Sides:
    """What a unit brings in each period; the other period's where a part has no volume."""
    with np.errstate(divide="ignore", invalid="ignore"):
        own = [np.where(v != 0, a / v, np.nan) for v, a in zip(volumes, amounts, strict=True)]
    first = np.where(np.isnan(own[0]), own[1], own[0])
    second = np.where(np.isnan(own[1]), own[0], own[1])
    return np.nan_to_num(first), np.nan_to_num(second)


def _split(totals: tuple[float, float], shares: Sides, rates: Sides) -> tuple[Floats, ...]:
    """Shapley values of a product of three factors."""
    v, s, r = totals, shares, rates
    volume = (v[1] - v[0]) * _mixed(s, r)
    mix = (s[1] - s[0]) * _mixed((np.asarray(v[0]), np.asarray(v[1])), r)
    rate = (r[1] - r[0]) * _mixed((np.asarray(v[0]), np.asarray(v[1])), s)
    return volume, mix, rate


def _mixed(a: Sides, b: Sides) -> Floats:
    """What a factor is weighed with: both others old or new (1/3 each), or one of each (1/6)."""
    found: Floats = (2 * a[0] * b[0] + a[0] * b[1] + a[1] * b[0] + 2 * a[1] * b[1]) / 6
    return found


def _neutral(totals: tuple[float, float], shares: Sides, amounts: tuple[float, float]) -> Floats:
    """What a shift of shares is worth at the average rate: adds up to 0 over the parts."""
    mean = [amount / total if total else 0.0 for amount, total in zip(amounts, totals, strict=True)]
    if not (totals[0] and totals[1]):
        return np.zeros_like(shares[0])
    sides = [(np.asarray(p), np.asarray(q)) for p, q in (totals, (mean[0], mean[1]))]
    return (shares[1] - shares[0]) * _mixed(sides[0], sides[1])


def _left(volumes: Sides, amounts: Sides) -> Floats:
    """How the amounts without volume in one period are spread over the parts that have them."""
    stray = np.zeros_like(volumes[0])
    for volume, amount, other in ((volumes[0], amounts[0], volumes[1]),
                                  (volumes[1], amounts[1], volumes[0])):  # fmt: skip
        stray = stray + np.where((volume == 0) & (other != 0), np.abs(amount), 0.0)
    total = stray.sum()
    return stray / total if total else np.full_like(stray, 1 / len(stray)) if len(stray) else stray
