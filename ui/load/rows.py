"""Rows behind a data point: never cached, and every look is logged before it is shown."""

from __future__ import annotations

from data.points.rows import Rows, rows_behind
from data.slice import Slice
from data.state import log_access
from ui.load.opened import Token, open_state_once, open_warehouse_once, settings, setup


def rows(token: Token, point: str, about: Slice, page: int, *, who: str, purpose: str) -> Rows:
    """A page of rows for ``who``; SliceError without the right. The look is in the audit log."""
    with open_warehouse_once(token.warehouse).reading() as connection:
        found = rows_behind(connection, setup(token).store, point, about, page)
    log_access(
        open_state_once(settings().state),
        who=who,
        source=point,
        rows=len(found.cells),
        purpose=purpose,
        detail={"slice": about.words("en"), "page": page, "columns": list(found.columns)},
    )
    return found
