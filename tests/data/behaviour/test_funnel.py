"""Funnels against a search of every chain of every person."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from data.behaviour.funnel import BOUNDS_S, Order, Plan, Step, funnel
from data.slice import Slice
from metrics.behaviour.funnels import funnels, whole
from tests.data.behaviour.conftest import MONTH, Facts

STEPS = tuple(Step(page=f"transfer.{page}") for page in ("home", "payee", "amount", "result"))
ABOUT = Slice.of(MONTH)
Rows = list[tuple[pd.Timestamp, int]]


def people(facts: Facts, steps: tuple[Step, ...], window: int) -> dict[str, Rows]:
    """By user: moments and step numbers (0: another page), in order."""
    end = MONTH.last + timedelta(days=window)
    rows = facts.events
    rows = rows[(rows["day"] >= MONTH.first) & (rows["day"] <= end)]
    number = pd.Series(0, index=rows.index)
    for place, step in enumerate(steps, 1):
        match = pd.Series(data=True, index=rows.index)
        for name, value in step.fields.items():
            match &= rows[name] == value
        number[match] = place
    kept = rows["page"].notna() | (number > 0)
    rows = rows[kept].assign(step=number[kept])
    rows = rows.sort_values(["user_id", "occurred_at", "step"], kind="stable")
    return {
        str(user): list(zip(part["occurred_at"], part["step"], strict=True))
        for user, part in rows.groupby("user_id")
    }


def loose(rows: Rows, count: int, window: int) -> dict[int, float]:
    """The quickest way to each level, trying every start."""
    rows = [one for one in rows if one[1]]
    best: dict[int, float] = {}
    for place, (start, step) in enumerate(rows):
        if step != 1 or (start + pd.Timedelta(hours=8)).date() > MONTH.last:
            continue
        best[1] = 0.0
        level = 1
        for moment, found in rows[place + 1 :]:
            if (moment - start) > pd.Timedelta(days=window):
                break
            if found == level + 1:
                level += 1
                took = int(moment.timestamp()) - int(start.timestamp())
                best[level] = min(best.get(level, 1e12), took)
    return best


def strict(rows: Rows, count: int, window: int) -> dict[int, float]:
    """The same where only the very next page will do."""
    runs = [one for n, one in enumerate(rows) if n == 0 or one[1] != rows[n - 1][1]]
    best: dict[int, float] = {}
    for place, (start, step) in enumerate(runs):
        if step != 1 or (start + pd.Timedelta(hours=8)).date() > MONTH.last:
            continue
        for level in range(1, count + 1):
            if place + level > len(runs) or runs[place + level - 1][1] != level:
                break
            moment = runs[place + level - 1][0]
            if (moment - start) > pd.Timedelta(days=window):
                break
            took = int(moment.timestamp()) - int(start.timestamp())
            best[level] = min(best.get(level, 1e12), took)
    return best


@pytest.mark.parametrize("order", ["loose", "strict"])
@pytest.mark.parametrize("window", [1, 7])
def test_levels_and_times_are_those_of_every_chain(facts: Facts, order: Order, window: int) -> None:
    ways = [
        (loose if order == "loose" else strict)(rows, len(STEPS), window)
        for rows in people(facts, STEPS, window).values()
    ]
    expected: dict[tuple[int, int], int] = {}
    for best in ways:
        for level, took in best.items():
            bucket = next((n for n, bound in enumerate(BOUNDS_S) if took <= bound), len(BOUNDS_S))
            key = (level, 0 if level == 1 else bucket)
            expected[key] = expected.get(key, 0) + 1
    rows = funnel(facts.connection, facts.store, ABOUT, Plan(STEPS, window, order))
    assert {(r.level, r.bucket): r.users for r in rows.itertuples()} == expected
    assert sum(expected.values()) > 100


def test_segments_add_up_and_levels_never_grow(facts: Facts) -> None:
    sent = Step(page="transfer.result", module="transfer")
    plan = Plan((Step(action="open"), Step(module="wealth"), sent), 30)
    everybody = funnels(funnel(facts.connection, facts.store, ABOUT, plan), 3)[0]
    for by in ("tier", "channel", "age_band", "new_user"):
        parts = funnels(funnel(facts.connection, facts.store, ABOUT, plan, by), 3)
        assert whole(parts, 3) == everybody
        for part in parts:
            users = [level.users for level in part.levels]
            assert users == sorted(users, reverse=True)


def test_scope_and_segment_are_those_of_the_people(facts: Facts) -> None:
    tiers = facts.tier_on(MONTH.first - timedelta(days=1))
    inside = facts.store.leaves["B01"]
    chosen = {
        user
        for user, row in facts.users.iterrows()
        if row["branch_id"] in inside and tiers.get(str(user)) in ("basic", "potential")
    }
    ways = [loose(rows, 4, 7) for user, rows in people(facts, STEPS, 7).items() if user in chosen]
    about = Slice.of(MONTH, branch="B01", tier=("basic", "potential"))
    rows = funnel(facts.connection, facts.store, about, Plan(STEPS, 7))
    found = rows.groupby("level")["users"].sum().to_dict()
    assert found == {n: k for n in range(1, 5) if (k := sum(n in best for best in ways))}


def test_steps_that_one_event_could_match_are_refused() -> None:
    with pytest.raises(ValueError, match="steps 1 and 2 can be the same event"):
        Plan((Step(module="wealth"), Step(page="wealth.home")), 7)
    with pytest.raises(ValueError, match="2 to 8 steps"):
        Plan((Step(page="a"),), 7)
    with pytest.raises(ValueError, match="1 to 90 days"):
        Plan((Step(page="a"), Step(page="b")), 0)
    with pytest.raises(ValueError, match="step 2 names no event"):
        Plan((Step(page="a"), Step()), 7)
