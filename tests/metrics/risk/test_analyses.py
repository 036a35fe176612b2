"""Roll rates, vintages, frontier, error budget, events and register against hand and laws."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from data.risk.loans import BUCKETS
from metrics.risk.events import by_class, complaint_themes, matrix, register
from metrics.risk.loans import ENDS, closest, frontier, roll_rates, vintage_curves
from metrics.risk.service import error_budget, response_times

moves = st.lists(
    st.tuples(st.sampled_from(BUCKETS), st.sampled_from(ENDS), st.integers(1, 50),
              st.floats(1, 1e6)),
    min_size=1, max_size=40,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(moves)
def test_rows_of_roll_rates_add_up_to_one(rows: list[tuple[str, str, int, float]]) -> None:
    table = pd.DataFrame(rows, columns=["start", "end", "loans", "balance"])
    found = roll_rates(table)
    for row in found.rows:
        assert row.loans == table.loc[table["start"] == row.start, "loans"].sum()
        if row.shares is None:
            assert row.loans < 10
            continue
        assert sum(row.shares) == pytest.approx(1, abs=1e-9)
    unknown = table.loc[table["start"] == "unknown", "balance"].sum() / table["balance"].sum()
    assert found.unknown == pytest.approx(unknown)


def test_no_moves_have_no_rates() -> None:
    assert roll_rates(pd.DataFrame({"start": []})).rows == ()


def test_vintages_count_who_was_ever_late_once_the_youngest_is_old_enough() -> None:
    rows = pd.DataFrame(
        {"month": [date(2026, 1, 31), date(2026, 1, 31), date(2026, 3, 31), date(2026, 4, 30)],
         "age": [1.0, None, 2.0, None], "loans": [2, 10, 4, 9]}
    )  # fmt: skip
    found = vintage_curves(rows, date(2026, 6, 30))
    assert [(one.name, one.loans) for one in found] == [("2026Q1", 16)]
    assert found[0].late == pytest.approx((0.0, 12.5, 37.5, 37.5))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20), st.integers(0, 20)), min_size=2,
                max_size=15))  # fmt: skip
def test_cuts_approve_more_the_looser_they_are(found: list[tuple[int, int, int]]) -> None:
    rows = pd.DataFrame(
        [(500.0 + 10 * i, a + b + c, b + c, b + c, min(b, b + c)) for i, (a, b, c) in
         enumerate(found)],
        columns=["score", "applied", "approved", "booked", "bad"],
    )  # fmt: skip
    line = frontier(rows)
    if line is None:
        assert rows["applied"].sum() == 0
        return
    shares = [cut.approval for cut in line.cuts]
    assert shares == sorted(shares)
    for cut in line.cuts:
        assert cut.low - 1e-9 <= cut.bad_rate <= cut.high + 1e-9
        interval = binomtest(cut.bad, cut.booked).proportion_ci(0.95, method="wilson")
        assert (cut.low, cut.high) == pytest.approx((100 * interval.low, 100 * interval.high))
    if line.cuts:
        assert line.cuts[-1].bad_rate == pytest.approx(line.bad_rate)
        nearest = closest(line.cuts, line.approval)
        assert nearest is not None


def test_a_score_where_lower_is_better_is_turned() -> None:
    rows = pd.DataFrame({"score": [500.0, 700.0], "applied": [50, 50], "approved": [30, 30],
                         "booked": [30, 30], "bad": [1, 9]})  # fmt: skip
    line = frontier(rows)
    assert line is not None
    assert [cut.score for cut in line.cuts] == [500.0, 700.0]


days = st.lists(st.tuples(st.integers(0, 20), st.sampled_from("ab"), st.integers(1, 1440),
                          st.floats(0, 1)), min_size=1, max_size=40)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(days, st.sampled_from([99.0, 99.9, 99.99]))
def test_the_budget_is_consistent(rows: list[tuple[int, str, int, float]], target: float) -> None:
    table = pd.DataFrame(
        [(date(2026, 1, 1) + timedelta(days=d), module, float(minutes), minutes * good)
         for d, module, minutes, good in rows],
        columns=["day", "module", "minutes", "good"],
    )  # fmt: skip
    found = error_budget(table, target)
    assert found is not None
    assert found.allowed == pytest.approx(table["minutes"].sum() * (1 - target / 100))
    assert sum(one.lost for one in found.days) == pytest.approx(found.lost)
    assert found.days[-1].spent * found.allowed == pytest.approx(found.lost)
    assert (found.left < -1e-9) <= (found.availability < target + 1e-9)
    assert found.availability == pytest.approx(100 * table["good"].sum() / table["minutes"].sum())


def test_no_minutes_have_no_budget() -> None:
    assert error_budget(pd.DataFrame({"minutes": [], "good": []}), 99.9) is None


def test_response_times_come_from_buckets() -> None:
    rows = pd.DataFrame({"a": [10.0, 0.0], "b": [10.0, 0.0], "c": [0.0, 0.0]})
    found = response_times(rows, ("a", "b", "c"), (1.0, 3.0), 0.75)["seconds"]
    assert found[0] == pytest.approx(2.0)
    assert np.isnan(found[1])


def test_events_by_class() -> None:
    rows = pd.DataFrame(
        {"class": ["fraud", "fraud", "data"], "level": [3, 1, 2], "detect_min": [10.0, 30.0, None],
         "close_h": [5.0, 10.0, None], "limit_h": [4.0, 72.0, 24.0], "loss": [100.0, None, 5.0]}
    )  # fmt: skip
    fraud, data = by_class(rows)
    assert (fraud.name, fraud.levels, fraud.events) == ("fraud", (1, 0, 1), 2)
    assert (fraud.detect_min, fraud.close_h, fraud.late, fraud.open) == (20.0, 7.5, 1, 0)
    assert (data.detect_min, data.close_h, data.late, data.open, data.loss) == (
        None, None, 1, 1, 5.0,
    )  # fmt: skip


def test_the_register_stands_in_its_matrix_with_movement() -> None:
    now = pd.DataFrame({"class": ["aml", "data", "legal"], "likelihood": [2, 5, 2],
                        "impact": [3, 4, 3], "weight": [0.1, None, 0.2]})  # fmt: skip
    before = now.head(2).assign(likelihood=[3, 4])
    found = register(now, before)
    assert [(one.name, one.score, one.moved) for one in found] == [
        ("data", 20, 4), ("aml", 6, -3), ("legal", 6, 0),
    ]  # fmt: skip
    cells = matrix(found)
    assert {place: [one.name for one in inside] for place, inside in cells.items()} == {
        (5, 4): ["data"], (2, 3): ["aml", "legal"],
    }  # fmt: skip
    assert found[0].weight is None


def test_complaints_by_theme() -> None:
    rows = pd.DataFrame({"theme": ["a", "a", "b"], "level": [3, 1, 2], "hours": [4.0, None, 8.0]})
    first, second = complaint_themes(rows)
    assert (first.name, first.complaints, first.open, first.hours, first.grave) == (
        "a", 2, 1, 4.0, 1,
    )  # fmt: skip
    assert (second.name, second.hours) == ("b", 8.0)
