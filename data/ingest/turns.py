"""Writers take turns: one that finds another's change in its way starts its transaction again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

Result = TypeVar("Result")
ATTEMPTS = 10
FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0
_IN_THE_WAY = ("conflict", "database is locked")


def in_turn(write: Callable[[], Result]) -> Result:
    """The result of ``write``, a whole transaction, tried again while another writer is in the way.

    Engines without row locks say only at commit that two transactions changed the same rows.
    """
    for attempt in range(ATTEMPTS - 1):
        try:
            return write()
        except DBAPIError as error:
            if not any(words in str(error).lower() for words in _IN_THE_WAY):
                raise
            wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**attempt)
            time.sleep(wait * (0.5 + random.random()))  # noqa: S311  # spreads writers, no secret
    return write()
