"""RFM: users by quintile of recency, frequency and money, and names for the corners that matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from metrics.behaviour.rows import rows

Cell = tuple[int, int]


@dataclass(frozen=True)
class Group:
    """Users with the same scores of recency and frequency.

    ``amount`` is their sum, ``money`` their mean score of money (1 to 5).
    """

    users: int
    times: int
    amount: float
    money: float


@dataclass(frozen=True)
class Rfm:
    """The grid by recency and frequency (5 is best); together all users of the basis."""

    cells: Mapping[Cell, Group]

    @property
    def users(self) -> int:
        """Everybody."""
        return sum(one.users for one in self.cells.values())

    @property
    def amount(self) -> float:
        """The amount of everybody."""
        return sum(one.amount for one in self.cells.values())

    def named(self) -> Mapping[str, Group]:
        """Four groups: champions, promising, at risk, asleep; each user is in one.

        Recency 4 or 5 is lately; frequency 4 or 5 is often.
        """
        found: dict[str, list[Group]] = {name: [] for name in NAMES.values()}
        for (recency, frequency), group in self.cells.items():
            found[NAMES[recency >= LATELY, frequency >= OFTEN]].append(group)
        return {name: _together(groups) for name, groups in found.items()}


LATELY = OFTEN = 4
NAMES = {
    (True, True): "champions",
    (True, False): "promising",
    (False, True): "at_risk",
    (False, False): "asleep",
}


def rfm(counted: pd.DataFrame) -> Rfm:
    """The frame of ``data.behaviour.customers.rfm``."""
    cells = {}
    for recency, frequency in sorted({(int(r.r), int(r.f)) for r in rows(counted)}):
        part = counted[(counted["r"] == recency) & (counted["f"] == frequency)]
        groups = [
            Group(int(r.users), int(r.times), float(r.amount), float(r.m)) for r in rows(part)
        ]
        cells[recency, frequency] = _together(groups)
    return Rfm(cells)


def _together(groups: list[Group]) -> Group:
    users = sum(one.users for one in groups)
    money = sum(one.money * one.users for one in groups) / users if users else 0.0
    return Group(users, sum(one.times for one in groups), sum(one.amount for one in groups), money)
