"""Vintage curves, roll rates and the frontier of approvals against bad loans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from data.risk.loans import BUCKETS, GONE

FEWEST_LOANS = 10
"""Loans that a vintage, a row of the roll rates or a score cut needs to say anything."""
ENDS = (*BUCKETS, GONE)


@dataclass(frozen=True)
class Vintage:
    """Loans of a quarter of origination; ``late``: by month on book, per cent ever 30 days late.

    A month on book is given once the youngest loan of the quarter has reached it.
    """

    name: str
    loans: int
    late: tuple[float, ...]


def vintage_curves(rows: pd.DataFrame, last: date) -> tuple[Vintage, ...]:
    """From loans by month of origination and first late age (month, age, loans), by quarter.

    Quarters with fewer than 10 loans are left out. ``last``: the last month-end of the data.

    >>> rows = pd.DataFrame({"month": [date(2026, 1, 31)] * 2, "age": [1.0, None],
    ...     "loans": [1, 19]})
    >>> [round(x, 2) for x in vintage_curves(rows, date(2026, 4, 30))[0].late]
    [0.0, 5.0]
    """
    if rows.empty:
        return ()
    born = pd.DatetimeIndex(pd.to_datetime(rows["month"]))
    quarter = born.to_period("Q")
    found = []
    for name in sorted(set(quarter)):
        chosen = rows[quarter == name]
        loans = int(chosen["loans"].sum())
        end = name.end_time.date()
        reach = (last.year - end.year) * 12 + last.month - end.month
        if loans < FEWEST_LOANS or reach < 0:
            continue
        ages = chosen["age"].to_numpy(dtype=float)
        counts = chosen["loans"].to_numpy(dtype=float)
        late = [100 * float(counts[ages <= age].sum()) / loans for age in range(reach + 1)]
        found.append(Vintage(str(name), loans, tuple(late)))
    return tuple(found)


@dataclass(frozen=True)
class RollRow:
    """Where the balance of a bucket was a month later, shares 0 to 1 over `ENDS`, adding up to 1.

    ``shares`` is None with fewer than 10 loans.
    """

    start: str
    loans: int
    balance: float
    shares: tuple[float, ...] | None


@dataclass(frozen=True)
class RollRates:
    """Roll rates by bucket; ``unknown``: share (0 to 1) of balance whose days are not known.

    ``rows`` is empty where no two month-ends follow each other.
    """

    rows: tuple[RollRow, ...]
    unknown: float | None


def roll_rates(moves: pd.DataFrame) -> RollRates:
    """From moves between buckets (start, end, loans, balance), weighted by balance.

    >>> moves = pd.DataFrame({"start": ["current"] * 2, "end": ["current", "1_29"],
    ...     "loans": [9, 1], "balance": [90.0, 10.0]})
    >>> roll_rates(moves).rows[0].shares[:2]
    (0.9, 0.1)
    """
    if moves.empty:
        return RollRates((), None)
    rows = []
    for start in BUCKETS:
        chosen = moves[moves["start"] == start]
        loans, balance = int(chosen["loans"].sum()), float(chosen["balance"].sum())
        if not loans:
            continue
        by_end = chosen.groupby("end")["balance"].sum()
        shares = None
        if loans >= FEWEST_LOANS and balance > 0:
            shares = tuple(float(by_end.get(end, 0.0)) / balance for end in ENDS)
        rows.append(RollRow(start, loans, balance, shares))
    total = sum(row.balance for row in rows)
    unknown = sum(row.balance for row in rows if row.start == "unknown")
    return RollRates(tuple(rows), unknown / total if total else None)


@dataclass(frozen=True)
class Cut:
    """Approving every application scored ``score`` or better: shares in per cent.

    ``bad_rate`` is that of booked loans at or above the cut, with its 95 per cent interval; of
    applications that were not booked nothing is known.
    """

    score: float
    approval: float
    bad_rate: float
    low: float
    high: float
    booked: int
    bad: int


@dataclass(frozen=True)
class Frontier:
    """Cuts from the strictest to the loosest, and what is approved now with its bad rate."""

    cuts: tuple[Cut, ...]
    approval: float
    bad_rate: float | None
    applied: int


def frontier(rows: pd.DataFrame) -> Frontier | None:
    """From applications by score (score, applied, approved, booked, bad); None without any.

    A higher score is better where bad loans scored lower on average, else a lower one is. Cuts
    with fewer than 10 booked loans are left out.

    >>> rows = pd.DataFrame({"score": [600.0, 700.0], "applied": [50, 50], "approved": [20, 40],
    ...     "booked": [20, 40], "bad": [4, 2]})
    >>> [(one.score, one.approval, round(one.bad_rate, 1)) for one in frontier(rows).cuts]
    [(700.0, 50.0, 5.0), (600.0, 100.0, 10.0)]
    """
    applied = int(rows["applied"].sum()) if len(rows) else 0
    if not applied:
        return None
    ordered = rows.sort_values("score", ascending=not higher_is_better(rows))
    added = ordered[["applied", "booked", "bad"]].cumsum()
    cuts = []
    for score, one in zip(ordered["score"], added.to_dict("records"), strict=True):
        booked, bad = int(one["booked"]), int(one["bad"])
        if booked < FEWEST_LOANS:
            continue
        low, high = proportion_confint(bad, booked, 0.05, method="wilson")
        cuts.append(
            Cut(
                float(score), 100 * float(one["applied"]) / applied, 100 * bad / booked,
                100 * float(low), 100 * float(high), booked, bad,
            )
        )  # fmt: skip
    booked, bad = int(rows["booked"].sum()), int(rows["bad"].sum())
    approval = 100 * float(rows["approved"].sum()) / applied
    return Frontier(tuple(cuts), approval, 100 * bad / booked if booked else None, applied)


def higher_is_better(rows: pd.DataFrame) -> bool:
    """Whether bad loans have the lower scores on average."""
    bad, good = rows["bad"].to_numpy(float), (rows["booked"] - rows["bad"]).to_numpy(float)
    if not (bad.sum() > 0 and good.sum() > 0):
        return True
    scores = rows["score"].to_numpy(float)
    return bool(np.average(scores, weights=bad) <= np.average(scores, weights=good))


def closest(cuts: Sequence[Cut], approval: float) -> Cut | None:
    """The cut that approves most nearly as much."""
    return min(cuts, key=lambda one: abs(one.approval - approval), default=None)


BUCKET_NAMES: Mapping[str, tuple[str, str]] = {
    "current": ("正常", "Current"),
    "1_29": ("1–29天", "1–29 d"),
    "30_59": ("30–59天", "30–59 d"),
    "60_89": ("60–89天", "60–89 d"),
    "90_over": ("90天+", "90+ d"),
    "unknown": ("未知", "Unknown"),
    "gone": ("结清", "Gone"),
}
"""Names of buckets and of where loans go, zh and en."""
