"""Why there is no base or target."""

from __future__ import annotations

from enum import IntEnum


class Reason(IntEnum):
    """OK where there is a number; codes fit the reason arrays."""

    OK = 0
    NO_GOAL = 1
    NO_CUSTOMERS = 2
    NO_LAST_YEAR = 3
    NO_START_OF_YEAR = 4
    NO_TARGET = 5
    NO_NEW_USER_TARGET = 6
    NO_CLOSURES = 7
    NO_BANK_LAST_YEAR = 8
    NO_SHARE = 9
    TYPED_EXCEED_WHOLE = 10
    NO_BASE = 11
    NOT_STARTED = 12
