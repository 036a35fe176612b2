"""Weight sets: full assignments of weights, drafted, submitted, published, never overwritten.

That children add up to 100 % is checked where the tree is known, before a set is published here:
metrics/scorecard/publishing.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from data.state import lifecycle
from data.state.checks import canonical_json, exact, plain_day, utc, words, words_or_none
from data.state.database import State
from data.state.errors import StateRefusedError
from data.state.lifecycle import Published, stepping
from data.state.tables import WEIGHING, WEIGHT, WEIGHT_ORIGIN, WEIGHT_SET

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Weight:
    """A node's weight in per cent of its parent."""

    node: str
    weight: Decimal


@dataclass(frozen=True)
class WeightOrigin:
    """How the weights below ``parent`` were found: the method and what it was told.

    Of judgements in pairs ``detail`` holds ``pairs``: [one, other, "3" or "1/3"], the first being
    so many times as important as the second.
    """

    parent: str
    method: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class WeightSet:
    """A full assignment of weights; moments naive UTC, ``version`` counts its changes."""

    id: int
    name_zh: str
    name_en: str
    profile: str | None
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
    weights: tuple[Weight, ...]
    origins: tuple[WeightOrigin, ...] = ()

    def by_node(self) -> dict[str, Decimal]:
        """Weight in per cent of the parent, by node."""
        return {entry.node: entry.weight for entry in self.weights}


def draft_weights(
    state: State,
    weights: Mapping[str, Decimal],
    *,
    name_zh: str,
    name_en: str,
    author: str,
    reason: str,
    effective_from: date,
    profile: str | None = None,
    origins: Sequence[WeightOrigin] = (),
) -> WeightSet:
    """Keep ``weights`` (per cent by node) as a new draft, with how they were found.

    >>> from tempfile import TemporaryDirectory
    >>> from data.state.database import open_state
    >>> with TemporaryDirectory() as folder, open_state(f"sqlite:///{folder}/state.db") as state:
    ...     draft = draft_weights(state, {"risk": Decimal("60"), "brand": Decimal("40")},
    ...         name_zh="稳健", name_en="Prudent", author="li", reason="risk appetite",
    ...         effective_from=date(2026, 1, 1))
    ...     seen = submit_weights(state, draft, by="li")
    ...     published = publish_weights(state, seen, by="wang", two_people=True)
    ...     weight_set_in_force(state, date(2026, 3, 31)) == published
    ...     weight_set_in_force(state, date(2025, 12, 31)) is None
    True
    True
    """
    named = _named(name_zh, name_en, profile)
    with stepping(state, author) as step:
        values = {**named, "reason": reason, "effective_from": effective_from}
        number = lifecycle.begin(step, WEIGHT_SETS, values)
        _write(step.connection, number, weights)
        _write_origins(step.connection, number, origins)
        lifecycle.drafted(step, WEIGHT_SETS, number)
        return _load(step.connection, number)


def edit_weights(
    state: State,
    seen: WeightSet,
    *,
    by: str,
    weights: Mapping[str, Decimal] | None = None,
    reason: str | None = None,
    effective_from: date | None = None,
    origins: Sequence[WeightOrigin] = (),
) -> WeightSet:
    """Change a draft as it was ``seen``; what is None stays.

    Each of ``origins`` takes the place of what its parent's weights came from before.
    Raises StateConflictError when somebody changed it since, StateRefusedError when it is no draft.
    """
    reason = seen.reason if reason is None else words("reason", reason)
    first = seen.effective_from if effective_from is None else effective_from
    values = {"reason": reason, "effective_from": plain_day("effective_from", first)}
    with stepping(state, by) as step:
        lifecycle.edit(step, WEIGHT_SETS, _seen(seen), values)
        if weights is not None:
            step.connection.execute(delete(WEIGHT).where(WEIGHT.c.set_id == seen.id))
            _write(step.connection, seen.id, weights)
        _write_origins(step.connection, seen.id, origins)
        lifecycle.drafted(step, WEIGHT_SETS, seen.id, "edit")
        return _load(step.connection, seen.id)


def submit_weights(state: State, seen: WeightSet, *, by: str) -> WeightSet:
    """Hand a draft in for publication; it can no longer be edited."""
    with stepping(state, by) as step:
        lifecycle.submit(step, WEIGHT_SETS, _seen(seen))
        return _load(step.connection, seen.id)


def send_back_weights(state: State, seen: WeightSet, *, by: str, reason: str) -> WeightSet:
    """Make a submitted set a draft again."""
    with stepping(state, by) as step:
        lifecycle.send_back(step, WEIGHT_SETS, _seen(seen), reason)
        return _load(step.connection, seen.id)


def publish_weights(
    state: State, seen: WeightSet, *, by: str, two_people: bool = False
) -> WeightSet:
    """Publish a submitted set for good.

    With ``two_people`` nobody who wrote, edited or submitted it may publish it. Refused when it
    would take effect in or before a closed month.
    """
    with stepping(state, by) as step:
        lifecycle.publish(step, WEIGHT_SETS, _seen(seen), two_people=two_people)
        return _load(step.connection, seen.id)


def discard_weights(state: State, seen: WeightSet, *, by: str, reason: str) -> None:
    """Delete a draft; the audit log keeps what it said."""
    with stepping(state, by) as step:
        lifecycle.require(step, WEIGHT_SETS, _seen(seen), "draft")
        for table in (WEIGHT, WEIGHT_ORIGIN):
            step.connection.execute(delete(table).where(table.c.set_id == seen.id))
        lifecycle.discard(step, WEIGHT_SETS, _seen(seen), reason)


