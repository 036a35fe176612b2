"""Notes and annotations: only ever added to; a change replaces the one that was seen.

All texts come from people: they are untrusted wherever they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, insert, or_, select

from data.state.audit import record
from data.state.checks import last_day, plain_day, words, words_or_none
from data.state.database import State
from data.state.errors import StateConflictError, StateRefusedError
from data.state.lifecycle import Step, stepping
from data.state.tables import ANNOTATION, ANNOTATION_KINDS, NOTE


@dataclass(frozen=True)
class Note:
    """A comment on an indicator, a branch or a month, or on any of them together."""

    id: int
    indicator: str | None
    branch_id: str | None
    month: date | None
    text: str | None
    author: str
    created_at: datetime
    replaces: int | None


@dataclass(frozen=True)
class Annotation:
    """Something that happened from ``first_day`` to ``last_day``, shown on charts."""

    id: int
    first_day: date
    last_day: date
    kind: str
    branch_id: str | None
    module: str | None
    text: str | None
    author: str
    created_at: datetime
    replaces: int | None


def add_note(
    state: State,
    text: str,
    *,
    author: str,
    indicator: str | None = None,
    branch_id: str | None = None,
    month: date | None = None,
) -> Note:
    """Write a note on at least one of indicator, branch and month.

    >>> from tempfile import TemporaryDirectory
    >>> from data.state.database import open_state
    >>> with TemporaryDirectory() as folder, open_state(f"sqlite:///{folder}/state.db") as state:
    ...     first = add_note(state, "pay day moved", author="li", month=date(2026, 3, 1))
    ...     better = replace_note(state, first, "pay day moved to the 9th", by="wang")
    ...     [note.text for note in notes(state, month=date(2026, 3, 31))]
    ['pay day moved to the 9th']
    """
    about = {
        "indicator": words_or_none("indicator", indicator),
        "branch_id": words_or_none("branch_id", branch_id),
        "month": None if month is None else last_day(month),
    }
    if not any(about.values()):
        raise StateRefusedError("a note is about an indicator, a branch or a month: name one")
    with stepping(state, author) as step:
        return Note(**_add(step, NOTE, {**about, "text": words("text", text)}, None))


def replace_note(state: State, seen: Note, text: str | None, *, by: str) -> Note:
    """Put another text in the place of a note as it was ``seen``; None withdraws it.

    Raises StateConflictError when somebody replaced it since.
    """
    about = {"indicator": seen.indicator, "branch_id": seen.branch_id, "month": seen.month}
    with stepping(state, by) as step:
        values = {**about, "text": words_or_none("text", text)}
        return Note(**_add(step, NOTE, values, seen.id))


def notes(
    state: State,
    *,
    indicator: str | None = None,
    branch_id: str | None = None,
    month: date | None = None,
) -> tuple[Note, ...]:
    """The notes that stand, oldest first, narrowed to what is given."""
    wanted = {
        "indicator": indicator,
        "branch_id": branch_id,
        "month": None if month is None else last_day(month),
    }
    query = _standing(NOTE)
    for name, value in wanted.items():
        if value is not None:
            query = query.where(NOTE.c[name] == value)
    with state.reading() as connection:
        return tuple(Note(**row) for row in connection.execute(query).mappings())


def earlier_notes(state: State, note: Note) -> tuple[Note, ...]:
    """What a note said before it was replaced, the oldest first."""
    found: list[Note] = []
    with state.reading() as connection:
        before = note.replaces
        while before is not None:
            row = connection.execute(select(NOTE).where(NOTE.c.id == before)).mappings().one()
            found.insert(0, Note(**row))
            before = found[0].replaces
    return tuple(found)


def add_annotation(
    state: State,
    text: str,
    *,
    kind: str,
    first_day: date,
    last_day: date,
    author: str,
    branch_id: str | None = None,
    module: str | None = None,
) -> Annotation:
    """Mark the days from ``first_day`` to ``last_day``, both included.

    ``kind`` is one of ANNOTATION_KINDS; no branch means the whole bank, no module all modules.
    """
    values = {
        **_days(first_day, last_day),
        "kind": _kind(kind),
        "branch_id": words_or_none("branch_id", branch_id),
        "module": words_or_none("module", module),
        "text": words("text", text),
    }
    with stepping(state, author) as step:
        return Annotation(**_add(step, ANNOTATION, values, None))


def replace_annotation(
    state: State,
    seen: Annotation,
    text: str | None,
    *,
    by: str,
    first_day: date | None = None,
    last_day: date | None = None,
) -> Annotation:
    """Put another text, and other days where given, in the place of an annotation.

    None as ``text`` withdraws it. Raises StateConflictError when somebody replaced it since.
    """
    values = {
        **_days(first_day or seen.first_day, last_day or seen.last_day),
        "kind": seen.kind,
        "branch_id": seen.branch_id,
        "module": seen.module,
        "text": words_or_none("text", text),
    }
    with stepping(state, by) as step:
        return Annotation(**_add(step, ANNOTATION, values, seen.id))


def annotations_between(
    state: State, first_day: date, last_day: date, *, branch_id: str | None = None
) -> tuple[Annotation, ...]:
    """The annotations that stand and touch these days, oldest first.

    With ``branch_id`` those of the branch and of the whole bank, else all.
    """
    touching = (ANNOTATION.c.first_day <= last_day, ANNOTATION.c.last_day >= first_day)
    query = _standing(ANNOTATION).where(*touching)
    if branch_id is not None:
        here = or_(ANNOTATION.c.branch_id == branch_id, ANNOTATION.c.branch_id.is_(None))
        query = query.where(here)
    with state.reading() as connection:
        return tuple(Annotation(**row) for row in connection.execute(query).mappings())


def _days(first_day: date, last_day: date) -> dict[str, date]:
    if plain_day("last_day", last_day) < plain_day("first_day", first_day):
        raise StateRefusedError(f"the last day {last_day} is before the first day {first_day}")
    return {"first_day": first_day, "last_day": last_day}


def _kind(kind: str) -> str:
    if kind not in ANNOTATION_KINDS:
        raise StateRefusedError(f"kind is {kind!r}: expected one of {', '.join(ANNOTATION_KINDS)}")
    return kind


def _standing(table: Table) -> Select[Any]:
    """What nobody has replaced or withdrawn."""
    later = table.alias()
    replaced = select(later.c.id).where(later.c.replaces == table.c.id).exists()
    return select(table).where(~replaced, table.c.text.is_not(None)).order_by(table.c.id)


def _add(
    step: Step, table: Table, values: Mapping[str, object], replaces: int | None
) -> dict[str, Any]:
    if replaces is not None:
        _require_standing(step.connection, table, replaces)
    row = {**values, "author": step.by, "created_at": step.at, "replaces": replaces}
    new = insert(table).values(row).returning(table.c.id)
    number = int(step.connection.execute(new).scalar_one())
    action = "add" if replaces is None else "withdraw" if values["text"] is None else "replace"
    on = f"{table.name}:{number}"
    detail = {name: value for name, value in row.items() if name not in ("author", "created_at")}
    record(step.connection, at=step.at, who=step.by, action=action, on=on, detail=detail)
    return {"id": number, **row}


def _require_standing(connection: Connection, table: Table, number: int) -> None:
    found = connection.execute(_standing(table).where(table.c.id == number)).one_or_none()
    if found is None:
        raise StateConflictError(
            f"{table.name} {number} was replaced or withdrawn in the meantime: load it again"
        )
