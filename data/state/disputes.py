"""Disputed numbers: opened from a card, taken on, answered or withdrawn; only ever added to.

All texts come from people: they are untrusted wherever they are shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from data.period import Period, PeriodError
from data.state.audit import record
from data.state.checks import plain_day, words, words_or_none
from data.state.database import State
from data.state.errors import StateConflictError, StateRefusedError
from data.state.lifecycle import Step, stepping
from data.state.tables import DISPUTE, DISPUTE_OUTCOMES, DISPUTE_STEP

CLOSING = ("answer", "withdraw")


@dataclass(frozen=True)
class DisputeStep:
    """One step: opened, taken on (``promised_on``), answered (``outcome``) or withdrawn."""

    number: int
    at: datetime
    who: str
    action: str
    reason: str
    promised_on: date | None
    outcome: str | None


@dataclass(frozen=True)
class Dispute:
    """A number that somebody disputes and all that happened since, oldest first.

    ``node`` is an indicator or module KPI, ``branch_id`` None the whole bank; ``value`` is what
    was shown (None: no value) and ``as_of`` the newest day of data it was made from.
    """

    id: int
    node: str
    branch_id: str | None
    period: str
    value: float | None
    as_of: date | None
    steps: tuple[DisputeStep, ...]

    @property
    def opened(self) -> DisputeStep:
        """Who opened it, when and why."""
        return self.steps[0]

    @property
    def last(self) -> DisputeStep:
        """How it stands."""
        return self.steps[-1]

    @property
    def is_open(self) -> bool:
        """Neither answered nor withdrawn."""
        return self.last.action not in CLOSING

    @property
    def taken(self) -> DisputeStep | None:
        """The newest step by which somebody took it on."""
        return next((one for one in reversed(self.steps) if one.action == "take"), None)


@dataclass(frozen=True)
class Disputed:
    """The number that is disputed, as it was shown."""

    node: str
    branch_id: str | None
    period: str
    value: float | None
    as_of: date | None


def open_dispute(state: State, about: Disputed, *, by: str, reason: str) -> Dispute:
    """Dispute a number; refused while the same number is disputed already.

    >>> from tempfile import TemporaryDirectory
    >>> from data.state.database import open_state
    >>> shown = Disputed("mau", "B01", "2026-10", 120.0, date(2026, 10, 31))
    >>> with TemporaryDirectory() as folder, open_state(f"sqlite:///{folder}/state.db") as state:
    ...     found = open_dispute(state, shown, by="li", reason="two branches are missing")
    ...     done = answer_dispute(state, found, by="wang", outcome="stands", reason="they closed")
    ...     found.is_open, done.is_open, [one.action for one in done.steps]
    (True, False, ['open', 'answer'])
    """
    row = _row(about)
    with stepping(state, by) as step:
        same = select(DISPUTE.c.id).where(
            DISPUTE.c.node == row["node"],
            DISPUTE.c.period == row["period"],
            DISPUTE.c.branch_id.is_not_distinct_from(row["branch_id"]),
        )
        for one in _load(step.connection, same):
            if one.is_open:
                raise StateConflictError(
                    f"{one.opened.who} disputed this number on {one.opened.at:%F}: "
                    "add to what is open"
                )
        new = insert(DISPUTE).values(row).returning(DISPUTE.c.id)
        number = int(step.connection.execute(new).scalar_one())
        _add(step, number, 1, "open", reason)
        return _one(step.connection, number)


def take_dispute(
    state: State, seen: Dispute, *, by: str, reason: str, promised_on: date
) -> Dispute:
    """Take a dispute on as it was ``seen``: what is done, and by which day."""
    with stepping(state, by) as step:
        now = _standing(step, seen)
        day = plain_day("promised_on", promised_on)
        _add(step, now.id, now.last.number + 1, "take", reason, promised_on=day)
        return _one(step.connection, now.id)


def answer_dispute(state: State, seen: Dispute, *, by: str, outcome: str, reason: str) -> Dispute:
    """Close a dispute as it was ``seen``: the number stands, or it was corrected.

    Refused to the person who opened it.
    """
    if outcome not in DISPUTE_OUTCOMES:
        known = ", ".join(DISPUTE_OUTCOMES)
        raise StateRefusedError(f"outcome is {outcome!r}: expected one of {known}")
    with stepping(state, by) as step:
        now = _standing(step, seen)
        if step.by == now.opened.who:
            raise StateRefusedError(
                f"dispute {now.id} was opened by {step.by}: another person answers it"
            )
        _add(step, now.id, now.last.number + 1, "answer", reason, outcome=outcome)
        return _one(step.connection, now.id)


def withdraw_dispute(state: State, seen: Dispute, *, by: str, reason: str) -> Dispute:
    """Give a dispute up; only the person who opened it may."""
    with stepping(state, by) as step:
        now = _standing(step, seen)
        if step.by != now.opened.who:
            raise StateRefusedError(
                f"dispute {now.id} was opened by {now.opened.who}: only they withdraw it"
            )
        _add(step, now.id, now.last.number + 1, "withdraw", reason)
        return _one(step.connection, now.id)


def disputes(state: State, *, node: str | None = None) -> tuple[Dispute, ...]:
    """All disputes, of one node where it is given, oldest first."""
    query = select(DISPUTE.c.id)
    if node is not None:
        query = query.where(DISPUTE.c.node == node)
    with state.reading() as connection:
        return _load(connection, query)


def open_disputes(state: State) -> tuple[Dispute, ...]:
    """Disputes that nobody has answered or withdrawn, oldest first."""
    closed = select(DISPUTE_STEP.c.dispute_id).where(DISPUTE_STEP.c.action.in_(CLOSING))
    with state.reading() as connection:
        return _load(connection, select(DISPUTE.c.id).where(DISPUTE.c.id.not_in(closed)))


def _row(about: Disputed) -> dict[str, object]:
    try:
        period = str(Period.parse(about.period))
    except PeriodError as error:
        raise StateRefusedError(f"period is {about.period!r}: {error}") from error
    if about.value is not None and not math.isfinite(about.value):
        raise StateRefusedError(f"value is {about.value!r}: expected a finite number")
    return {
        "node": words("node", about.node),
        "branch_id": words_or_none("branch_id", about.branch_id),
        "period": period,
        "value": None if about.value is None else repr(float(about.value)),
        "as_of": None if about.as_of is None else plain_day("as_of", about.as_of),
    }


def _standing(step: Step, seen: Dispute) -> Dispute:
    """The dispute as it is now; refused where somebody acted on it since it was seen."""
    now = _one(step.connection, seen.id)
    if now.last.number != seen.last.number:
        raise StateConflictError(
            f"{now.last.who} acted on dispute {now.id} at {now.last.at:%F %T} UTC: load it again"
        )
    if not now.is_open:
        raise StateRefusedError(f"dispute {now.id} is closed: open a new one")
    return now


def _add(
    step: Step,
    dispute: int,
    number: int,
    action: str,
    reason: str,
    *,
    promised_on: date | None = None,
    outcome: str | None = None,
) -> None:
    said: dict[str, object] = {
        "reason": words("reason", reason),
        "promised_on": promised_on,
        "outcome": outcome,
    }
    row = {**said, "dispute_id": dispute, "number": number, "action": action}
    step.connection.execute(insert(DISPUTE_STEP).values(**row, at=step.at, who=step.by))
    on = f"dispute:{dispute}"
    record(step.connection, at=step.at, who=step.by, action=action, on=on, detail=said)


def _one(connection: Connection, number: int) -> Dispute:
    found = _load(connection, select(DISPUTE.c.id).where(DISPUTE.c.id == number))
    if not found:
        raise StateConflictError(f"dispute {number} does not exist")
    return found[0]


def _load(connection: Connection, numbers: Select[tuple[int]]) -> tuple[Dispute, ...]:
    heads = select(DISPUTE).where(DISPUTE.c.id.in_(numbers)).order_by(DISPUTE.c.id)
    rows = select(DISPUTE_STEP).where(DISPUTE_STEP.c.dispute_id.in_(numbers))
    steps: dict[int, list[DisputeStep]] = {}
    for row in connection.execute(rows.order_by(DISPUTE_STEP.c.number)).mappings():
        kept = {name: value for name, value in row.items() if name != "dispute_id"}
        steps.setdefault(row["dispute_id"], []).append(DisputeStep(**kept))
    found = [dict(row) for row in connection.execute(heads).mappings()]
    return tuple(_dispute(row, steps.get(row["id"], ())) for row in found)


def _dispute(row: Mapping[str, Any], steps: Sequence[DisputeStep]) -> Dispute:
    value = None if row["value"] is None else float(row["value"])
    return Dispute(**{**row, "value": value}, steps=tuple(steps))
