"""The database itself refuses what the code would never do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data.state import (
    Baseline,
    BaselineDraft,
    Disputed,
    State,
    WeightSet,
    add_annotation,
    add_note,
    close_month,
    open_dispute,
    open_state,
    sign_off,
    submit_weights,
)

LIFE = "'why', '2026-05-01', '{}', 1, '2026-01-01', '2026-01-01', 'li'"
COLUMNS = "author, reason, effective_from, state, version, created_at, changed_at, changed_by"
FORBIDDEN = [
    *(f"UPDATE {table} SET {column} = {column}" for table, column in (
        ("audit", "who"), ("closed_month", "closed_by"), ("sign_off", "statement"),
        ("note", "text"), ("annotation", "text"), ("weight", "weight"), ("baseline", "target"),
        ("weight_set", "reason"), ("dispute", "value"), ("dispute_step", "reason"),
        ("weight_origin", "detail"),
    )),
    *(f"DELETE FROM {table}" for table in (
        "audit", "sign_off", "note", "annotation", "weight", "baseline", "dispute",
        "dispute_step", "weight_origin",
    )),
    "INSERT INTO weight_origin (set_id, parent, method, detail) VALUES (1, 'x', 'hand', '{}')",
    ("INSERT INTO dispute_step (dispute_id, number, at, who, action, reason) "
    "VALUES (1, 3, '2026-01-01', 'x', 'withdraw', 'x')"),
    ("INSERT INTO dispute_step (dispute_id, number, at, who, action, reason) "
    "VALUES (1, 2, '2026-01-01', 'x', 'answer', 'without an outcome')"),
    "DELETE FROM closed_month WHERE month = '2026-03-31'",
    "DELETE FROM weight_set WHERE state = 'published'",
    "UPDATE baseline SET state = 'draft'",
    ("UPDATE weight_set SET state = 'published', published_at = '2026-01-01', published_by = 'x' "
    "WHERE state = 'draft'"),
    "UPDATE weight_set SET name_en = 'other', state = 'draft' WHERE id = 2",
    ("UPDATE weight_set SET state = 'published', published_at = '2026-01-01', published_by = 'x', "
    "name_en = 'other' WHERE id = 2"),
    "UPDATE weight_set SET state = 'published' WHERE id = 2",
    "UPDATE weight_set SET state = 'submitted' WHERE id = 2",
    ("UPDATE weight_set SET state = 'published', published_at = '2026-01-01', published_by = 'x' "
    "WHERE name_en = 'Late'"),
    "UPDATE weight_set SET id = 99 WHERE state = 'draft'",
    "UPDATE weight_set SET state = 'unheard' WHERE state = 'draft'",
    "INSERT INTO weight (set_id, node, weight) VALUES (1, 'more', '5')",
    "INSERT INTO weight (set_id, node, weight) VALUES (2, 'more', '5')",
    "INSERT INTO weight (set_id, node, weight) VALUES (999, 'more', '5')",
    (f"INSERT INTO weight_set (name_zh, name_en, {COLUMNS}) "
    f"VALUES ('x', 'x', 'li', {LIFE.format('submitted')})"),
    ("INSERT INTO audit (seq, at, who, action, object, detail, previous_hash, hash) "
    "VALUES (99, 'x', 'x', 'x', 'x', '{}', 'x', 'x')"),
    ("INSERT INTO audit (seq, at, who, action, object, detail, previous_hash, hash) "
    "SELECT max(seq) + 1, 'x', 'x', 'x', 'x', '{}', 'x', 'x' FROM audit"),
    ("INSERT INTO closed_month SELECT month, scope, 7, media, content, digest, closed_at, "
    "closed_by, 'why', configuration_digest, weight_set_id FROM closed_month"),
]  # fmt: skip
REPLACING = [
    (
        "INSERT OR REPLACE INTO audit SELECT seq, at, 'x', action, object, detail, previous_hash, "
        "hash FROM audit WHERE seq = 1"
    ),
    (
        "INSERT OR REPLACE INTO closed_month SELECT month, scope, number, media, content, 'x', "
        "closed_at, closed_by, reason, configuration_digest, weight_set_id FROM closed_month"
    ),
    "INSERT OR REPLACE INTO weight VALUES (1, 'risk', '5')",
    (
        f"INSERT OR REPLACE INTO weight_set (id, name_zh, name_en, {COLUMNS}) "
        f"VALUES (1, 'x', 'x', 'li', {LIFE.format('draft')})"
    ),
    (
        "INSERT OR REPLACE INTO note (id, indicator, text, author, created_at) "
        "VALUES (1, 'mau', 'x', 'x', '2026-01-01')"
    ),
    (
        "INSERT OR REPLACE INTO sign_off (month, scope, number, signed_at, signed_by, statement) "
        "SELECT month, scope, number, signed_at, signed_by, 'x' FROM sign_off"
    ),
]


@pytest.fixture
def filled(
    state: State,
    new_set: Callable[..., WeightSet],
    published_set: Callable[..., WeightSet],
    published_baseline: Callable[..., Baseline],
) -> State:
    """A published set 1, a submitted set 2, a draft 3, one row at least of everything else."""
    made = published_set()
    submit_weights(state, new_set(date(2026, 5, 1)), by="li")
    new_set(date(2026, 5, 1))
    late = submit_weights(state, new_set(date(2026, 3, 31)), by="li")
    with state.writing() as connection:
        connection.execute(
            text("UPDATE weight_set SET state = 'draft' WHERE id = :id"), {"id": late.id}
        )
        connection.execute(
            text("UPDATE weight_set SET name_en = 'Late' WHERE id = :id"), {"id": late.id}
        )
        connection.execute(
            text("UPDATE weight_set SET state = 'submitted' WHERE id = :id"), {"id": late.id}
        )
    published_baseline(BaselineDraft("nps", 2026, Decimal("32"), Decimal("50")))
    march = date(2026, 3, 1)
    closed = close_month(state, march, {}, by="li", configuration_digest="c", weight_set_id=made.id)
    sign_off(state, closed, by="wang", statement="reviewed")
    add_note(state, "x", author="li", indicator="mau")
    add_annotation(state, "x", kind="other", first_day=march, last_day=march, author="li")
    shown = Disputed("mau", "B01", "2026-03", 5.0, date(2026, 3, 31))
    open_dispute(state, shown, by="li", reason="x")
    return state


def rows(state: State) -> dict[str, list[str]]:
    tables = (
        "weight_set",
        "weight",
        "baseline",
        "closed_month",
        "sign_off",
        "note",
        "annotation",
        "dispute",
        "dispute_step",
        "weight_origin",
        "audit",
    )
    with state.reading() as connection:
        return {
            name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}"))))
            for name in tables
        }


@pytest.mark.parametrize("chunk", range(4))
def test_forbidden_statements_change_nothing(filled: State, chunk: int) -> None:
    before = rows(filled)
    for statement in FORBIDDEN[chunk::4]:
        with pytest.raises(IntegrityError), filled.writing() as connection:
            connection.exec_driver_sql(statement)
    assert rows(filled) == before


def test_replacing_is_refused_even_on_a_plain_connection(filled: State, tmp_path: Path) -> None:
    if filled.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no INSERT OR REPLACE")
    before = rows(filled)
    raw = sqlite3.connect(tmp_path / "state.db")
    for statement in REPLACING:
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(statement)
        raw.rollback()
    raw.close()
    assert rows(filled) == before


def test_truncating_is_refused(filled: State) -> None:
    if filled.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    before = rows(filled)
    for table in before:
        with pytest.raises(IntegrityError), filled.writing() as connection:
            connection.execute(text(f"TRUNCATE {table} CASCADE"))
    assert rows(filled) == before


def test_every_guard_is_there_on_every_engine(url: str) -> None:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with open_state(url) as state, state.reading() as connection:
        names = set(connection.execute(text(query[connection.dialect.name])).scalars())
    assert len({name for name in names if not name.endswith("_truncate")}) == 65
