"""When a new user has brought back what he cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

FEWEST = 30
"""Users that a month of age needs before its income is shown."""


@dataclass(frozen=True)
class Age:
    """A month of age: users old enough, income of one in it, and added up since registration."""

    month: int
    users: int
    income: float
    cumulative: float


@dataclass(frozen=True)
class Payback:
    """Income of a new user by month since registration, against the cost ``cac`` (CNY).

    ``months``: the first month at whose end the cost is back; None while it is not, then
    ``expected`` goes on at the pace of the last three months, None where these bring nothing.
    """

    ages: tuple[Age, ...]
    cac: float | None
    months: int | None
    expected: float | None


def payback(users: pd.DataFrame, income: pd.DataFrame, cac: float | None) -> Payback:
    """From users by whole months seen (full, users) and their income (full, age, income).

    A user counts for a month of age that has been seen whole. Months with fewer than 30 users end
    the curve.

    >>> users = pd.DataFrame({"full": [2.0], "users": [100]})
    >>> income = pd.DataFrame({"full": [2.0, 2.0], "age": [0.0, 1.0], "income": [500.0, 700.0]})
    >>> found = payback(users, income, 10.0)
    >>> found.months, [round(one.cumulative, 2) for one in found.ages]
    (2, [5.0, 12.0])
    """
    ages: list[Age] = []
    cumulative = 0.0
    for month in range(int(users["full"].max()) if len(users) else 0):
        enough = int(users.loc[users["full"] > month, "users"].sum())
        if enough < FEWEST:
            break
        brought = income.loc[(income["full"] > month) & (income["age"] == month), "income"]
        each = float(brought.sum()) / enough
        cumulative += each
        ages.append(Age(month + 1, enough, each, cumulative))
    return Payback(tuple(ages), cac, *_when(ages, cac))


def _when(ages: list[Age], cac: float | None) -> tuple[int | None, float | None]:
    if cac is None or not ages:
        return None, None
    reached = next((one.month for one in ages if one.cumulative >= cac), None)
    if reached is not None:
        return reached, float(reached)
    pace = float(np.mean([one.income for one in ages[-3:]]))
    if pace <= 0:
        return None, None
    return None, ages[-1].month + (cac - ages[-1].cumulative) / pace
