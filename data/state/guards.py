"""Triggers that keep what is published, whoever writes: the code is only the first guard.

A migration that rebuilds a guarded table must declare its guards again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Happening = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(frozen=True)
class Guard:
    """Refuses ``happening`` on a row of ``table`` when ``condition`` holds (None: always).

    ``condition`` is SQL that SQLite and PostgreSQL both read, over OLD and NEW.
    """

    table: str
    name: str
    happening: Happening
    message: str
    condition: str | None = None


def statements(guard: Guard, dialect: str) -> tuple[str, ...]:
    """The statements that create ``guard`` on ``dialect`` (sqlite or postgresql).

    >>> guard = Guard("note", "kept", "DELETE", "notes are never deleted")
    >>> statements(guard, "sqlite")[0].split(" BEGIN ")[0]
    'CREATE TRIGGER guard_note_kept BEFORE DELETE ON note'
    """
    return _postgresql(guard) if dialect == "postgresql" else _sqlite(guard)


def no_truncate(table: str) -> tuple[str, ...]:
    """The statements that forbid PostgreSQL's TRUNCATE, which no row trigger sees."""
    name = f"guard_{table}_truncate"
    return (
        _function(name, f"RAISE EXCEPTION '{table} is never emptied' USING ERRCODE = '23000';"),
        f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {name}()",
    )


def _sqlite(guard: Guard) -> tuple[str, ...]:
    when = f" WHEN {guard.condition}" if guard.condition else ""
    created = (
        f"CREATE TRIGGER guard_{guard.table}_{guard.name} BEFORE {guard.happening} "
        f"ON {guard.table}{when} BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
    )
    return (created,)


def _postgresql(guard: Guard) -> tuple[str, ...]:
    name = f"guard_{guard.table}_{guard.name}"
    refused = f"RAISE EXCEPTION '{guard.message}' USING ERRCODE = '23000';"
    kept = "OLD" if guard.happening == "DELETE" else "NEW"
    body = f"IF {guard.condition or 'TRUE'} THEN {refused} END IF; RETURN {kept};"
    created = (
        f"CREATE TRIGGER {name} BEFORE {guard.happening} ON {guard.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
    return (_function(name, body), created)


def _function(name: str, body: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN {body} END "
        "$guard$"
    )
