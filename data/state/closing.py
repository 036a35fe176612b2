"""Closed months: what a month's report was made of, kept for good, and who signed it.

Closing again adds the next version with its reason; nothing is overwritten. What may be closed
(a month that is over and fully loaded) is decided where the facts are known.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Select, func, insert, select

from data.state.audit import record
from data.state.checks import canonical_json, digest, last_day, words, words_or_none
from data.state.database import State
from data.state.errors import StateError, StateRefusedError
from data.state.lifecycle import Step, stepping
from data.state.tables import CLOSED_MONTH, SIGN_OFF, WEIGHT_SET, WHOLE_BANK
from data.state.weights import number_in_force

Media = Literal["json", "arrow"]


@dataclass(frozen=True)
class Closing:
    """One closing of a month: ``month`` its last day, ``number`` its version from 1."""

    month: date
    scope: str
    number: int
    media: Media
    digest: str
    closed_at: datetime
    closed_by: str
    reason: str | None
    configuration_digest: str
    weight_set_id: int | None


@dataclass(frozen=True)
class ClosedMonth(Closing):
    """A closing with its ``content``: canonical JSON in UTF-8, or an Arrow IPC stream."""

    content: bytes


@dataclass(frozen=True)
class SignOff:
    """A person's signature under one version of a closed month."""

    id: int
    month: date
    scope: str
    number: int
    signed_at: datetime
    signed_by: str
    statement: str


def close_month(
    state: State,
    month: date,
    content: Mapping[str, object] | bytes,
    *,
    by: str,
    configuration_digest: str,
    weight_set_id: int | None,
    scope: str = WHOLE_BANK,
    reason: str | None = None,
) -> ClosedMonth:
    """Close the month of the day ``month``.

    ``content`` is kept compressed with the SHA-256 of what it says: a mapping as canonical JSON,
    bytes as an Arrow IPC stream. The weight set must be the one in force at the month's end
    (overall or within its profile), None when there is none. A month closed before needs a
    ``reason`` and gets the next version.

    >>> from tempfile import TemporaryDirectory
    >>> from data.state.database import open_state
    >>> with TemporaryDirectory() as folder, open_state(f"sqlite:///{folder}/state.db") as state:
    ...     closed = close_month(state, date(2026, 3, 1), {"mau": 1200}, by="li",
    ...                          configuration_digest="c0ffee", weight_set_id=None)
    ...     closed.month.isoformat(), closed.number, closed.content
    ...     is_closed(state, date(2026, 3, 15)), is_closed(state, date(2026, 4, 1))
    ('2026-03-31', 1, b'{"mau":1200}')
    (True, False)
    """
    raw = content if isinstance(content, bytes) else canonical_json(content).encode()
    with stepping(state, by) as step:
        row: dict[str, Any] = {
            "month": last_day(month),
            "scope": words("scope", scope),
            "media": "arrow" if isinstance(content, bytes) else "json",
            "content": zlib.compress(raw),
            "digest": digest(raw),
            "closed_at": step.at,
            "closed_by": step.by,
            "reason": words_or_none("reason", reason),
            "configuration_digest": words("configuration_digest", configuration_digest),
            "weight_set_id": weight_set_id,
        }
        _require_in_force(step.connection, row["month"], weight_set_id)
        row["number"] = _next_number(step.connection, row)
        _write(step, row)
        return ClosedMonth(**{**row, "content": raw})


def _write(step: Step, row: Mapping[str, Any]) -> None:
    step.connection.execute(insert(CLOSED_MONTH).values(row))
    detail = {name: value for name, value in row.items() if name not in ("content", "closed_at")}
    on = closing_name(row["month"], row["scope"], row["number"])
    record(step.connection, at=step.at, who=step.by, action="close_month", on=on, detail=detail)


def closing_name(month: date, scope: str, number: int) -> str:
    """The name of a closing in the audit log."""
    return f"closed_month:{month:%Y-%m}:{scope}:{number}"


def _require_in_force(connection: Connection, month: date, weight_set_id: int | None) -> None:
    profile = None
    if weight_set_id is not None:
        query = select(WEIGHT_SET.c.profile).where(WEIGHT_SET.c.id == weight_set_id)
        profile = connection.execute(query).scalar_one_or_none()
    allowed = {number_in_force(connection, month), None}
    if profile is not None:
        allowed = allowed | {number_in_force(connection, month, profile=profile)}
    in_force = number_in_force(connection, month)
    if weight_set_id not in allowed or (weight_set_id is None and in_force is not None):
        raise StateRefusedError(
            f"weight set {weight_set_id} is not the one in force on {month} ({in_force}): "
            "work the month out again with that one"
        )


