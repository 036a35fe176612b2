"""Who asks, on the screens."""

from __future__ import annotations

from data.viewer import Viewer

HEAD_OFFICE = Viewer("head_office", ("head_office",))


def asking() -> Viewer:
    """The reader of this session."""
    return HEAD_OFFICE
