"""The chain: continued by every change, and broken by every tampering."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data.state import (
    AuditHead,
    Baseline,
    BaselineDraft,
    State,
    StateConflictError,
    StateRefusedError,
    WeightSet,
    audit_entries,
    audit_head,
    close_month,
    edit_weights,
    log,
    log_access,
    open_state,
    verify_audit,
    verify_published,
    weight_set,
)

ROOT = Path(__file__).parents[3]


def fill(state: State, links: int = 5) -> None:
    for number in range(links):
        log(state, who="li", action="test", on=f"thing:{number}", detail={"字": number})


def altered(folder: Path, *statements: str) -> State:
    """A state of five links, changed behind its back with the guards taken away."""
    with open_state(f"sqlite:///{folder}/state.db") as state:
        fill(state)
    raw = sqlite3.connect(folder / "state.db")
    for happening in ("update", "delete", "next"):
        raw.execute(f"DROP TRIGGER guard_audit_{happening}")
    for statement in statements:
        raw.execute(statement)
    raw.commit()
    raw.close()
    return open_state(f"sqlite:///{folder}/state.db")


def test_a_sound_chain(state: State) -> None:
    assert verify_audit(state).head == AuditHead(0, "0" * 64)
    fill(state)
    check = verify_audit(state, expected=audit_head(state))
    assert (check.sound, check.entries, check.head.seq) == (True, 5, 5)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET at = '2020-01-01T00:00:00.000000' WHERE seq = 3", 3),
        ("UPDATE audit SET who = 'wang' WHERE seq = 3", 3),
        ("UPDATE audit SET action = 'other' WHERE seq = 1", 1),
        ("UPDATE audit SET object = 'other' WHERE seq = 5", 5),
        ("UPDATE audit SET detail = '{}' WHERE seq = 3", 3),
        ("UPDATE audit SET detail = x'00ff' WHERE seq = 3", 3),
        ("UPDATE audit SET hash = previous_hash WHERE seq = 3", 3),
        ("UPDATE audit SET previous_hash = hash WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("UPDATE audit SET seq = 9 WHERE seq = 5", 5),
    ],
)
def test_tampering_is_found_at_its_link(tmp_path: Path, statement: str, broken: int) -> None:
    with altered(tmp_path, statement) as state:
        check = verify_audit(state)
        assert (check.sound, check.broken_seq, check.entries) == (False, broken, broken - 1)
        assert check.reason


def test_a_rewritten_link_with_a_fitting_hash_breaks_the_next(tmp_path: Path) -> None:
    from data.state.checks import canonical_json, digest

    with open_state(f"sqlite:///{tmp_path}/state.db") as state:
        fill(state, 1)
        first = audit_entries(state)[0]
    at = first.at.isoformat(timespec="microseconds")
    forged = digest(
        canonical_json([1, at, "wang", "test", "thing:0", first.detail, first.previous_hash])
    )
    (tmp_path / "state.db").unlink()
    change = f"UPDATE audit SET who = 'wang', at = '{at}', hash = '{forged}' WHERE seq = 1"
    with altered(tmp_path, change) as state:
        assert verify_audit(state).broken_seq == 2


def test_a_cut_off_end_is_found_with_a_head_kept_elsewhere(tmp_path: Path) -> None:
    with altered(tmp_path, "DELETE FROM audit WHERE seq >= 4") as state:
        assert verify_audit(state).sound
        check = verify_audit(state, expected=AuditHead(5, "f" * 64))
        assert (check.broken_seq, check.reason) == (4, "the end of the log was cut off")
        other = verify_audit(state, expected=AuditHead(2, "f" * 64))
        assert (other.broken_seq, other.sound) == (2, False)


def test_looks_at_user_rows_are_in_the_same_chain(state: State) -> None:
    fill(state, 1)
    log_access(state, who="sun", source="txn", rows=20, purpose="case 7", detail={"branch": "B01"})
    (entry,) = audit_entries(state, action="access_rows")
    assert (entry.seq, entry.who, entry.object) == (2, "sun", "txn")
    assert entry.detail == '{"purpose":"case 7","query":{"branch":"B01"},"rows":20}'
    assert audit_entries(state, who="sun") == audit_entries(state, on="txn") == (entry,)
    assert audit_entries(state, after=1, limit=1) == (entry,)
    with pytest.raises(StateRefusedError, match="purpose is empty"):
        log_access(state, who="sun", source="txn", rows=1, purpose=" ", detail={})


def test_writers_in_many_processes_make_one_chain(url: str) -> None:
    script = (
        "import sys; from data.state import log, open_state\n"
        "with open_state(sys.argv[1]) as s:\n"
        "    for n in range(20): log(s, who='p', action='test', on=str(n), detail={})"
    )
    started = [subprocess.Popen([sys.executable, "-c", script, url], cwd=ROOT) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    with open_state(url) as state:
        assert (verify_audit(state).sound, verify_audit(state).entries) == (True, 60)


def test_of_two_writers_at_once_one_wins_and_one_is_told(
    state: State, new_set: Callable[..., WeightSet]
) -> None:
    made = new_set()

    def change(by: str) -> str:
        try:
            edit_weights(state, made, by=by, weights={by: Decimal(100)})
        except StateConflictError:
            return "told"
        return by

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(change, ["a", "b", "c", "d", "e", "f"]))
    (winner,) = set(outcomes) - {"told"}
    assert outcomes.count("told") == 5
    found = weight_set(state, made.id)
    assert found is not None
    assert (found.version, list(found.by_node())) == (2, [winner])
    assert verify_audit(state).entries == 2


@pytest.fixture
def everything(
    state: State,
    published_set: Callable[..., WeightSet],
    published_baseline: Callable[..., Baseline],
) -> State:
    published_baseline(BaselineDraft("nps", 2026, Decimal("32"), Decimal("50")))
    made = published_set()
    march = date(2026, 3, 1)
    close_month(state, march, {"a": 1}, by="li", configuration_digest="c", weight_set_id=made.id)
    return state


def test_what_is_published_agrees_with_the_log(everything: State) -> None:
    assert verify_published(everything) == ()
    assert verify_audit(everything).sound


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE weight SET weight = '61' WHERE node = 'risk'", "weight_set:1"),
        ("UPDATE weight SET weight = 'x' WHERE node = 'risk'", "weight_set:1"),
        ("DELETE FROM weight WHERE node = 'risk'", "weight_set:1"),
        ("UPDATE weight_set SET effective_from = '2026-02-02'", "weight_set:1"),
        ("UPDATE baseline SET target = '49'", "baseline:1"),
        ("UPDATE closed_month SET content = x'00'", "closed_month:2026-03:bank:1"),
        ("UPDATE closed_month SET digest = 'other'", "closed_month:2026-03:bank:1"),
        ("UPDATE closed_month SET scope = 'B01'", "closed_month:2026-03:B01:1"),
    ],
)
def test_altering_what_is_published_is_found(
    everything: State, tmp_path: Path, statement: str, name: str
) -> None:
    if everything.engine.dialect.name != "sqlite":
        pytest.skip("the comparison does not depend on the engine: tried on SQLite")
    shutil.copy(tmp_path / "state.db", tmp_path / "other.db")
    raw = sqlite3.connect(tmp_path / "other.db")
    for (trigger,) in raw.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        raw.execute(f"DROP TRIGGER {trigger}")
    raw.execute(statement)
    raw.commit()
    raw.close()
    with open_state(f"sqlite:///{tmp_path}/other.db") as state:
        assert [found.object for found in verify_published(state)] == [name]
