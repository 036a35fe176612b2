"""Opening, migrating, locking and losing power."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from data.state import State, StateError, audit_entries, database, log, open_state, verify_audit
from data.state.tables import METADATA

ROOT = Path(__file__).parents[3]


def run(script: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=ROOT)


def test_metadata_and_migrations_agree(state: State) -> None:
    with state.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        checks = {
            (table.name, str(check["name"]))
            for table in METADATA.sorted_tables
            for check in inspect(connection).get_check_constraints(table.name)
        }
    declared = {
        (table.name, str(constraint.name))
        for table in METADATA.sorted_tables
        for constraint in table.constraints
        if str(constraint.name).startswith("ck_")
    }
    assert len(declared) > 10
    assert checks == declared


def test_opening_twice_keeps_what_is_there(url: str) -> None:
    with open_state(url) as first:
        log(first, who="li", action="test", on="thing", detail={})
    with open_state(url) as second:
        assert len(audit_entries(second)) == 1


def test_processes_starting_at_once_migrate_once(fresh_url: str) -> None:
    script = (
        "import sys; from data.state import log, open_state\n"
        "with open_state(sys.argv[1]) as s: log(s, who='p', action='start', on='x', detail={})"
    )
    started = [run(script, fresh_url) for _ in range(4)]
    assert [process.wait(60) for process in started] == [0, 0, 0, 0]
    with open_state(fresh_url) as state:
        assert verify_audit(state).entries == 4
        with state.reading() as connection:
            assert len(connection.execute(text("SELECT * FROM alembic_version")).all()) == 1


def test_threads_starting_at_once_migrate_once(fresh_url: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(open_state, [fresh_url] * 4))
    for state in opened:
        log(state, who="p", action="start", on="x", detail={})
    assert verify_audit(opened[0]).entries == 4
    for state in opened:
        state.close()


def test_database_of_a_newer_canopy_is_refused(url: str) -> None:
    with open_state(url) as state, state.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StateError, match=r"newer Canopy \(revision 9999, this .* up to \d{4}"):
        open_state(url)


@pytest.mark.parametrize("bad", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense"])
def test_unknown_urls_are_refused_with_what_is_expected(bad: str) -> None:
    with pytest.raises(StateError, match=r"expected sqlite:///FILE or postgresql\+psycopg"):
        open_state(bad)


def test_a_password_is_never_shown() -> None:
    url = "postgresql+psycopg://canopy:geheim@127.0.0.1:1/none"
    with pytest.raises(StateError) as caught:
        open_state(url)
    assert "geheim" not in str(caught.value)
    assert "***" in str(caught.value)


def test_something_else_than_a_database_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no database at all, but long enough to look like a header page\n" * 40)
    before = file.read_bytes()
    with pytest.raises(StateError, match="no readable state database"):
        open_state(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_sqlite_file_is_private_and_uses_the_rollback_journal(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "100 % 存档" / "state.db"
    with open_state(f"sqlite:///{quote(str(file))}") as state, state.reading() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "recursive_triggers")
        }
    assert found == {
        "journal_mode": "delete", "foreign_keys": 1, "synchronous": 3, "recursive_triggers": 1,
    }  # fmt: skip
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="cannot be made"):
        open_state(f"sqlite:///{tmp_path}/file/state.db")


def test_a_busy_database_is_said_and_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT_S", 0)
    with open_state(f"sqlite:///{tmp_path}/state.db") as state:
        other = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StateError, match="busy"):
            log(state, who="li", action="test", on="thing", detail={})
        other.execute("ROLLBACK")
        other.close()
        assert audit_entries(state) == ()


def test_a_failing_change_leaves_nothing_behind(state: State) -> None:
    with pytest.raises(ZeroDivisionError), state.writing() as connection:
        connection.execute(text("INSERT INTO note (text, author, created_at, indicator) "
                                "VALUES ('x', 'li', '2026-01-01 00:00:00', 'mau')"))  # fmt: skip
        _ = 1 / 0
    with state.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM note")).scalar() == 0


def test_reading_sees_one_moment(state: State) -> None:
    if state.engine.dialect.name == "sqlite":
        pytest.skip("SQLite's rollback journal makes the writer wait for readers instead")
    with state.reading() as connection:
        before = connection.execute(text("SELECT count(*) FROM audit")).scalar()
        log(state, who="li", action="test", on="thing", detail={})
        assert connection.execute(text("SELECT count(*) FROM audit")).scalar() == before


def test_killed_at_any_moment_it_keeps_whole_changes(url: str) -> None:
    script = (
        "import sys; from datetime import date; from decimal import Decimal\n"
        "from data.state import draft_weights, open_state\n"
        "s = open_state(sys.argv[1])\n"
        "for n in range(100000):\n"
        "    draft_weights(s, {str(k): Decimal(1) for k in range(100)}, name_zh='甲', name_en='A',"
        " author='li', reason='r', effective_from=date(2026, 1, 1))\n"
    )
    for pause in (0.02, 0.11, 0.23):
        process = run(script, url)
        grown(url, process)
        time.sleep(pause)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
        with open_state(url) as state, state.reading() as connection:
            sets, weights, links = (
                connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                for table in ("weight_set", "weight", "audit")
            )
            assert (weights, links) == (100 * sets, sets)
            assert sound(url)


def sound(url: str) -> bool:
    with open_state(url) as state:
        return verify_audit(state).sound


def grown(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the process has written something."""
    with open_state(url) as state:
        before = len(audit_entries(state))
        for _ in range(500):
            if len(audit_entries(state)) > before:
                return
            assert process.poll() is None
            time.sleep(0.02)
    raise AssertionError("the writer has not written within 10 s")


def test_a_file_that_is_gone_or_replaced_is_noticed(tmp_path: Path) -> None:
    file, other = tmp_path / "state.db", tmp_path / "backup.db"
    with open_state(f"sqlite:///{other}") as backup:
        log(backup, who="li", action="test", on="kept", detail={})
    with open_state(f"sqlite:///{file}") as state:
        log(state, who="li", action="test", on="lost", detail={})
        file.unlink()
        with pytest.raises(StateError, match=r"is gone: put it back"):
            log(state, who="li", action="test", on="nowhere", detail={})
        assert not file.exists()
        other.rename(file)
        log(state, who="li", action="test", on="after", detail={})
        assert [entry.object for entry in audit_entries(state)] == ["kept", "after"]
