"""Contacts of campaigns: arms, exposures, what they cost and what they brought."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from data.contract.vocabulary import ARMS, TOUCH_KINDS
from data.demo.campaigns import (
    CONVERSION,
    KNOWN_LIFT,
    NO_LIFT,
    RETENTION,
    channel_of,
    extra_number,
    number_of,
)
from data.demo.catalogue import PLACE
from data.demo.chance import spread
from data.demo.columns import NEVER, Flags, Ints, ids, moments, money, table, texts, words
from data.demo.timeline import Month
from data.demo.trades import KIND, fees_by_user_day, plain
from data.demo.world import Activity, Trade, World

WINDOW = 30
_COST = 1.10  # CNY a treated user
_DRAWS = 200


@dataclass(frozen=True)
class Lift:
    """A holdout campaign of a month: its number, members, who is treated, and what was booked."""

    number: int
    members: Ints
    treated: Flags
    lift_cny: float
    cost_cents: int


def run_conversion(world: World, activity: Activity, natural: Trade) -> tuple[list[Lift], Trade]:
    """Run the month's holdout campaigns; returns them and the transactions that they caused.

    Arms are balanced on what users brought anyway in the 30 days, so that the lift is as planned.
    """
    month = activity.month
    rng = world.rng("conversion", month.place)
    known = month.place == world.line.complete(KNOWN_LIFT).place
    none = month.place == world.line.complete(NO_LIFT).place
    brought = _brought(world, month, natural)
    pool = rng.permutation(_recent(world, activity, brought))
    drift = float(world.line.drift(1.08, 1.30)[month.place])
    lift = 2.0 if known else _COST * drift * float(rng.uniform(0.92, 1.08))
    size = max(20, round(0.07 * len(world.users)))
    plans = [(number_of(month, CONVERSION), lift)]
    if none:
        plans.append((extra_number(month), 0.0))
    size = min(size, len(pool) // len(plans))
    lifts, extra = [], []
    for i, (number, wanted) in enumerate(plans):
        members = np.sort(pool[i * size : (i + 1) * size])
        treated = _balanced(rng, brought[members])
        made = _conversions(world, rng, activity, members[treated], wanted)
        lifts.append(_booked(world, rng, month, number, members, treated, brought, made))
        extra.append(made)
    return lifts, _all(extra)


def _all(parts: list[Trade]) -> Trade:
    names = list(Trade.__dataclass_fields__)
    return Trade(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})


def _recent(world: World, activity: Activity, brought: Ints) -> Ints:
    """Registered users seen in the five days before the month, the few who bring most left out."""
    recent = activity.last_seen >= activity.month.first - 5
    users = world.users
    recent &= users.registered_day < activity.month.first - 35
    recent &= users.closed_day == NEVER
    most = np.quantile(brought[recent], 0.98) if recent.any() else 0
    return np.flatnonzero(recent & (brought <= most))


def _brought(world: World, month: Month, trade: Trade) -> Ints:
    day, user, fee = fees_by_user_day(trade)
    inside = day < month.first + WINDOW
    return np.bincount(user[inside], fee[inside], len(world.users)).astype(np.int64)


def _balanced(rng: np.random.Generator, brought: Ints) -> Flags:
    """Treated 4 of 5, the holdout at a random place in every five users of like income.

    Of many such draws the one is taken whose arms brought most nearly the same.
    """
    order = np.lexsort((rng.random(len(brought)), brought))
    blocks = len(brought) // 5
    draws = max(_DRAWS, min(20 * _DRAWS, 400_000 // max(1, blocks)))
    drawn = order[np.arange(blocks) * 5 + rng.integers(0, 5, (draws, blocks))]
    held = brought[drawn].sum(axis=1)
    rest = (brought.sum() - held) / max(1, len(brought) - blocks)
    best = int(np.argmin(np.abs(held / max(1, blocks) - rest)))
    treated = np.ones(len(brought), dtype=bool)
    treated[drawn[best]] = False
    return treated


def _conversions(
    world: World, rng: np.random.Generator, activity: Activity, treated: Ints, lift: float
) -> Trade:
    """Payments by one treated user in eight, on a day on which they were active anyway."""
    month = activity.month
    inside = (activity.day > month.first) & (activity.day < month.first + min(26, WINDOW))
    inside &= np.isin(activity.user, treated)
    user, place = np.unique(activity.user[inside], return_index=True)
    chosen = spread(np.full(len(user), 0.125), 0.6)
    day, user = activity.day[inside][place][chosen], user[chosen]
    n = len(user) if lift else 0
    day, user = day[:n], user[:n]
    fee = rng.lognormal(0, 0.35, n)
    fee = np.rint(fee / max(fee.sum(), 1e-9) * lift * len(treated) * 100).astype(np.int64)
    made = plain(
        day, np.full(n, 86_390) - rng.integers(0, 50, n), user, world.users.leaf[user],
        np.zeros(n, dtype=np.int64), np.full(n, PLACE["local_life"]), np.full(n, KIND["payment"]),
        np.maximum(fee * 22, 1),
    )  # fmt: skip
    return replace(made, fee=fee)


def _booked(
    world: World,
    rng: np.random.Generator,
    month: Month,
    number: int,
    members: Ints,
    treated: Flags,
    brought: Ints,
    made: Trade,
) -> Lift:
    """Write members and contacts; the lift is what the data show."""
    n = len(members)
    assigned = world.line.utc_us(np.full(n, month.first), np.zeros(n))
    world.put(
        "campaign_member",
        table(
            campaign_id=ids("K", np.full(n, number)),
            user_id=ids("U", members),
            assigned_at=moments(assigned),
            arm=words(np.where(treated, 0, 1), ARMS),
        ),
    )
    cost = np.rint(_COST * 100 * rng.uniform(0.9, 1.1, n)).astype(np.int64)[treated]
    write_touches(
        world, rng, number, members[treated], np.full(int(treated.sum()), month.first), cost
    )
    _write_converted(world, number, made)
    total = brought + np.bincount(made.user, made.fee, len(brought)).astype(np.int64)
    with_, without = total[members[treated]], total[members[~treated]]
    shown = (with_.mean() - without.mean()) / 100 if len(with_) and len(without) else 0.0
    return Lift(number, members, treated, float(shown), int(cost.sum()))


def write_touches(
    world: World, rng: np.random.Generator, number: int, user: Ints, day: Ints, cost: Ints
) -> None:
    """Write exposures, and the clicks and joins that follow within the hour."""
    n = len(user)
    second = rng.integers(9 * 3600, 20 * 3600, n)
    clicked = spread(np.full(n, 0.32), float(rng.random()))
    joined = clicked & spread(clicked * 0.45, float(rng.random()))
    for place, some, later in ((0, np.ones(n, dtype=bool), 0), (1, clicked, 120), (2, joined, 900)):
        m = int(some.sum())
        world.put(
            "touch",
            table(
                touch_id=ids("H", world.serial("touch", m)),
                occurred_at=moments(world.line.utc_us(day[some], second[some] + later)),
                user_id=ids("U", user[some]),
                campaign_id=ids("K", np.full(m, number)),
                channel=texts([channel_of(number)] * m),
                kind=words(np.full(m, place), TOUCH_KINDS),
                cost_cny=money(cost[some] if place == 0 else np.zeros(m)),
                income_cny=money(np.zeros(m)),
            ),
        )


def _write_converted(world: World, number: int, made: Trade) -> None:
    n = len(made.user)
    world.put(
        "touch",
        table(
            touch_id=ids("H", world.serial("touch", n)),
            occurred_at=moments(world.line.utc_us(made.day, made.second)),
            user_id=ids("U", made.user),
            campaign_id=ids("K", np.full(n, number)),
            channel=texts([channel_of(number)] * n),
            kind=words(np.full(n, TOUCH_KINDS.index("converted")), TOUCH_KINDS),
            cost_cny=money(np.zeros(n)),
            income_cny=money(made.fee),
        ),
    )


def run_recall(world: World, activity: Activity) -> int:
    """Contact silent users; a planned share of them is back within 14 days. Returns cents spent."""
    month = activity.month
    contact = month.first + 9
    if month.stop - contact < 15:
        return 0
    rng = world.rng("recall", month.place)
    seen = activity.last_seen.copy()
    before = activity.day < contact
    np.maximum.at(seen, activity.user[before], activity.day[before])
    back = np.zeros(len(seen), dtype=bool)
    back[activity.user[(activity.day > contact) & (activity.day <= contact + 13)]] = True
    today = np.zeros(len(seen), dtype=bool)
    today[activity.user[activity.day == contact]] = True
    users = world.users
    silent = (users.registered_day < month.first - 35) & (users.closed_day == NEVER)
    silent &= (contact - seen >= 8) & ~today & ~users.gamed
    returning, staying = np.flatnonzero(silent & back), np.flatnonzero(silent & ~back)
    size = max(14, round(0.035 * len(world.users)))
    rate = float(world.line.drift(0.115, 0.165)[month.place]) * (0.9 + 0.2 * rng.random())
    some = min(len(returning), max(1, round(size * rate)))
    rest = min(len(staying), size - some)
    user = np.sort(np.r_[rng.permutation(returning)[:some], rng.permutation(staying)[:rest]])
    cost = np.full(len(user), 35)
    number = number_of(month, RETENTION)
    n = len(user)
    world.put(
        "campaign_member",
        table(
            campaign_id=ids("K", np.full(n, number)),
            user_id=ids("U", user),
            assigned_at=moments(world.line.utc_us(np.full(n, contact), np.zeros(n))),
            arm=words(np.zeros(n, dtype=np.int64), ARMS),
        ),
    )
    write_touches(world, rng, number, user, np.full(n, contact), cost)
    return int(cost.sum())
