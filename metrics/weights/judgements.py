"""Judgements in pairs as they are kept and passed on: one, other, how many times as important."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from metrics.weights.methods import Floats

Steps = Mapping[tuple[str, str], int]
"""Steps of Saaty's scale by pair: 0 equal, 2 three times, -2 a third."""
MOST_STEPS = 8


def written(step: int) -> str:
    """A step as it is kept.

    >>> written(2), written(0), written(-3)
    ('3', '1', '1/4')
    """
    return str(step + 1) if step >= 0 else f"1/{1 - step}"


def step_of(judged: str) -> int:
    """The step of a kept judgement; raises ValueError for anything else.

    >>> step_of("3"), step_of("1"), step_of("1/4")
    (2, 0, -3)
    """
    over, _slash, under = judged.partition("/")
    return 1 - int(under) if under else int(over) - 1


def pairs_of(children: Sequence[str], steps: Steps) -> list[list[str]]:
    """The judgements as they are kept: one, other, how many times as important."""
    return [[one, other, written(steps.get((one, other), 0))]
            for one, other in combinations(children, 2)]  # fmt: skip


def matrix(children: Sequence[str], steps: Steps) -> Floats:
    """The judgements as a reciprocal matrix.

    >>> matrix(["a", "b"], {("a", "b"): 2}).tolist()[0]
    [1.0, 3.0]
    """
    found = np.ones((len(children), len(children)))
    for (row, one), (column, other) in combinations(enumerate(children), 2):
        step = steps.get((one, other), 0)
        found[row, column] = float(step + 1) if step >= 0 else 1.0 / (1 - step)
        found[column, row] = 1 / found[row, column]
    return found


def read_pairs(children: Sequence[str], pairs: Sequence[Sequence[str]]) -> Steps | None:
    """The steps of all pairs of the children, in their order; None where one is missing or wrong.

    >>> read_pairs(["a", "b"], [["b", "a", "3"]])
    {('a', 'b'): -2}
    >>> read_pairs(["a", "b"], [["a", "b", "12"]]) is None
    True
    """
    found: dict[tuple[str, str], int] = {}
    for one, other, judged in pairs:
        try:
            step = step_of(judged)
        except ValueError:
            return None
        if written(step) != judged or abs(step) > MOST_STEPS or {one, other} - {*children}:
            return None
        turned = one != other and children.index(one) > children.index(other)
        key = (other, one) if turned else (one, other)
        if key in found:
            return None
        found[key] = -step if turned else step
    return found if set(found) == set(combinations(children, 2)) else None
