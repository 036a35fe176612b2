"""Tiers and the moves between them from one month-end to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.contract.vocabulary import TIERS
from metrics.behaviour.intervals import Share, share
from metrics.behaviour.rows import rows

OUTSIDE = ""
"""Stands for no row at a month-end: a customer who came, or went."""


@dataclass(frozen=True)
class Moves:
    """Customers by tier at two month-ends; every customer of either is in one cell."""

    before: date
    after: date
    cells: Mapping[tuple[str, str], int]

    def at_start(self, tier: str) -> int:
        """Customers of a tier at the earlier month-end."""
        return sum(users for (source, _), users in self.cells.items() if source == tier)

    def at_end(self, tier: str) -> int:
        """Customers of a tier at the later month-end."""
        return sum(users for (_, target), users in self.cells.items() if target == tier)

    def stayed(self, tier: str) -> int:
        """Customers who are in the tier at both."""
        return self.cells.get((tier, tier), 0)

    @property
    def raised(self) -> Share:
        """Of customers below the highest tier at the start and known at both ends: those higher."""
        known = [
            (TIERS.index(source), TIERS.index(target), users)
            for (source, target), users in self.cells.items()
            if OUTSIDE not in (source, target)
        ]
        below = [one for one in known if one[0] < len(TIERS) - 1]
        return share(
            sum(users for source, target, users in below if target > source),
            sum(users for _source, _target, users in below),
        )

    @property
    def lowered(self) -> int:
        """Customers who are in a lower tier at the end."""
        return sum(
            users
            for (source, target), users in self.cells.items()
            if OUTSIDE not in (source, target) and TIERS.index(target) < TIERS.index(source)
        )


def moves(counted: pd.DataFrame, before: date, after: date) -> Moves:
    """The frame of ``data.behaviour.customers.tier_moves``."""
    cells = {(str(r.source), str(r.target)): int(r.users) for r in rows(counted)}
    return Moves(before, after, cells)


def by_month(
    counted: pd.DataFrame, tiers: Sequence[str] = TIERS
) -> tuple[tuple[date, Mapping[str, int]], ...]:
    """Customers by tier at every month-end, oldest first."""
    months: dict[date, dict[str, int]] = {}
    for row in rows(counted):
        month = months.setdefault(row.month.date(), dict.fromkeys(tiers, 0))
        month[str(row.tier)] = int(row.users)
    return tuple(sorted(months.items()))
