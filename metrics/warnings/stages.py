"""The stages of a warning, from the days on which it was judged and what people did.

pending → firing → acknowledged → recovering → resolved, and no data in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Stage = Literal["pending", "firing", "acknowledged", "recovering", "resolved", "no_data"]
Outcome = Literal["breached", "holds", "unknown"]
STAGES: tuple[Stage, ...] = (
    "pending", "firing", "acknowledged", "recovering", "resolved", "no_data",
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A day on which a warning was judged, and what came of it."""

    day: date
    outcome: Outcome


def stage(
    days: Sequence[Judged], *, confirm_days: int, calm_days: int, acknowledged: bool = False
) -> Stage:
    """The stage of a warning after some judged days, oldest first.

    It fires when it was breached on ``confirm_days`` judged days in a row, and is resolved when it
    held on ``calm_days`` in a row; one that never fired is resolved by the first day on which it
    holds. Days without data neither confirm nor calm. ``acknowledged``: a person took it on.

    >>> monday, tuesday = date(2026, 11, 2), date(2026, 11, 3)
    >>> first = [Judged(monday, "breached")]
    >>> stage(first, confirm_days=2, calm_days=1)
    'pending'
    >>> stage([*first, Judged(tuesday, "breached")], confirm_days=2, calm_days=1)
    'firing'
    >>> stage([*first, Judged(tuesday, "holds")], confirm_days=2, calm_days=1)
    'resolved'
    """
    breached = calm = 0
    fired = False
    for one in days:
        if one.outcome == "breached":
            breached, calm = breached + 1, 0
            fired = fired or breached >= confirm_days
        elif one.outcome == "holds":
            breached, calm = 0, calm + 1
    if not days or days[-1].outcome == "unknown":
        return "no_data"
    if calm:
        return "resolved" if not fired or calm >= calm_days else "recovering"
    if not fired:
        return "pending"
    return "acknowledged" if acknowledged else "firing"
