"""Sufficient statistics of users that add up: counts, means, centred sums of products.

Centred sums are kept, not sums of squares: in a money column of 1e9 +- 1 the latter lose every
digit of the variance. Parts are put together by the update of Chan, Golub and LeVeque (1983),
"Algorithms for computing the sample variance", The American Statistician 37(3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector = NDArray[np.float64]
_BLOCK = 16_384  # users at a time: their columns stay in the processor's cache


@dataclass(frozen=True, eq=False)
class Moments:
    """Statistics of ``n`` users over the columns ``names``.

    ``means`` (k,); ``products`` (k, k): sums of (x - mean x)(y - mean y); ``nonzero`` (k,): users
    whose value is not 0; ``lowest`` (k,): the smallest value, +inf where nobody is; ``missing``:
    users left out because a value of theirs is no number.

    >>> whole = Moments.of({"x": [1, 2, 3, 4]})
    >>> parts = Moments.of({"x": [1, 2]}) + Moments.of({"x": [3, 4]})
    >>> (parts.n, parts.mean("x"), parts.variance("x")) == (4, 2.5, whole.variance("x"))
    True
    """

    names: tuple[str, ...]
    n: int
    means: Vector
    products: Vector
    nonzero: Vector
    lowest: Vector
    missing: int = 0

    @staticmethod
    def empty(names: Sequence[str]) -> Moments:
        """Nobody yet."""
        k = len(names)
        zeros = np.zeros(k)
        return Moments(tuple(names), 0, zeros, np.zeros((k, k)), zeros, np.full(k, np.inf))

    @staticmethod
    def of(columns: Mapping[str, ArrayLike]) -> Moments:
        """Statistics of one value per user and column; users with a NaN or infinity are left out.

        >>> Moments.of({"x": [1.0, float("nan"), 3.0]}).missing
        1
        """
        return by_arm(None, columns, 1)[0]

    @staticmethod
    def of_shifted(
        names: Sequence[str],
        n: int,
        shifts: ArrayLike,
        sums: ArrayLike,
        products: ArrayLike,
        nonzero: ArrayLike,
        lowest: ArrayLike,
        missing: int = 0,
    ) -> Moments:
        """From a warehouse's sums of x - shift and of (x - shift)(y - shift).

        A shift near the mean (any provisional mean of the column) keeps the digits; one shift per
        column, the same for all arms.

        >>> Moments.of_shifted(("x",), 2, [10], [1], [[1]], [2], [10]).mean("x")
        10.5
        """
        if n <= 0:
            return Moments.empty(names)
        off = np.asarray(sums, dtype=float) / n
        centred = np.asarray(products, dtype=float) - n * np.outer(off, off)
        np.fill_diagonal(centred, np.maximum(np.diag(centred), 0.0))
        return Moments(
            tuple(names), int(n), np.asarray(shifts, dtype=float) + off, centred,
            np.asarray(nonzero, dtype=float), np.asarray(lowest, dtype=float), int(missing),
        )  # fmt: skip

    def __add__(self, other: Moments) -> Moments:
        if self.names != other.names:
            raise ValueError(f"columns differ: {self.names} and {other.names}")
        n = self.n + other.n
        if n == 0:
            return replace(self, missing=self.missing + other.missing)
        step = other.means - self.means
        return Moments(
            self.names, n, self.means + step * (other.n / n),
            self.products + other.products + np.outer(step, step) * (self.n * (other.n / n)),
            self.nonzero + other.nonzero, np.minimum(self.lowest, other.lowest),
            self.missing + other.missing,
        )  # fmt: skip

    def at(self, name: str) -> int | None:
        """The place of a column; None where there is none such."""
        return self.names.index(name) if name in self.names else None

    def mean(self, name: str) -> float:
        """The mean of a column."""
        return float(self.means[self.names.index(name)])

    def total(self, name: str) -> float:
        """The sum of a column."""
        return self.n * self.mean(name)

    def variance(self, name: str) -> float:
        """The sample variance (n - 1) of a column; 0 for fewer than two users."""
        return self.covariance(name, name)

    def covariance(self, one: str, other: str) -> float:
        """The sample covariance (n - 1) of two columns; 0 for fewer than two users."""
        if self.n < 2:
            return 0.0
        i, j = self.names.index(one), self.names.index(other)
        return float(self.products[i, j] / (self.n - 1))


@dataclass(frozen=True, eq=False)
class Counted:
    """Values of a column with how often each occurs, in order: what a quantile needs; it adds up.

    >>> both = Counted.of([3, 1, 1]) + Counted.of([2])
    >>> both.values.tolist(), both.counts.tolist(), both.n
    ([1.0, 2.0, 3.0], [2, 1, 1], 4)
    """

    values: Vector
    counts: NDArray[np.int64]
    missing: int = 0

    @staticmethod
    def of(values: ArrayLike, counts: ArrayLike | None = None) -> Counted:
        """From one value per user, or from values with their counts, in any order."""
        given = np.asarray(values, dtype=float)
        times = np.ones(len(given), int) if counts is None else np.asarray(counts, dtype=int)
        fine = np.isfinite(given)
        found, place = np.unique(given[fine], return_inverse=True)
        added = np.bincount(place, weights=times[fine], minlength=len(found)).astype(np.int64)
        return Counted(found, added, int(times[~fine].sum()))

    def __add__(self, other: Counted) -> Counted:
        both = Counted.of(
            np.concatenate([self.values, other.values]),
            np.concatenate([self.counts, other.counts]),
        )
        return Counted(both.values, both.counts, self.missing + other.missing)

    @property
    def n(self) -> int:
        """How many users."""
        return int(self.counts.sum())


@dataclass(frozen=True, eq=False)
class ArmData:
    """What is measured of one arm: its users, their moments, and values for quantile metrics.

    ``users``: who count in the sample-ratio check, so with those whose values are missing.
    ``values``: by the id of the metric. ``apart``: by the id of the metric, the moments of those
    whose values of that metric are known, where some users lack a value of another one: who lacks
    an amount still counts as one who did not convert.
    """

    arm: str
    users: int
    moments: Moments
    values: Mapping[str, Counted] = field(default_factory=dict)
    apart: Mapping[str, Moments] = field(default_factory=dict)

    def of(self, metric: str) -> ArmData:
        """The arm as one metric sees it."""
        return replace(self, moments=self.apart.get(metric, self.moments))

    @property
    def counted(self) -> int:
        """Users with values: of those enrolled, those whose window is over."""
        apart = [one.n for one in self.apart.values()]
        return max([self.moments.n, *apart, *(one.n for one in self.values.values())])


def by_arm(
    codes: NDArray[np.integer] | None, columns: Mapping[str, ArrayLike], arms: int
) -> list[Moments]:
    """Moments of each arm from one row per user, in one pass over the rows.

    ``codes`` (n,): 0 ... arms - 1, others are left out; None: all users are of arm 0. The columns
    are (n,) each; users with a NaN or an infinity in one are left out and counted as missing.

    >>> [m.mean("x") for m in by_arm(np.array([0, 1, 0]), {"x": [1, 5, 3]}, 2)]
    [2.0, 5.0]
    """
    names = tuple(columns)
    arrays = [np.asarray(columns[name], dtype=float) for name in names]
    found = [Moments.empty(names) for _ in range(arms)]
    if not arrays:
        return found
    for start in range(0, len(arrays[0]), _BLOCK):
        block = np.stack([each[start : start + _BLOCK] for each in arrays])
        own = None if codes is None else codes[start : start + _BLOCK]
        for arm in range(arms):
            part = block if own is None else block.take(np.flatnonzero(own == arm), axis=1)
            with np.errstate(over="ignore", invalid="ignore"):  # seen later, as not finite
                found[arm] = found[arm] + _of_block(names, part)
    return found


def _of_block(names: tuple[str, ...], block: Vector) -> Moments:
    """Moments of a block (k, n), centred by its own means."""
    n = block.shape[1]
    if n == 0:
        return Moments.empty(names)
    means = block.mean(axis=1)
    if not np.isfinite(means).all():  # a missing value shows in its column's mean
        fine = np.asarray(np.isfinite(block).all(axis=0))
        if not fine.all():
            return replace(_of_block(names, block[:, fine]), missing=int(n - fine.sum()))
    lowest = np.array([column.min() for column in block])
    nonzero = np.array([float(np.count_nonzero(column)) for column in block])
    centred = block - means[:, None]
    return Moments(names, n, means, centred @ centred.T, nonzero, lowest)
