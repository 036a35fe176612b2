"""Systems: interfaces by the hour, the links to the core system, one planted outage."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from data.contract.operations import LATENCY_COLUMNS
from data.contract.vocabulary import LATENCY_BOUNDS_S
from data.demo.catalogue import MODULES, NAMES, PLACE
from data.demo.columns import Flags, Ints, Numbers, dates, moments, numbers, table, whole, words
from data.demo.timeline import Month
from data.demo.world import DAYTIME, World

OUTAGE_MODULE, OUTAGE_HOURS = "transfer", (10, 15)  # local hours, the second not included
LINKS = ("core-deposit", "core-loan", "core-card")
_LINK_FACTOR = np.array([0.8, 1.0, 1.2])
_HOURLY = np.bincount(DAYTIME // 3600, minlength=24) / len(DAYTIME)
_SHARE = np.array([m.popular * (1.0 if m.grade == "basic" else 0.12) for m in MODULES])
_SIGMA = 0.85
_BOUNDS = np.log(np.array(LATENCY_BOUNDS_S))


def outage_day(world: World) -> int:
    """The day of the planted outage: a working day of the third complete month from the end."""
    month = world.line.complete(3)
    days = [
        day for day in month.days if day >= month.first + 17 and world.line.calendar[day].workday
    ]
    return int(days[0])


def write_systems(world: World, month: Month) -> None:
    """Write the month's ``api_interval`` and ``sync_day``."""
    rng = world.rng("systems", month.place)
    days, modules = len(month.days), len(MODULES)
    day = np.repeat(month.days, 24 * modules)
    hour = np.tile(np.repeat(np.arange(24), modules), days)
    module = np.tile(np.arange(modules), days * 24)
    n = len(day)
    load = world.line.busy[day] * _HOURLY[hour] * 24
    calls = rng.poisson(load * _SHARE[module] * (300 + 0.12 * len(world.users))) + 1
    out: Flags = (day == outage_day(world)) & (module == PLACE[OUTAGE_MODULE])
    out &= (hour >= OUTAGE_HOURS[0]) & (hour < OUTAGE_HOURS[1])
    if out.any():
        world.notes["outage"] = _outage_size(calls[out])
    lost = _lost_minutes(world, rng, month, n)
    errors = rng.binomial(calls, float(world.line.drift(0.0033, 0.0021)[month.place]))
    errors = np.where(out, calls * 6 // 10, errors)
    slow = world.line.drift(0.60, 0.46)[month.place] * world.settings.driver("latency")
    median = slow * load**0.25 * rng.lognormal(0, 0.08, n) * np.where(out, 9.0, 1.0)
    buckets = _buckets(rng, calls, median)
    _write_intervals(world, day, hour, module, np.where(out, 4, 60 - lost), calls, errors, buckets)
    _sync(world, rng, month)


def _outage_size(calls: Ints) -> dict[str, int]:
    return {
        "minutes": 60 * len(calls),
        "good_minutes": 4 * len(calls),
        "calls": int(calls.sum()),
        "errors": int((calls * 6 // 10).sum()),
    }


def _lost_minutes(world: World, rng: np.random.Generator, month: Month, n: int) -> Ints:
    chance = world.line.drift(0.0062, 0.0028)[month.place] * world.settings.driver("downtime")
    return np.where(rng.random(n) < chance, rng.integers(1, 12, n), 0)


def _buckets(rng: np.random.Generator, calls: Ints, median: Numbers) -> Ints:
    """Calls in each latency bucket, adding up to ``calls``; latencies are log-normal."""
    share = norm.cdf((_BOUNDS[None, :] - np.log(median)[:, None]) / _SIGMA)
    reached = np.floor(share * calls[:, None] + rng.random(len(calls))[:, None]).astype(np.int64)
    reached = np.minimum(reached, calls[:, None])
    none = np.zeros(len(calls), dtype=np.int64)
    return np.asarray(np.diff(np.c_[none, reached, calls], axis=1))


def _write_intervals(
    world: World,
    day: Ints,
    hour: Ints,
    module: Ints,
    good: Ints,
    calls: Ints,
    errors: Ints,
    buckets: Ints,
) -> None:
    world.put(
        "api_interval",
        table(
            start=moments(world.line.utc_us(day, hour * 3600)),
            module=words(module, NAMES),
            minutes=whole(np.full(len(day), 60)),
            good_minutes=whole(good),
            calls=whole(calls),
            errors=whole(errors),
            **{name: whole(buckets[:, i]) for i, name in enumerate(LATENCY_COLUMNS)},
        ),
    )


def _sync(world: World, rng: np.random.Generator, month: Month) -> None:
    day = np.repeat(month.days, len(LINKS))
    link = np.tile(np.arange(len(LINKS)), len(month.days))
    mean = world.line.daily_drift(165, 62)[day] * _LINK_FACTOR[link] * world.line.busy[day]
    world.put(
        "sync_day",
        table(
            day=dates(day + world.line.epoch),
            link=words(link, LINKS),
            delay_min=numbers((mean * rng.lognormal(0, 0.12, len(day))).round(1)),
        ),
    )
