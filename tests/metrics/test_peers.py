"""Peer groups: same level, similar size; small branches are shown and not ranked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from metrics.peers import FEWEST_USERS, Candidate, extremes, ranked

SCORES = st.one_of(st.none(), st.floats(0, 120, allow_nan=False))
USERS = st.one_of(st.none(), st.floats(0, 1e6, allow_nan=False))
CANDIDATES = st.lists(st.tuples(st.integers(1, 2), USERS, SCORES), max_size=40).map(
    lambda rows: [Candidate(f"B{i:02d}", *row) for i, row in enumerate(rows)]
)


def test_three_groups_by_size() -> None:
    found = ranked(Candidate(f"B{i}", 1, 100.0 + i, 50.0 + i) for i in range(9))
    assert [(one.branch, one.size, one.rank, one.of) for one in found[:4]] == [
        ("B8", "large", 1, 3), ("B7", "large", 2, 3), ("B6", "large", 3, 3),
        ("B5", "medium", 1, 3),
    ]  # fmt: skip


def test_equal_scores_share_a_rank() -> None:
    found = ranked(
        Candidate(name, 1, 50, score) for name, score in zip("abc", (9, 9, 8), strict=True)
    )
    assert [one.rank for one in found] == [1, 1, 3]


@given(CANDIDATES)
def test_laws(candidates: list[Candidate]) -> None:
    found = ranked(candidates)
    assert sorted(one.branch for one in found) == sorted(one.branch for one in candidates)
    for one in found:
        fit = one.score is not None and (one.users or 0) >= FEWEST_USERS
        assert (one.rank is not None) == fit
        assert one.rank is None or 1 <= one.rank <= one.of
    groups = {(one.level, one.size) for one in found}
    for level, size in groups:
        sizes = [one.users or 0 for one in found if (one.level, one.size) == (level, size)]
        smaller = {"large": ("medium", "small"), "medium": ("small",)}.get(size, ())
        below = [one.users or 0 for one in found if one.level == level and one.size in smaller]
        assert not below or min(sizes) >= max(below)
    best, worst = extremes(found)
    assert not {one.branch for one in best} & {one.branch for one in worst}
    assert min((one.score or 0 for one in best), default=0) >= max(
        (one.score or 0 for one in worst), default=0
    )
