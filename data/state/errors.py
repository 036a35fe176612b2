"""What can go wrong with Canopy's own state: every message says what to do next."""

from __future__ import annotations


class StateError(Exception):
    """The state database cannot be opened, read or written, or holds something damaged."""


class StateRefusedError(StateError):
    """A change that a rule forbids; nothing was changed."""


class StateConflictError(StateError):
    """Somebody else changed the same thing in the meantime; nothing was changed."""
