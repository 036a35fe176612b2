"""What the checks find in a warehouse, and what they only mention."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from data.engines import Warehouse, open_warehouse
from data.ingest import load
from data.points.coverage import build_coverage
from data.settings import Settings, read_settings
from metrics.checks import NEEDED, Finding, check_warehouse, tables_used
from metrics.cockpit import Definitions, load_definitions
from tests.conftest import DemoBank

Check = Callable[[Warehouse, date], tuple[Finding, ...]]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return read_settings(environment={})


@pytest.fixture(scope="module")
def definitions(settings: Settings) -> Definitions:
    return load_definitions(settings)


@pytest.fixture(scope="module")
def check(settings: Settings, definitions: Definitions) -> Check:
    return lambda warehouse, today: check_warehouse(warehouse, settings, definitions, today)


@pytest.fixture
def own_bank(demo_bank: DemoBank, tmp_path: Path) -> Iterator[Warehouse]:
    """A copy of the demo bank that a test may spoil."""
    shutil.copytree(demo_bank.folder, tmp_path / "lake")
    warehouse = open_warehouse(f"ducklake:///{tmp_path / 'lake'}")
    yield warehouse
    warehouse.engine.dispose()


@pytest.fixture(scope="module")
def bank(demo_bank: DemoBank) -> Iterator[Warehouse]:
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    yield warehouse
    warehouse.engine.dispose()


def spoil(warehouse: Warehouse, *statements: str) -> None:
    with warehouse.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))
        build_coverage(connection)


def told(findings: tuple[Finding, ...], *, problem: bool = True) -> dict[str, str]:
    return {one.about: one.en for one in findings if one.problem is problem}


@pytest.fixture
def today(demo_bank: DemoBank) -> date:
    return demo_bank.until + timedelta(days=1)


def test_a_fresh_bank_is_in_order(check: Check, bank: Warehouse, today: date) -> None:
    assert check(bank, today) == ()


def test_days_that_do_not_come_are_missed(check: Check, bank: Warehouse, today: date) -> None:
    assert check(bank, today + timedelta(days=2)) == ()
    late = told(check(bank, today + timedelta(days=3)))
    assert late["event"] == "complete until 2026-11-10, 3 days behind"
    assert "user_month" not in late


def test_a_month_end_that_does_not_come_is_missed(check: Check, bank: Warehouse) -> None:
    assert "user_month" not in told(check(bank, date(2026, 12, 3)))
    late = told(check(bank, date(2026, 12, 4)))
    assert late["user_month"] == "complete until 2026-10-31, 33 days behind"


def test_every_missing_column_of_a_table_is_named(
    check: Check, own_bank: Warehouse, today: date
) -> None:
    spoil(own_bank, "ALTER TABLE txn DROP COLUMN fee_cny", "ALTER TABLE txn DROP COLUMN risky")
    assert told(check(own_bank, today)) == {"txn": "missing columns: fee_cny, risky"}


def test_a_missing_table_is_found(check: Check, own_bank: Warehouse, today: date) -> None:
    with own_bank.writing() as connection:
        connection.execute(text("DROP TABLE dim_module"))
    assert told(check(own_bank, today)) == {"dim_module": "the table is missing"}


def test_a_gap_is_found(check: Check, own_bank: Warehouse, today: date) -> None:
    spoil(own_bank, "DELETE FROM load_coverage WHERE \"table\" = 'event' AND day = '2026-11-04'")
    assert told(check(own_bank, today)) == {"event": "1 days missing from 2026-10-11 to 2026-11-10"}


def test_points_of_other_declarations_are_found(
    check: Check, own_bank: Warehouse, today: date
) -> None:
    spoil(own_bank, "UPDATE kept_refresh SET declarations = 'of another day'")
    assert "run `refresh`" in told(check(own_bank, today))["declarations"]


def test_loads_that_are_not_in_the_points_are_found(
    check: Check, own_bank: Warehouse, today: date, tmp_path: Path
) -> None:
    file = tmp_path / "dim_branch.csv"
    head = "branch_id,level,name_zh,name_en,valid_from"
    rows = ("B99,网点,新网点,New outlet,east", "B98,网点,新网点,New outlet,2020-01-01")
    file.write_text("\n".join([head, *rows]), encoding="utf-8")
    load(own_bank, [file], zone="Asia/Shanghai", who="li")
    found = check(own_bank, today)
    assert told(found) == {"loads": "1 loads are not in the daily points: run `refresh`"}
    assert told(found, problem=False) == {"dim_branch": "1 rows in quarantine"}


def test_tables_that_never_came_are_only_mentioned_with_what_they_feed(
    check: Check, own_bank: Warehouse, today: date
) -> None:
    spoil(own_bank, "DELETE FROM load_coverage WHERE \"table\" = 'survey'")
    found = check(own_bank, today)
    assert told(found) == {}
    assert told(found, problem=False) == {"survey": "not loaded; without data: nps, csat"}


def test_an_empty_warehouse_is_told_to_be_one(check: Check, tmp_path: Path, today: date) -> None:
    warehouse = open_warehouse(f"ducklake:///{tmp_path / 'lake'}")
    with warehouse.writing() as connection:
        connection.execute(text("CREATE TABLE strange (x INTEGER)"))
    assert set(told(check(warehouse, today))) == {*NEEDED, "kept_refresh"}


def test_every_finding_is_in_both_languages(check: Check, bank: Warehouse) -> None:
    for one in check(bank, date(2027, 1, 15)):
        assert one.words("zh") != one.words("en")


def test_every_indicator_needs_a_table_of_the_contract(definitions: Definitions) -> None:
    used = tables_used(definitions)
    named = {name for names in used.values() for name in names}
    assert named == set(definitions.tree.indicators)
    assert used["survey"] == ("nps", "csat")
