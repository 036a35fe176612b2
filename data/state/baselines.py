"""Baselines: base and target of an indicator for a year, versioned like weight sets.

A new version never touches an old one: the latest effective day wins, then the latest published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, func, select

from data.state import lifecycle
from data.state.checks import exact, plain_day, utc, words, words_or_none
from data.state.database import State
from data.state.errors import StateRefusedError
from data.state.lifecycle import Published, stepping
from data.state.tables import BASELINE, ORIGINS


@dataclass(frozen=True)
class BaselineDraft:
    """What a baseline says, in the indicator's unit; None: no base, or no target.

    ``branch_id`` None is the whole bank, ``module`` None all modules. ``origin`` is typed or
    proposed, the latter with the ``method`` that proposed it.
    """

    indicator: str
    year: int
    base: Decimal | None
    target: Decimal | None
    branch_id: str | None = None
    module: str | None = None
    origin: str = "typed"
    method: str | None = None


@dataclass(frozen=True)
class Baseline:
    """One version of a baseline; moments naive UTC, ``version`` counts its changes."""

    id: int
    indicator: str
    year: int
    branch_id: str | None
    module: str | None
    base: Decimal | None
    target: Decimal | None
    origin: str
    method: str | None
    author: str
    reason: str
    effective_from: date
    state: str
    version: int
    created_at: datetime
    changed_at: datetime
    changed_by: str
    submitted_at: datetime | None
    submitted_by: str | None
    published_at: datetime | None
    published_by: str | None


def draft_baselines(
    state: State,
    drafts: Sequence[BaselineDraft],
    *,
    author: str,
    reason: str,
    effective_from: date,
) -> tuple[Baseline, ...]:
    """Keep ``drafts`` as new versions, all of them or none.

    >>> from tempfile import TemporaryDirectory
    >>> from data.state.database import open_state
    >>> with TemporaryDirectory() as folder, open_state(f"sqlite:///{folder}/state.db") as state:
    ...     nps = BaselineDraft("nps", 2026, Decimal("32"), Decimal("50"))
    ...     drafts = draft_baselines(state, [nps], author="li", reason="plan of the year",
    ...                              effective_from=date(2026, 1, 1))
    ...     seen = submit_baselines(state, drafts, by="li")
    ...     published = publish_baselines(state, seen, by="wang", two_people=True)
    ...     found = baselines_in_force(state, date(2026, 6, 30))
    ...     [(row.indicator, row.target) for row in found]
    [('nps', Decimal('50'))]
    """
    rows = [_row(draft) for draft in drafts]
    keys = [(row["indicator"], row["year"], row["branch_id"], row["module"]) for row in rows]
    twice = [key for key, found in Counter(keys).items() if found > 1]
    if twice:
        raise StateRefusedError(f"two baselines for {twice[0]}: give one")
    shared = {"reason": reason, "effective_from": effective_from}
    with stepping(state, author) as step:
        numbers = [lifecycle.begin(step, BASELINES, {**row, **shared}) for row in rows]
        for number in numbers:
            lifecycle.drafted(step, BASELINES, number)
        return _load(step.connection, numbers)


def edit_baseline(
    state: State,
    seen: Baseline,
    *,
    by: str,
    base: Decimal | None,
    target: Decimal | None,
    reason: str | None = None,
    effective_from: date | None = None,
) -> Baseline:
    """Give a draft, as it was ``seen``, another base and target; reason and day when not None.

    Raises StateConflictError when somebody changed it since, StateRefusedError when it is no draft.
    """
    values = {
        "base": None if base is None else exact("base", base),
        "target": None if target is None else exact("target", target),
        "reason": seen.reason if reason is None else words("reason", reason),
        "effective_from": plain_day("effective_from", effective_from or seen.effective_from),
    }
    with stepping(state, by) as step:
        lifecycle.edit(step, BASELINES, (seen.id, seen.version), values)
        lifecycle.drafted(step, BASELINES, seen.id, "edit")
        return _load(step.connection, [seen.id])[0]


def submit_baselines(state: State, seen: Sequence[Baseline], *, by: str) -> tuple[Baseline, ...]:
    """Hand drafts in for publication, all of them or none."""
    with stepping(state, by) as step:
        for one in seen:
            lifecycle.submit(step, BASELINES, (one.id, one.version))
        return _load(step.connection, [one.id for one in seen])


def send_back_baselines(
    state: State, seen: Sequence[Baseline], *, by: str, reason: str
) -> tuple[Baseline, ...]:
    """Make submitted baselines drafts again, all of them or none."""
    with stepping(state, by) as step:
        for one in seen:
            lifecycle.send_back(step, BASELINES, (one.id, one.version), reason)
        return _load(step.connection, [one.id for one in seen])


def publish_baselines(
    state: State, seen: Sequence[Baseline], *, by: str, two_people: bool = False
) -> tuple[Baseline, ...]:
    """Publish submitted baselines for good, all of them or none.

    The rules are those of ``publish_weights``.
    """
    with stepping(state, by) as step:
        for one in seen:
            lifecycle.publish(step, BASELINES, (one.id, one.version), two_people=two_people)
        return _load(step.connection, [one.id for one in seen])


def discard_baselines(state: State, seen: Sequence[Baseline], *, by: str, reason: str) -> None:
    """Delete drafts; the audit log keeps what they said."""
    with stepping(state, by) as step:
        for one in seen:
            lifecycle.discard(step, BASELINES, (one.id, one.version), reason)


def baselines(state: State, *, indicator: str | None = None) -> tuple[Baseline, ...]:
    """Every version in every state, of one indicator or of all, oldest first."""
    query = select(BASELINE).order_by(BASELINE.c.id)
    if indicator is not None:
        query = query.where(BASELINE.c.indicator == indicator)
    with state.reading() as connection:
        return tuple(Baseline(**row) for row in connection.execute(query).mappings())


def baselines_in_force(
    state: State, day: date, *, as_known_at: datetime | None = None, year: int | None = None
) -> tuple[Baseline, ...]:
    """The published versions in force on ``day``: one an indicator, year, branch and module.

    ``as_known_at`` (UTC) leaves out what was published later; ``year`` keeps one target year.
    """
    key = (BASELINE.c.indicator, BASELINE.c.year, BASELINE.c.branch_id, BASELINE.c.module)
    rank = func.row_number().over(partition_by=key, order_by=lifecycle.newest_first(BASELINE))
    moment = None if as_known_at is None else utc(as_known_at)
    ranked = lifecycle.known_at(select(BASELINE, rank.label("rank")), BASELINE, day, moment)
    if year is not None:
        ranked = ranked.where(BASELINE.c.year == year)
    found = ranked.subquery()
    names = [column.name for column in BASELINE.columns]
    query = select(*(found.c[name] for name in names)).where(found.c.rank == 1)
    with state.reading() as connection:
        rows = [Baseline(**row) for row in connection.execute(query).mappings()]
    return tuple(sorted(rows, key=_order))


def _order(row: Baseline) -> tuple[str, int, str, str]:
    return row.indicator, row.year, row.branch_id or "", row.module or ""


def _row(draft: BaselineDraft) -> dict[str, object]:
    if draft.origin not in ORIGINS:
        raise StateRefusedError(f"origin is {draft.origin!r}: expected one of {', '.join(ORIGINS)}")
    if (draft.origin == "proposed") != (draft.method is not None):
        raise StateRefusedError("a proposed baseline names its method, a typed one has none")
    return {
        "indicator": words("indicator", draft.indicator),
        "year": draft.year,
        "branch_id": words_or_none("branch_id", draft.branch_id),
        "module": words_or_none("module", draft.module),
        "base": None if draft.base is None else exact("base", draft.base),
        "target": None if draft.target is None else exact("target", draft.target),
        "origin": draft.origin,
        "method": words_or_none("method", draft.method),
    }


def _load(connection: Connection, numbers: Sequence[int]) -> tuple[Baseline, ...]:
    loaded = []
    for number in numbers:
        row = connection.execute(select(BASELINE).where(BASELINE.c.id == number))
        loaded.append(Baseline(**row.mappings().one()))
    return tuple(loaded)


def _content(connection: Connection, number: int) -> dict[str, object]:
    found = _load(connection, [number])[0]
    said = {field.name for field in fields(BaselineDraft)} | {"author", "reason", "effective_from"}
    return {name: getattr(found, name) for name in said}


BASELINES = Published(BASELINE, "baseline", _content)