def _next_number(connection: Connection, row: Mapping[str, Any]) -> int:
    same = (CLOSED_MONTH.c.month == row["month"], CLOSED_MONTH.c.scope == row["scope"])
    query = select(func.max(CLOSED_MONTH.c.number)).where(*same)
    last = connection.execute(query).scalar_one()
    if last is not None and row["reason"] is None:
        raise StateRefusedError(
            f"{row['month']:%Y-%m} is closed (version {last}): closing it again needs a reason"
        )
    return int(last or 0) + 1


def closed_month(
    state: State, month: date, *, scope: str = WHOLE_BANK, number: int | None = None
) -> ClosedMonth | None:
    """A closing of the month of the day ``month``: version ``number``, or the newest.

    Raises StateError when the stored content is damaged.
    """
    query = _closings(select(CLOSED_MONTH), last_day(month), scope).limit(1)
    if number is not None:
        query = query.where(CLOSED_MONTH.c.number == number)
    with state.reading() as connection:
        row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _unpacked(row)


def _closings(query: Select[Any], month: date, scope: str) -> Select[Any]:
    same = (CLOSED_MONTH.c.month == month, CLOSED_MONTH.c.scope == scope)
    return query.where(*same).order_by(CLOSED_MONTH.c.number.desc())


def _unpacked(row: RowMapping) -> ClosedMonth:
    name = closing_name(row["month"], row["scope"], row["number"])
    try:
        raw = zlib.decompress(row["content"])
    except zlib.error as error:
        raise StateError(f"{name} is damaged: {error}; restore it from a back-up") from error
    if digest(raw) != row["digest"]:
        raise StateError(f"{name} does not match its digest; restore it from a back-up")
    return ClosedMonth(**{**row, "content": raw})


def closings(state: State, *, scope: str | None = None) -> tuple[Closing, ...]:
    """All closings without their content, newest month and version first."""
    columns = [column for column in CLOSED_MONTH.columns if column.name != "content"]
    query = select(*columns).order_by(
        CLOSED_MONTH.c.month.desc(), CLOSED_MONTH.c.scope, CLOSED_MONTH.c.number.desc()
    )
    if scope is not None:
        query = query.where(CLOSED_MONTH.c.scope == scope)
    with state.reading() as connection:
        return tuple(Closing(**row) for row in connection.execute(query).mappings())


def is_closed(state: State, day: date) -> bool:
    """Whether the month of ``day`` is closed, in whatever scope."""
    query = select(func.count()).where(CLOSED_MONTH.c.month == last_day(day))
    with state.reading() as connection:
        return connection.execute(query).scalar_one() > 0


def sign_off(
    state: State, seen: Closing, *, by: str, statement: str, two_people: bool = False
) -> SignOff:
    """Sign a closing as it was ``seen``; only its newest version, once a person.

    With ``two_people`` somebody else than who closed it must sign.
    """
    with stepping(state, by) as step:
        _require_signable(step, seen, two_people=two_people)
        row: dict[str, Any] = {
            "month": seen.month,
            "scope": seen.scope,
            "number": seen.number,
            "signed_at": step.at,
            "signed_by": step.by,
            "statement": words("statement", statement),
        }
        new = insert(SIGN_OFF).values(row).returning(SIGN_OFF.c.id)
        number = int(step.connection.execute(new).scalar_one())
        on = closing_name(seen.month, seen.scope, seen.number)
        detail = {"digest": seen.digest, "statement": row["statement"]}
        record(step.connection, at=step.at, who=step.by, action="sign_off", on=on, detail=detail)
        return SignOff(number, **row)


def _require_signable(step: Step, seen: Closing, *, two_people: bool) -> None:
    query = _closings(select(CLOSED_MONTH), seen.month, seen.scope).limit(1)
    newest = step.connection.execute(query).one_or_none()
    if newest is None or (newest.number, newest.digest) != (seen.number, seen.digest):
        raise StateRefusedError(
            f"{seen.month:%Y-%m} was closed again: read and sign the newest version"
        )
    if two_people and step.by == newest.closed_by:
        raise StateRefusedError(f"{step.by} closed {seen.month:%Y-%m}: another person must sign it")
    signed = select(SIGN_OFF.c.id).where(
        SIGN_OFF.c.month == seen.month, SIGN_OFF.c.scope == seen.scope,
        SIGN_OFF.c.number == seen.number, SIGN_OFF.c.signed_by == step.by,
    )  # fmt: skip
    if step.connection.execute(signed).one_or_none() is not None:
        raise StateRefusedError(f"{step.by} has signed this version of {seen.month:%Y-%m} already")


def sign_offs(state: State, month: date, *, scope: str = WHOLE_BANK) -> tuple[SignOff, ...]:
    """All signatures under any version of the month, oldest first."""
    same = (SIGN_OFF.c.month == last_day(month), SIGN_OFF.c.scope == scope)
    query = select(SIGN_OFF).where(*same).order_by(SIGN_OFF.c.id)
    with state.reading() as connection:
        return tuple(SignOff(**row) for row in connection.execute(query).mappings())
