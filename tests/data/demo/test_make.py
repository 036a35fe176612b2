"""Writing a bank: repeatable, whole or not at all, and with its truth beside it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.contract import CONTRACT
from data.demo import DemoSettings, make_demo, read_truth
from data.engines import Warehouse, open_warehouse
from tests.data.demo.bank import UNTIL, Bank

TINY = DemoSettings(users=300, days=150, until=UNTIL)


def _counts(warehouse: Warehouse) -> dict[str, int]:
    with warehouse.reading() as connection:
        return {
            name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for name, table in CONTRACT.tables.items()
        }


def _digest(bank: Bank) -> str:
    digest = hashlib.sha256()
    for name in sorted(bank.tables):
        digest.update(bank.tables[name].to_pandas().to_csv().encode())
    return digest.hexdigest()


def test_the_same_settings_make_the_same_bank() -> None:
    assert _digest(Bank(TINY)) == _digest(Bank(TINY))
    assert _digest(Bank(TINY)) != _digest(Bank(replace(TINY, seed=8)))


def test_a_bank_replaces_the_one_before(tmp_path: Path) -> None:
    warehouse = open_warehouse(f"ducklake:///{tmp_path / 'lake'}")
    told: list[float] = []
    path = tmp_path / "out" / "truth.json"
    for _ in range(2):
        truth = make_demo(warehouse, TINY, lambda share, _what: told.append(share), path)
    assert _counts(warehouse) == truth.rows == Bank(TINY).truth.rows
    assert told[-1] == 1.0
    assert told[: len(told) // 2] == sorted(told[: len(told) // 2])
    assert read_truth(path) == truth
    warehouse.engine.dispose()


def test_a_bank_that_is_broken_off_leaves_the_old_one_whole(tmp_path: Path) -> None:
    warehouse = open_warehouse(f"ducklake:///{tmp_path / 'lake'}")
    path = tmp_path / "truth.json"
    truth = make_demo(warehouse, TINY, lambda _share, _what: None, path)

    def stop(share: float, _what: str) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(warehouse, replace(TINY, seed=9), stop, path)
    assert _counts(warehouse) == truth.rows
    assert read_truth(path).seed == TINY.seed
    warehouse.engine.dispose()


def test_a_file_that_is_no_truth_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="not a truth file"):
        read_truth(path)


@pytest.mark.parametrize(
    ("driver", "factor", "query"),
    [
        ("activity", 1.3, "SELECT count(*) FROM event"),
        ("acquisition", 2.0, """SELECT count(*) FROM dim_user WHERE registered_at > (SELECT
            min(occurred_at)
            FROM event)"""),
        ("activation", 2.0, """SELECT count(DISTINCT user_id) FROM event JOIN dim_user u USING
            (user_id) WHERE
            action = 'task_finish' AND occurred_at < u.registered_at + INTERVAL 1 HOUR"""),
        ("retention", 1.8, """SELECT count(*) FROM (SELECT DISTINCT user_id, d FROM acted)
            JOIN dim_user USING
            (user_id) WHERE d - CAST(registered_at + INTERVAL 8 HOUR AS DATE) IN (1, 7, 30)
            AND registered_at > (SELECT min(occurred_at) FROM event)"""),
        ("fraud", 3.0, "SELECT count(*) FROM txn WHERE fraud"),
        ("income", 1.5, "SELECT sum(fee_cny) FROM txn"),
        ("complaints", 4.0, "SELECT count(*) FROM complaint"),
        ("latency", 2.0, "SELECT sum(calls_le_5s) FROM api_interval"),
        ("downtime", 3.0, "SELECT sum(minutes - good_minutes) FROM api_interval"),
        ("spend", 1.5, "SELECT sum(spent_cny) FROM spend"),
    ],
)  # fmt: skip
def test_a_scenario_moves_what_it_names(driver: str, factor: float, query: str) -> None:
    usual = DemoSettings(users=1_500, days=150, until=UNTIL)
    base = Bank(usual).one(query)
    moved = Bank(replace(usual, scenario={driver: factor})).one(query)
    assert moved > (1 + 0.25 * (factor - 1)) * base


def test_a_scenario_that_changes_nothing_changes_no_byte() -> None:
    assert _digest(Bank(replace(TINY, scenario={"activity": 1.0}))) == _digest(Bank(TINY))


@pytest.mark.parametrize("until", [date(2026, 3, 1), date(2026, 2, 28), date(2026, 11, 29)])
def test_the_shortest_bank_ends_on_any_day(until: date) -> None:
    bank = Bank(DemoSettings(users=300, days=120, until=until))
    assert min(bank.truth.rows.values()) > 0
    assert set(bank.truth.rows) == set(CONTRACT.tables)
    assert len(bank.truth.effects) == 17


def test_another_zone_moves_the_moments_not_the_days() -> None:
    here, there = Bank(TINY), Bank(replace(TINY, zone="UTC"))
    shift = "SELECT epoch(min(start)) FROM api_interval"
    assert there.one(shift) - here.one(shift) == 8 * 3600
    assert there.tables["calendar_day"] == here.tables["calendar_day"]
