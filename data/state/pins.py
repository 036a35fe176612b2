"""A reader's own page: which saved analyses are on it, in the reader's order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from data.state.audit import record
from data.state.database import State
from data.state.errors import StateRefusedError
from data.state.lifecycle import Step, stepping
from data.state.tables import PIN
from data.state.views import SavedView, load_views, one_view, require_readable, require_there

MOST_PINS = 24


def pin_view(state: State, number: int, *, by: str) -> None:
    """Put a view at the end of one's own page; nothing changes where it is there already."""
    with stepping(state, by) as step:
        now = one_view(step.connection, number)
        require_readable(now, step.by)
        require_there(now)
        pins = _pins(step.connection, step.by)
        if number in pins:
            return
        if len(pins) >= MOST_PINS:
            raise StateRefusedError(f"at most {MOST_PINS} views can be pinned: unpin one first")
        _keep_pins(step, [*pins, number], "pin", number)


def unpin_view(state: State, number: int, *, by: str) -> None:
    """Take a view off one's own page; nothing changes where it is not there."""
    with stepping(state, by) as step:
        pins = _pins(step.connection, step.by)
        if number in pins:
            _keep_pins(step, [one for one in pins if one != number], "unpin", number)


def move_pin(state: State, number: int, places: int, *, by: str) -> None:
    """Move a pinned view towards the end (above 0) or the beginning of one's page (below 0)."""
    with stepping(state, by) as step:
        pins = _pins(step.connection, step.by)
        shown = [one.id for one in _shown(step.connection, step.by)]
        if number not in shown:
            raise StateRefusedError(f"view {number} is not pinned")
        wanted = [one for one in shown if one != number]
        wanted.insert(max(0, shown.index(number) + places), number)
        if wanted != shown:
            hidden = [one for one in pins if one not in shown]
            _keep_pins(step, [*wanted, *hidden], "move_pin", number)


def pinned_views(state: State, who: str) -> tuple[SavedView, ...]:
    """The views on a person's page in their order, without what is archived or no longer shared."""
    with state.reading() as connection:
        return _shown(connection, who)


def _shown(connection: Connection, who: str) -> tuple[SavedView, ...]:
    pins = _pins(connection, who)
    found = {one.id: one for one in load_views(connection, pins)} if pins else {}
    standing = [found[number] for number in pins]
    return tuple(one for one in standing if one.readable(who) and not one.archived)


def _pins(connection: Connection, who: str) -> list[int]:
    query = select(PIN.c.view_id).where(PIN.c.who == who).order_by(PIN.c.position)
    return list(connection.execute(query).scalars())


def _keep_pins(step: Step, wanted: Sequence[int], action: str, number: int) -> None:
    step.connection.execute(delete(PIN).where(PIN.c.who == step.by))
    rows = [{"who": step.by, "view_id": one, "position": n} for n, one in enumerate(wanted, 1)]
    if rows:
        step.connection.execute(insert(PIN), rows)
    detail = {"order": list(wanted)}
    on = f"view:{number}"
    record(step.connection, at=step.at, who=step.by, action=action, on=on, detail=detail)
