"""What users did after their exposure: each number against the same rules worked out by pandas."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Connection, create_engine, event, make_url, text

from data.engines import Warehouse, open_warehouse
from data.experiments import measure
from data.experiments.exposed import (
    anomalies,
    experiments_seen,
    first_and_last_exposure,
)
from data.experiments.measure import Measured, columns_of, last_ripe_day
from data.points.read import Store
from data.slice import Rights, Slice, SliceError
from tests.data.experiments.bank import (
    ENDS,
    METRICS,
    PLAN,
    START,
    UNTIL,
    WINDOW,
    Facts,
    expected,
    facts,
    fill,
)

SERVER = os.environ.get("CANOPY_TEST_POSTGRES")
NO_SERVER = "CANOPY_TEST_POSTGRES is unset: no PostgreSQL server to compare with"
ENGINES = [
    "duckdb",
    pytest.param("postgresql", marks=pytest.mark.skipif(not SERVER, reason=NO_SERVER)),
]
EVERYBODY = Slice.of("2026-05")
ASKED = Measured("X1", PLAN, UNTIL)
NAMES = tuple(dict.fromkeys(name for one in METRICS for name in columns_of(one)))


@pytest.fixture(scope="module")
def rows() -> Facts:
    return facts()


@pytest.fixture(scope="module")
def users(rows: Facts) -> pd.DataFrame:
    return expected(rows)


@pytest.fixture(scope="module", params=ENGINES)
def bank(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, rows: Facts
) -> Iterator[tuple[Warehouse, Store]]:
    """The facts in a warehouse of each engine."""
    if request.param == "duckdb":
        warehouse = open_warehouse(f"ducklake:///{tmp_path_factory.mktemp('trial')}/lake")
        yield warehouse, fill(warehouse, rows)
        warehouse.engine.dispose()
        return
    url, name = make_url(SERVER or ""), f"canopy_trial_{uuid4().hex[:8]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    warehouse = open_warehouse(url.set(database=name).render_as_string(hide_password=False))
    store = fill(warehouse, rows)
    with warehouse.writing() as connection:
        connection.execute(text("ANALYZE"))
    yield warehouse, store
    warehouse.engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()


@pytest.fixture
def connection(bank: tuple[Warehouse, Store]) -> Iterator[Connection]:
    with bank[0].reading() as connection:
        yield connection


@pytest.fixture
def store(bank: tuple[Warehouse, Store]) -> Store:
    return bank[1]


def held_against(found: pd.DataFrame, users: pd.DataFrame, keys: list[str]) -> None:
    """Counts, means, extremes and centred products of every group."""
    groups = dict(iter(users.groupby(keys)))
    told = {tuple(row[key] for key in keys): row for _, row in found.iterrows()}
    assert set(told) == set(groups)
    for key, own in groups.items():
        row = told[key]
        assert (row["users"], row["late"]) == (len(own), own["late"].sum())
        for name in NAMES:
            assert row[f"mean__{name}"] == pytest.approx(own[name].mean(), rel=1e-9, abs=1e-9)
            assert row[f"lowest__{name}"] == pytest.approx(own[name].min(), rel=1e-9)
            assert row[f"nonzero__{name}"] == (own[name] != 0).sum()
        for one, other in (
            ("paid", "paid_before"), ("amount", "amount"), ("amount", "amount_before"),
            ("amount", "known_before"), ("fees", "fees_over"), ("fees_over", "fees_over_before"),
            ("capped", "capped"), ("happy", "happy"), ("short", "short"),
        ):  # fmt: skip
            centred = (own[one] - own[one].mean()) * (own[other] - own[other].mean())
            # Relative to the sizes at hand: amounts are near 1e7 a piece.
            size = len(own) * (own[one].std(ddof=0) * own[other].std(ddof=0) + 1e-12)
            assert abs(row[f"product__{one}__{other}"] - centred.sum()) <= 1e-8 * max(size, 1e-6)


def test_moments_by_arm_and_day_are_those_of_pandas(
    connection: Connection, store: Store, users: pd.DataFrame
) -> None:
    held_against(measure.moments(connection, store, EVERYBODY, ASKED), users, ["arm", "day"])


@pytest.mark.parametrize("by", ["tier", "channel", "branch", "age_band"])
def test_parts_of_a_dimension_add_up_to_the_whole(
    connection: Connection, store: Store, users: pd.DataFrame, by: str
) -> None:
    found = measure.moments(connection, store, EVERYBODY, ASKED, by)
    assert len(set(found["part"])) > 1
    if by == "branch":
        own = users.assign(part=users["branch"].map({"B1": "N", "B2": "N", "B3": "B3"}))
        held_against(found, own, ["arm", "day", "part"])
    total = (found["users"] * found["mean__amount"]).sum()
    assert total == pytest.approx(users["amount"].sum(), rel=1e-9)
    assert found["users"].sum() == len(users)


def test_a_reader_of_a_branch_sees_its_users_only(
    connection: Connection, store: Store, users: pd.DataFrame
) -> None:
    own = users[users["branch"] == "B3"]
    for about in (
        Slice.of("2026-05", branch="B3"),
        replace(EVERYBODY, rights=Rights(subtree="B3")),
    ):
        found = measure.moments(connection, store, about, ASKED)
        assert found["users"].sum() == len(own)
        assert anomalies(connection, store, about, ASKED.exposed).users < 100
    outside = replace(Slice.of("2026-05", branch="B1"), rights=Rights(subtree="B3"))
    with pytest.raises(SliceError, match="outside what you may see"):
        measure.moments(connection, store, outside, ASKED)
    with pytest.raises(SliceError, match="cannot be split by 'colour'"):
        measure.moments(connection, store, EVERYBODY, ASKED, "colour")


def test_a_segment_filter_holds_on_the_day_of_the_exposure(
    connection: Connection, store: Store, users: pd.DataFrame
) -> None:
    found = measure.moments(connection, store, Slice.of("2026-05", channel=("ad",)), ASKED)
    odd = users["user_id"].str[1:].astype(int) % 2 == 1
    assert found["users"].sum() == odd.sum()


def test_what_is_odd_is_counted_once_and_left_out(
    connection: Connection, store: Store, rows: Facts, users: pd.DataFrame
) -> None:
    found = anomalies(connection, store, EVERYBODY, ASKED.exposed)
    own = rows.frames["exposure"]
    own = own[own["experiment_id"] == "X1"]
    arms = own.groupby("user_id")["variant"].agg(["nunique", "min", "size"])
    assert found.users == len(arms)
    assert found.crossed == (arms["nunique"] > 1).sum()
    single = arms[arms["nunique"] == 1]
    assert found.unplanned == (("C", int((single["min"] == "C").sum())),)
    kept = single.loc[users["user_id"]]
    assert found.repeated == (kept["size"] > 1).sum()
    assert found.outside > 0
    assert found.unregistered > 0
    left_out = found.crossed + found.outside + found.unregistered + found.unplanned[0][1]
    assert found.users - left_out == len(users)


def test_values_of_a_quantile_are_those_of_ripe_users(
    connection: Connection, store: Store, users: pd.DataFrame
) -> None:
    found = measure.values(connection, store, EVERYBODY, ASKED)
    ripe = users[users["day"] <= UNTIL - timedelta(days=WINDOW)]
    for arm, own in ripe.groupby("arm"):
        mine = found[found["arm"] == arm]
        told = np.repeat(mine["value"].to_numpy(float), mine["users"].to_numpy(int))
        assert np.sort(told) == pytest.approx(np.sort(own["amount"].to_numpy()), rel=1e-12)


def test_a_large_sample_is_thinned_the_same_way_everywhere(
    connection: Connection, store: Store, users: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "MOST_VALUES", 60)
    taken = measure.values(connection, store, EVERYBODY, ASKED)["users"].sum()
    again = measure.values(connection, store, EVERYBODY, ASKED)["users"].sum()
    assert taken == again
    assert 30 < taken < 100 < len(users)


def test_single_days_since_the_exposure_add_up_to_the_window(
    connection: Connection, store: Store, users: pd.DataFrame
) -> None:
    found = measure.by_age(connection, store, EVERYBODY, ASKED)
    assert found["age"].between(0, WINDOW - 1).all()
    ripe = users[users["day"] <= UNTIL - timedelta(days=WINDOW)]
    for arm, own in ripe.groupby("arm"):
        mine = found[found["arm"] == arm]
        assert (mine["users"] * mine["mean__amount"]).sum() == pytest.approx(own["amount"].sum())
        first = mine[mine["age"] < 3]
        assert (first["users"] * first["mean__short"]).sum() == own["short"].sum()
        later = mine[mine["age"] >= 3]
        assert (later["mean__short"] == 0).all()  # its own window is over


def test_users_count_when_the_longest_window_has_ended(store: Store) -> None:
    assert last_ripe_day(store, ASKED) == UNTIL - timedelta(days=WINDOW)
    slow = replace(METRICS[3], id="fraud", point="txn_fraud", over="txn_judged", covariate=False)
    late = replace(ASKED, plan=replace(PLAN, metrics=(*METRICS, slow)))
    assert last_ripe_day(store, late) == UNTIL - timedelta(days=WINDOW + 30)


def test_each_fact_is_read_by_one_statement(connection: Connection, store: Store) -> None:
    said: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(connection.engine, "before_cursor_execute", hear)
    try:
        measure.moments(connection, store, EVERYBODY, ASKED)
    finally:
        event.remove(connection.engine, "before_cursor_execute", hear)
    facts_read = [one for one in said if "FROM txn" in one]
    assert len(facts_read) == 1
    assert facts_read[0].count("FROM txn") == 1
    assert facts_read[0].count("FROM survey") == 1


def test_the_days_of_an_experiment_are_known(connection: Connection, store: Store) -> None:
    assert experiments_seen(connection) == ["X1", "X2"]
    found = first_and_last_exposure(connection, store, "X1")
    assert found is not None
    assert found[0] == START - timedelta(days=2)
    assert ENDS - timedelta(days=2) <= found[1] <= ENDS + timedelta(days=1)
    assert first_and_last_exposure(connection, store, "none") is None


def test_an_experiment_without_anybody_is_empty(connection: Connection, store: Store) -> None:
    later = replace(PLAN, starts_on=date(2026, 6, 1), ends_on=None)
    found = measure.moments(connection, store, EVERYBODY, Measured("X1", later, UNTIL))
    assert found.empty
    assert measure.by_age(connection, store, EVERYBODY, Measured("X9", PLAN, UNTIL)).empty
