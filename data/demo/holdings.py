"""Customers at month-ends: tier, assets, products, net interest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.contract.vocabulary import TIERS
from data.demo.chance import spread
from data.demo.columns import Ints, Numbers, dates, ids, money, table, whole, words
from data.demo.timeline import Month
from data.demo.world import World

_LOW = np.array([60.0, 4_000.0, 50_000.0, 300_000.0, 1_000_000.0])
_HIGH = np.array([4_000.0, 50_000.0, 300_000.0, 1_000_000.0, 5_000_000.0])
_HELD = np.array([1.25, 1.85, 2.65, 3.6, 4.5])
INTEREST_A_MONTH = (1.25, 1.65)  # CNY a customer, 26 months ago and now


@dataclass
class Holdings:
    """What carries over: tier, place within the tier's range of assets (0 to 1), taste for
    products."""

    tier: Ints
    place: Numbers
    taste: Numbers


def first_holdings(world: World) -> Holdings:
    """Holdings before the first month."""
    rng = world.rng("holdings")
    n = len(world.users)
    return Holdings(world.users.tier.copy(), rng.beta(1.3, 1.6, n), rng.random(n))


def _review(world: World, rng: np.random.Generator, holdings: Holdings, month: Month) -> None:
    """Tiers change at quarter ends: a few per cent rise, fewer fall."""
    order = rng.permutation(len(world.users))
    below = order[holdings.tier[order] < len(TIERS) - 1]
    above = order[holdings.tier[order] > 0]
    up_rate, down_rate = world.line.drift(0.040, 0.053)[month.place], 0.052
    up = below[spread(np.full(len(below), up_rate))]
    down = np.setdiff1d(above[spread(np.full(len(above), down_rate))], up)
    holdings.tier[up] += 1
    holdings.tier[down] -= 1
    holdings.place[up] = 0.05 + 0.2 * rng.random(len(up))
    holdings.place[down] = 0.75 + 0.2 * rng.random(len(down))


def write_month_end(world: World, holdings: Holdings, month: Month, lum: Ints) -> None:
    """Move holdings on by a month and write ``user_month``; ``lum`` is each user's loans in
    cents."""
    rng = world.rng("user_month", month.place)
    if world.line.date(month.first).month % 3 == 0:
        _review(world, rng, holdings, month)
    steps = rng.normal(0.0025, 0.02, len(world.users))
    holdings.place = np.clip(holdings.place + steps, 0.01, 0.99)
    low, high = _LOW[holdings.tier], _HIGH[holdings.tier]
    mood = float(world.line.mood[month.stop - 1]) ** 0.3
    aum = np.rint(low * (high / low) ** holdings.place * mood * 100).astype(np.int64)
    grown = _HELD[holdings.tier] * world.line.drift(0.98, 1.1)[month.place]
    held = np.maximum(np.floor(grown + (holdings.taste - 0.5) * 1.8 + 0.5), 1)
    here = np.flatnonzero(world.users.joined_day < month.stop)
    raw = aum[here] ** 0.7 + lum[here] ** 0.75
    total = world.line.drift(*INTEREST_A_MONTH)[month.place] * len(here)
    interest = raw / raw.sum() * total * 100 * world.settings.driver("income")
    world.put(
        "user_month",
        table(
            month=dates(np.full(len(here), month.end)),
            user_id=ids("U", here),
            tier=words(holdings.tier[here], TIERS),
            aum_cny=money(aum[here]),
            lum_cny=money(lum[here]),
            products=whole(held[here]),
            net_interest_cny=money(np.rint(interest).astype(np.int64)),
            predicted_ltv_cny=money(here, np.zeros(len(here), dtype=bool)),
        ),
    )
