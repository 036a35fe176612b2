"""Risk and compliance: events, assessments, checks, suspicious cases."""

from __future__ import annotations

import numpy as np

from data.contract.vocabulary import CHECK_KINDS, EVENT_CLASSES, RISK_CLASSES
from data.demo.catalogue import NAMES
from data.demo.chance import spread
from data.demo.columns import (
    Flags,
    Ints,
    dates,
    flags,
    ids,
    moments,
    money,
    numbers,
    small,
    table,
    words,
)
from data.demo.timeline import SECONDS, Month
from data.demo.world import World, office_seconds, seconds_of_day

LEAK_BACK = 4  # complete months back
_LIMIT_H = np.array([0, 72, 24, 4])
_CLASS = {name: place for place, name in enumerate(EVENT_CLASSES)}
_OTHERS = [i for i, name in enumerate(RISK_CLASSES) if name != "operations"]
_LATE_REPORTS, _LATE_FIXES = (8, 19), (3, 7, 11, 16, 22)  # complete months back


def write_risk(world: World, month: Month) -> None:
    """Write all of a month's risk and compliance rows; numbers do not depend on the bank's size."""
    _events(world, month)
    _assessments(world, month)
    _checks(world, month)
    _cases(world, month)


def _length(month: Month) -> float:
    return (month.stop - month.first) / 30.4


def _day(rng: np.random.Generator, month: Month, n: int) -> Ints:
    return np.sort(rng.integers(month.first, month.stop, n))


def _count(world: World, rng: np.random.Generator, month: Month, early: float, late: float) -> int:
    mood = float(world.line.mood[month.first : month.stop].mean()) ** 2
    expected = float(world.line.drift(early, late)[month.place]) * _length(month) / mood
    return int(expected + rng.random())


def leak_day(world: World) -> int:
    """The day of the one data leak."""
    return world.line.complete(LEAK_BACK).first + 8


def _events(world: World, month: Month) -> None:
    rng = world.rng("risk", month.place)
    kinds = np.r_[
        np.full(max(1, _count(world, rng, month, 9.5, 4.6)), _CLASS["operations"]),
        np.full(_count(world, rng, month, 2.6, 1.4), _CLASS["access_violation"]),
        rng.choice(_OTHERS, max(3, _count(world, rng, month, 15.0, 10.5))),
    ]
    n = len(kinds)
    day, kinds = _day(rng, month, n), rng.permutation(kinds)
    level = rng.permutation(np.searchsorted([0.56, 0.90], (np.arange(n) + 0.5) / n) + 1)
    level[:2] = 2
    if month.first <= leak_day(world) < month.stop:
        day = np.r_[day, leak_day(world)]
        kinds, level = np.r_[kinds, _CLASS["data_leak"]], np.r_[level, 3]
    order = np.argsort(day, kind="stable")
    _write_events(world, rng, month, day[order], kinds[order], level[order])


