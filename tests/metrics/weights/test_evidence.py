"""What the data say of siblings: complete rows only, and nothing from too few of them."""

from __future__ import annotations

import pytest

from metrics.weights.evidence import Evidence, weigh
from metrics.weights.methods import critic_weights, entropy_weights

ROWS = ((1.0, 5.0), (2.0, 4.0), (3.0, 9.0), (4.0, 1.0), (6.0, 2.0))


def of(rows: tuple[tuple[float, ...], ...], never: tuple[str, ...] = ()) -> Evidence:
    names = tuple(f"B{at}" for at in range(len(rows)))
    return Evidence(names, ("a", "b"), rows, ("up", "down"), ("value", "value"), (), never)


@pytest.mark.parametrize(
    ("method", "by"), [("entropy", entropy_weights), ("critic", critic_weights)]
)
def test_enough_rows_weigh_as_the_method_says(method: str, by: object) -> None:
    assert callable(by)
    assert weigh(of(ROWS), method) == by(ROWS, ("up", "down"))


def test_four_rows_are_not_enough_and_the_reason_says_how_many() -> None:
    found = weigh(of(ROWS[:4]), "critic")
    assert found.weights is None
    assert found.reason == "not enough data: 4 complete rows, at least 5 needed"


def test_a_sibling_without_values_is_named() -> None:
    found = weigh(of(ROWS, never=("b",)), "entropy")
    assert (found.weights, found.reason) == (None, "not enough data: no values of b")
