"""What a calculation asks of the points, and what it gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Mode = Literal["sum", "last", "distinct", "user_days"]
ReasonKind = Literal[
    "needs_table", "not_loaded", "not_by_branch", "not_by_dimension", "no_month_end", "unequal_days"
]


@dataclass(frozen=True)
class Want:
    """One point over the days from ``first`` to ``last``.

    sum: added over the days (flow, cohort, histogram) · last: as on the last day (stock) ·
    distinct: distinct users of the days · user_days: distinct users of each day, added up.
    """

    point: str
    mode: Mode
    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of days asked for."""
        return (self.last - self.first).days + 1

    def shifted(self, lag: int) -> tuple[date, date]:
        """The days on which what matures in the window began."""
        back = timedelta(days=lag)
        return self.first - back, self.last - back


@dataclass(frozen=True)
class Reason:
    """Why there is no number: a kind and what it is about (a table, a dimension, a day)."""

    kind: ReasonKind
    about: str = ""


@dataclass(frozen=True)
class Answer:
    """The values of one want by group; (groups,) or, for a histogram, (groups, buckets).

    ``covered`` of ``days`` were loaded; ``reason`` says why every value is missing;
    ``bank_only``: values of nodes below the whole bank are missing, as rows name no branch.
    """

    values: npt.NDArray[np.float64]
    covered: int
    days: int
    reason: Reason | None = None
    bank_only: bool = False


@dataclass(frozen=True)
class Reading:
    """Answers over one list of groups.

    ``groups``: one row a group, columns named by dimension; ``branch`` holds nodes of the
    organisation of every level, '' for the whole bank.
    """

    groups: pd.DataFrame
    answers: Mapping[Want, Answer]
