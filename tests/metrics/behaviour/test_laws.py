"""Laws of the results: whatever the counts, nothing is lost, invented or counted twice."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from data.behaviour.funnel import BOUNDS_S
from data.contract.vocabulary import TIERS
from metrics.behaviour.cohorts import triangle
from metrics.behaviour.funnels import funnels, whole
from metrics.behaviour.intervals import differ, lift, share
from metrics.behaviour.modules import never_used
from metrics.behaviour.profiles import profile
from metrics.behaviour.rfm import rfm
from metrics.behaviour.routes import OTHER, routes
from metrics.behaviour.steps import tasks
from metrics.behaviour.tiers import moves

COUNTS = st.integers(0, 400)
quick = settings(deadline=None, max_examples=30)
"""Frames are slow beside numbers, and a machine may be busy."""


@quick
@given(st.integers(0, 500), st.integers(0, 500))
def test_a_share_lies_within_its_interval(part: int, more: int) -> None:
    found = share(part, part + more)
    if part + more == 0:
        assert found.value is None
        return
    assert found.low is not None and found.value is not None and found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 100
    low, high = proportion_confint(part, part + more, method="wilson")
    assert (found.low, found.high) == pytest.approx((100 * low, 100 * high), abs=1e-6)


@quick
@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 200), st.integers(0, 200))
def test_a_lift_turned_round_is_its_inverse(a: int, b: int, more_a: int, more_b: int) -> None:
    here, there = lift(a, a + more_a, b, b + more_b), lift(b, b + more_b, a, a + more_a)
    assert here.value is not None and there.value is not None
    assert here.value * there.value == pytest.approx(1)
    assert here.low is not None and here.high is not None
    assert here.low <= here.value * 1.5 and here.high >= here.value / 1.5


def test_what_cannot_be_compared_has_a_reason() -> None:
    assert lift(1, 0, 1, 5).reason == "nobody"
    assert lift(0, 5, 0, 5).reason == "never"
    assert lift(3, 5, 0, 5).value is None
    assert differ(share(0, 0), share(1, 2)) is None
    assert differ(share(5, 10), share(5, 10)) is None
    assert differ(share(90, 100), share(10, 100)) == pytest.approx(80)


@quick
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", ""]), st.integers(1, 4), st.integers(0, len(BOUNDS_S))
        ),
        max_size=40,
    )
)
def test_segments_of_a_funnel_add_up(people: list[tuple[str, int, int]]) -> None:
    rows = [
        (level, segment, bucket if level > 1 else 0)
        for segment, furthest, bucket in people
        for level in range(1, furthest + 1)
    ]
    counted = pd.DataFrame(rows, columns=["level", "segment", "bucket"]).assign(users=1)
    parts = funnels(counted, 4)
    together = whole(parts, 4)
    assert sum(level.users for level in together.levels) == counted["users"].sum()
    for place, level in enumerate(together.levels):
        assert level.users == sum(part.levels[place].users for part in parts)


@quick
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.sampled_from("abcdef"), st.sampled_from(["a", "b", ""]), COUNTS
        ),
        max_size=40,
        unique_by=lambda row: row[:3],
    )
)
def test_paths_neither_lose_nor_invent_sessions(rows: list[tuple[int, str, str, int]]) -> None:
    counted = pd.DataFrame(rows, columns=["level", "source", "target", "sessions"])
    counted["users"] = counted["sessions"] // 2
    found = routes(counted, top=2)
    total = sum(one.sessions for one in found.edges) + found.withheld
    assert total == counted["sessions"].sum()
    named = [one for one in found.edges if OTHER not in (one.source, one.target)]
    assert all(one.users is not None and one.users >= 5 for one in named)
    for level in range(3):
        assert len({one.source for one in found.edges if one.level == level} - {OTHER}) <= 2


@quick
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["", *TIERS]), st.sampled_from(["", *TIERS])), COUNTS, max_size=36
    )
)
def test_flows_between_tiers_keep_everybody(cells: dict[tuple[str, str], int]) -> None:
    rows = [(source, target, users) for (source, target), users in cells.items()]
    counted = pd.DataFrame(rows, columns=["source", "target", "users"])
    found = moves(counted, date(2026, 9, 30), date(2026, 10, 31))
    every = ["", *TIERS]
    assert sum(found.at_start(t) for t in every) == sum(found.at_end(t) for t in every)
    for tier in every:
        came = sum(users for (s, t), users in cells.items() if t == tier != s)
        went = sum(users for (s, t), users in cells.items() if s == tier != t)
        assert found.at_start(tier) + came - went == found.at_end(tier)


@quick
@given(
    st.lists(
        st.tuples(*[st.integers(1, 5)] * 3, st.integers(1, 50), st.integers(1, 99)),
        unique_by=lambda row: row[:3],
        max_size=60,
    )
)
def test_cells_of_rfm_add_up(rows: list[tuple[int, int, int, int, int]]) -> None:
    counted = pd.DataFrame(rows, columns=["r", "f", "m", "users", "times"])
    counted["amount"] = counted["times"] * 1.5
    found = rfm(counted)
    assert found.users == counted["users"].sum()
    assert found.amount == pytest.approx(counted["amount"].sum())
    named = found.named()
    assert sum(group.users for group in named.values()) == found.users
    assert (
        named["champions"].users == counted[(counted["r"] > 3) & (counted["f"] > 3)]["users"].sum()
    )


@quick
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30)), min_size=1, max_size=40))
def test_retention_of_parts_adds_up_to_the_whole(people: list[tuple[int, int]]) -> None:
    first = pd.Timestamp("2026-01-05")
    joined = pd.DataFrame(
        {"joined": [first + pd.Timedelta(days=day) for day, _age in people], "users": 1}
    )
    active = joined.assign(age=[age for _day, age in people])[["joined", "age", "users"]]
    last, until = date(2026, 7, 31), date(2026, 12, 31)

    def table(chosen: np.ndarray) -> dict[tuple[date, int], int]:
        found = triangle(joined[chosen], active[chosen], "week", first.date(), last, until, ages=30)
        return {
            (cohort.period.first, age): cell.part
            for cohort in found.cohorts
            for age, cell in enumerate(cohort.active)
            if cell is not None
        }

    half = np.arange(len(people)) % 2 == 0
    parts = [table(half), table(~half)]
    for key, users in table(half | ~half).items():
        assert users == sum(part.get(key, 0) for part in parts)


def test_a_cohort_counts_only_when_it_is_old_enough() -> None:
    joined = pd.DataFrame({"joined": [pd.Timestamp("2026-10-07")], "users": [10]})
    active = pd.DataFrame(
        {"joined": [pd.Timestamp("2026-10-07")] * 2, "age": [0, 1], "users": [9, 4]}
    )
    until = date(2026, 10, 17)  # the cohort's last user has six days of the first week
    found = triangle(joined, active, "week", date(2026, 10, 5), date(2026, 10, 11), until, 2)
    assert list(found.cohorts[0].active) == [share(9, 10), None, None]
    assert found.together == (share(9, 10), None, None)


def test_a_step_is_left_by_runs_that_show_nothing_after_it() -> None:
    runs = pd.DataFrame(
        [("pay", "pay.do", 1, 0, 30), ("pay", "pay.do", 2, 0, 10), ("pay", "pay.do", 1, 1, 60)],
        columns=["module", "task", "step", "finished", "runs"],
    )
    pages = pd.DataFrame({"task": "pay.do", "step": [1, 2], "page": ["pay.a", "pay.b"]})
    found = tasks(runs, pages)[0]
    assert found.done == share(60, 100)
    assert [(s.reached, s.left.part) for s in found.steps] == [(100, 30), (10, 10)]
    assert found.worst is not None and found.worst.page == "pay.a"


def test_called_out_modules_come_first_and_basic_ones_before_all() -> None:
    counted = pd.DataFrame({"module": ["", "a", "b", "c"], "users": [100, 40, 2, 90]})
    found = never_used(counted, ["a", "b", "c", "d"], basic=["a", "c"])
    assert [(one.module, one.called_out) for one in found] == [
        ("a", True), ("d", True), ("b", True), ("c", False),
    ]  # fmt: skip


def test_a_profile_of_few_is_not_shown() -> None:
    counted = pd.DataFrame(
        [("", "", 1, 4), ("", "", 0, 90), ("module", "x", 1, 4), ("module", "x", 0, 5)],
        columns=["trait", "value", "chosen", "users"],
    )
    assert profile(counted).traits == ()
