"""How stable ranks are when the weights move a little."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RankRange:
    """One row's rank (1 is best; None without a score) and where it lands in 90 % of the draws.

    ``kept`` is the share of draws, 0 to 1, in which the rank is the same.
    """

    row: int
    score: float | None
    rank: int | None
    low: int | None
    high: int | None
    kept: float | None


@dataclass(frozen=True)
class RankStability:
    """Over all draws: the shares that keep the best row and the entire order, and the mean
    rank correlation (Spearman) with today's order; None with the reason below two scored rows."""

    rows: tuple[RankRange, ...]
    top_kept: float | None
    order_kept: float | None
    mean_correlation: float | None
    move: float
    draws: int
    seed: int
    reason: str | None = None


def rank_stability(
    scores: npt.ArrayLike,
    weights: npt.ArrayLike,
    move: float = 0.2,
    draws: int = 1000,
    seed: int = 0,
) -> RankStability:
    """Ranks of the rows (branches) when each weight moves by up to ``move`` either way.

    ``scores`` has a row a branch and a column an indicator, NaN where there is none; a row's
    score is the weighted mean of what it has. Each draw multiplies every weight by a factor from
    the uniform distribution on 1 - move .. 1 + move. The same seed gives the same result.

    >>> found = rank_stability([[90, 80], [60, 70]], [50, 50])
    >>> [row.rank for row in found.rows], found.order_kept
    ([1, 2], 1.0)
    """
    data, base = np.asarray(scores, dtype=float), np.asarray(weights, dtype=float)
    _check(data, base, move, draws)
    factors = np.random.default_rng(seed).uniform(1 - move, 1 + move, (draws, len(base)))
    today = np.full(len(data), np.nan)
    moved = np.full((draws, len(data)), np.nan)
    known = (~np.isnan(data) & (base > 0)).any(axis=1)
    today[known] = _scores(data[known], base[None, :])[0]
    moved[:, known] = _scores(data[known], base * factors)
    return ranks_under(today, moved, move, seed)


def ranks_under(today: Floats, drawn: Floats, move: float, seed: int) -> RankStability:
    """Ranks of the rows by their scores today (B,) and in each draw (D, B), NaN: no score.

    A row that has a score today and none in a draw is last in that draw.
    """
    known, draws = ~np.isnan(today), len(drawn)
    if known.sum() < 2:
        rows = tuple(RankRange(at, None, None, None, None, None) for at in range(len(today)))
        reason = f"{int(known.sum())} rows have a score; at least 2 are needed to rank"
        return RankStability(rows, None, None, None, move, draws, seed, reason)
    # Rounded, so that equal scores stay tied whatever the order of the additions.
    scores = np.where(np.isnan(drawn), -np.inf, np.round(drawn, 9))[:, known]
    moved = _ranks(scores)
    ranks = _ranks(np.round(today[known], 9)[None, :])[0]
    same = moved == ranks
    return RankStability(
        rows=_rows(known, today[known], ranks, moved, same),
        top_kept=float(same[:, ranks == 1].all(axis=1).mean()),
        order_kept=float(same.all(axis=1).mean()),
        mean_correlation=_mean_correlation(ranks, moved),
        move=move,
        draws=draws,
        seed=seed,
    )


def _check(data: Floats, weights: Floats, move: float, draws: int) -> None:
    if data.ndim != 2 or weights.shape != data.shape[1:]:
        raise ValueError(f"scores {data.shape} and weights {weights.shape} do not fit together")
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise ValueError("weights have to be 0 or more, and some above 0")
    if not 0 <= move < 1:
        raise ValueError(f"move is {move}; expected 0 to below 1, 0.2 for 20 %")
    if draws < 1:
        raise ValueError(f"draws is {draws}; expected 1 or more")


def _scores(data: Floats, weights: Floats) -> Floats:
    there = ~np.isnan(data)
    sums = weights @ np.where(there, data, 0.0).T
    # Rounded, so that equal scores stay tied whatever the order of the additions.
    return np.asarray(np.round(sums / (weights @ there.T.astype(float)), 9), dtype=float)


def _ranks(scores: Floats) -> npt.NDArray[np.int64]:
    return np.asarray(rankdata(-scores, method="min", axis=1), dtype=np.int64)


def _mean_correlation(ranks: npt.NDArray[np.int64], moved: npt.NDArray[np.int64]) -> float | None:
    one = ranks - ranks.mean()
    others = moved - moved.mean(axis=1, keepdims=True)
    lengths = np.sqrt((one**2).sum() * (others**2).sum(axis=1))
    defined = lengths > 0
    if not defined.any():
        return None
    return float(((others @ one)[defined] / lengths[defined]).mean())


def _rows(
    known: npt.NDArray[np.bool_],
    today: Floats,
    ranks: npt.NDArray[np.int64],
    moved: npt.NDArray[np.int64],
    same: npt.NDArray[np.bool_],
) -> tuple[RankRange, ...]:
    low, high = np.quantile(moved, [0.05, 0.95], axis=0, method="inverted_cdf")
    places = iter(range(int(known.sum())))
    rows = []
    for row, scored in enumerate(known):
        if not scored:
            rows.append(RankRange(row, None, None, None, None, None))
            continue
        at = next(places)
        kept = float(same[:, at].mean())
        ends = int(low[at]), int(high[at])
        rows.append(RankRange(row, float(today[at]), int(ranks[at]), *ends, kept))
    return tuple(rows)
