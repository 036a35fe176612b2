"""New, returning, recovered and lost users by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.period import Period
from metrics.behaviour.rows import rows


@dataclass(frozen=True)
class Visits:
    """Active users of a period by what they did just before; ``lost`` were active only then.

    Always active = new + returning + recovered, and of whole periods active = active before
    + new + recovered − lost, but for users who registered and were active before doing so.
    ``known`` is False where the days of the period or of the one before are not all loaded.
    """

    period: Period
    new: int
    returning: int
    recovered: int
    lost: int
    known: bool

    @property
    def active(self) -> int:
        """Distinct active users."""
        return self.new + self.returning + self.recovered


def visits(
    counted: pd.DataFrame, periods: Sequence[Period], first: date | None, last: date | None
) -> tuple[Visits, ...]:
    """The frame of ``data.behaviour.visits`` by period; ``first`` and ``last`` day of the data."""
    found = {(int(row.place), str(row.kind)): int(row.users) for row in rows(counted)}
    return tuple(
        Visits(
            period,
            new=found.get((n, "new"), 0),
            returning=found.get((n, "returning"), 0),
            recovered=found.get((n, "recovered"), 0),
            lost=found.get((n, "lost"), 0),
            known=first is not None
            and last is not None
            and period.previous().first >= first
            and period.last <= last,
        )
        for n, period in enumerate(periods)
    )
