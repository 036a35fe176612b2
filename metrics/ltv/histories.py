"""From purchases to the sufficient statistics of both models, and identical rows made one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

DAYS_A_WEEK = 7.0
TIMES = ("frequency", "recency", "age")
VALUES = ("frequency", "monetary")


def histories(purchases: pd.DataFrame, end: dt.date) -> pd.DataFrame:
    """One row a user who bought on or before ``end``, the last observed day.

    ``purchases`` has the columns user, day, amount; several rows of a user and day are one
    purchase. Returned, indexed by user: frequency (purchase days after the first), recency
    (weeks from the first to the last), age (weeks from the first to ``end``) and monetary (mean
    amount of the purchase days after the first; NaN where there is none).
    Source: Fader, Hardie and Lee (2005), Marketing Science 24(2), section 4.

    >>> bought = pd.DataFrame({"user": ["a", "a", "b"], "amount": [5.0, 7.0, 4.0],
    ...     "day": [dt.date(2026, 1, 1), dt.date(2026, 1, 8), dt.date(2026, 1, 15)]})
    >>> histories(bought, dt.date(2026, 1, 22)).loc["a"].tolist()
    [1.0, 1.0, 3.0, 7.0]
    """
    days = purchase_days(purchases)
    days = days[days["day"] <= pd.Timestamp(end)]
    users = days.groupby("user", sort=True)
    first, last = users["day"].min(), users["day"].max()
    frequency = users.size() - 1
    repeated = users["amount"].sum() - days.drop_duplicates("user").set_index("user")["amount"]
    return pd.DataFrame(
        {
            "frequency": frequency.astype(float),
            "recency": (last - first).dt.days / DAYS_A_WEEK,
            "age": (pd.Timestamp(end) - first).dt.days / DAYS_A_WEEK,
            "monetary": repeated / frequency.where(frequency > 0),
        }
    )


def purchase_days(purchases: pd.DataFrame) -> pd.DataFrame:
    """Purchases added up to one row a user and day, ordered by both.

    ValueError where a user, day or amount is missing: as nothing it would be a wrong number.
    """
    missing = purchases[["user", "day", "amount"]].isna().any(axis=1)
    if missing.any():
        raise ValueError(f"{int(missing.sum())} purchases lack a user, a day or an amount")
    days = purchases[["user", "day", "amount"]].assign(day=pd.to_datetime(purchases["day"]))
    return days.groupby(["user", "day"], sort=True, as_index=False)[["amount"]].sum()


def collapse(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Rows that agree in ``columns`` made one, with their number in the column count.

    A count that is already there is added up, so that statistics grouped by the warehouse fit
    in. A likelihood over the result equals the one over the single rows.

    >>> collapse(pd.DataFrame({"frequency": [0, 0, 1]}), ["frequency"])["count"].tolist()
    [2, 1]
    """
    names = list(columns)
    counted = rows[names].assign(count=rows.get("count", 1))
    return counted.groupby(names, sort=True, as_index=False)[["count"]].sum()


def problem(frequency: Floats, recency: Floats, age: Floats) -> str | None:
    """Why these cannot be histories, or None when they can.

    >>> problem(np.array([0.0]), np.array([2.0]), np.array([1.0]))
    '1 of 1 rows: recency is later than age'
    """
    rules = {
        "a number is missing or infinite": ~np.isfinite(frequency + recency + age),
        "frequency is negative or no whole number": (frequency < 0) | (frequency % 1 != 0),
        "recency is negative": recency < 0,
        "recency is later than age": recency > age,
        "recency without a repeat purchase": (frequency == 0) & (recency > 0),
    }
    for words, broken in rules.items():
        if broken.any():
            return f"{int(broken.sum())} of {len(frequency)} rows: {words}"
    return None
