"""The append-only, hash-chained log of every change and every look at user-level rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from data.state.checks import canonical_json, digest, words
from data.state.database import State
from data.state.tables import AUDIT

FIRST_LINK = "0" * 64
OF_WARNINGS = ("judge", "acknowledge", "promise")
OF_DRAFTS = ("draft", "edit", "submit", "send_back", "discard")
REMARKS = ("note", "dispute", "experiment", "view", "report")
HASHED = ("seq", "at", "who", "action", "object", "detail", "previous_hash")


@dataclass(frozen=True)
class AuditEntry:
    """One link of the chain; ``at`` naive UTC, ``detail`` canonical JSON."""

    seq: int
    at: datetime
    who: str
    action: str
    object: str
    detail: str
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class AuditHead:
    """The newest link: kept outside the database, it proves that nothing was cut off."""

    seq: int
    hash: str


@dataclass(frozen=True)
class AuditCheck:
    """Outcome of a verification.

    ``entries`` were read and sound; ``broken_seq`` is the first link that is not, with ``reason``.
    """

    entries: int
    head: AuditHead
    broken_seq: int | None = None
    reason: str | None = None

    @property
    def sound(self) -> bool:
        """Whether the whole chain holds."""
        return self.broken_seq is None


def record(
    connection: Connection,
    *,
    at: datetime,
    who: str,
    action: str,
    on: str,
    detail: Mapping[str, object],
) -> AuditHead:
    """Add a link in the caller's transaction, which must be a ``State.writing`` one."""
    last = _head(connection)
    link: dict[str, Any] = {
        "seq": last.seq + 1,
        "at": at.isoformat(timespec="microseconds"),
        "who": words("who", who, longest=200),
        "action": words("action", action, longest=200),
        "object": words("object", on),
        "detail": canonical_json(detail),
        "previous_hash": last.hash,
    }
    link["hash"] = _hash(link)
    connection.execute(insert(AUDIT).values(link))
    return AuditHead(link["seq"], link["hash"])


def _head(connection: Connection) -> AuditHead:
    last = connection.execute(
        select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)
    ).one_or_none()
    return AuditHead(0, FIRST_LINK) if last is None else AuditHead(last.seq, last.hash)


def _hash(link: dict[str, Any]) -> str:
    return digest(canonical_json([link[part] for part in HASHED]))


def log(state: State, *, who: str, action: str, on: str, detail: Mapping[str, object]) -> AuditHead:
    """Record something that happened outside the state database, in a transaction of its own."""
    with state.writing() as connection:
        return record(connection, at=state.clock(), who=who, action=action, on=on, detail=detail)


def log_access(
    state: State, *, who: str, source: str, rows: int, purpose: str, detail: Mapping[str, object]
) -> AuditHead:
    """Record a look at user-level rows; call it before the rows are shown.

    ``source`` is the table or view, ``detail`` how it was narrowed (slice, columns, filters).

    >>> from tempfile import TemporaryDirectory
    >>> from data.state.database import open_state
    >>> with TemporaryDirectory() as folder, open_state(f"sqlite:///{folder}/state.db") as state:
    ...     head = log_access(state, who="li", source="txn", rows=20, purpose="fraud case",
    ...                       detail={"columns": ["txn_id", "amount_cny"]})
    ...     head.seq, verify_audit(state).sound
    (1, True)
    """
    full = {"rows": rows, "purpose": words("purpose", purpose), "query": detail}
    return log(state, who=who, action="access_rows", on=source, detail=full)


def audit_head(state: State) -> AuditHead:
    """The newest link (seq 0 for an empty log)."""
    with state.reading() as connection:
        return _head(connection)


def numbers_head(state: State) -> int:
    """The number of the newest link that may change a number.

    Looks, warnings, drafts, notes, disputes, experiments, saved analyses and reports do not.
    """
    changing = [
        AUDIT.c.action.not_in(("access_rows", *OF_WARNINGS, *OF_DRAFTS)),
        *(AUDIT.c.object.not_like(f"{kind}:%") for kind in REMARKS),
    ]
    with state.reading() as connection:
        return connection.execute(select(func.max(AUDIT.c.seq)).where(*changing)).scalar_one() or 0


def audit_entries(
    state: State,
    *,
    on: str | None = None,
    who: str | None = None,
    action: str | None = None,
    after: int = 0,
    limit: int = 1000,
) -> tuple[AuditEntry, ...]:
    """At most ``limit`` links after number ``after``, oldest first, narrowed as asked."""
    query = select(AUDIT).where(AUDIT.c.seq > after).order_by(AUDIT.c.seq).limit(limit)
    for column, wanted in ((AUDIT.c.object, on), (AUDIT.c.who, who), (AUDIT.c.action, action)):
        if wanted is not None:
            query = query.where(column == wanted)
    with state.reading() as connection:
        return tuple(_entry(row) for row in connection.execute(query).mappings())


def _entry(row: RowMapping) -> AuditEntry:
    return AuditEntry(**{**row, "at": datetime.fromisoformat(row["at"])})


def verify_audit(state: State, *, expected: AuditHead | None = None) -> AuditCheck:
    """Read the whole chain and find its first broken link.

    A cut-off end leaves a chain that is sound in itself: give ``expected``, a head kept
    elsewhere, to notice that too.
    """
    last, at_expected = AuditHead(0, FIRST_LINK), expected is None or expected.seq == 0
    with state.reading() as connection:
        query = select(AUDIT).order_by(AUDIT.c.seq)
        rows = connection.execute(query, execution_options={"yield_per": 1000}).mappings()
        for row in rows:
            reason = _fault(row, last)
            if reason is None and expected is not None and row["seq"] == expected.seq:
                at_expected = True
                reason = (
                    None if row["hash"] == expected.hash else "differs from the head kept outside"
                )
            if reason is not None:
                return AuditCheck(last.seq, last, last.seq + 1, reason)
            last = AuditHead(row["seq"], row["hash"])
    if not at_expected:
        return AuditCheck(last.seq, last, last.seq + 1, "the end of the log was cut off")
    return AuditCheck(last.seq, last)


def _fault(link: RowMapping, last: AuditHead) -> str | None:
    """Why ``link`` does not follow ``last``, or None."""
    if link["seq"] != last.seq + 1:
        return f"entry {last.seq + 1} is missing: the next one is {link['seq']}"
    if not all(isinstance(link[part], str) for part in (*HASHED[1:], "hash")):
        return f"entry {link['seq']} holds something that is not text"
    if link["previous_hash"] != last.hash:
        return f"entry {link['seq']} does not continue the one before it"
    if link["hash"] != _hash(dict(link)):
        return f"entry {link['seq']} was altered after it was written"
    return None


def writers_of(connection: Connection, on: str, actions: tuple[str, ...]) -> frozenset[str]:
    """Everybody who did one of ``actions`` on the object."""
    query = select(AUDIT.c.who).where(AUDIT.c.object == on, AUDIT.c.action.in_(actions)).distinct()
    return frozenset(connection.execute(query).scalars())


def last_detail(connection: Connection, on: str, action: str) -> dict[str, Any] | None:
    """The detail of the newest ``action`` on the object, or None."""
    newest = select(func.max(AUDIT.c.seq)).where(AUDIT.c.object == on, AUDIT.c.action == action)
    query = select(AUDIT.c.detail).where(AUDIT.c.seq == newest.scalar_subquery())
    found = connection.execute(query).scalar_one_or_none()
    detail: dict[str, Any] | None = None if found is None else json.loads(found)
    return detail
