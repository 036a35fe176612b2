"""From draft to submitted to published: the same steps for weight sets and baselines.

Every step is part of the caller's transaction and leaves a link in the audit chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, delete, func, insert, select, update

from data.state.audit import record, writers_of
from data.state.checks import canonical_json, digest, plain_day, words
from data.state.database import State
from data.state.errors import StateConflictError, StateRefusedError
from data.state.tables import CLOSED_MONTH

Content = Callable[[Connection, int], Mapping[str, object]]


@dataclass(frozen=True)
class Published:
    """A table whose rows are published: its noun for messages, and what a row says in full."""

    table: Table
    noun: str
    content: Content

    def name(self, number: int) -> str:
        """The object's name in the audit log."""
        return f"{self.table.name}:{number}"


@dataclass(frozen=True)
class Step:
    """Who does something, when, inside which transaction."""

    connection: Connection
    by: str
    at: datetime


@contextmanager
def stepping(state: State, by: str) -> Iterator[Step]:
    """One transaction in which ``by`` does something."""
    with state.writing() as connection:
        yield Step(connection, words("who", by, longest=200), state.clock())


def last_closed(connection: Connection) -> date | None:
    """The last day of the newest closed month, whatever its scope; None when none is closed."""
    found: date | None = connection.execute(select(func.max(CLOSED_MONTH.c.month))).scalar_one()
    return found


def require_open(connection: Connection, noun: str, effective_from: date) -> None:
    """Refuse an effective date in or before a closed month."""
    closed = last_closed(connection)
    if closed is not None and effective_from <= closed:
        raise StateRefusedError(
            f"the {noun} would take effect on {effective_from}, but {closed:%Y-%m} is closed: "
            f"choose a day after {closed}"
        )


def begin(step: Step, kind: Published, values: Mapping[str, Any]) -> int:
    """Insert a draft and return its number; its content is audited by ``drafted``."""
    row = {
        **values,
        "author": step.by,
        "reason": words("reason", values["reason"]),
        "effective_from": plain_day("effective_from", values["effective_from"]),
        "state": "draft",
        "version": 1,
        "created_at": step.at,
        "changed_at": step.at,
        "changed_by": step.by,
    }
    result = step.connection.execute(insert(kind.table).values(row).returning(kind.table.c.id))
    return int(result.scalar_one())


def drafted(step: Step, kind: Published, number: int, action: str = "draft") -> None:
    """Audit a draft's content in full."""
    content = kind.content(step.connection, number)
    _audit(step, kind, number, action, {"content": content})


def edit(step: Step, kind: Published, seen: tuple[int, int], values: Mapping[str, Any]) -> None:
    """Change a draft's columns; audit it with ``drafted`` once all of it is written."""
    row = require(step, kind, seen, "draft")
    _update(step, kind, row, values)


def submit(step: Step, kind: Published, seen: tuple[int, int]) -> None:
    """draft → submitted."""
    row = require(step, kind, seen, "draft")
    require_open(step.connection, kind.noun, row.effective_from)
    done = {"state": "submitted", "submitted_at": step.at, "submitted_by": step.by}
    _update(step, kind, row, done)
    _audit(step, kind, row.id, "submit", {"digest": content_digest(step.connection, kind, row.id)})


def send_back(step: Step, kind: Published, seen: tuple[int, int], reason: str) -> None:
    """submitted → draft, so that it can be edited again."""
    row = require(step, kind, seen, "submitted")
    _update(step, kind, row, {"state": "draft", "submitted_at": None, "submitted_by": None})
    _audit(step, kind, row.id, "send_back", {"reason": words("reason", reason)})


def publish(step: Step, kind: Published, seen: tuple[int, int], *, two_people: bool) -> None:
    """submitted → published, for good."""
    row = require(step, kind, seen, "submitted")
    require_open(step.connection, kind.noun, row.effective_from)
    if two_people:
        _require_another(step, kind, row)
    done = {"state": "published", "published_at": step.at, "published_by": step.by}
    _update(step, kind, row, done)
    detail = {
        "digest": content_digest(step.connection, kind, row.id),
        "effective_from": row.effective_from,
        "two_people": two_people,
    }
    _audit(step, kind, row.id, "publish", detail)


def discard(step: Step, kind: Published, seen: tuple[int, int], reason: str) -> None:
    """Delete a draft; what it said stays in the audit log."""
    row = require(step, kind, seen, "draft")
    step.connection.execute(delete(kind.table).where(kind.table.c.id == row.id))
    _audit(step, kind, row.id, "discard", {"reason": words("reason", reason)})


def content_digest(connection: Connection, kind: Published, number: int) -> str:
    """SHA-256 of what the row says."""
    return digest(canonical_json(kind.content(connection, number)))


def known_at(
    query: Select[Any], table: Table, day: date, as_known_at: datetime | None
) -> Select[Any]:
    """Narrow ``query`` to what was published by then and takes effect by ``day``."""
    query = query.where(table.c.state == "published", table.c.effective_from <= day)
    return query if as_known_at is None else query.where(table.c.published_at <= as_known_at)


def newest_first(table: Table) -> tuple[Any, ...]:
    """The order in which published rows win: latest effective day, then latest published."""
    return (table.c.effective_from.desc(), table.c.published_at.desc(), table.c.id.desc())


def require(step: Step, kind: Published, seen: tuple[int, int], wanted: str) -> Row[Any]:
    """The row as it was ``seen`` (number, version), in the state that the step needs.

    Raises StateConflictError when it changed since, StateRefusedError in another state.
    """
    number, version = seen
    found = step.connection.execute(
        select(kind.table).where(kind.table.c.id == number)
    ).one_or_none()
    if found is None:
        raise StateConflictError(f"{kind.noun} {number} does not exist (any more)")
    if found.version != version:
        raise StateConflictError(
            f"{kind.noun} {number} was changed by {found.changed_by} at {found.changed_at:%F %T} "
            f"UTC (version {found.version}, you saw version {version}): load it again"
        )
    if found.state != wanted:
        raise StateRefusedError(f"{kind.noun} {number} is {found.state}: this needs a {wanted} one")
    return found


def _require_another(step: Step, kind: Published, row: Row[Any]) -> None:
    wrote = writers_of(step.connection, kind.name(row.id), ("draft", "edit", "submit"))
    if step.by in wrote | {row.author}:
        raise StateRefusedError(
            f"{kind.noun} {row.id} was written or submitted by {step.by}: "
            "another person must publish it"
        )


def _update(step: Step, kind: Published, row: Row[Any], values: Mapping[str, Any]) -> None:
    changed = {"version": row.version + 1, "changed_at": step.at, "changed_by": step.by}
    step.connection.execute(
        update(kind.table).where(kind.table.c.id == row.id).values({**values, **changed})
    )


def _audit(
    step: Step, kind: Published, number: int, action: str, detail: Mapping[str, object]
) -> None:
    on = kind.name(number)
    record(step.connection, at=step.at, who=step.by, action=action, on=on, detail=detail)
