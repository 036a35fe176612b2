"""Judgements as they are kept with a set: written, read back, and how far they agree."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.state import WeightOrigin
from metrics.weights.judgements import matrix, pairs_of, step_of, written
from metrics.weights.methods import ahp
from ui.weights.origins import consistency

STEPS = st.integers(-8, 8)


@given(STEPS)
def test_a_judgement_comes_back_as_it_was_written(step: int) -> None:
    assert step_of(written(step)) == step


@given(st.lists(STEPS, min_size=3, max_size=3))
def test_kept_judgements_give_the_ratio_that_was_shown(steps: list[int]) -> None:
    children = ("a", "b", "c")
    judged = dict(zip(combinations(children, 2), steps, strict=True))
    kept = WeightOrigin("total", "ahp", {"pairs": pairs_of(children, judged)})
    assert consistency(kept) == pytest.approx(ahp(matrix(children, judged)).consistency_ratio)


def test_weights_typed_by_hand_have_no_ratio() -> None:
    assert consistency(WeightOrigin("total", "hand", {})) is None
