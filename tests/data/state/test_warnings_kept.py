"""Warnings and their history are only ever added to, whatever the engine."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data.state import State

TABLES = ("warning_run", "warning", "warning_step")
STEP = (
    "INSERT INTO warning_step (warning_id, number, at, who, action, stage, period, node, branch, "
    "level, due_at, detail, reason) VALUES (1, {number}, '2026-01-01', 'li', '{action}', 'firing', "
    "'2026-01', 'mau', '', 2, '2026-01-02', '{{}}', {reason})"
)
KEPT = (
    (
        "INSERT INTO warning_run (id, judged_on, period, at, who, unknown) "
        "VALUES (1, '2026-01-01', '2026-01', '2026-01-01', 'li', '[]')"
    ),
    "INSERT INTO warning (id, rule, opened_at) VALUES (1, 'r', '2026-01-01')",
    STEP.format(number=1, action="judged", reason="NULL"),
)
REFUSED = (
    *(f"DELETE FROM {table}" for table in TABLES),
    "UPDATE warning_run SET who = who",
    "UPDATE warning SET rule = rule",
    "UPDATE warning_step SET who = who",
    STEP.format(number=3, action="judged", reason="NULL"),
    STEP.format(number=1, action="judged", reason="NULL"),
    STEP.format(number=2, action="acknowledge", reason="NULL"),
    STEP.format(number=2, action="unheard", reason="'why'"),
)


def rows(state: State) -> list[list[str]]:
    with state.reading() as connection:
        return [
            sorted(map(repr, connection.execute(text(f"SELECT * FROM {table}"))))
            for table in TABLES
        ]


def test_kept_rows_stay_as_they_are(state: State) -> None:
    with state.writing() as connection:
        for statement in KEPT:
            connection.execute(text(statement))
    kept = rows(state)
    assert [len(found) for found in kept] == [1, 1, 1]
    for statement in REFUSED:
        with pytest.raises(IntegrityError), state.writing() as connection:
            connection.execute(text(statement))
        assert rows(state) == kept, statement
    with state.writing() as connection:
        connection.execute(text(STEP.format(number=2, action="acknowledge", reason="'seen'")))
    assert len(rows(state)[2]) == 2


def test_postgresql_refuses_to_empty_them(state: State) -> None:
    if state.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    for table in TABLES:
        with pytest.raises(IntegrityError), state.writing() as connection:
            connection.execute(text(f"TRUNCATE {table} CASCADE"))
