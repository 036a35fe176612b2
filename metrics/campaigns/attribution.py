"""Who gets the credit for conversions: six models side by side, each adding up to the whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from data.campaigns.journeys import Journey, Journeys

Model = Literal["last", "first", "linear", "decay", "markov", "shapley"]
MODELS: tuple[Model, ...] = ("last", "first", "linear", "decay", "markov", "shapley")
Credits = Mapping[str, float]
START, CONVERSION, NULL = 0, 1, 2
"""Places of the states of the chain; steps come after them."""


@dataclass(frozen=True)
class Attribution:
    """Conversions by model and step. ``alone``: conversions without a contact in the window.

    For every model the credits and ``alone`` add up to ``conversions``.
    """

    conversions: int
    alone: int
    journeys: int
    credit: Mapping[Model, Credits]
    lookback_days: int
    half_life_days: float

    @property
    def steps(self) -> tuple[str, ...]:
        """Every step with a contact, the one with the most credit (mean of models) first."""
        mean: dict[str, float] = defaultdict(float)
        for credits_ in self.credit.values():
            for step, value in credits_.items():
                mean[step] += value
        return tuple(sorted(mean, key=lambda step: (-mean[step], step)))


def attribute(journeys: Journeys) -> Attribution:
    """All models over the journeys of a period."""
    found = journeys.found
    steps = sorted({step for one in found for step in one.steps})
    credit: dict[Model, Credits] = {
        "last": _by_place(found, steps, -1),
        "first": _by_place(found, steps, 0),
        "linear": linear(found, steps),
        "decay": {step: journeys.decayed.get(step, 0.0) for step in steps},
        "markov": markov(found, steps),
        "shapley": shapley(found, steps),
    }
    return Attribution(
        sum(one.conversions for one in found),
        sum(one.conversions for one in found if not one.steps),
        sum(one.journeys for one in found),
        credit,
        journeys.lookback_days,
        journeys.half_life_days,
    )


def _by_place(found: Sequence[Journey], steps: Sequence[str], place: int) -> Credits:
    credit = dict.fromkeys(steps, 0.0)
    for one in found:
        if one.steps:
            credit[one.steps[place]] += one.conversions
    return credit


def linear(found: Sequence[Journey], steps: Sequence[str]) -> Credits:
    """Every contact of a journey has the same share.

    >>> linear([Journey(("a", "a", "b"), 3, 3)], ["a", "b"])
    {'a': 2.0, 'b': 1.0}
    """
    credit = dict.fromkeys(steps, 0.0)
    for one in found:
        for step in one.steps:
            credit[step] += one.conversions / len(one.steps)
    return credit


def shapley(found: Sequence[Journey], steps: Sequence[str]) -> Credits:
    """The Shapley value of steps, where a set of steps is worth the conversions that need no other.

    With that worth every conversion is shared equally by the different steps of its journey, so
    that no coalition has to be enumerated. Source: Zhao, Mahboobi, Bagheri, "Shapley Value Methods
    for Attribution Modeling in Online Advertising" (2018), the simplified method.

    >>> shapley([Journey(("a", "a", "b"), 4, 4)], ["a", "b"])
    {'a': 2.0, 'b': 2.0}
    """
    credit = dict.fromkeys(steps, 0.0)
    for one in found:
        different = set(one.steps)
        for step in different:
            credit[step] += one.conversions / len(different)
    return credit


def markov(found: Sequence[Journey], steps: Sequence[str]) -> Credits:
    """Credit in proportion to what would be lost without a step, in a first-order Markov chain.

    Contacts lead to the next contact, to a conversion or to none; a step's removal effect is the
    part of the probability to convert that goes when everything that passes it ends without one.
    Source: Anderl, Becker, von Wangenheim, Schumann, "Mapping the customer journey" (2016).
    """
    total = sum(one.conversions for one in found if one.steps)
    if not total:
        return dict.fromkeys(steps, 0.0)
    effects = removal_effects(found, steps)
    whole = sum(effects.values())
    return {step: total * effect / whole for step, effect in effects.items()}


def removal_effects(found: Sequence[Journey], steps: Sequence[str]) -> Credits:
    """The part of the probability to convert that each step's removal takes away, 0 to 1.

    >>> paths = [Journey(("a",), 3, 2), Journey(("b",), 1, 1), Journey(("a", "b"), 1, 1)]
    >>> {step: round(lost, 6) for step, lost in removal_effects(paths, ["a", "b"]).items()}
    {'a': 0.75, 'b': 0.5}
    """
    chain = _transitions(found, steps)
    whole = _reach(chain, None)
    return {
        step: 1.0 - _reach(chain, place) / whole if whole else 0.0
        for place, step in enumerate(steps, NULL + 1)
    }


def _transitions(found: Sequence[Journey], steps: Sequence[str]) -> npt.NDArray[np.float64]:
    """Probabilities from state to state; staying at a step changes nothing and is left out."""
    place = {step: n for n, step in enumerate(steps, NULL + 1)}
    counts = np.zeros((len(steps) + 3, len(steps) + 3))
    for one in found:
        if not one.steps:
            continue
        way = [START, *(place[step] for step in one.steps)]
        for here, there in pairwise(way):
            if here != there:
                counts[here, there] += one.journeys
        counts[way[-1], CONVERSION] += one.conversions
        counts[way[-1], NULL] += one.journeys - one.conversions
    sums = counts.sum(axis=1, keepdims=True)
    chances: npt.NDArray[np.float64] = np.divide(
        counts, sums, out=np.zeros_like(counts), where=sums > 0
    )
    return chances


def _reach(chain: npt.NDArray[np.float64], removed: int | None) -> float:
    """The probability to come from the start to a conversion without the removed state."""
    states = [n for n in range(len(chain)) if n not in (CONVERSION, NULL, removed)]
    between = chain[np.ix_(states, states)]
    ends = chain[states, CONVERSION]
    return float(np.linalg.solve(np.eye(len(states)) - between, ends)[0])
