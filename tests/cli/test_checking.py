"""check: exit codes, languages, JSON. What it finds is tried in tests/metrics/test_checks.py."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

from data.state import add_note, open_state
from tests.cli.conftest import Ran, Run
from tests.conftest import DemoBank


def problems(ran: Ran) -> set[str]:
    return {one["about"] for one in ran.json["findings"] if one["problem"]}


def test_a_fresh_bank_is_in_order(on_bank: Run, demo_bank: DemoBank) -> None:
    ran = on_bank("check", "--today", demo_bank.until + timedelta(days=1), "--json")
    assert (problems(ran), ran.code, ran.json["ok"]) == (set(), 0, True)


def test_a_late_bank_is_not_and_says_so_in_the_readers_language(on_bank: Run) -> None:
    ran = on_bank("check", "--today", "2026-12-24", "--lang", "zh")
    assert ran.code == 1
    assert "数据截至 2026-11-10，滞后 43 天" in ran.out
    assert ran.out.splitlines()[-1].endswith("个问题")


def test_an_audit_log_that_was_altered_is_found(on_bank: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'altered.sqlite'}"
    with open_state(url) as state:
        add_note(state, "why so high?", author="li", indicator="mau")
    engine = create_engine(url)
    with engine.begin() as connection:
        named = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in list(connection.execute(named).scalars()):
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE audit SET who = 'somebody else'"))
    engine.dispose()
    ran = on_bank("check", "--today", date(2026, 11, 11), "--state", url, "--json")
    assert (ran.code, problems(ran)) == (1, {"audit"})
