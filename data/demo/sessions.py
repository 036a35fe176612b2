"""From active user-days to sessions and visits: when, in which app, in which module, doing what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.contract.vocabulary import TXN_KINDS
from data.demo.activity import Habits
from data.demo.catalogue import MODULES, PLACE
from data.demo.chance import cumulative, pick, spread
from data.demo.columns import NEVER, Flags, Ints, Numbers
from data.demo.scripts import (
    BROWSE,
    FINISH,
    GLANCE,
    KINDS,
    LEAVE,
    OFFER,
    STUCK_MODULE,
    STUCK_SHARE,
    STUCK_STEP,
    kind_weights,
)
from data.demo.tastes import segment_table
from data.demo.timeline import Month
from data.demo.world import Trade, World, seconds_of_day

APPS = ("app", "mini")
PURCHASE = TXN_KINDS.index("purchase")
_SEGMENTS = segment_table()
_MORE = np.repeat(np.arange(6), (40, 35, 17, 6, 2, 0))  # further sessions of an active day


@dataclass(frozen=True)
class Visits:
    """Visits in time order; those of one session follow each other, ``opens`` marks its first.

    ``user`` is -1 before registration; ``visitor`` always identifies the device.
    """

    day: Ints
    second: Ints
    user: Ints
    visitor: Ints
    app: Ints
    module: Ints
    kind: Ints
    opens: Flags

    def __len__(self) -> int:
        return len(self.day)


def natural_visits(
    world: World, habits: Habits, month: Month, day: Ints, user: Ints, block: int
) -> Visits:
    """Visits of active user-days (registration days excluded by the caller)."""
    rng = world.rng("visits", month.place, block)
    sessions = 1 + _MORE[rng.integers(0, 100, len(day))]
    day, user = np.repeat(day, sessions), np.repeat(user, sessions)
    second = seconds_of_day(rng, len(day))
    app = (world.users.mini[user] ^ (rng.random(len(day)) < 0.15)).astype(np.int64)
    visits = 1 + (rng.random(len(day)) < 0.10)
    opens = np.zeros(int(visits.sum()), dtype=bool)
    opens[np.cumsum(visits) - visits] = True
    day, second, user, app = (np.repeat(x, visits) for x in (day, second, user, app))
    module = pick(rng, _SEGMENTS, _segments(world, habits, month, user))
    finished = float(world.line.drift(0.93, 1.0)[month.place])
    kind = pick(rng, cumulative(kind_weights(finished)), module)
    young = day - world.users.registered_day[user] < 8
    kind = np.where(young & (kind == OFFER), BROWSE, kind)
    kind = _stuck(module, _hold_back(world, month, user, module, kind))
    return Visits(day, second, user, user, app, module, kind, opens)


def _segments(world: World, habits: Habits, month: Month, user: Ints) -> Ints:
    users = world.users
    age = world.line.date(month.first).year - users.birth_year
    band = np.digitize(age, (25, 45))
    segment = ((habits.curious * 2 + users.pays_bills) * 3 + band) * 5 + users.tier
    return np.asarray(segment)[user]


def _stuck(module: Ints, kind: Ints) -> Ints:
    """In one task 60 of 100 who reach one step give up there."""
    reached = (module == PLACE[STUCK_MODULE]) & (
        (kind == FINISH) | (kind >= LEAVE + STUCK_STEP - 1)
    )
    places = np.flatnonzero(reached)
    gives_up = spread(np.full(len(places), STUCK_SHARE))
    kind[places] = np.where(gives_up, LEAVE + STUCK_STEP - 1, FINISH)
    return kind


def _hold_back(world: World, month: Month, user: Ints, module: Ints, kind: Ints) -> Ints:
    """Reserved users buy nothing before their month."""
    due = np.zeros(len(world.users), dtype=np.int64)
    due[world.users.reserved] = np.arange(len(world.users.reserved)) + 1
    buys = np.array([m.kind == "purchase" for m in MODULES])
    early = (due[user] > month.place) & buys[module] & (kind >= FINISH)
    return np.where(early, BROWSE, kind)


def first_visits(world: World, month: Month) -> Visits:
    """Newcomers on their day: the first module, the offer, the first task of the activated."""
    users = world.users
    new = users.newcomers
    here = np.flatnonzero(
        (users.registered_day[new] >= month.first) & (users.registered_day[new] < month.stop)
    )
    user = here + new.start
    module = users.first_module[here]
    done = users.activated[here]
    offered = users.offered[here]
    columns = [
        (np.zeros(len(here)), np.full(len(here), GLANCE), np.ones(len(here), dtype=bool)),
        (np.full(len(here), 1), np.full(len(here), OFFER), offered),
        (np.full(len(here), 2), np.full(len(here), FINISH), done),
    ]
    order = np.concatenate([column[0] for column in columns]).astype(np.int64)
    kind = np.concatenate([column[1] for column in columns])
    keep = np.concatenate([column[2] for column in columns])
    who = np.tile(np.arange(len(here)), 3)
    line = np.lexsort((order, who))
    line = line[keep[line]]
    person = user[who[line]]
    return Visits(
        day=users.registered_day[person],
        second=users.registered_second[person] + 5,
        user=person,
        visitor=person,
        app=users.mini[person].astype(np.int64),
        module=module[who[line]],
        kind=kind[line],
        opens=order[line] == 0,
    )


def anonymous_visits(world: World, month: Month) -> Visits:
    """Visitors before registration: newcomers up to six days before, and those who never
    register."""
    rng = world.rng("visitors", month.place)
    users = world.users
    new = users.newcomers
    lag, registered = users.visit_lag, users.registered_day[new]
    came = np.flatnonzero(
        (lag >= 0) & (registered - lag >= month.first) & (registered - lag < month.stop)
    )
    person = came + new.start
    rate = float(world.line.drift(0.235, 0.285)[month.place])
    others = max(3, round(len(came) * (1 / rate - 1)))
    other_day = np.sort(rng.integers(month.first, month.stop, others))
    strangers = len(users) + world.serial("stranger", others)
    day = np.r_[registered[came] - lag[came], other_day]
    same = lag[came] == 0
    before = np.where(same, users.registered_second[person] - 900, seconds_of_day(rng, len(came)))
    n = len(day)
    return Visits(
        day=day,
        second=np.r_[before, seconds_of_day(rng, others)],
        user=np.full(n, -1),
        visitor=np.r_[person, strangers],
        app=(rng.random(n) < 0.45).astype(np.int64),
        module=rng.choice(
            [PLACE["account"], PLACE["transfer"], PLACE["wealth"]], n, p=[0.6, 0.3, 0.1]
        ),
        kind=np.where(rng.random(n) < 0.6, GLANCE, BROWSE),
        opens=np.ones(n, dtype=bool),
    )


@dataclass(frozen=True)
class Plan:
    """Visits decided beforehand: who finishes a purchase in which module on which day place."""

    day: Ints
    user: Ints
    module: Ints


def repeat_plan(world: World, month: Month, trade: Trade, bought: Flags, rest: Plan) -> Plan:
    """First-time buyers of a month, one in eight of whom is to buy again within 85 days; marks
    ``bought``."""
    last = month.stop - 1
    rng = world.rng("repeats", month.place)
    buys = np.flatnonzero((trade.kind == PURCHASE) & ~bought[trade.user])
    user, first = np.unique(trade.user[buys], return_index=True)
    day, module = trade.day[buys][first], trade.module[buys][first]
    module = np.where(module == PLACE[STUCK_MODULE], PLACE["wealth"], module)
    bought[user] = True
    again = spread(np.full(len(user), 0.125), float(rng.random()))
    again &= world.users.closed_day[user] == NEVER
    again &= world.users.registered_day[user] < month.first - 31
    soon = np.maximum(day + rng.integers(8, 84, len(user)), last + 1)
    keep = rest.day > last
    return Plan(
        np.r_[rest.day[keep], soon[again]], np.r_[rest.user[keep], user[again]],
        np.r_[rest.module[keep], module[again]],
    )  # fmt: skip


def promised_visits(world: World, month: Month, repeats: Plan) -> Visits:
    """What every month must hold however small the bank (a first purchase, a look, …), and
    repeats."""
    rng = world.rng("promised", month.place)
    users = world.users
    reserved = users.reserved[month.place : month.place + 1]
    regulars = np.flatnonzero((users.registered_day < -30) & (users.closed_day == NEVER))
    others = rng.choice(np.setdiff1d(regulars, users.reserved), 4, replace=False)
    plan = [
        *((user, "wealth", FINISH) for user in reserved),
        (others[0], "wealth", BROWSE),
        (others[1], "community", BROWSE),
        (others[2], "robo_advice", FINISH),
        (others[3], "credit", BROWSE),
    ]
    middle = min(12, month.stop - month.first - 1)
    due = (repeats.day >= month.first) & (repeats.day < month.stop)
    person = np.r_[[user for user, _, _ in plan], repeats.user[due]].astype(np.int64)
    n = len(person)
    again = np.full(int(due.sum()), FINISH)
    return Visits(
        day=np.r_[np.full(len(plan), month.first + middle), repeats.day[due]],
        second=seconds_of_day(rng, n),
        user=person,
        visitor=person,
        app=np.zeros(n, dtype=np.int64),
        module=np.r_[[PLACE[name] for _, name, _ in plan], repeats.module[due]],
        kind=np.r_[[kind for _, _, kind in plan], again],
        opens=np.ones(n, dtype=bool),
    )


def join(parts: list[Visits]) -> Visits:
    """Visits of several sources in time order, each session kept together."""
    names = list(Visits.__dataclass_fields__)
    glued = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    session = np.cumsum(glued["opens"]) - 1
    start = (glued["day"] * 86_400 + glued["second"])[glued["opens"]]
    rank = np.empty(len(start), dtype=np.int64)
    rank[np.argsort(start, kind="stable")] = np.arange(len(start))
    order = np.argsort(rank[session], kind="stable")
    return Visits(**{name: values[order] for name, values in glued.items()})


def module_kind(visits: Visits) -> Numbers:
    """The script of each visit."""
    return visits.module * KINDS + visits.kind


def at_stuck_step(visits: Visits) -> tuple[int, int]:
    """How many runs of the stuck task reached its bad step, and how many ended there."""
    here = visits.module == PLACE[STUCK_MODULE]
    left = int((here & (visits.kind == LEAVE + STUCK_STEP - 1)).sum())
    beyond = (visits.kind == FINISH) | (visits.kind > LEAVE + STUCK_STEP - 1)
    return left + int((here & beyond).sum()), left


def within(visits: Visits, low: int, high: int) -> Visits:
    """The visits of the days from ``low`` to before ``high``."""
    inside = (visits.day >= low) & (visits.day < high)
    return Visits(**{name: getattr(visits, name)[inside] for name in Visits.__dataclass_fields__})
