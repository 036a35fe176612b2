"""The demo bank moves as a bank does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from tests.data.demo.bank import Bank


@pytest.fixture(scope="module")
def daily(bank: Bank) -> pd.DataFrame:
    """Active users by day with the calendar."""
    rows = bank.ask("""
        SELECT c.*, n FROM calendar_day c JOIN
        (SELECT d AS day, count(DISTINCT user_id) AS n FROM acted GROUP BY 1) USING (day)
        ORDER BY day""")
    rows["usual"] = rows["n"].rolling(29, center=True, min_periods=10).median()
    rows["ratio"] = rows["n"] / rows["usual"]
    return rows


def test_working_days_are_busier_than_free_days(daily: pd.DataFrame) -> None:
    plain = daily[daily["holiday"].isna() & ~daily["payday"]]
    means = plain.groupby("workday")["ratio"].mean()
    assert 1.05 < means[True] / means[False] < 1.3


def test_pay_days_and_shopping_festivals_stand_out(daily: pd.DataFrame) -> None:
    assert daily.loc[daily["payday"], "ratio"].mean() > 1.08
    assert daily.loc[daily["festival"] == "双11", "ratio"].mean() > 1.08


def test_spring_festival_is_quiet(daily: pd.DataFrame) -> None:
    assert daily.loc[daily["holiday"] == "春节", "ratio"].mean() < 0.88


def test_the_bank_grows(daily: pd.DataFrame) -> None:
    assert daily["n"].tail(90).mean() > 1.12 * daily["n"].head(90).mean()


def test_people_sleep(bank: Bank) -> None:
    hours = bank.ask("""SELECT hour(occurred_at + INTERVAL 8 HOUR) AS h, count(*) AS n
        FROM event WHERE action = 'open' GROUP BY 1""").set_index("h")["n"]
    assert hours[[2, 3, 4]].sum() < 0.02 * hours.sum()
    assert hours[[9, 10, 11, 12, 19, 20, 21]].sum() > 0.4 * hours.sum()


def test_amounts_have_a_heavy_tail_and_two_decimals(bank: Bank) -> None:
    amounts = bank.ask(
        "SELECT amount_cny::DOUBLE AS a FROM txn WHERE kind = 'transfer' AND status = 'success'"
    )["a"]
    assert amounts.mean() > 1.6 * amounts.median()
    assert bank.tables["txn"].schema.field("amount_cny").type.scale == 2
    assert (np.round(amounts * 100) % 100 != 0).mean() > 0.9


def test_retention_falls_off_with_a_long_tail(bank: Bank) -> None:
    curve = bank.ask("""
        WITH n AS (SELECT user_id, CAST(registered_at + INTERVAL 8 HOUR AS DATE) AS r FROM dim_user
            WHERE registered_at > (SELECT min(occurred_at) FROM event)),
        a AS (SELECT DISTINCT user_id, d FROM acted WHERE user_id IS NOT NULL)
        SELECT d - r AS age, count(*) AS n FROM n JOIN a USING (user_id) WHERE d > r GROUP BY 1""")
    at = curve.set_index("age")["n"].sort_index()
    assert at[1] > at[7] > at[30]
    assert at.loc[60:119].mean() > 0.2 * at[7]


@pytest.mark.parametrize(
    ("query", "low", "high"),
    [
        ("""SELECT count(*) / (SELECT sum(customers) FROM bank_day) FROM (SELECT DISTINCT
            user_id, d FROM acted WHERE user_id IS NOT NULL)""", 0.055, 0.11),
        ("""SELECT avg(n) FROM (SELECT count(*) AS n FROM acted WHERE user_id IS NOT NULL
            GROUP BY user_id, d)""", 5, 8.5),
        ("""SELECT sum(t.a) / (SELECT sum(txn_amount_cny) FROM bank_day) FROM (SELECT
            sum(amount_cny) FILTER (status = 'success') AS a FROM txn) t""", 0.17, 0.25),
        ("SELECT avg(products) FROM user_month", 1.8, 2.4),
        ("SELECT sum(good_minutes) / sum(minutes) FROM api_interval", 0.999, 0.9999),
        ("SELECT avg((registered_at IS NOT NULL)::INT) FROM dim_user", 0.55, 0.7),
        ("""SELECT count(*) FILTER (resolved AND handled_by = 'ai') / count(*) FILTER
            (handled_by <> 'human') FROM service_session""", 0.60, 0.75),
        ("""SELECT count(*) FILTER (action = 'task_finish') / count(*) FILTER (action =
            'task_start') FROM event""", 0.65, 0.85),
    ],
)  # fmt: skip
def test_levels_are_plausible(bank: Bank, query: str, low: float, high: float) -> None:
    assert low <= bank.one(query) <= high


def test_tiers_have_different_habits(bank: Bank) -> None:
    days = bank.ask("""
        WITH a AS (SELECT user_id, count(DISTINCT d) AS n FROM acted GROUP BY 1),
        t AS (SELECT user_id, tier FROM user_month WHERE month = (SELECT max(month) FROM
        user_month))
        SELECT tier, avg(n) AS n FROM a JOIN t USING (user_id) GROUP BY 1""").set_index("tier")["n"]
    assert days["wealth"] > 1.1 * days["basic"]


def test_fraud_is_judged_later(bank: Bank) -> None:
    assert bank.one("SELECT count(*) FROM txn WHERE judged_at <= occurred_at") == 0
    assert bank.one("SELECT count(*) FROM txn WHERE (fraud IS NULL) <> (judged_at IS NULL)") == 0
    assert bank.one("SELECT count(*) FROM txn WHERE fraud IS NULL") > 0


def test_money_is_split_near_forty_thirty_thirty(bank: Bank) -> None:
    shares = bank.ask(
        "SELECT category, sum(spent_cny)::DOUBLE AS s FROM spend GROUP BY 1"
    ).set_index("category")["s"]
    shares = shares / shares.drop("reserve").sum()
    assert shares["technology"] == approx(0.4, abs=0.04)
    assert shares["operations"] == approx(0.3, abs=0.04)
    assert shares["data_risk"] == approx(0.3, abs=0.04)
