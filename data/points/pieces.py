"""Which kept days count for which want: windows cut into pieces that are added up once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, and_, case, false, literal, or_

from data.period import Period
from data.points.catalogue import Point
from data.points.wants import Want

if TYPE_CHECKING:
    from data.points.read import Store

START = date(1970, 1, 2)  # before any App
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Windows:
    """The days of some wants, cut wherever one of them begins or ends.

    Between two ``cuts`` all days count alike for every want: they are added up once, and a want
    is a weighted sum of these pieces. ``share`` is (wants, pieces): 0 where a piece does not count.
    """

    cuts: tuple[date, ...]
    share: Floats

    @classmethod
    def of(cls, store: Store, wants: Sequence[Want]) -> Windows:
        """The pieces of the wants' windows."""
        points = store.catalogue.points
        runs = [list(windows_of(want, points[want.point], store)) for want in wants]
        ends = {day for want in runs for a, b, _ in want for day in (a, b + timedelta(days=1))}
        cuts = tuple(sorted(ends))
        share = np.zeros((len(wants), max(1, len(cuts) - 1)))
        for row, want in enumerate(runs):
            for first, last, part in want:
                share[row, cuts.index(first) : cuts.index(last + timedelta(days=1))] += part
        return cls(cuts, share)

    @property
    def days(self) -> tuple[tuple[date, ...], tuple[bool, ...]]:
        """The cuts, and which pieces count for some want: what a statement depends on."""
        return self.cuts, tuple(bool(one) for one in np.any(self.share > 0, axis=0))

    def piece(self, day: ColumnElement[Any]) -> ColumnElement[int]:
        """The number of the piece in which a day lies."""
        inner = self.cuts[1:-1]
        if not inner:
            return literal(0)
        return case(*((day < cut, i) for i, cut in enumerate(inner)), else_=len(inner))

    def inside(self, day: ColumnElement[Any]) -> ColumnElement[bool]:
        """The days that count for some want."""
        counts = (self.share > 0).any(axis=0)
        runs = [and_(day >= self.cuts[i], day < self.cuts[i + 1]) for i in np.flatnonzero(counts)]
        return or_(*runs) if runs else false()


def windows_of(want: Want, point: Point, store: Store) -> list[tuple[date, date, float]]:
    """The kept days that count for a want, in runs, each with the part that it counts."""
    if point.cumulative:
        return [(START, _until(want, store), 1.0)]
    if point.monthly:
        end = store.coverage.last_month_end(point.tables[0], want.last)
        return [] if end is None else [(end, end, 1.0)]
    if point.spread:
        months = Period(want.first, want.last).months()
        parts = [(m, max(m.first, want.first), min(m.last, want.last)) for m in months]
        return [(m.last, m.last, ((b - a).days + 1) / m.days) for m, a, b in parts]
    if want.mode == "last":
        return [(want.last, want.last, 1.0)]
    return [(*_origins(want, point, store), 1.0)]


def _until(want: Want, store: Store) -> date:
    """The last day asked for, or of the data: what has not happened yet has not matured."""
    return min(want.last, store.coverage.last_known or want.last)


def _origins(want: Want, point: Point, store: Store) -> tuple[date, date]:
    """The days on which what matures in the window began."""
    back = timedelta(days=point.lag)
    return want.first - back, _until(want, store) - back
