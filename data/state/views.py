"""Saved analyses: versions that are only ever added to, shared or private, pinned or archived.

A view keeps the codes of an analysis, no number and no right: whoever opens it sees what they may
see. Its owner alone shares and archives it; what is shared, others may save anew as its next
version. Names and descriptions come from people: they are untrusted wherever they are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, RowMapping, insert, select

from data.state.audit import record
from data.state.checks import words
from data.state.database import State
from data.state.errors import StateConflictError, StateRefusedError
from data.state.lifecycle import Step, stepping
from data.state.tables import SAVED_VIEW, SAVED_VIEW_VERSION, VISIBILITIES

Visibility = Literal["private", "shared"]
LONGEST_NAME, LONGEST_CODES = 120, 4000


@dataclass(frozen=True)
class ViewContent:
    """What is saved: ``codes`` as an address writes them; ``description`` may be empty."""

    name: str
    codes: str
    description: str = ""
    visibility: Visibility = "private"


@dataclass(frozen=True)
class ViewVersion:
    """One version; ``origin``: what a duplicate or a restored one repeats (``view 3, version 2``).

    An archived or revived view repeats its last content: what was done is its ``action``.
    """

    number: int
    at: datetime
    who: str
    action: str
    reason: str | None
    content: ViewContent
    origin: str | None


@dataclass(frozen=True)
class SavedView:
    """An analysis with its versions, oldest first."""

    id: int
    owner: str
    versions: tuple[ViewVersion, ...]

    @property
    def last(self) -> ViewVersion:
        """The version that holds."""
        return self.versions[-1]

    @property
    def content(self) -> ViewContent:
        """What is saved now."""
        return self.last.content

    @property
    def archived(self) -> bool:
        """Whether it is out of the lists; nothing of it is lost."""
        return self.last.action == "archive"

    def readable(self, who: str) -> bool:
        """Whether a person may open it: their own, and what is shared."""
        return who == self.owner or self.content.visibility == "shared"


def create_view(
    state: State, content: ViewContent, *, by: str, reason: str | None = None
) -> SavedView:
    """Save an analysis for the first time.

    >>> from tempfile import TemporaryDirectory
    >>> from data.state.database import open_state
    >>> with TemporaryDirectory() as folder, open_state(f"sqlite:///{folder}/state.db") as state:
    ...     made = create_view(state, ViewContent("Users by tier", "i=mau&by=tier"), by="li")
    ...     named = replace(made.content, name="Active users by tier")
    ...     saved = save_view(state, made, named, by="li", reason="a clearer name")
    ...     [(one.number, one.content.name) for one in saved.versions]
    [(1, 'Users by tier'), (2, 'Active users by tier')]
    """
    with stepping(state, by) as step:
        return _begin(step, _sound(content), "create", reason, None)


def save_view(
    state: State, seen: SavedView, content: ViewContent, *, by: str, reason: str | None = None
) -> SavedView:
    """Add a version to a view as it was ``seen``; refused where somebody saved it since."""
    with stepping(state, by) as step:
        now = _standing(step, seen)
        wanted = _sound(content)
        if wanted == now.content:
            raise StateRefusedError(f"view {now.id} is saved like this already")
        if wanted.visibility != now.content.visibility:
            _require_owner(step, now)
        return _add(step, now, "save", wanted, reason)


def restore_view(
    state: State, seen: SavedView, number: int, *, by: str, reason: str | None = None
) -> SavedView:
    """Save an earlier version's name, description and codes again; who sees it stays as it is."""
    with stepping(state, by) as step:
        now = _standing(step, seen)
        old = next((one.content for one in now.versions if one.number == number), None)
        if old is None:
            raise StateRefusedError(f"view {now.id} has no version {number}")
        wanted = replace(old, visibility=now.content.visibility)
        if wanted == now.content:
            raise StateRefusedError(f"view {now.id} is saved like this already")
        return _add(step, now, "restore", wanted, reason, _version_name(now.id, number))


def duplicate_view(state: State, seen: SavedView, name: str, *, by: str) -> SavedView:
    """A private view of one's own with the content that ``seen`` has now."""
    with stepping(state, by) as step:
        now = one_view(step.connection, seen.id)
        require_readable(now, step.by)
        copied = _sound(replace(now.content, name=name, visibility="private"))
        return _begin(step, copied, "duplicate", None, _version_name(now.id, now.last.number))


def archive_view(state: State, seen: SavedView, *, by: str, reason: str | None = None) -> SavedView:
    """Take a view out of all lists and pages; its owner can bring it back."""
    with stepping(state, by) as step:
        now = _standing(step, seen)
        _require_owner(step, now)
        return _add(step, now, "archive", now.content, reason)


def revive_view(state: State, seen: SavedView, *, by: str) -> SavedView:
    """Bring an archived view back."""
    with stepping(state, by) as step:
        now = _as_seen(step, seen)
        _require_owner(step, now)
        if not now.archived:
            raise StateRefusedError(f"view {now.id} is not archived")
        return _add(step, now, "revive", now.content, None)


