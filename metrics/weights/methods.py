"""Methods that propose the weights of siblings: AHP, entropy, CRITIC and mixes.

Weights are per cent and add up to 100, in the order of the rows or columns given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import entr

Floats = npt.NDArray[np.float64]
Direction = Literal["up", "down"]

RANDOM_INDEX = (
    0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
)  # fmt: skip
"""Mean consistency index of random matrices of 1 to 15 rows. Source: Saaty (1980), p. 21."""

MAX_RATIO = 0.1
RECIPROCAL = 0.045
"""How far a(i,j) a(j,i) may be from 1: people type 0.33 for a third and 0.12 for an eighth."""

ENTROPY_SHIFT = 1.0
CONSTANT = 1e-12
"""A column whose range is below this part of its size is taken as constant."""


@dataclass(frozen=True)
class Ahp:
    """Weights by pairwise judgement; weights None, with the reason, where refused.

    ``worst_pair`` is the judgement furthest from the others (row, column; the first row is 0).
    """

    weights: tuple[float, ...] | None
    lambda_max: float | None = None
    consistency_index: float | None = None
    consistency_ratio: float | None = None
    worst_pair: tuple[int, int] | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Measured:
    """Weights by data; ``information`` a column is what they are in proportion to.

    A reason beside weights says that the data could not tell the columns apart.
    """

    weights: tuple[float, ...] | None
    information: tuple[float, ...] | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Mixed:
    """Weights from two sets, or None with the reason."""

    weights: tuple[float, ...] | None
    reason: str | None = None


def ahp(matrix: npt.ArrayLike) -> Ahp:
    """Weights by the principal eigenvector of a matrix of pairwise judgements.

    Entry (i, j) says how many times as important i is as j; it has to be positive and the
    reciprocal of (j, i). Refused above a consistency ratio of 0.1. Source: Saaty (1980), The
    Analytic Hierarchy Process; Saaty (1977), Journal of Mathematical Psychology 15, 234-281.

    >>> found = ahp([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]])
    >>> [round(weight, 2) for weight in found.weights], round(found.consistency_ratio, 6) + 0
    ([57.14, 28.57, 14.29], 0.0)
    >>> ahp([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]]).reason
    'consistency ratio 6.13 is above 0.1: judgement (1, 2) fits the others least'
    """
    judged = np.asarray(matrix, dtype=float)
    wrong = _judgement_problem(judged)
    if wrong:
        return Ahp(None, reason=wrong)
    n = len(judged)
    judged = np.sqrt(judged / judged.T)  # exactly reciprocal where 0.33 was typed for a third
    values, vectors = np.linalg.eig(judged)
    largest = int(np.argmax(values.real))
    weights = np.abs(vectors[:, largest].real)
    weights = weights / weights.sum()
    lambda_max = float(values[largest].real)
    index = max(0.0, (lambda_max - n) / (n - 1)) if n > 1 else 0.0
    ratio = index / RANDOM_INDEX[n - 1] if n > 2 else 0.0
    misfit = np.abs(np.log(judged * weights / weights[:, None]))
    row, column = (int(at) for at in np.unravel_index(int(np.argmax(misfit)), misfit.shape))
    pair = (min(row, column), max(row, column)) if n > 2 else None
    if ratio > MAX_RATIO:
        words = f"consistency ratio {ratio:.2f} is above {MAX_RATIO}"
        where = f"judgement ({row + 1}, {column + 1}) fits the others least"
        return Ahp(None, lambda_max, index, ratio, pair, f"{words}: {where}")
    return Ahp(_percent(weights), lambda_max, index, ratio, pair)


def _judgement_problem(judged: Floats) -> str | None:
    if judged.ndim != 2 or judged.shape[0] != judged.shape[1]:
        return f"the matrix has the shape {judged.shape}; expected as many rows as columns"
    n = len(judged)
    if not 1 <= n <= len(RANDOM_INDEX):
        return f"{n} items; expected 1 to {len(RANDOM_INDEX)}, where the random index is known"
    if not (np.isfinite(judged).all() and (judged > 0).all()):
        return f"judgements {_places(~(np.isfinite(judged) & (judged > 0)))} are not positive"
    broken = np.abs(judged * judged.T - 1) > RECIPROCAL
    if broken.any():
        return f"judgements {_places(np.triu(broken))} are not the reciprocal of their opposite"
    return None


def _places(wrong: npt.NDArray[np.bool_]) -> str:
    return ", ".join(f"({row + 1}, {column + 1})" for row, column in np.argwhere(wrong))


def entropy_weights(
    values: npt.ArrayLike, better: Sequence[Direction], shift: float = ENTROPY_SHIFT
) -> Measured:
    """Weights by how unevenly the rows (branches, months) spread over each column (indicator).

    Columns are scaled to 0..1 in their direction and raised by ``shift``, so that a column with
    a single row above zero does not swallow all weight; 0 ln 0 is 0, and a shift of 0 is the
    textbook method. A constant column weighs 0; if all are, all weigh the same and the reason
    says so. Source: Shannon's entropy as used by Hwang and Yoon (1981), Multiple Attribute
    Decision Making, ch. 3.

    >>> entropy_weights([[1, 5, 7], [2, 5, 8], [3, 5, 9]], ["up", "up", "down"]).weights
    (50.0, 0.0, 50.0)
    """
    if not (np.isfinite(shift) and shift >= 0):
        raise ValueError(f"shift is {shift}; expected 0 or more")
    data, wrong = _data(values, better)
    if wrong:
        return Measured(None, reason=wrong)
    scaled, varied = _scaled(data, better)
    raised = np.where(varied, scaled + shift, 1.0)
    shares = raised / raised.sum(axis=0)
    information = 1 - entr(shares).sum(axis=0) / np.log(len(data))
    return _by_information(np.where(varied, np.maximum(information, 0.0), 0.0))


def critic_weights(values: npt.ArrayLike, better: Sequence[Direction]) -> Measured:
    """Weights by contrast and conflict: spread times the sum of 1 - correlation with the others.

    Columns are scaled to 0..1 in their direction first. A constant column weighs 0 and is no
    one's partner; if all are, all weigh the same and the reason says so. Source: Diakoulaki,
    Mavrotas and Papayannakis (1995), Computers & Operations Research 22(7), 763-770.

    >>> found = critic_weights([[1, 9], [2, 6], [3, 3]], ["up", "down"])
    >>> found.weights, found.reason
    ((50.0, 50.0), 'no column differs from the others: equal weights')
    """
    data, wrong = _data(values, better)
    if wrong:
        return Measured(None, reason=wrong)
    scaled, varied = _scaled(data, better)
    information = np.zeros(scaled.shape[1])
    if varied.sum() == 1:
        information[varied] = 1.0
    elif varied.sum() > 1:
        chosen = scaled[:, varied]
        conflict = (1 - np.corrcoef(chosen, rowvar=False)).clip(min=0).sum(axis=0)
        information[varied] = chosen.std(axis=0) * np.where(conflict > CONSTANT, conflict, 0.0)
    return _by_information(information)


def _data(values: npt.ArrayLike, better: Sequence[Direction]) -> tuple[Floats, str | None]:
    data = np.asarray(values, dtype=float)
    if data.ndim != 2 or data.shape[1] != len(better) or not len(better):
        raise ValueError(f"values have the shape {data.shape}; expected {len(better)} columns")
    unknown = sorted({str(way) for way in better} - {"up", "down"})
    if unknown:
        raise ValueError(f"directions {unknown}; expected up or down (a band: pass its score)")
    if len(data) < 2:
        return data, f"{len(data)} rows; at least 2 are needed to compare"
    missing = [str(at + 1) for at in np.flatnonzero(~np.isfinite(data).all(axis=0))]
    if missing:
        return data, f"values are missing or infinite in columns {', '.join(missing)}"
    return data, None


def _scaled(data: Floats, better: Sequence[Direction]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    low, high = data.min(axis=0), data.max(axis=0)
    varied = (high - low) > CONSTANT * np.maximum(np.abs(low), np.abs(high))
    scaled = (data - low) / np.where(varied, high - low, 1.0)
    return np.where([way == "down" for way in better], 1 - scaled, scaled), varied


def _by_information(information: Floats) -> Measured:
    found = tuple(float(value) for value in information)
    if information.sum() <= CONSTANT:
        equal = np.full(len(information), 1.0)
        words = "no column differs from the others: equal weights"
        return Measured(_percent(equal), found, words)
    return Measured(_percent(information), found)


def mix_convex(
    judged: Sequence[float], measured: Sequence[float], judged_share: float = 0.5
) -> Mixed:
    """The weighted mean of both sets; ``judged_share`` 0 to 1.

    >>> mix_convex([75, 25], [25, 75], 0.5).weights
    (50.0, 50.0)
    """
    if not 0 <= judged_share <= 1:
        raise ValueError(f"judged_share is {judged_share}; expected 0 to 1")
    one, other, wrong = _pair(judged, measured)
    if wrong:
        return Mixed(None, wrong)
    return Mixed(_percent(judged_share * one + (1 - judged_share) * other))


def mix_product(judged: Sequence[float], measured: Sequence[float]) -> Mixed:
    """The product of both sets, brought to 100; 0 in either is 0 in the mix.

    Source: Hwang and Yoon (1981), ch. 3, entropy weights under a prior.

    >>> mix_product([80, 20], [20, 80]).weights
    (50.0, 50.0)
    """
    one, other, wrong = _pair(judged, measured)
    if wrong:
        return Mixed(None, wrong)
    product = one * other
    if product.sum() <= 0:
        return Mixed(None, "every item has weight 0 in one of the two sets")
    return Mixed(_percent(product))


def _pair(judged: Sequence[float], measured: Sequence[float]) -> tuple[Floats, Floats, str | None]:
    one, other = np.asarray(judged, dtype=float), np.asarray(measured, dtype=float)
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError(f"the sets have the shapes {one.shape} and {other.shape}")
    for name, values in (("judged", one), ("measured", other)):
        if not (np.isfinite(values).all() and (values >= 0).all() and values.sum() > 0):
            return one, other, f"the {name} weights are not positive numbers"
    return one / one.sum(), other / other.sum(), None


def _percent(weights: Floats) -> tuple[float, ...]:
    return tuple(float(weight) for weight in 100 * weights / weights.sum())
