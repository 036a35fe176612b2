"""Where fraud gathers: modules over the days on which the transactions were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from data.period import Period, containing

FEWEST = 5
"""Judged transactions that a module needs to stand in the matrix."""
MOST_CELLS = 500
MOST_DAYS, MOST_WEEKS = 31, 26


@dataclass(frozen=True)
class Totals:
    """A module's judged transactions, frauds, those blocked, and the loss in CNY."""

    module: str
    judged: int
    fraud: int
    blocked: int
    loss: float


@dataclass(frozen=True)
class Gathered:
    """Modules, the one with most fraud first; frauds by module and column.

    ``cells[module][n]`` is None where nothing was judged. ``totals`` holds all modules of the
    matrix, ``cells`` those of them for which there is room.
    """

    totals: tuple[Totals, ...]
    cells: tuple[tuple[int | None, ...], ...]

    @property
    def fraud(self) -> int:
        """Frauds in all modules."""
        return sum(one.fraud for one in self.totals)

    @property
    def blocked(self) -> int:
        """Those of them that were blocked."""
        return sum(one.blocked for one in self.totals)


def spans(first: date, last: date) -> tuple[Period, ...]:
    """Days as columns: single ones up to a month, weeks up to half a year, then months.

    >>> [one.last.day for one in spans(date(2026, 7, 30), date(2026, 8, 1))]
    [30, 31, 1]
    >>> [one.days for one in spans(date(2025, 12, 2), date(2026, 11, 30))][:3]
    [30, 31, 28]
    """
    days = (last - first).days + 1
    found, begin = [], first
    while begin <= last:
        if days <= MOST_DAYS:
            end = begin
        elif days <= 7 * MOST_WEEKS:
            end = begin + timedelta(days=6)
        else:
            end = containing(begin, "month").last
        end = min(end, last)
        found.append(Period(begin, end))
        begin = end + timedelta(days=1)
    return tuple(found)


def gathered(rows: pd.DataFrame, place: Sequence[int], columns: int) -> Gathered:
    """From rows module, judged, fraud, blocked, loss, and the column that each row belongs to.

    >>> rows = pd.DataFrame({"module": ["a", "b", "b"], "judged": [9, 8, 2], "fraud": [1, 0, 3],
    ...     "blocked": [1, 0, 2], "loss": [0.0, 0.0, 50.0]})
    >>> found = gathered(rows, [0, 0, 1], 2)
    >>> [one.module for one in found.totals], found.cells
    (['b', 'a'], ((0, 3), (1, None)))
    """
    numbers = ["judged", "fraud", "blocked", "loss"]
    by_module = rows.groupby("module")[numbers].sum()
    order = by_module[by_module["judged"] >= FEWEST].sort_values(
        ["fraud", "judged"], ascending=False, kind="stable"
    )
    totals = tuple(
        Totals(str(module), int(judged), int(fraud), int(blocked), float(loss))
        for module, (judged, fraud, blocked, loss) in zip(
            order.index, order.itertuples(index=False), strict=True
        )
    )
    sums = rows.assign(place=list(place)).groupby(["module", "place"])["fraud"].sum()
    cells = {key: int(count) for key, count in sums.items()}
    most = MOST_CELLS // max(1, columns)
    return Gathered(
        totals,
        tuple(tuple(cells.get((one.module, n)) for n in range(columns)) for one in totals[:most]),
    )
