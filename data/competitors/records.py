"""Figures and releases of competitors as the warehouse holds them; all texts are from data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from data.contract import CONTRACT

OURS = "self"
"""The competitor id of the bank itself: its own features, or a provider's figure about it."""


@dataclass(frozen=True)
class Figure:
    """One published figure: who says what of whom for which days, and where it can be read."""

    id: str
    provider: str
    first: date
    last: date
    competitor: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    source: str
    url: str
    grade: str

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The interval; a figure without one is its own; None where there is no figure."""
        low = self.low if self.low is not None else self.value
        high = self.high if self.high is not None else self.value
        return None if low is None or high is None else (low, high)


@dataclass(frozen=True)
class Release:
    """A feature that somebody shipped, improved or removed."""

    id: str
    day: date
    competitor: str
    scene: str
    feature: str
    change: str
    source: str


def figures(connection: Connection) -> tuple[Figure, ...]:
    """All figures, by measure, provider, competitor and time."""
    table = CONTRACT.tables["competitor_value"]
    order = (table.c.measure, table.c.provider, table.c.competitor, table.c.period_to)
    rows = connection.execute(select(table).order_by(*order, table.c.value_id)).mappings()
    return tuple(
        Figure(
            row["value_id"], row["provider"], row["period_from"], row["period_to"],
            row["competitor"], row["measure"], row["value"], row["low"], row["high"], row["unit"],
            row["source"], row["url"] or "", row["grade"] or "",
        )
        for row in rows
    )  # fmt: skip


def releases(connection: Connection) -> tuple[Release, ...]:
    """All releases, the newest first."""
    table = CONTRACT.tables["competitor_release"]
    query = select(table).order_by(table.c.released_on.desc(), table.c.release_id)
    return tuple(
        Release(
            row["release_id"], row["released_on"], row["competitor"], row["scene"] or "",
            row["feature"], row["change"], row["source"],
        )
        for row in connection.execute(query).mappings()
    )  # fmt: skip
