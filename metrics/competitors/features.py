"""Who has which feature: the latest state by competitor, and what the bank lacks by scene."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from data.competitors.records import OURS, Release
from data.contract.vocabulary import SCENES

LATELY_DAYS = 365


@dataclass(frozen=True)
class State:
    """The latest that is known of a feature at a competitor: the change, its day and source."""

    change: str
    day: date
    source: str

    @property
    def there(self) -> bool:
        """Whether the feature is on offer."""
        return self.change != "removed"


@dataclass(frozen=True)
class Row:
    """A feature of a scene with its state by competitor; one that is not named: nothing known."""

    scene: str
    feature: str
    states: Mapping[str, State]

    @property
    def newest(self) -> date:
        """The day of the latest change."""
        return max(one.day for one in self.states.values())


@dataclass(frozen=True)
class Gap:
    """A scene: features that peers offer, how many of these the bank has, new ones of a year.

    ``ours`` is None where no feature of the bank was written down: then nothing is known.
    """

    scene: str
    offered: int
    ours: int | None
    lacking: tuple[str, ...]
    lately: int
    by_peer: Mapping[str, int]


def matrix(releases: Iterable[Release], until: date) -> tuple[Row, ...]:
    """Features with their states on a day, by scene and then the newest first."""
    found: dict[tuple[str, str], dict[str, State]] = {}
    for one in sorted(releases, key=lambda release: (release.day, release.id)):
        if one.day <= until:
            states = found.setdefault((one.scene, one.feature), {})
            states[one.competitor] = State(one.change, one.day, one.source)
    rows = [Row(scene, feature, states) for (scene, feature), states in found.items()]
    order = {scene: place for place, scene in enumerate(SCENES)}

    def place(row: Row) -> tuple[int, int, str]:
        return order.get(row.scene, len(order)), -row.newest.toordinal(), row.feature

    return tuple(sorted(rows, key=place))


def gaps(rows: Sequence[Row], until: date) -> tuple[Gap, ...]:
    """What peers offer by scene, and what of it the bank lacks."""
    known = any(OURS in row.states for row in rows)
    since = until - timedelta(days=LATELY_DAYS)
    found = []
    for scene in dict.fromkeys(row.scene for row in rows):
        mine = [row for row in rows if row.scene == scene]
        offered = [row for row in mine if _peers(row)]
        has = [row for row in offered if OURS in row.states and row.states[OURS].there]
        lately = [
            peer
            for row in mine
            for peer, state in row.states.items()
            if peer != OURS and state.there and state.day > since
        ]
        peers = sorted({peer for row in rows for peer in row.states if peer != OURS})
        found.append(
            Gap(
                scene,
                len(offered),
                len(has) if known else None,
                tuple(row.feature for row in offered if row not in has),
                len(lately),
                {peer: sum(peer in _peers(row) for row in mine) for peer in peers},
            )
        )
    return tuple(found)


def _peers(row: Row) -> tuple[str, ...]:
    """Peers that offer the feature."""
    return tuple(peer for peer, state in row.states.items() if peer != OURS and state.there)
