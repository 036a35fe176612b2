"""Writers take turns: one that finds another's change in its way starts its transaction again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

Result = TypeVar("Result")
ATTEMPTS = 6
FIRST_WAIT_S = 0.2


def in_turn(write: Callable[[], Result]) -> Result:
    """The result of ``write``, a whole transaction, tried again while another writer is in the way.

    Engines without row locks say at commit that two transactions changed the same rows.
    """
    for attempt in range(ATTEMPTS - 1):
        try:
            return write()
        except DBAPIError as error:
            if "conflict" not in str(error).lower():
                raise
            time.sleep(FIRST_WAIT_S * 2**attempt)
    return write()
