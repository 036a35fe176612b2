"""Chance that can be repeated, and counts that come out as planned."""

from __future__ import annotations

import zlib

import numpy as np

from data.demo.columns import Flags, Ints, Numbers


def stream(seed: int, domain: str, *place: int) -> np.random.Generator:
    """The random stream of a domain and place; independent of everybody else's."""
    return np.random.default_rng([seed, zlib.crc32(domain.encode()), *place])


def spread(rates: Numbers, start: float = 0.5) -> Flags:
    """Flags whose running count never leaves the running sum of ``rates`` by more than one.

    >>> spread(np.full(10, 0.3)).sum()
    np.int64(3)
    """
    reached = np.floor(np.cumsum(np.asarray(rates, dtype=np.float64)) + start + 1e-9)
    return np.diff(reached, prepend=np.floor(start + 1e-9)) > 0


def spread_by(groups: Numbers, rates: Numbers | float, order: Numbers | None = None) -> Flags:
    """``spread`` inside each group, along ``order`` (default: as given)."""
    rates = np.broadcast_to(rates, groups.shape).astype(np.float64)
    keys = (np.arange(len(groups)) if order is None else order, groups)
    line = np.lexsort(keys)
    result = np.zeros(len(groups), dtype=bool)
    cuts = np.flatnonzero(np.diff(groups[line])) + 1
    for part in np.split(line, cuts):
        result[part] = spread(rates[part])
    return result


def share_out(total: int, weights: Numbers, least: int = 0) -> Ints:
    """``total`` whole things by weight, every place at least ``least`` (largest remainders).

    >>> share_out(10, np.array([1.0, 1.0, 2.0])).tolist()
    [3, 2, 5]
    """
    weights = np.asarray(weights, dtype=np.float64)
    free = max(0, total - least * len(weights))
    exact = weights / weights.sum() * free
    counts: Ints = np.floor(exact).astype(np.int64)
    rest = free - int(counts.sum())
    counts[np.argsort(-(exact - counts), kind="stable")[:rest]] += 1
    return counts + least


def pick(rng: np.random.Generator, cumulative: Numbers, rows: Numbers) -> Ints:
    """For each entry of ``rows`` draw a column of the row's cumulative distribution.

    ``cumulative`` is (rows, columns), each row rising to 1.
    """
    width = cumulative.shape[1]
    line = (cumulative + np.arange(len(cumulative))[:, None]).ravel()
    drawn = rows + rng.random(len(rows)) * (1 - 1e-9)
    found = np.searchsorted(line, drawn, side="right") - rows * width
    return np.asarray(np.minimum(found, width - 1))


def cumulative(weights: Numbers) -> Numbers:
    """Rows of weights as cumulative distributions."""
    weights = np.asarray(weights, dtype=np.float64)
    summed = np.cumsum(weights, axis=-1)
    return np.asarray(summed / summed[..., -1:])


def sample(rng: np.random.Generator, size: int, n: int) -> Ints:
    """``n`` distinct places of ``size`` (all of them if fewer), sorted."""
    return np.sort(rng.permutation(size)[: min(n, size)])


class Carry:
    """Whole counts from small expected ones: what is left over is carried to the next month."""

    def __init__(self) -> None:
        self._owed = 0.5

    def count(self, expected: float) -> int:
        """The whole part of what is owed by now."""
        self._owed += expected
        whole = int(self._owed)
        self._owed -= whole
        return whole