def _write_events(
    world: World, rng: np.random.Generator, month: Month, day: Ints, kinds: Ints, level: Ints
) -> None:
    line, n = world.line, len(day)
    occurred = line.utc_us(day, seconds_of_day(rng, n))
    median = line.drift(85, 42)[month.place]
    detected = occurred + (60 + median * 60 * rng.lognormal(0, 0.8, n)).astype(np.int64) * 1_000_000
    in_time = spread(np.full(n, line.drift(0.92, 0.965)[month.place]), float(rng.random()))
    share = np.where(in_time, 0.15 + 0.7 * rng.random(n), 1.2 + rng.random(n))
    limit_us = _LIMIT_H[level] * 3_600_000_000
    waited = np.maximum((limit_us * share).astype(np.int64), 60_000_000)
    detected = np.minimum(detected, occurred + limit_us // 8)
    closed = occurred + np.maximum(waited, detected - occurred + 60_000_000)
    loss = np.where(rng.random(n) < 0.4, rng.lognormal(12, 1.2, n) * level, 0).astype(np.int64)
    world.put(
        "risk_event",
        table(
            event_id=ids("F", world.serial("risk", n)),
            occurred_at=moments(occurred),
            detected_at=moments(detected, detected < line.now_us),
            closed_at=moments(closed, closed < line.now_us),
            class_=words(kinds, EVENT_CLASSES),
            level=small(level),
            branch_id=words(
                rng.integers(0, len(world.organisation.leaf_ids), n), world.organisation.leaf_ids
            ),
            module=words(rng.integers(0, len(NAMES), n), NAMES),
            loss_cny=money(loss),
        ),
    )


def _assessments(world: World, month: Month) -> None:
    rng = world.rng("assessment", month.place)
    base = world.rng("assessment")
    n = len(RISK_CLASSES)
    likelihood = np.clip(base.integers(1, 5, n) + (rng.random(n) < 0.15), 1, 5)
    impact = np.clip(base.integers(2, 6, n) - (rng.random(n) < 0.1), 1, 5)
    weight = likelihood * impact / (likelihood * impact).sum()
    world.put(
        "risk_assessment",
        table(
            month=dates(np.full(n, month.end)),
            class_=words(np.arange(n), RISK_CLASSES),
            likelihood=small(likelihood),
            impact=small(impact),
            weight=numbers(weight.round(4)),
        ),
    )


def _back(world: World, month: Month, backs: tuple[int, ...]) -> bool:
    return any(world.line.complete(back).place == month.place for back in backs)


def _checks(world: World, month: Month) -> None:
    """About 40 checks, two or three with a finding due in the month after; one is late now and
    then."""
    line, rng = world.line, world.rng("check", month.place)
    n = max(8, round(42 * _length(month)))
    day = _day(rng, month, n)
    fails = max(2, round(n * float(line.drift(0.066, 0.045)[month.place])))
    passed = np.ones(n, dtype=bool)
    passed[np.linspace(0, n - 1, fails + 2).astype(int)[1:-1]] = False
    due = day + 28
    fixed = due - rng.integers(1, 12, n)
    late = np.flatnonzero(~passed)[: int(_back(world, month, _LATE_FIXES))]
    fixed[late] = due[late] + 9
    world.put(
        "compliance_check",
        table(
            check_id=ids("B", world.serial("check", n)),
            checked_at=moments(line.utc_us(day, office_seconds(rng, n))),
            branch_id=words(
                rng.integers(0, len(world.organisation.leaf_ids), n), world.organisation.leaf_ids
            ),
            kind=words(rng.integers(0, 3, n), CHECK_KINDS),
            passed=flags(passed),
            due_on=dates(due + line.epoch, ~passed),
            rectified_on=dates(fixed + line.epoch, ~passed & (fixed < line.length)),
        ),
    )


def _cases(world: World, month: Month) -> None:
    line, rng = world.line, world.rng("case", month.place)
    n = max(5, round(11 * _length(month)))
    occurred_day = _day(rng, month, n) - 20
    occurred = line.utc_us(occurred_day, seconds_of_day(rng, n))
    seen = spread(np.full(n, line.drift(0.66, 0.745)[month.place]), float(rng.random()))
    identified = occurred + rng.integers(SECONDS, 9 * SECONDS, n) * 1_000_000
    confirmed_day = occurred_day + rng.integers(12, 50, n)
    confirmed = line.utc_us(confirmed_day, office_seconds(rng, n))
    reported_day = line.workdays_after(confirmed_day, 1)
    reported_day = np.where(
        rng.random(n) < 0.6, reported_day, line.workdays_after(confirmed_day, 3)
    )
    if _back(world, month, _LATE_REPORTS):
        reported_day[0] = line.workdays_after(confirmed_day[:1], 8)[0]
    reported = line.utc_us(reported_day, office_seconds(rng, n))
    known: Flags = confirmed < line.now_us
    world.put(
        "suspicious_case",
        table(
            case_id=ids("J", world.serial("case", n)),
            occurred_at=moments(occurred),
            identified_at=moments(identified, seen & (identified < line.now_us)),
            confirmed_at=moments(confirmed, known),
            reported_at=moments(reported, known & (reported < line.now_us)),
            branch_id=words(
                rng.integers(0, len(world.organisation.leaf_ids), n), world.organisation.leaf_ids
            ),
        ),
    )
