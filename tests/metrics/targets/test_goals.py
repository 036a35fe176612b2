"""Goal forms as numbers, and the reason where one cannot be worked out."""

from __future__ import annotations

import math

import pytest

from metrics.targets.goals import FORMS, Goal, GoalFacts, resolve, resolve_pair
from metrics.targets.reasons import Reason

FACTS = GoalFacts(
    customers=8_290_000,
    last_year=200.0,
    start_of_year=1000.0,
    new_users_target=580_000.0,
    closures_last_year=80_000.0,
)


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        (Goal("number", 40.0), 40.0),
        (Goal("number", 0.0), 0.0),
        (Goal("scaled", 5_800_000), 580_000.0),
        (Goal("of_customers", 48), 3_979_200.0),
        (Goal("last_year", 1.35), 270.0),
        (Goal("last_year", 0.75), 150.0),
        (Goal("start_of_year", 1.2), 1200.0),
        (Goal("start_of_year_plus"), 501_000.0),
    ],
)
def test_a_form_becomes_a_number(goal: Goal, expected: float) -> None:
    found = resolve(goal, FACTS)
    assert found.value == pytest.approx(expected)
    assert found.reason is Reason.OK


@pytest.mark.parametrize(
    ("goal", "facts", "reason"),
    [
        (None, FACTS, Reason.NO_GOAL),
        (Goal("scaled", 1), GoalFacts(), Reason.NO_CUSTOMERS),
        (Goal("of_customers", 1), GoalFacts(customers=math.nan), Reason.NO_CUSTOMERS),
        (Goal("last_year", 1), GoalFacts(), Reason.NO_LAST_YEAR),
        (Goal("start_of_year", 1), GoalFacts(), Reason.NO_START_OF_YEAR),
        (Goal("share_of_target", 0.7), FACTS, Reason.NO_TARGET),
        (Goal("start_of_year_plus"), GoalFacts(), Reason.NO_START_OF_YEAR),
        (Goal("start_of_year_plus"), GoalFacts(start_of_year=1), Reason.NO_NEW_USER_TARGET),
        (
            Goal("start_of_year_plus"),
            GoalFacts(start_of_year=1, new_users_target=1),
            Reason.NO_CLOSURES,
        ),
    ],
)
def test_what_is_not_known_is_none_with_the_reason(
    goal: Goal | None, facts: GoalFacts, reason: Reason
) -> None:
    found = resolve(goal, facts)
    assert found.value is None
    assert found.reason is reason


def test_a_base_may_be_a_share_of_its_target() -> None:
    base, target = resolve_pair(Goal("share_of_target", 0.7), Goal("scaled", 5_800_000), FACTS)
    assert base.value == pytest.approx(406_000)
    assert target.value == pytest.approx(580_000)
    base, target = resolve_pair(Goal("share_of_target", 0.7), None, FACTS)
    assert (base.reason, target.reason) == (Reason.NO_TARGET, Reason.NO_GOAL)


def test_the_daily_users_of_the_plans_come_from_the_plans_own_size() -> None:
    """7 percentage points of the plans' customers are the 5.8 million daily users they name."""
    whole = GoalFacts(customers=82.9e6)
    share = resolve(Goal("of_customers", 12 - 5), whole).value
    assert share == pytest.approx(5.8e6, rel=0.001)
    assert resolve(Goal("scaled", 5.8e6), whole).value == pytest.approx(5.8e6)


def test_an_unknown_form_or_a_missing_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="'monthly': expected one of number, scaled"):
        resolve(Goal("monthly", 1.0), FACTS)
    with pytest.raises(ValueError, match="'scaled' needs an amount"):
        resolve(Goal("scaled"), FACTS)
    assert len(FORMS) == 7
