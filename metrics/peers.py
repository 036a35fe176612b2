"""Peer groups: branches of one level and of similar size, within which they are ranked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Size = Literal["large", "medium", "small", "all"]
SIZES: tuple[Size, ...] = ("large", "medium", "small")
FEWEST_FOR_GROUPS = 9
"""Branches of a level that make three groups by size; fewer are one group."""
FEWEST_USERS = 30
"""Users below which a branch is shown and not ranked: its shares are chance."""


@dataclass(frozen=True)
class Candidate:
    """A branch to rank: its level in the organisation, its users, its score."""

    branch: str
    level: int
    users: float | None
    score: float | None


@dataclass(frozen=True)
class Ranked:
    """A branch within its peers: ``rank`` of ``of``; None where it is not ranked."""

    branch: str
    level: int
    size: Size
    users: float | None
    score: float | None
    rank: int | None
    of: int


def ranked(candidates: Iterable[Candidate]) -> tuple[Ranked, ...]:
    """Branches by level and size, each ranked within its peers, the best first.

    Of each level with nine branches or more, the third with most users is large, the third with
    fewest small. Equal scores share a rank. A branch without a score or with fewer than 30 users
    is not ranked.

    >>> found = ranked([Candidate("a", 1, 50, 70.0), Candidate("b", 1, 60, 80.0)])
    >>> [(one.branch, one.size, one.rank, one.of) for one in found]
    [('b', 'all', 1, 2), ('a', 'all', 2, 2)]
    """
    every = list(candidates)
    found: list[Ranked] = []
    for level in sorted({one.level for one in every}):
        mine = [one for one in every if one.level == level]
        for size, group in _groups(mine).items():
            found += _within(group, size)
    return tuple(found)


def _groups(mine: Sequence[Candidate]) -> Mapping[Size, Sequence[Candidate]]:
    if len(mine) < FEWEST_FOR_GROUPS:
        return {"all": mine}
    by_size = sorted(mine, key=lambda one: (-(one.users or 0.0), one.branch))
    cuts = [round(len(mine) * part / len(SIZES)) for part in range(len(SIZES) + 1)]
    return {size: by_size[cuts[i] : cuts[i + 1]] for i, size in enumerate(SIZES)}


def _within(group: Sequence[Candidate], size: Size) -> list[Ranked]:
    fit = [one.score for one in group if _fit(one) and one.score is not None]
    ordered = sorted(group, key=lambda one: (not _fit(one), -(one.score or 0.0), one.branch))
    return [
        Ranked(
            one.branch, one.level, size, one.users, one.score,
            1 + sum(other > (one.score or 0.0) for other in fit) if _fit(one) else None, len(fit),
        )
        for one in ordered
    ]  # fmt: skip


def _fit(one: Candidate) -> bool:
    return one.score is not None and one.users is not None and one.users >= FEWEST_USERS


def extremes(
    found: Sequence[Ranked], count: int = 5
) -> tuple[tuple[Ranked, ...], tuple[Ranked, ...]]:
    """The best and the worst ranked branches, the best first and the worst first.

    No branch is in both: of fewer than twice ``count`` the better half is the best.

    >>> best, worst = extremes(ranked([Candidate(x, 1, 50, float(i)) for i, x in enumerate("abc")]))
    >>> [one.branch for one in best], [one.branch for one in worst]
    (['c', 'b'], ['a'])
    """
    order = sorted(
        (one for one in found if one.rank is not None),
        key=lambda one: (-(one.score or 0.0), one.branch),
    )
    best = order[: min(count, (len(order) + 1) // 2)]
    worst = order[max(len(best), len(order) - count) :]
    return tuple(best), tuple(reversed(worst))
