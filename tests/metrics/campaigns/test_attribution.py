"""Attribution: worked examples from the literature, and laws that hold for any journeys."""

from __future__ import annotations

from itertools import permutations
from math import factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.campaigns.journeys import Journey, Journeys
from metrics.campaigns.attribution import (
    MODELS,
    attribute,
    linear,
    markov,
    removal_effects,
    shapley,
)

STEPS = ("a", "b", "c", "d")
paths = st.lists(
    st.builds(
        lambda steps, journeys, share: Journey(tuple(steps), journeys, round(journeys * share)),
        st.lists(st.sampled_from(STEPS), max_size=5),
        st.integers(1, 9),
        st.floats(0, 1),
    ),
    max_size=8,
)


def decayed(found: list[Journey]) -> dict[str, float]:
    """Any split of each conversion: here by position, the later contact twice the one before."""
    credit: dict[str, float] = {}
    for one in found:
        weights = [2.0**place for place in range(len(one.steps))]
        for step, weight in zip(one.steps, weights, strict=True):
            credit[step] = credit.get(step, 0.0) + one.conversions * weight / sum(weights)
    return credit


@settings(max_examples=150, deadline=None)
@given(paths)
def test_every_model_adds_up_to_the_conversions(found: list[Journey]) -> None:
    result = attribute(Journeys(tuple(found), decayed(found), 30, 7.0))
    assert result.conversions == sum(one.conversions for one in found)
    for model in MODELS:
        total = sum(result.credit[model].values()) + result.alone
        assert total == pytest.approx(result.conversions, abs=1e-9), model
        assert min(result.credit[model].values(), default=0.0) >= -1e-9, model


def test_markov_as_in_a_published_example() -> None:
    """serhiipuzyrov.com, 2019: Google Ads 2, mailing 1, both 1, Google Ads without success 1."""
    found = [
        Journey(("google ads",), 3, 2),
        Journey(("mailing",), 1, 1),
        Journey(("google ads", "mailing"), 1, 1),
    ]
    steps = ["google ads", "mailing"]
    assert removal_effects(found, steps) == pytest.approx({"google ads": 0.75, "mailing": 0.5})
    assert markov(found, steps) == pytest.approx({"google ads": 2.4, "mailing": 1.6})


def test_markov_of_three_channels_by_hand() -> None:
    """One journey over all three converts, two others do not: a third of all; see Anderl 2016."""
    found = [
        Journey(("c1", "c2", "c3"), 1, 1),
        Journey(("c1",), 1, 0),
        Journey(("c2", "c3"), 1, 0),
    ]
    steps = ["c1", "c2", "c3"]
    assert removal_effects(found, steps) == pytest.approx({"c1": 0.5, "c2": 1.0, "c3": 1.0})
    assert markov(found, steps) == pytest.approx({"c1": 0.2, "c2": 0.4, "c3": 0.4})


def worth(found: list[Journey], coalition: frozenset[str]) -> float:
    """Conversions that need nobody outside of a coalition."""
    return sum(one.conversions for one in found if one.steps and set(one.steps) <= coalition)


def by_permutations(found: list[Journey], steps: tuple[str, ...]) -> dict[str, float]:
    """The Shapley value by its definition: the mean marginal worth over all orders."""
    credit = dict.fromkeys(steps, 0.0)
    for order in permutations(steps):
        for place, step in enumerate(order):
            before = frozenset(order[:place])
            gained = worth(found, before | {step}) - worth(found, before)
            credit[step] += gained / factorial(len(steps))
    return credit


@settings(max_examples=60, deadline=None)
@given(paths)
def test_shapley_is_its_definition(found: list[Journey]) -> None:
    assert shapley(found, STEPS) == pytest.approx(by_permutations(found, STEPS), abs=1e-9)


def test_shapley_of_a_published_example() -> None:
    """Coalitions of Facebook, organic and LinkedIn with 20, 10, 17, 17, 30, 0 and 6 conversions."""
    sizes = {"F": 20, "O": 10, "L": 17, "FO": 17, "FL": 30, "OL": 0, "FOL": 6}
    found = [Journey(tuple(steps), n, n) for steps, n in sizes.items() if n]
    assert shapley(found, ["F", "O", "L"]) == pytest.approx({"F": 45.5, "O": 20.5, "L": 34.0})


@settings(max_examples=60, deadline=None)
@given(paths)
def test_shapley_is_symmetric_and_blind_to_order(found: list[Journey]) -> None:
    swapped = {"a": "b", "b": "a", "c": "c", "d": "d"}
    mirrored = [
        Journey(tuple(swapped[s] for s in reversed(one.steps)), one.journeys, one.conversions)
        for one in found
    ]
    before, after = shapley(found, STEPS), shapley(mirrored, STEPS)
    assert after == pytest.approx({swapped[step]: value for step, value in before.items()})


def test_a_contact_that_leads_nowhere_gets_nothing() -> None:
    found = [Journey(("a",), 5, 5), Journey(("b",), 9, 0)]
    for model in (linear, markov, shapley):
        assert model(found, ["a", "b"]) == pytest.approx({"a": 5.0, "b": 0.0})


def test_conversions_without_a_contact_stay_alone() -> None:
    result = attribute(Journeys((Journey((), 4, 4),), {}, 30, 7.0))
    assert (result.conversions, result.alone, result.steps) == (4, 4, ())
