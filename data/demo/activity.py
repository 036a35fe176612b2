"""Who is active on which day of a month: habits, spells of silence, newcomers' return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.demo.columns import Flags, Ints, Numbers
from data.demo.timeline import Month
from data.demo.users import retention_rates
from data.demo.world import Activity, World

_YOUNG = 31  # days in which a newcomer follows the retention curve


@dataclass
class Habits:
    """What carries over from month to month: who is engaged, in a spell of curiosity, last seen
    when."""

    engaged: Flags
    curious: Flags
    last_seen: Ints


def first_habits(world: World) -> Habits:
    """Before the first day: 57 of 100 registered users are engaged, last seen not long ago."""
    rng = world.rng("habits")
    n = len(world.users)
    engaged = rng.random(n) < 0.57
    ago = np.where(engaged, rng.integers(1, 12, n), rng.integers(30, 200, n))
    return Habits(engaged, np.zeros(n, dtype=bool), np.maximum(-ago, world.users.registered_day))


def next_habits(world: World, habits: Habits, month: Month) -> None:
    """Move users between engaged and silent, and between plain and curious, at a month's start."""
    rng = world.rng("moves", month.place)
    n = len(world.users)
    waking, leaving = world.line.drift(0.078, 0.086), world.line.drift(0.060, 0.048)
    chance = np.where(habits.engaged, leaving[month.place], waking[month.place])
    change = rng.random(n) < chance
    habits.engaged ^= change
    young = month.first - world.users.registered_day
    grown = (young > 0) & (young <= _YOUNG)
    habits.engaged = np.where(grown, _stays(world, rng), habits.engaged)
    mix = 0.75 * world.users.curious + 0.25 * rng.random(n)
    limit = np.quantile(mix, 1 - world.line.drift(0.085, 0.165)[month.place])
    habits.curious = mix > limit


def _stays(world: World, rng: np.random.Generator) -> Flags:
    users = world.users
    stays = np.zeros(len(users), dtype=bool)
    count = users.newcomers.stop - users.newcomers.start
    stays[users.newcomers] = users.kept[30] | (rng.random(count) < 0.62)
    return stays & ~users.gamed


def month_activity(world: World, habits: Habits, month: Month) -> Activity:
    """The active user-days of a month; updates ``habits.last_seen`` to its end."""
    rng = world.rng("active", month.place)
    users = world.users
    alive = (users.registered_day < month.stop) & (users.closed_day > month.first)
    who = np.flatnonzero(alive)
    level = np.where(habits.engaged, users.habit, 0.0006)[who]
    level = np.where(users.gamed[who], 0.0, level)
    level *= world.settings.driver("activity") * 1.03
    chance = np.outer(world.line.busy[month.first : month.stop], level).astype(np.float32)
    _bound(chance, month, users.registered_day[who], users.closed_day[who])
    active = rng.random(chance.shape, dtype=np.float32) < chance
    _newcomers(world, rng, month, who, active)
    day, column = np.nonzero(active)
    before = habits.last_seen.copy()
    seen = active.any(axis=0)
    latest = month.stop - 1 - np.argmax(active[::-1], axis=0)
    habits.last_seen[who[seen]] = latest[seen]
    return Activity(month, day + month.first, who[column], before)


def _bound(chance: Numbers, month: Month, registered: Ints, closed: Ints) -> None:
    """Nothing before registration (its own day is made apart) and nothing after closing."""
    np.minimum(chance, 0.97, out=chance)
    for column in np.flatnonzero((registered >= month.first) | (closed < month.stop)):
        days = month.days
        outside = (days <= registered[column]) | (days >= closed[column])
        chance[outside, column] = 0


def _newcomers(
    world: World, rng: np.random.Generator, month: Month, who: Ints, active: Flags
) -> None:
    """Put newcomers on the retention curve: exact at days 1, 7 and 30, by chance in between."""
    users = world.users
    registered = users.registered_day[who]
    columns = np.flatnonzero((registered >= month.first - _YOUNG) & (registered < month.stop))
    columns = columns[registered[columns] >= 0]
    if not len(columns):
        return
    place = who[columns] - users.newcomers.start
    age = month.days[:, None] - registered[columns][None, :]
    knots = (1, 7, 30)
    rates = [retention_rates(world.line, k)[registered[columns]] * 0.85 for k in knots]
    curve = np.exp(_log_curve(np.clip(age, 1, 30), np.log(rates)))
    keen = 0.3 + 1.4 * users.curious[who[columns]]
    drawn = rng.random(age.shape) < np.minimum(curve * keen, 0.9) * _mood(world, month)
    for knot in knots:
        drawn = np.where(age == knot, users.kept[knot][place][None, :], drawn)
    drawn[age == 0] = True
    drawn &= ~(users.gamed[who[columns]][None, :] & (age > 0))
    inside = (age >= 0) & (age <= _YOUNG - 1)
    alive = month.days[:, None] < users.closed_day[who[columns]][None, :]
    active[:, columns] = np.where(inside, drawn & alive, active[:, columns])


def _mood(world: World, month: Month) -> Numbers:
    return np.asarray(world.line.busy[month.first : month.stop, None])


def _log_curve(age: Ints, logs: Numbers) -> Numbers:
    """Log-linear in log age between the days 1, 7 and 30. ``logs``: (3, users)."""
    x, (one, seven, thirty) = np.log(age), np.log((1, 7, 30))
    early = logs[0] + (logs[1] - logs[0]) * (x - one) / (seven - one)
    late = logs[1] + (logs[2] - logs[1]) * (x - seven) / (thirty - seven)
    return np.asarray(np.where(age <= 7, early, late))
