"""Notes, disputes and open warnings about a node, as they are at this moment; never cached."""

from __future__ import annotations

from data.period import Period, month_end
from data.slice import Slice
from data.state import Dispute, Note, State, disputes, earlier_notes, notes, open_disputes
from ui.load.opened import Token, open_state_once, settings, setup


def state() -> State:
    """The state database, for what a reader does."""
    return open_state_once(settings().state)


def reaches(token: Token, branch: str, about: Slice) -> bool:
    """Whether a branch ('' the whole bank) lies in the slice's and in the reader's reach."""
    leaves = setup(token).store.leaves
    tops = [top for top in (about.branch, about.rights.subtree) if top]
    return all(branch in leaves and bool(branch) and leaves[branch] <= leaves[top] for top in tops)


def notes_on(token: Token, node: str, about: Slice) -> tuple[Note, ...]:
    """Notes on a node for the months of the slice's period, of its branch and those below it."""
    first, last = month_end(about.period.first), month_end(about.period.last)
    return tuple(
        one
        for one in notes(state(), indicator=node)
        if (one.month is None or first <= one.month <= last)
        and reaches(token, one.branch_id or "", about)
    )


def earlier(note: Note) -> tuple[Note, ...]:
    """What a note said before it was replaced, the oldest first."""
    return earlier_notes(state(), note)


def disputes_on(token: Token, node: str, about: Slice) -> tuple[Dispute, ...]:
    """Disputes of a node's numbers in the slice's branch and below it, the newest first.

    Those that are open, whatever their period, and those that were closed of the slice's period.
    """
    found = [
        one
        for one in disputes(state(), node=node)
        if (one.is_open or _touch(Period.parse(one.period), about.period))
        and reaches(token, one.branch_id or "", about)
    ]
    return tuple(reversed(found))


def disputed(token: Token, about: Slice) -> tuple[Dispute, ...]:
    """Open disputes of all nodes in the slice's branch and below it, the oldest first."""
    found = open_disputes(state())
    return tuple(one for one in found if reaches(token, one.branch_id or "", about))


def _touch(one: Period, other: Period) -> bool:
    return one.first <= other.last and other.first <= one.last