def saved_views(state: State, who: str, *, archived: bool = False) -> tuple[SavedView, ...]:
    """The views that a person may open, by name; archived ones only where asked for."""
    with state.reading() as connection:
        found = [one for one in load_views(connection) if one.readable(who)]
    wanted = [one for one in found if one.archived == archived]
    return tuple(sorted(wanted, key=lambda one: (one.content.name.casefold(), one.id)))


def saved_view(state: State, number: int, who: str) -> SavedView | None:
    """A view by its number; None where there is none or the person may not open it."""
    with state.reading() as connection:
        found = load_views(connection, (number,))
    return next((one for one in found if one.readable(who)), None)


def _sound(content: ViewContent) -> ViewContent:
    if content.visibility not in VISIBILITIES:
        known = ", ".join(VISIBILITIES)
        raise StateRefusedError(f"visibility is {content.visibility!r}: expected one of {known}")
    described = content.description.strip()
    return ViewContent(
        words("name", content.name, longest=LONGEST_NAME),
        words("codes", content.codes, longest=LONGEST_CODES),
        words("description", described) if described else "",
        content.visibility,
    )


def _standing(step: Step, seen: SavedView) -> SavedView:
    now = _as_seen(step, seen)
    require_readable(now, step.by)
    require_there(now)
    return now


def _as_seen(step: Step, seen: SavedView) -> SavedView:
    """The view as it is now; refused where somebody saved it since it was seen."""
    now = one_view(step.connection, seen.id)
    if now.last.number != seen.last.number:
        raise StateConflictError(
            f"{now.last.who} saved view {now.id} at {now.last.at:%F %T} UTC as version "
            f"{now.last.number}, you saw version {seen.last.number}: load it again"
        )
    return now


def require_readable(view: SavedView, who: str) -> None:
    """Refuse who may not open a view, as if there were none."""
    if not view.readable(who):
        raise StateConflictError(f"view {view.id} does not exist or is not shared with you")


def require_there(view: SavedView) -> None:
    """Refuse what is archived."""
    if view.archived:
        raise StateRefusedError(f"view {view.id} is archived: bring it back first")


def _require_owner(step: Step, view: SavedView) -> None:
    if step.by != view.owner:
        raise StateRefusedError(f"view {view.id} belongs to {view.owner}: only they may do this")


def _begin(
    step: Step, content: ViewContent, action: str, reason: str | None, origin: str | None
) -> SavedView:
    new = insert(SAVED_VIEW).values(owner=step.by).returning(SAVED_VIEW.c.id)
    number = int(step.connection.execute(new).scalar_one())
    return _add(step, SavedView(number, step.by, ()), action, content, reason, origin)


def _add(
    step: Step,
    view: SavedView,
    action: str,
    content: ViewContent,
    reason: str | None,
    origin: str | None = None,
) -> SavedView:
    said = {
        **asdict(content),
        "number": len(view.versions) + 1,
        "reason": words("reason", reason) if reason and reason.strip() else None,
        "origin": origin,
    }
    row = {**said, "view_id": view.id, "at": step.at, "who": step.by, "action": action}
    step.connection.execute(insert(SAVED_VIEW_VERSION).values(row))
    on = f"view:{view.id}"
    record(step.connection, at=step.at, who=step.by, action=action, on=on, detail=said)
    return one_view(step.connection, view.id)


def _version_name(view: int, number: int) -> str:
    return f"view {view}, version {number}"


def one_view(connection: Connection, number: int) -> SavedView:
    """A view by its number; refused where there is none."""
    found = load_views(connection, (number,))
    if not found:
        raise StateConflictError(f"view {number} does not exist or is not shared with you")
    return found[0]


def load_views(connection: Connection, numbers: Sequence[int] | None = None) -> list[SavedView]:
    """Views by their numbers, or all, archived ones too, whoever may open them."""
    table, owner = SAVED_VIEW_VERSION, SAVED_VIEW.c.owner
    joined = table.join(SAVED_VIEW, SAVED_VIEW.c.id == table.c.view_id)
    query = select(table, owner).select_from(joined).order_by(table.c.view_id, table.c.number)
    if numbers is not None:
        query = query.where(table.c.view_id.in_(numbers))
    found: dict[int, SavedView] = {}
    for row in connection.execute(query).mappings():
        number = row["view_id"]
        before = found.get(number, SavedView(number, row["owner"], ()))
        found[number] = replace(before, versions=(*before.versions, _version(row)))
    return list(found.values())


def _version(row: RowMapping) -> ViewVersion:
    content = ViewContent(row["name"], row["codes"], row["description"], row["visibility"])
    return ViewVersion(
        row["number"], row["at"], row["who"], row["action"], row["reason"], content, row["origin"]
    )
