from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.ltv.histories import TIMES, collapse, histories, problem

START = dt.date(2026, 1, 1)


def bought(*rows: tuple[str, int, float]) -> pd.DataFrame:
    """Purchases from (user, days since the start, amount)."""
    return pd.DataFrame(
        [(user, START + dt.timedelta(days=after), amount) for user, after, amount in rows],
        columns=["user", "day", "amount"],
    )


def row(rows: pd.DataFrame, user: str) -> list[float]:
    """Frequency, recency, age and monetary of a user."""
    return [float(value) for value in rows.to_numpy()[rows.index.tolist().index(user)]]


def test_the_first_purchase_counts_neither_in_frequency_nor_in_the_mean_amount() -> None:
    rows = histories(bought(("a", 0, 100.0), ("a", 7, 10.0), ("a", 21, 20.0)), START)
    assert row(rows, "a")[:3] == [0, 0, 0]
    later = histories(
        bought(("a", 0, 100.0), ("a", 7, 10.0), ("a", 21, 20.0)), START + dt.timedelta(days=35)
    )
    assert row(later, "a") == [2, 3, 5, 15]


def test_purchases_of_one_day_are_one_purchase() -> None:
    rows = histories(
        bought(("a", 7, 4.0), ("a", 0, 1.0), ("a", 7, 6.0)), START + dt.timedelta(days=14)
    )
    assert row(rows, "a") == [1, 1, 2, 10]


def test_days_after_the_end_and_users_who_come_later_are_not_seen() -> None:
    rows = histories(bought(("a", 0, 1.0), ("a", 15, 9.0), ("b", 15, 9.0)), dt.date(2026, 1, 15))
    assert rows.index.tolist() == ["a"]
    frequency, _, _, monetary = row(rows, "a")
    assert frequency == 0
    assert np.isnan(monetary)


@given(st.permutations(range(6)))
def test_the_order_of_the_rows_does_not_matter(order: list[int]) -> None:
    rows = bought(
        ("b", 3, 2.0), ("a", 0, 1.0), ("b", 9, 5.0), ("a", 2, 4.0), ("a", 2, 4.0), ("b", 40, 1.0)
    )
    end = START + dt.timedelta(days=60)
    pd.testing.assert_frame_equal(histories(rows.iloc[order], end), histories(rows, end))


def test_cdnow_sample_has_the_published_customers(cdnow: pd.DataFrame) -> None:
    rows = histories(cdnow, dt.date(1997, 9, 30))
    assert len(rows) == 2357
    assert int((rows["frequency"] > 0).sum()) == 946
    assert rows["age"].max() == pytest.approx(38.86, abs=0.005)


def test_missing_users_days_and_amounts_are_an_error() -> None:
    rows = bought(("a", 0, 1.0), ("b", 1, np.nan))
    with pytest.raises(ValueError, match="1 purchases lack"):
        histories(rows, START)


def test_no_purchases_are_no_histories() -> None:
    assert len(histories(bought(("a", 9, 1.0)), START)) == 0
    assert len(histories(bought(), START)) == 0


def test_collapse_adds_up_the_counts_of_the_warehouse() -> None:
    rows = pd.DataFrame(
        {"frequency": [1.0, 0.0, 1.0], "recency": [2.0, 0.0, 2.0], "age": 5.0, "count": [3, 4, 5]}
    )
    assert collapse(rows, TIMES)["count"].tolist() == [4, 8]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((np.nan, 0.0, 1.0), "missing or infinite"),
        ((1.5, 1.0, 2.0), "no whole number"),
        ((-1.0, 0.0, 2.0), "negative or no whole"),
        ((1.0, -1.0, 2.0), "recency is negative"),
        ((1.0, 3.0, 2.0), "later than age"),
        ((0.0, 1.0, 2.0), "without a repeat"),
    ],
)
def test_impossible_histories_are_named(values: tuple[float, float, float], words: str) -> None:
    frequency, recency, age = (np.array([value]) for value in values)
    found = problem(frequency, recency, age)
    assert found is not None
    assert words in found


def test_a_purchase_on_the_last_day_is_possible() -> None:
    assert problem(np.array([2.0]), np.array([5.0]), np.array([5.0])) is None
