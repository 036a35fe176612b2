"""Warnings with their whole history: only ever added to, each step with who, when and why.

A step says what the warning looked like after it; the last one is how it stands. The rules
themselves, and what a stage means, are in metrics/warnings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, insert, select

from data.state.audit import record
from data.state.checks import canonical_json, plain_day, words
from data.state.database import State
from data.state.errors import StateConflictError, StateRefusedError
from data.state.lifecycle import Step, stepping
from data.state.tables import WARNING, WARNING_RUN, WARNING_STEP

JUDGED = "judged"
BY_PEOPLE = ("acknowledge", "promise")
TAKEABLE = ("pending", "firing")
"""Stages in which nobody has taken a warning on yet."""


@dataclass(frozen=True)
class WarningStep:
    """One step of a warning. ``judged_on`` and ``outcome`` are None for what a person did.

    ``branch`` '' is the bank; ``detail`` holds what the rule found: members, value, limit, parts.
    """

    warning_id: int
    number: int
    at: datetime
    who: str
    action: str
    stage: str
    judged_on: date | None
    outcome: str | None
    period: str
    node: str
    branch: str
    level: int
    due_at: datetime
    detail: Mapping[str, Any]
    reason: str | None
    promised_on: date | None


@dataclass(frozen=True)
class KeptWarning:
    """A warning and all its steps, oldest first."""

    id: int
    rule: str
    opened_at: datetime
    steps: tuple[WarningStep, ...]

    @property
    def last(self) -> WarningStep:
        """How it stands."""
        return self.steps[-1]

    @property
    def taken_by(self) -> str | None:
        """Who acknowledged it; None while nobody has."""
        taken = [step.who for step in self.steps if step.action == "acknowledge"]
        return taken[-1] if taken else None

    @property
    def fired_at(self) -> datetime | None:
        """When it first fired; None while it is pending."""
        return next((step.at for step in self.steps if step.stage == "firing"), None)

    def overdue(self, now: datetime, today: date) -> bool:
        """Nobody took it on within its time limit, or its promised day has passed."""
        if self.last.stage in ("resolved", "pending"):
            return False
        if self.taken_by is None:
            return self.last.stage == "firing" and now > self.last.due_at
        return self.last.promised_on is not None and today > self.last.promised_on


@dataclass(frozen=True)
class NewStep:
    """What a judging adds to a warning; ``warning`` None opens a new one of ``rule``."""

    warning: KeptWarning | None
    rule: str
    stage: str
    judged_on: date
    outcome: str
    period: str
    node: str
    branch: str
    level: int
    due_at: datetime
    detail: Mapping[str, object]
    reason: str | None = None


def open_warnings(state: State) -> tuple[KeptWarning, ...]:
    """All warnings that are not resolved, the oldest first."""
    with state.reading() as connection:
        return _open(connection)


def warning(state: State, number: int) -> KeptWarning | None:
    """One warning with its history; None for an unknown number."""
    with state.reading() as connection:
        found = _load(connection, [number])
        return found[0] if found else None


@dataclass(frozen=True)
class WarningRun:
    """A judging: its day, the period whose figures were judged, what could not be (by rule)."""

    id: int
    judged_on: date
    period: str
    at: datetime
    who: str
    unknown: Mapping[str, Sequence[str]]


def last_run(state: State) -> WarningRun | None:
    """The newest judging; None: warnings were never judged."""
    newest = select(WARNING_RUN).order_by(WARNING_RUN.c.id.desc()).limit(1)
    with state.reading() as connection:
        row = connection.execute(newest).mappings().one_or_none()
        return None if row is None else WarningRun(**{**row, "unknown": json.loads(row["unknown"])})


def keep_judged(
    state: State,
    day: date,
    period: str,
    steps: Sequence[NewStep],
    *,
    by: str,
    unknown: Mapping[str, Sequence[str]] | None = None,
) -> tuple[KeptWarning, ...]:
    """Keep what a judging of ``day`` found, in one transaction; returns the warnings touched.

    ``unknown`` says by rule what could not be judged.

    Raises StateRefusedError for a day before the newest judged one, StateConflictError when
    another judging or a person was quicker: judge again.
    """
    with stepping(state, by) as step:
        newest = _last_judged(step.connection)
        if newest is not None and plain_day("day", day) < newest:
            raise StateRefusedError(
                f"warnings were judged for {newest} already: {day} is shown, not kept"
            )
        numbers = [_keep(step, one) for one in steps]
        run = {"judged_on": day, "period": period, "unknown": canonical_json(unknown or {})}
        step.connection.execute(insert(WARNING_RUN).values(**run, at=step.at, who=step.by))
        detail = {"period": period, "steps": len(steps)}
        record(
            step.connection, at=step.at, who=step.by, action="judge",
            on=f"warnings:{day}", detail=detail,
        )  # fmt: skip
        return _load(step.connection, numbers)


def acknowledge(
    state: State, seen: KeptWarning, *, by: str, reason: str, promised_on: date
) -> KeptWarning:
    """Take a warning on: why it is so, and the day by which it will be put right.

    Raises StateConflictError where another person acted on it since it was ``seen``.

    >>> from tempfile import TemporaryDirectory
    >>> from data.state.database import open_state
    >>> day, due = date(2026, 11, 2), datetime.fromisoformat("2026-11-05T00:00:00")
    >>> new = NewStep(None, "r", "firing", day, "breached", "2026-11", "mau", "", 2, due, {})
    >>> with TemporaryDirectory() as folder, open_state(f"sqlite:///{folder}/state.db") as state:
    ...     kept = keep_judged(state, day, "2026-11", [new], by="li")[0]
    ...     taken = acknowledge(state, kept, by="wang", reason="holiday", promised_on=day)
    ...     taken.last.stage, taken.taken_by
    ('acknowledged', 'wang')
    """
    return _act(state, seen, "acknowledge", by, reason, promised_on)


def promise(
    state: State, seen: KeptWarning, *, by: str, reason: str, promised_on: date
) -> KeptWarning:
    """Give a warning that was taken on another day, with the reason."""
    return _act(state, seen, "promise", by, reason, promised_on)


def _act(
    state: State, seen: KeptWarning, action: str, by: str, reason: str, promised_on: date
) -> KeptWarning:
    said = {"reason": words("reason", reason), "promised_on": plain_day("promised_on", promised_on)}
    with stepping(state, by) as step:
        now = _standing(step.connection, seen)
        taken = now.taken_by is not None
        if now.last.stage == "resolved" or (action == "promise") != taken:
            raise StateRefusedError(f"warning {now.id} is {now.last.stage}: nothing to {action}")
        after = "acknowledged" if now.last.stage in TAKEABLE else now.last.stage
        row = {**_as_row(now.last), **said, "action": action, "stage": after}
        row |= {"judged_on": None, "outcome": None}
        _add(step, now.id, now.last.number + 1, row)
        detail = {**said, "stage": after}
        record(
            step.connection, at=step.at, who=step.by, action=action, on=f"warning:{now.id}",
            detail=detail,
        )  # fmt: skip
        return _load(step.connection, [now.id])[0]


def _standing(connection: Connection, seen: KeptWarning) -> KeptWarning:
    """The warning as it is now; refused where a person acted on it since it was seen."""
    found = _load(connection, [seen.id])
    if not found:
        raise StateConflictError(f"warning {seen.id} does not exist")
    since = [
        one for one in found[0].steps if one.number > seen.last.number and one.action in BY_PEOPLE
    ]
    if since:
        raise StateConflictError(
            f"{since[-1].who} acted on warning {seen.id} at {since[-1].at:%F %T} UTC: load it again"
        )
    return found[0]


def _keep(step: Step, new: NewStep) -> int:
    known = new.warning
    if known is None:
        made = insert(WARNING).values(rule=new.rule, opened_at=step.at)
        number = int(step.connection.execute(made.returning(WARNING.c.id)).scalar_one())
        at = 1
    else:
        number, at = known.id, known.last.number + 1
        newest = select(func.max(WARNING_STEP.c.number)).where(WARNING_STEP.c.warning_id == number)
        if step.connection.execute(newest).scalar_one() != known.last.number:
            raise StateConflictError(f"warning {number} was changed while it was judged")
    row = {
        "action": JUDGED, "stage": new.stage, "judged_on": new.judged_on, "outcome": new.outcome,
        "period": new.period, "node": new.node, "branch": new.branch, "level": new.level,
        "due_at": new.due_at, "detail": canonical_json(new.detail), "reason": new.reason,
        "promised_on": None if known is None else known.last.promised_on,
    }  # fmt: skip
    _add(step, number, at, row)
    return number


def _add(step: Step, number: int, at: int, row: Mapping[str, object]) -> None:
    kept = {**row, "warning_id": number, "number": at, "at": step.at, "who": step.by}
    step.connection.execute(insert(WARNING_STEP).values(kept))


def _as_row(step: WarningStep) -> dict[str, object]:
    return {
        "period": step.period, "node": step.node, "branch": step.branch, "level": step.level,
        "due_at": step.due_at, "detail": canonical_json(step.detail),
    }  # fmt: skip


def _last_judged(connection: Connection) -> date | None:
    found: date | None = connection.execute(select(func.max(WARNING_RUN.c.judged_on))).scalar_one()
    return found


def _open(connection: Connection) -> tuple[KeptWarning, ...]:
    newest = (
        select(WARNING_STEP.c.warning_id, func.max(WARNING_STEP.c.number).label("number"))
        .group_by(WARNING_STEP.c.warning_id)
        .subquery()
    )
    same = and_(
        WARNING_STEP.c.warning_id == newest.c.warning_id, WARNING_STEP.c.number == newest.c.number
    )
    query = select(WARNING_STEP.c.warning_id).join(newest, same)
    query = query.where(WARNING_STEP.c.stage != "resolved")
    return _load(connection, list(connection.execute(query).scalars()))


def _load(connection: Connection, numbers: Sequence[int]) -> tuple[KeptWarning, ...]:
    heads = select(WARNING).where(WARNING.c.id.in_(numbers)).order_by(WARNING.c.id)
    rows = select(WARNING_STEP).where(WARNING_STEP.c.warning_id.in_(numbers))
    by_warning: dict[int, list[WarningStep]] = {}
    ordered = rows.order_by(WARNING_STEP.c.warning_id, WARNING_STEP.c.number)
    for row in connection.execute(ordered).mappings():
        by_warning.setdefault(row["warning_id"], []).append(_step(row))
    return tuple(
        KeptWarning(head["id"], head["rule"], head["opened_at"], tuple(by_warning[head["id"]]))
        for head in connection.execute(heads).mappings()
    )


def _step(row: RowMapping) -> WarningStep:
    return WarningStep(**{**row, "detail": json.loads(row["detail"])})
