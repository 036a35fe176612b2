from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.weights.stability import rank_stability

BRANCHES = np.random.default_rng(3).uniform(50, 110, (12, 8))
NONE = float("nan")
WEIGHTS = np.array([30, 20, 15, 10, 10, 5, 5, 5])


def test_a_row_that_is_best_everywhere_keeps_its_rank() -> None:
    scores = np.vstack([BRANCHES, BRANCHES.max(axis=0) + 1])
    found = rank_stability(scores, WEIGHTS)
    assert found.rows[-1].rank == 1
    assert found.top_kept == 1.0
    assert (found.rows[-1].low, found.rows[-1].high, found.rows[-1].kept) == (1, 1, 1.0)


def test_two_specialists_swap_in_half_of_the_draws() -> None:
    """100 w1 against 100 w2: the first leads when its factor is the larger one."""
    tied = rank_stability(np.diag([100.0, 100.0]), [50, 50], draws=20000)
    assert tied.order_kept == pytest.approx(0, abs=1e-3)
    tipped = rank_stability(np.diag([100.0, 99.0]), [50, 50], draws=20000)
    swapped = (0.99 * 1.2 - 0.8) ** 2 / (2 * 0.99 * 0.4**2)  # P(f1 < 0.99 f2), f on 0.8 .. 1.2
    assert tipped.order_kept == pytest.approx(1 - swapped, abs=0.015)


def test_without_movement_nothing_changes() -> None:
    found = rank_stability(BRANCHES, WEIGHTS, move=0.0, draws=50)
    assert found.order_kept == 1.0
    assert found.mean_correlation == pytest.approx(1)


def test_the_larger_the_move_the_less_is_kept() -> None:
    small, large = (rank_stability(BRANCHES, WEIGHTS, move=move) for move in (0.05, 0.5))
    assert small.order_kept is not None
    assert large.order_kept is not None
    assert small.order_kept > large.order_kept
    assert small.mean_correlation is not None
    assert large.mean_correlation is not None
    assert small.mean_correlation > large.mean_correlation


def test_the_seed_decides_the_result() -> None:
    assert rank_stability(BRANCHES, WEIGHTS, seed=5) == rank_stability(BRANCHES, WEIGHTS, seed=5)
    assert rank_stability(BRANCHES, WEIGHTS, seed=5) != rank_stability(BRANCHES, WEIGHTS, seed=6)


@given(st.permutations(range(12)), st.sampled_from([0.01, 7.0]))
def test_order_of_rows_and_scale_of_weights_do_not_matter(order: list[int], scale: float) -> None:
    base = rank_stability(BRANCHES, WEIGHTS, draws=60)
    found = rank_stability(BRANCHES[order], WEIGHTS * scale, draws=60)
    assert [row.rank for row in found.rows] == [base.rows[at].rank for at in order]
    assert [row.kept for row in found.rows] == [base.rows[at].kept for at in order]
    assert found.top_kept == base.top_kept


def test_a_missing_score_is_left_out_and_a_row_without_any_is_not_ranked() -> None:
    found = rank_stability(np.array([[90, NONE], [80, 70], [NONE, NONE]]), [50, 50])
    assert [row.score for row in found.rows] == [90, 75, None]
    assert [row.rank for row in found.rows] == [1, 2, None]
    weightless = rank_stability(np.array([[90, 10], [80, 20], [NONE, 30]]), [100, 0])
    assert [row.rank for row in weightless.rows] == [1, 2, None]


def test_ties_share_the_better_rank() -> None:
    found = rank_stability([[80, 80], [80, 80], [70, 70]], [60, 40])
    assert [row.rank for row in found.rows] == [1, 1, 3]
    assert found.order_kept == 1.0


def test_fewer_than_two_scored_rows_are_not_ranked() -> None:
    found = rank_stability([[90, 80]], [50, 50])
    assert found.top_kept is None
    assert "1 rows have a score" in str(found.reason)


@pytest.mark.parametrize(
    ("weights", "move", "draws", "words"),
    [
        ([1.0], 0.2, 10, "do not fit"),
        ([1.0, -1.0], 0.2, 10, "0 or more"),
        ([0.0, 0.0], 0.2, 10, "some above 0"),
        ([1.0, 1.0], 1.0, 10, "move is 1.0"),
        ([1.0, 1.0], 0.2, 0, "draws is 0"),
    ],
)
def test_arguments_out_of_range_are_errors(
    weights: list[float], move: float, draws: int, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        rank_stability([[1, 2], [3, 4]], weights, move, draws)
