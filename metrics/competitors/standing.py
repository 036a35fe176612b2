"""Figures side by side: series by provider, age, and the bank's rank as a range.

Providers are never mixed: each has its own definition, sample and period.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from data.competitors.records import OURS, Figure
from data.slice import Slice

Age = Literal["fresh", "ageing", "stale"]
FRESH_DAYS, STALE_DAYS = 100, 400
"""A figure is fresh for a quarter after its period's end, and stale after a year."""
INDICATOR_OF: Mapping[str, str] = {
    "mau": "mau",
    "mau_avg": "mau",
    "mau_estimated": "mau",
    "dau": "dau",
    "store_rating": "store_rating",
    "appstore_rating": "store_rating",
    "search_index": "search_index",
    "share_of_voice": "share_of_voice",
    "nps": "nps",
}
"""The indicator that a measure can be held against."""
COUNTED = frozenset({"mau", "dau"})
"""Indicators that count people: a part of the bank is not to be held against a whole peer."""


def comparable(indicator: str, about: Slice) -> bool:
    """Whether the bank's own value in a slice may be held against that of a whole peer.

    >>> comparable("mau", Slice.of("2026-10")), comparable("mau", Slice.of("2026-10", "B01"))
    (True, False)
    """
    narrow = about.branch or about.rights.subtree or about.filters
    return not (narrow and indicator in COUNTED)


class MixedError(ValueError):
    """Figures that may not be compared: different providers, measures, units or periods."""


@dataclass(frozen=True)
class Series:
    """One competitor's figures by one provider, in order of time."""

    provider: str
    measure: str
    unit: str
    competitor: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Rank:
    """The bank's place among the peers of one provider, 1 the best, as a range ``best``–``worst``.

    ``own`` is the bank's own value, by the provider (``by_provider``) or by the bank's facts.
    """

    provider: str
    measure: str
    first: date
    last: date
    own: float
    by_provider: bool
    best: int
    worst: int
    of: int


def age_days(figure: Figure, today: date) -> int:
    """Days since the end of the figure's period, at least 0."""
    return max(0, (today - figure.last).days)


def age_of(figure: Figure, today: date) -> Age:
    """Whether a figure still says something of today."""
    days = age_days(figure, today)
    if days <= FRESH_DAYS:
        return "fresh"
    return "ageing" if days <= STALE_DAYS else "stale"


def difference(a: Figure, b: Figure) -> float:
    """a − b; MixedError unless provider, measure, unit and period are the same.

    MixedError as well where a side has no value.
    """
    same = ("provider", "measure", "unit", "first", "last")
    other = [name for name in same if getattr(a, name) != getattr(b, name)]
    if other:
        raise MixedError(f"not to be compared: different {', '.join(other)}")
    if a.value is None or b.value is None:
        raise MixedError("not to be compared: a side has no value")
    return a.value - b.value


def series(figures: Iterable[Figure], measure: str) -> tuple[Series, ...]:
    """Figures of a measure by provider, unit and competitor: never two providers in one."""
    found: dict[tuple[str, str, str], list[Figure]] = {}
    for one in figures:
        if one.measure == measure:
            found.setdefault((one.provider, one.unit, one.competitor), []).append(one)
    return tuple(
        Series(provider, measure, unit, competitor, tuple(sorted(some, key=_when)))
        for (provider, unit, competitor), some in sorted(found.items())
    )


def _when(figure: Figure) -> tuple[date, date]:
    return figure.last, figure.first


def latest(figures: Iterable[Figure], measure: str, provider: str) -> tuple[Figure, ...]:
    """A provider's figures of the newest period that it gives for the measure."""
    mine = [one for one in figures if one.measure == measure and one.provider == provider]
    if not mine:
        return ()
    newest = max((one.last, one.first) for one in mine)
    return tuple(one for one in mine if (one.last, one.first) == newest)


def providers(figures: Iterable[Figure], measure: str) -> tuple[str, ...]:
    """Who gives figures of a measure, the one with the newest first."""
    newest: dict[str, date] = {}
    for one in figures:
        if one.measure == measure:
            newest[one.provider] = max(one.last, newest.get(one.provider, one.last))
    return tuple(sorted(newest, key=lambda name: (-newest[name].toordinal(), name)))


def rank(group: Sequence[Figure], own: float | None) -> Rank | None:
    """The bank's rank within figures of one provider, measure and period.

    A provider's figure on the bank itself goes before the bank's own value. A peer whose whole
    interval lies above is ahead, one whose interval reaches the bank's may be. None without a
    value of the bank or without peers. MixedError for figures that do not belong together.
    """
    if len({(f.provider, f.measure, f.unit, f.first, f.last) for f in group}) > 1:
        raise MixedError("figures of different providers, measures, units or periods")
    peers = [one.bounds for one in group if one.competitor != OURS and one.bounds is not None]
    ours = next((one for one in group if one.competitor == OURS and one.value is not None), None)
    value = ours.value if ours is not None else own
    if value is None or not peers:
        return None
    bounds = ours.bounds if ours is not None else None
    low, high = bounds or (value, value)
    surely = sum(peer_low > high for peer_low, _ in peers)
    perhaps = sum(peer_high >= low for _, peer_high in peers)
    some = group[0]
    return Rank(
        some.provider, some.measure, some.first, some.last, value, ours is not None,
        1 + surely, 1 + perhaps, 1 + len(peers),
    )  # fmt: skip


def foremost(ranks: Iterable[Rank]) -> Rank | None:
    """The rank that says most: of the newest period, then among the most. None without ranks.

    Ranks of different providers are never put together: each counts other peers in its own way.
    """
    return max(ranks, key=lambda one: (one.last, one.of, one.provider), default=None)