def weight_set(state: State, number: int) -> WeightSet | None:
    """The set with this number, whatever its state."""
    with state.reading() as connection:
        found = connection.execute(select(WEIGHT_SET.c.id).where(WEIGHT_SET.c.id == number))
        return None if found.one_or_none() is None else _load(connection, number)


def weight_sets(state: State) -> tuple[WeightSet, ...]:
    """All sets, newest first."""
    with state.reading() as connection:
        numbers = connection.execute(select(WEIGHT_SET.c.id).order_by(WEIGHT_SET.c.id.desc()))
        return tuple(_load(connection, number) for number in numbers.scalars().all())


def weight_set_in_force(
    state: State, day: date, *, profile: str | None = None, as_known_at: datetime | None = None
) -> WeightSet | None:
    """The published set in force on ``day``: latest effective day, then latest published.

    ``profile`` looks among the sets of that profile only; ``as_known_at`` (UTC) leaves out what
    was published later. None when nothing is in force.
    """
    with state.reading() as connection:
        number = number_in_force(connection, day, profile=profile, as_known_at=as_known_at)
        return None if number is None else _load(connection, number)


def number_in_force(
    connection: Connection,
    day: date,
    *,
    profile: str | None = None,
    as_known_at: datetime | None = None,
) -> int | None:
    """The number of the set in force, within the caller's transaction."""
    moment = None if as_known_at is None else utc(as_known_at)
    query = lifecycle.known_at(select(WEIGHT_SET.c.id), WEIGHT_SET, day, moment)
    if profile is not None:
        query = query.where(WEIGHT_SET.c.profile == profile)
    newest = query.order_by(*lifecycle.newest_first(WEIGHT_SET)).limit(1)
    return connection.execute(newest).scalar_one_or_none()


def _seen(seen: WeightSet) -> tuple[int, int]:
    return seen.id, seen.version


def _named(name_zh: str, name_en: str, profile: str | None) -> dict[str, str | None]:
    return {
        "name_zh": words("name_zh", name_zh, longest=200),
        "name_en": words("name_en", name_en, longest=200),
        "profile": words_or_none("profile", profile),
    }


def _write(connection: Connection, number: int, weights: Mapping[str, Decimal]) -> None:
    rows = [
        {"set_id": number, "node": words("node", node), "weight": _share(node, weight)}
        for node, weight in weights.items()
    ]
    if not rows:
        raise StateRefusedError("a weight set without weights: give one for each node of the tree")
    if len({row["node"] for row in rows}) < len(rows):
        raise StateRefusedError("a node has two weights: give one for each node of the tree")
    connection.execute(insert(WEIGHT), rows)


def _write_origins(connection: Connection, number: int, origins: Sequence[WeightOrigin]) -> None:
    for one in origins:
        if one.method not in WEIGHING:
            known = ", ".join(WEIGHING)
            raise StateRefusedError(f"method is {one.method!r}: expected one of {known}")
        of_parent = (WEIGHT_ORIGIN.c.set_id == number) & (WEIGHT_ORIGIN.c.parent == one.parent)
        connection.execute(delete(WEIGHT_ORIGIN).where(of_parent))
        row = {
            "set_id": number,
            "parent": words("parent", one.parent),
            "method": one.method,
            "detail": canonical_json(one.detail),
        }
        connection.execute(insert(WEIGHT_ORIGIN).values(row))


def _share(node: str, weight: Decimal) -> Decimal:
    share = exact(f"the weight of {node}", weight)
    if not 0 <= share <= HUNDRED:
        raise StateRefusedError(f"the weight of {node} is {share}: expected 0 to 100 per cent")
    return share


def _load(connection: Connection, number: int) -> WeightSet:
    row = connection.execute(select(WEIGHT_SET).where(WEIGHT_SET.c.id == number))
    found = row.mappings().one()
    return WeightSet(
        **found, weights=_weights(connection, number), origins=_origins(connection, number)
    )


def _weights(connection: Connection, number: int) -> tuple[Weight, ...]:
    query = select(WEIGHT.c.node, WEIGHT.c.weight).where(WEIGHT.c.set_id == number)
    pairs: list[Row[Any]] = list(connection.execute(query))
    return tuple(Weight(row.node, row.weight) for row in sorted(pairs, key=lambda row: row.node))


def _origins(connection: Connection, number: int) -> tuple[WeightOrigin, ...]:
    columns = (WEIGHT_ORIGIN.c.parent, WEIGHT_ORIGIN.c.method, WEIGHT_ORIGIN.c.detail)
    query = select(*columns).where(WEIGHT_ORIGIN.c.set_id == number)
    rows = connection.execute(query.order_by(WEIGHT_ORIGIN.c.parent))
    return tuple(WeightOrigin(row.parent, row.method, json.loads(row.detail)) for row in rows)


def _content(connection: Connection, number: int) -> dict[str, object]:
    found = _load(connection, number)
    said = ("name_zh", "name_en", "profile", "author", "reason", "effective_from")
    content = {**{name: getattr(found, name) for name in said}, "weights": found.by_node()}
    # Left out where there are none: sets from before origins were kept read as they did.
    origins = {one.parent: [one.method, one.detail] for one in found.origins}
    return content | ({"origins": origins} if origins else {})


WEIGHT_SETS = Published(WEIGHT_SET, "weight set", _content)
