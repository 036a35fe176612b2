"""Paths for people to read: the main ways, small ones together, what few people did withheld."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from metrics.behaviour.rows import rows

OTHER = "\x00other"
"""Stands for pages that are not shown by themselves."""


@dataclass(frozen=True)
class Edge:
    """Sessions that went from a page to the next; ``level`` is that of the source.

    ``users`` is None where pages were put together: people may be in several.
    """

    level: int
    source: str
    target: str
    sessions: int
    users: int | None


@dataclass(frozen=True)
class Routes:
    """Edges by level; what they leave out is in ``withheld`` sessions."""

    edges: tuple[Edge, ...]
    withheld: int

    def into(self, level: int, page: str) -> int:
        """Sessions that come to a page at a level."""
        return sum(
            one.sessions for one in self.edges if one.level == level - 1 and one.target == page
        )

    def out_of(self, level: int, page: str) -> int:
        """Sessions that go on from a page at a level, ends included."""
        return sum(one.sessions for one in self.edges if one.level == level and one.source == page)


def routes(counted: pd.DataFrame, top: int = 7, smallest: int = 5) -> Routes:
    """The frame of ``data.behaviour.paths`` with at most ``top`` pages a level.

    A way that fewer than ``smallest`` people took is not shown: it goes into "other pages" of its
    level, and where that holds fewer than ``smallest`` sessions it is left out and counted.
    """
    shown = _pages(counted, top)
    every = [
        Edge(int(r.level), str(r.source), str(r.target), int(r.sessions), int(r.users))
        for r in rows(counted)
    ]
    named = _merged(
        Edge(
            one.level,
            one.source if (one.level, one.source) in shown else OTHER,
            one.target if (one.level + 1, one.target) in shown else OTHER,
            one.sessions,
            one.users,
        )
        for one in every
        if (one.users or 0) >= smallest
    )
    few = _merged(
        Edge(one.level, one.source if (one.level, one.source) in shown else OTHER, OTHER,
             one.sessions, None)
        for one in every
        if (one.users or 0) < smallest
    )  # fmt: skip
    kept = [one for one in few if one.sessions >= smallest]
    edges = _merged([*named, *kept])
    order = sorted(edges, key=lambda one: (one.level, -one.sessions, one.source, one.target))
    lost = sum(one.sessions for one in few if one.sessions < smallest)
    return Routes(tuple(order), lost)


def _pages(counted: pd.DataFrame, top: int) -> set[tuple[int, str]]:
    """The pages of each level that most sessions show; ends are always shown."""
    out = counted.rename(columns={"source": "page"})[["level", "page", "sessions"]]
    came = counted.rename(columns={"target": "page"})[["level", "page", "sessions"]].copy()
    came["level"] += 1
    weight = pd.concat([out, came]).groupby(["level", "page"], as_index=False)[["sessions"]].max()
    order = weight.sort_values(["level", "sessions", "page"], ascending=[True, False, True])
    best = order[order["page"] != ""].groupby("level").head(top)
    ends = order[order["page"] == ""]
    return {(int(r.level), str(r.page)) for r in rows(pd.concat([best, ends]))}


def _merged(edges: Iterable[Edge]) -> list[Edge]:
    found: dict[tuple[int, str, str], Edge] = {}
    for one in edges:
        key = (one.level, one.source, one.target)
        old = found.get(key)
        if old is None:
            together = OTHER in (one.source, one.target)
            found[key] = Edge(*key, one.sessions, None if together else one.users)
        else:
            found[key] = Edge(*key, old.sessions + one.sessions, None)
    return list(found.values())
