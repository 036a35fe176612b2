"""erase: a customer is gone from facts and from what is kept of customers; aggregates stay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.contract import CONTRACT
from data.engines import Warehouse, open_warehouse
from data.points.tables import KEPT_USER, OF_USERS, USER_DAY, VISITOR
from data.state import open_state
from data.state.audit import audit_entries, verify_audit
from tests.cli.conftest import Ran, command

SMALL = ("--users", "300", "--days", "120", "--until", "2026-10-31")
EVENT, USER = CONTRACT.tables["event"], CONTRACT.tables["dim_user"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Options of a demo bank of its own."""
    folder = tmp_path_factory.mktemp("erased")
    options = ("--warehouse", f"ducklake:///{folder}/lake", "--state", f"sqlite:///{folder}/s.db")
    assert command("demo", *SMALL, *options).code == 0
    return options


def warehouse(options: tuple[str, ...]) -> Warehouse:
    return open_warehouse(options[1], read_only=True)


def known_devices(options: tuple[str, ...]) -> dict[str, str]:
    """By user who is active and was referred or not: a device seen before he registered."""
    seen = select(EVENT.c.user_id, EVENT.c.visitor_id).join(
        VISITOR, VISITOR.c.visitor_id == EVENT.c.visitor_id
    )
    with warehouse(options).reading() as connection:
        found = connection.execute(seen.where(EVENT.c.user_id.is_not(None)).distinct()).all()
    return {row.user_id: row.visitor_id for row in found}


def rows_of(options: tuple[str, ...], user: str, device: str) -> dict[str, int]:
    """Rows of a user by table, contract and kept."""
    tables = [table for table in (*CONTRACT.sorted_tables, *OF_USERS) if "user_id" in table.c]
    with warehouse(options).reading() as connection:
        found = {
            table.name: connection.execute(
                select(func.count()).select_from(table).where(table.c.user_id == user)
            ).scalar_one()
            for table in tables
        }
        of_device = select(func.count()).select_from(VISITOR).where(VISITOR.c.visitor_id == device)
        found[VISITOR.name] = connection.execute(of_device).scalar_one()
        for table in (USER, KEPT_USER):
            referred = select(func.count()).select_from(table).where(table.c.referred_by == user)
            found[f"referred of {table.name}"] = connection.execute(referred).scalar_one()
    return found


def value(options: tuple[str, ...], indicator: str) -> float:
    found = command("value", indicator, "--period", "2026-10", *options, "--json")
    assert found.code == 0, found.err
    return float(found.json["rows"][0]["value"])


def test_an_erased_customer_is_nowhere_and_the_numbers_stay(
    made: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANOPY_USER", "dpo")
    user, device = next(iter(known_devices(made).items()))
    before = rows_of(made, user, device)
    assert before["event"] and before[USER_DAY.name] and before[KEPT_USER.name]
    assert before[VISITOR.name]
    mau = value(made, "mau")
    done: Ran = command("erase", "--user", user, "--reason", "request 17", *made, "--json")
    assert done.code == 0, done.err
    told = done.json
    assert told["users"] == 1 and told["rows"]["event"] >= before["event"]
    assert not any(rows_of(made, user, device).values())
    assert value(made, "mau") == mau
    assert command("refresh", *made).code == 0
    assert value(made, "mau") == mau
    with open_state(made[3]) as state:
        entry = next(one for one in audit_entries(state) if one.action == "erase_customers")
        assert verify_audit(state).sound
    assert entry.who == "dpo" and user not in entry.detail
    assert json.loads(entry.detail)["reason"] == "request 17"


def test_a_file_has_an_id_a_line(made: tuple[str, ...], tmp_path: Path) -> None:
    users = sorted(known_devices(made))[:2]
    file = tmp_path / "customers.csv"
    file.write_text("\ufeffuser_id\n" + "\n\n".join(users) + "\n", encoding="utf-8")
    done = command("erase", file, "--reason", "retention", *made, "--json")
    assert done.code == 0, done.err
    assert done.json["users"] == 2
    assert not any(rows_of(made, users[0], "none").values())


def test_nobody_is_erased_without_a_name_and_a_reason(made: tuple[str, ...]) -> None:
    for arguments in (("--reason", "r"), ("--user", "U1", "--reason", " "), ("--user", "U1")):
        assert command("erase", *arguments, *made).code == 2
