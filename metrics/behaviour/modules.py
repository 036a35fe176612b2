"""Feature use: modules by tier, hour or branch, and the modules that people never use."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from metrics.behaviour.intervals import Share, share
from metrics.behaviour.rows import rows

NEVER_BASIC = 50.0
"""Per cent of active users from which a basic module that they never use is called out."""
NEVER_ADVANCED = 95.0
"""The same for an advanced module: few are meant for everybody."""


@dataclass(frozen=True)
class Heat:
    """Shares of active users by module (rows) and a dimension (columns).

    ``cells`` has a Share for each pair; None where fewer than five people are active.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], Share | None]


@dataclass(frozen=True)
class NeverUsed:
    """A module and the active users of a long period without one event in it."""

    module: str
    never: Share
    called_out: bool


def heat(
    counted: pd.DataFrame, modules: Sequence[str], columns: Sequence[str], smallest: int = 5
) -> Heat:
    """The frame of ``data.behaviour.module_users`` for some columns (its values as text)."""
    found = {(str(row.module), str(row.across)): int(row.users) for row in rows(counted)}
    cells: dict[tuple[str, str], Share | None] = {}
    for column in columns:
        active = found.get(("", column), 0)
        for module in modules:
            users = found.get((module, column), 0)
            cells[module, column] = share(users, active) if active >= smallest else None
    return Heat(tuple(modules), tuple(columns), cells)


def never_used(
    counted: pd.DataFrame, modules: Sequence[str], basic: Collection[str]
) -> tuple[NeverUsed, ...]:
    """Modules by the share that never used them; basic ones called out first, then the largest.

    ``counted`` is the frame of ``data.behaviour.ever_used``.
    """
    users = {str(row.module): int(row.users) for row in rows(counted)}
    active = users.get("", 0)
    found = []
    for module in modules:
        never = share(active - users.get(module, 0), active)
        limit = NEVER_BASIC if module in basic else NEVER_ADVANCED
        found.append(NeverUsed(module, never, (never.value or 0.0) >= limit))
    return tuple(
        sorted(
            found,
            key=lambda one: (
                not (one.called_out and one.module in basic),
                -(one.never.value or 0.0),
                one.module,
            ),
        )
    )
