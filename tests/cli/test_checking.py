"""check: what it finds, what it only mentions, and its exit codes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from data.engines import Warehouse, open_warehouse
from metrics.checks import NEEDED
from tests.cli.conftest import Ran, Run
from tests.conftest import DemoBank


@pytest.fixture
def own_bank(demo_bank: DemoBank, tmp_path: Path) -> Iterator[Warehouse]:
    """A copy of the demo bank that a test may spoil."""
    shutil.copytree(demo_bank.folder, tmp_path / "lake")
    warehouse = open_warehouse(f"ducklake:///{tmp_path / 'lake'}")
    yield warehouse
    warehouse.engine.dispose()


def spoil(warehouse: Warehouse, *statements: str) -> None:
    with warehouse.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))


def problems(ran: Ran) -> dict[str, str]:
    return {one["about"]: one["en"] for one in ran.json["findings"] if one["problem"]}


def checked(run: Run, bank: DemoBank, warehouse: Warehouse) -> Ran:
    today = bank.until + timedelta(days=1)
    return run("check", "--today", today, "--warehouse", warehouse.url, "--json")


def test_a_fresh_bank_is_in_order(on_bank: Run, demo_bank: DemoBank) -> None:
    ran = on_bank("check", "--today", demo_bank.until + timedelta(days=1), "--json")
    assert (problems(ran), ran.code, ran.json["ok"]) == ({}, 0, True)


def test_days_that_do_not_come_are_missed(on_bank: Run, demo_bank: DemoBank) -> None:
    allowed = on_bank("check", "--today", demo_bank.until + timedelta(days=3), "--json")
    late = on_bank("check", "--today", demo_bank.until + timedelta(days=4), "--json")
    assert (allowed.code, late.code) == (0, 1)
    assert problems(late)["event"] == "complete until 2026-11-10, 3 days behind"
    assert "user_month" not in problems(late)


def test_a_month_end_that_does_not_come_is_missed(on_bank: Run) -> None:
    in_time = on_bank("check", "--today", "2026-12-03", "--json")
    late = on_bank("check", "--today", "2026-12-04", "--json")
    assert "user_month" not in problems(in_time)
    assert "complete until 2026-10-31" in problems(late)["user_month"]


def test_findings_are_told_in_the_readers_language(on_bank: Run) -> None:
    assert "数据截至 2026-11-10" in on_bank("check", "--today", "2026-12-24", "--lang", "zh").out
    assert "days behind" in on_bank("check", "--today", "2026-12-24", "--lang", "en").out


def test_a_missing_column_is_found(run: Run, demo_bank: DemoBank, own_bank: Warehouse) -> None:
    spoil(own_bank, "ALTER TABLE txn DROP COLUMN fee_cny", "ALTER TABLE txn DROP COLUMN risky")
    ran = checked(run, demo_bank, own_bank)
    assert (ran.code, problems(ran)) == (1, {"txn": "missing columns: fee_cny, risky"})


def test_a_missing_table_is_found(run: Run, demo_bank: DemoBank, own_bank: Warehouse) -> None:
    spoil(own_bank, "DROP TABLE dim_module")
    ran = checked(run, demo_bank, own_bank)
    assert (ran.code, problems(ran)) == (1, {"dim_module": "the table is missing"})


def test_a_gap_is_found(run: Run, demo_bank: DemoBank, own_bank: Warehouse) -> None:
    spoil(own_bank, "DELETE FROM load_coverage WHERE \"table\" = 'event' AND day = '2026-11-04'")
    run("refresh", "--warehouse", own_bank.url)
    ran = checked(run, demo_bank, own_bank)
    assert problems(ran) == {"event": "1 days missing from 2026-10-11 to 2026-11-10"}


def test_points_older_than_their_definitions_are_found(
    run: Run, demo_bank: DemoBank, own_bank: Warehouse
) -> None:
    spoil(own_bank, "UPDATE kept_refresh SET declarations = 'of another day'")
    ran = checked(run, demo_bank, own_bank)
    assert "run `refresh`" in problems(ran)["declarations"]


def test_loads_that_are_not_in_the_points_are_found(
    run: Run, demo_bank: DemoBank, own_bank: Warehouse, tmp_path: Path
) -> None:
    file = tmp_path / "dim_branch.csv"
    file.write_text(
        "branch_id,level,name_zh,name_en,valid_from\nB99,网点,新网点,New outlet,east\n"
        "B98,网点,新网点,New outlet,2020-01-01\n",
        encoding="utf-8",
    )
    assert run("load", file, "--warehouse", own_bank.url).code == 0
    ran = checked(run, demo_bank, own_bank)
    assert problems(ran) == {"loads": "1 loads are not in the daily points: run `refresh`"}
    notes = [one for one in ran.json["findings"] if not one["problem"]]
    assert [(one["about"], one["en"]) for one in notes] == [("dim_branch", "1 rows in quarantine")]


def test_tables_that_never_came_are_only_mentioned_with_what_they_feed(
    run: Run, demo_bank: DemoBank, own_bank: Warehouse
) -> None:
    spoil(own_bank, "DELETE FROM load_coverage WHERE \"table\" = 'survey'", "DELETE FROM survey")
    run("refresh", "--warehouse", own_bank.url)
    ran = checked(run, demo_bank, own_bank)
    assert ran.code == 0
    notes = {one["about"]: one["en"] for one in ran.json["findings"]}
    assert notes == {"survey": "not loaded; without data: nps, csat"}


def test_an_empty_warehouse_is_told_to_be_one(run: Run, tmp_path: Path) -> None:
    url = f"ducklake:///{tmp_path / 'lake'}"
    with open_warehouse(url).writing() as connection:
        connection.execute(text("CREATE TABLE strange (x INTEGER)"))
    ran = run("check", "--warehouse", url, "--json")
    assert ran.code == 1
    assert set(problems(ran)) == {*NEEDED, "kept_refresh"}


def test_a_broken_audit_chain_is_found(on_bank: Run, demo_bank: DemoBank, tmp_path: Path) -> None:
    from sqlalchemy import create_engine

    state = f"sqlite:///{tmp_path / 'state.sqlite'}"
    assert on_bank("close", "2026-09", "--state", state).code == 0
    engine = create_engine(state)
    with engine.begin() as connection:
        triggers = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).scalars()
        for name in list(triggers):
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE audit SET who = 'somebody else'"))
    engine.dispose()
    today = demo_bank.until + timedelta(days=1)
    ran = on_bank("check", "--today", today, "--state", state, "--json")
    assert ran.code == 1
    assert "audit" in problems(ran)
