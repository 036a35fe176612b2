"""Three experiments: one with a known effect, one with none, one whose split is broken.

Users are put into arms after what they did is known, within layers of equal activity before, so
that
the difference between arms is the planned one and nothing else differs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.demo.catalogue import PLACE
from data.demo.columns import NEVER, Flags, Ints, ids, moments, table, words
from data.demo.events import Ended
from data.demo.scripts import FINISH
from data.demo.sessions import Visits
from data.demo.timeline import SECONDS, Month
from data.demo.world import Activity, World

VARIANTS = ("control", "treatment")
OUTCOME_MODULE = "transfer"
WINDOW_DAYS = 14
LIFT = 0.06
_PLANS = (("X0001", 4, LIFT, False), ("X0002", 3, 0.0, False), ("X0003", 2, 0.0, True))


@dataclass(frozen=True)
class Run:
    """An experiment as run: arms as 0 (control) and 1, outcomes as flags."""

    experiment: str
    month: Month
    user: Ints
    arm: Ints
    outcome: Flags


@dataclass(frozen=True)
class Marks:
    """What experiments need of a month's visits: begins (user, ms) and finished transfers (user,
    ms)."""

    begin_user: Ints
    begin_ms: Ints
    done_user: Ints
    done_ms: Ints


def marks_of(visits: Visits, ended: Ended) -> Marks:
    """The marks of one block of visits."""
    known = visits.user >= 0
    done = known & (visits.kind == FINISH) & (visits.module == PLACE[OUTCOME_MODULE])
    return Marks(visits.user[known], ended.begin_ms[known], visits.user[done], ended.last_ms[done])


def wanted(world: World, month: Month) -> bool:
    """Whether an experiment runs in the month."""
    return any(world.line.complete(back).place == month.place for _, back, _, _ in _PLANS)


def run_experiments(
    world: World, activity: Activity, parts: list[Marks], before: Ints
) -> list[Run]:
    """Run and write the month's experiments; ``before`` is active days in the month before."""
    begin = _first(parts, "begin", len(world.users))
    month = activity.month
    runs = []
    for name, back, lift, broken in _PLANS:
        if world.line.complete(back).place != month.place:
            continue
        rng = world.rng("experiment", back)
        last = world.line.utc_us(np.array([month.first + 10]), np.array([0]))[0] // 1000
        old = world.users.registered_day < month.first - 45
        old &= world.users.closed_day == NEVER
        user = np.flatnonzero((begin < last) & old)
        outcome = _outcomes(parts, user, begin)
        layer = np.argsort(np.argsort(before[user], kind="stable"), kind="stable") * 4 // len(user)
        user, outcome, arm = _arms(rng, user, outcome, layer, lift, broken=broken)
        _write(world, name, user, arm, begin)
        runs.append(Run(name, month, user, arm, outcome))
    return runs


def _first(parts: list[Marks], kind: str, n: int) -> Ints:
    first = np.full(n, np.iinfo(np.int64).max)
    for part in parts:
        np.minimum.at(first, getattr(part, f"{kind}_user"), getattr(part, f"{kind}_ms"))
    return first


def _outcomes(parts: list[Marks], user: Ints, begin: Ints) -> Flags:
    """Whether a user finished a transfer within the window after the first exposure."""
    done = np.zeros(len(begin), dtype=bool)
    for part in parts:
        start = begin[part.done_user]
        inside = (part.done_ms >= start) & (part.done_ms < start + WINDOW_DAYS * SECONDS * 1000)
        done[part.done_user[inside]] = True
    return done[user]


def _arms(
    rng: np.random.Generator, user: Ints, outcome: Flags, layer: Ints, lift: float, *, broken: bool
) -> tuple[Ints, Flags, Ints]:
    n = len(user)
    if broken:
        share = 0.5 + max(0.04, 0.5 * float(np.sqrt(24 / n)))
        share = min(share, 0.85)
        arm = np.zeros(n, dtype=np.int64)
        arm[rng.permutation(n)[: round(share * n)]] = 1
        return user, outcome, arm
    arm = np.full(n, -1)
    owed = 0.0
    for place in range(4):
        owed = _split_layer(rng, np.flatnonzero(layer == place), outcome, lift, owed, arm)
    kept = arm >= 0
    return user[kept], outcome[kept], arm[kept]


def _split_layer(
    rng: np.random.Generator, members: Ints, outcome: Flags, lift: float, owed: float, arm: Ints
) -> float:
    """Put a layer into two equal arms with the planned difference of outcomes; returns what is
    owed on.

    One user is left out where the number is odd.
    """
    members = rng.permutation(members)[: len(members) // 2 * 2]
    yes, no = members[outcome[members]], members[~outcome[members]]
    half = len(members) // 2
    more = lift * half + owed
    treated_yes = int(
        np.clip(round((len(yes) + more) / 2), max(0, half - len(no)), min(half, len(yes)))
    )
    arm[members] = 0
    arm[yes[:treated_yes]] = 1
    arm[no[: half - treated_yes]] = 1
    return more - (2 * treated_yes - len(yes))


def _write(world: World, name: str, user: Ints, arm: Ints, begin: Ints) -> None:
    world.put(
        "exposure",
        table(
            experiment_id=words(np.zeros(len(user)), (name,)),
            user_id=ids("U", user),
            variant=words(arm, VARIANTS),
            exposed_at=moments(begin[user] * 1000),
        ),
    )
