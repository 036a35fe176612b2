"""Features switched on branch by branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from data.points.relations.span import TABLES


@dataclass(frozen=True)
class Rollout:
    """A feature with the day on which each branch got it; texts are from data."""

    id: str
    module: str
    feature: str
    started: Mapping[str, date]

    @property
    def first(self) -> date:
        """The day on which the first branch got it."""
        return min(self.started.values())


def rollouts(connection: Connection) -> tuple[Rollout, ...]:
    """All roll-outs, the newest first."""
    table = TABLES["rollout"]
    found: dict[str, Rollout] = {}
    for row in connection.execute(select(table).order_by(table.c.branch_id)).mappings():
        before = found.get(row["rollout_id"])
        started = {**(before.started if before else {}), row["branch_id"]: row["started_on"]}
        found[row["rollout_id"]] = Rollout(
            row["rollout_id"], row["module"] or "", row["feature"] or "", started
        )
    return tuple(sorted(found.values(), key=lambda one: (one.first, one.id), reverse=True))
