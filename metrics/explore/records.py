"""The answer to a view: a cell for each place, totals included, with what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from data.period import Period
from metrics.decomposition.records import Refused
from metrics.explore.view import Against, View
from metrics.peers import Ranked
from metrics.values.reasons import Reason

Why: TypeAlias = Reason | Refused
"""Why there is no number; ``words(lang)`` says it."""


@dataclass(frozen=True)
class Place:
    """Where a cell stands. ``row`` and ``column`` are values of the view's dimensions.

    None is the total over all values: with two dimensions (row, None) is the total of a row,
    (None, column) of a column, (None, None) of everything. ``period`` is a piece of the view's
    period, or the whole of it.
    """

    indicator: str
    period: Period
    row: str | None = None
    column: str | None = None


@dataclass(frozen=True)
class Compared:
    """What a cell is held against: ``value`` there, and the cell's own less that, in its unit.

    ``relative`` is the change in per cent of it, None where that is not above 0. ``period`` is that
    of the other value. ``unequal``: of one of the two periods fewer days are known.
    """

    against: Against
    period: Period
    value: float | None
    change: float | None
    relative: float | None
    reason: Why | None
    unequal: bool = False


@dataclass(frozen=True)
class Cell:
    """A number with its comparisons; None has its reason.

    ``share`` is its part of the table's total in per cent, only where values add up. ``behind``
    counts what a ratio divides by (see `metrics.values.behind`; users, where that is not counted)
    and what a quantile is of; ``small``: there are fewer than five, so it is chance and not to be
    ranked. ``covered`` of ``days`` are loaded; ``open``: the data end before the period.
    """

    value: float | None
    reason: Why | None
    compared: tuple[Compared, ...] = ()
    share: float | None = None
    behind: float | None = None
    small: bool = False
    covered: int = 0
    days: int = 0
    open: bool = False

    @property
    def partial(self) -> bool:
        """Whether days of the period are missing: it has not ended, or was not loaded whole."""
        return self.open or self.covered < self.days

    def against(self, against: Against) -> Compared | None:
        """One of the comparisons; None where it was not asked for."""
        return next((one for one in self.compared if one.against == against), None)


@dataclass(frozen=True)
class Table:
    """A view answered. ``cells`` holds every place, totals too (``at`` finds one).

    ``rows``, ``columns``: values of the first and the second dimension in order, () without one.
    ``periods``: the pieces in time, one without a grain; the whole period has cells as well.
    ``adds``: indicators whose parts add up to their totals. ``left``: by place of a total what no
    branch below accounts for (users of no branch, or of the scope itself). ``peers``: branches in
    rows, each ranked within its peers by the first indicator.
    """

    view: View
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    periods: tuple[Period, ...]
    cells: Mapping[Place, Cell]
    adds: frozenset[str] = frozenset()
    left: Mapping[Place, float] = field(default_factory=dict)
    peers: tuple[Ranked, ...] = ()

    def at(
        self,
        indicator: str,
        row: str | None = None,
        column: str | None = None,
        period: Period | None = None,
    ) -> Cell:
        """The cell of a place; without a period that of the whole. KeyError where there is none."""
        return self.cells[Place(indicator, period or self.view.about.period, row, column)]
