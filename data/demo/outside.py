"""The outside and the books: brand, peers, partners, the whole bank by day, money spent,
coverage."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from data.contract import CONTRACT
from data.contract.vocabulary import (
    BUSINESS_CHANNELS,
    EVIDENCE_GRADES,
    RELEASE_CHANGES,
    SPEND_CATEGORIES,
)
from data.demo.campaigns import ACQUISITIONS, PER_MONTH, number_of
from data.demo.columns import (
    NEVER,
    Ints,
    Numbers,
    dates,
    flags,
    ids,
    moments,
    money,
    numbers,
    table,
    texts,
    whole,
    words,
)
from data.demo.timeline import EPOCH, Month
from data.demo.users import wave_of_province, wave_starts
from data.demo.world import World

APP_SHARE = (0.192, 0.228)  # of the bank's transaction amount, 26 months ago and now
RELEASE_BACK, DIP_DAYS, DIP = 2, 10, 0.82
PEERS = ("peer_a", "peer_b", "peer_c")
OURS = "self"
CAC_CNY = (45.0, 37.0)
_PARTNERS = 6


def release_day(world: World) -> int:
    """The day of the peer's release."""
    return world.line.complete(RELEASE_BACK).first + 6


def write_brand(world: World) -> None:
    """Write ``brand_day``; a peer's release dents search and share of voice for ten days."""
    line, rng = world.line, world.rng("brand")
    day = np.repeat(np.arange(line.length), 2)
    mini = np.tile([0, 1], line.length)
    dip = (day >= release_day(world)) & (day < release_day(world) + DIP_DAYS)
    level = line.daily_drift(2380, 3420)[day] * np.where(mini, 0.55, 1.0) * line.busy[day] ** 0.6
    level *= np.where(dip, DIP, 1.0) * rng.lognormal(0, 0.035, len(day))
    voice = line.daily_drift(0.138, 0.163)[day] * np.where(dip, DIP, 1.0)
    mentions = rng.poisson(900 * line.busy[day])
    own = np.rint(mentions * voice * rng.normal(1, 0.03, len(day))).astype(np.int64)
    world.notes["brand"] = (day, level.round(0), own, mentions)
    ratings = rng.poisson(85, len(day)) + 5
    stars = np.rint(ratings * (line.daily_drift(4.38, 4.56)[day] + rng.normal(0, 0.03, len(day))))
    world.put(
        "brand_day",
        table(
            day=dates(day + line.epoch),
            app=words(mini, ("app", "mini")),
            search_index=numbers(level.round(0)),
            own_mentions=whole(own),
            peer_mentions=whole(mentions - own),
            ratings=whole(ratings),
            stars=numbers(np.minimum(stars, 5 * ratings)),
        ),
    )


def write_peers(world: World) -> None:
    """Write invented peers' figures and releases; the bank of the demo names no real competitor."""
    line, rng = world.line, world.rng("peers")
    rows = [(month, i, k) for month in line.months for i in range(3) for k in range(3)]
    measure = np.array([k for _, _, k in rows])
    size = np.array([(2.2, 1.4, 0.9)[i] for _, i, _ in rows]) * len(world.users)
    grown = np.array([1 + 0.012 * month.place for month, _, _ in rows])
    value = np.choose(
        measure, [size * 0.42 * grown, 4.45 + 0.1 * size / len(world.users), 3900 * grown]
    )
    value = value * rng.normal(1, 0.01, len(rows))
    value = np.where(measure == 1, np.minimum(value, 4.9).round(2), value.round(0))
    world.put(
        "competitor_value",
        table(
            value_id=ids("W", np.arange(len(rows))),
            provider=texts(["演示数据"] * len(rows)),
            period_from=dates(np.array([m.first + line.epoch for m, _, _ in rows])),
            period_to=dates(np.array([m.stop - 1 + line.epoch for m, _, _ in rows])),
            competitor=words(np.array([i for _, i, _ in rows]), PEERS),
            measure=words(measure, ("mau", "store_rating", "search_index")),
            value=numbers(value),
            low=numbers(value * 0.97),
            high=numbers(value * 1.03),
            unit=words(measure, ("users", "1–5", "index")),
            source=texts(["演示用虚构同业"] * len(rows)),
            url=texts([None] * len(rows)),
            grade=words(np.array([(1, 0, 2)[k] for k in measure]), EVIDENCE_GRADES),
        ),
    )
    _releases(world)


_RELEASES = (
    ("payment", "跨境汇款秒到", 0), ("life", "家庭账户", 0), ("wealth", "养老规划", 1),
    ("service", "视频柜员", 0), ("credit", "小微快贷", 1), ("life", "积分通兑", 2),
    ("payment", "无感停车", 0), ("wealth", "定投计划", 1),
)  # fmt: skip
NEWEST = ("payment", "一键收款码", 0)
_OWN = {"跨境汇款秒到": 96, "家庭账户": 60, "视频柜员": 75, "小微快贷": 110, "定投计划": 40}
"""The bank's own features of those that peers have, with the days by which it was later."""
LACKED = tuple(sorted({name for _, name, _ in (*_RELEASES, NEWEST)} - {*_OWN, "积分通兑"}))
"""What peers offer and the bank does not; one of theirs was withdrawn."""


def _releases(world: World) -> None:
    line = world.line
    n = len(_RELEASES)
    day = np.linspace(20, max(30, line.complete(4).first), n).astype(np.int64)
    rows = [
        (*row, int(at), PEERS[i % 3])
        for i, (row, at) in enumerate(zip(_RELEASES, day, strict=True))
    ]
    rows.append((*NEWEST, release_day(world), PEERS[0]))
    last = release_day(world) - 1  # the peer's release stays the newest
    rows += [
        (scene, feature, 0, min(at + _OWN[feature], last), OURS)
        for scene, feature, _change, at, _peer in rows
        if feature in _OWN
    ]
    world.put(
        "competitor_release",
        table(
            release_id=ids("Z", np.arange(len(rows))),
            released_on=dates(np.array([at for *_, at, _ in rows]) + line.epoch),
            competitor=texts([peer for *_, peer in rows]),
            scene=texts([row[0] for row in rows]),
            feature=texts([row[1] for row in rows]),
            change=words(np.array([row[2] for row in rows]), RELEASE_CHANGES),
            source=texts([
                "本行发布公告（演示）" if row[-1] == OURS else "应用商店版本说明（演示）"
                for row in rows
            ]),
        ),
    )  # fmt: skip


def write_partners(world: World) -> None:
    """Write ``partner_day``."""
    line, rng = world.line, world.rng("partners")
    day = np.repeat(np.arange(line.length), _PARTNERS)
    partner = np.tile(np.arange(_PARTNERS), line.length)
    weight = (1.0 / (partner + 1)) * line.busy[day] * line.daily_drift(0.7, 1.1)[day]
    users = rng.poisson(weight * (2 + 0.002 * len(world.users)))
    calls = users * 9 + rng.poisson(20, len(day))
    income = np.rint(users * rng.lognormal(5.0, 0.4, len(day))).astype(np.int64)
    wobble = rng.normal(0, 1.2, len(day))
    world.put(
        "partner_day",
        table(
            day=dates(day + line.epoch),
            partner_id=ids("X", partner),
            calls=whole(calls),
            users=whole(users),
            income_cny=money(income),
            our_share_cny=money(income * 3 // 10),
            value_score=numbers(np.clip(86 - 4 * partner + wobble, 0, 100).round(1)),
            risk_score=numbers(np.clip(9 + 3 * partner - wobble, 0, 100).round(1)),
            compliance_score=numbers(np.clip(97 - partner + wobble / 2, 0, 100).round(1)),
        ),
    )


def write_bank(world: World, app_cents: Ints, app_count: Ints) -> None:
    """Write ``bank_day``: what went through the App plus what went through all other channels.

    ``app_cents`` and ``app_count`` are (days, leaves).
    """
    line, rng = world.line, world.rng("bank")
    days, leaves = app_cents.shape
    customers = _customers(world, leaves)
    share = line.daily_drift(*APP_SHARE)[:, None]
    usual = app_cents.sum() / app_cents.size / np.mean(share)
    usual = usual * customers / customers.mean()
    smooth = usual * line.daily_drift(0.9, 1.1)[:, None] * line.busy[:, None]
    month = np.concatenate([np.full(m.stop - m.first, m.place) for m in line.months])
    actual = _by_month(app_cents.sum(axis=1), month) / _by_month(
        smooth.sum(axis=1) * share[:, 0], month
    )
    offline = smooth * (1 - share) * actual[month][:, None] * rng.lognormal(0, 0.18, (days, leaves))
    total = app_cents + np.rint(offline).astype(np.int64)
    count = app_count + rng.poisson(customers * 0.011 * line.busy[:, None])
    world.put(
        "bank_day",
        table(
            day=dates(np.repeat(np.arange(days), leaves) + line.epoch),
            branch_id=words(np.tile(np.arange(leaves), days), world.organisation.leaf_ids),
            customers=whole(customers.ravel()),
            txn_amount_cny=money(total.ravel()),
            txn_count=whole(count.ravel()),
        ),
    )


def _by_month(values: Numbers, month: Ints) -> Numbers:
    return np.asarray(np.bincount(month, values))


def _customers(world: World, leaves: int) -> Ints:
    users, days = world.users, world.line.length
    joined = np.clip(users.joined_day, 0, days - 1)
    fresh = np.bincount(joined * leaves + users.leaf, minlength=days * leaves)
    return np.cumsum(fresh.reshape(days, leaves), axis=0)


def write_spend(world: World, month: Month, budgets: dict[int, int], new_users: int) -> None:
    """Write the month's ``spend``: campaigns, and the rest of each category near 40/30/30."""
    line, rng = world.line, world.rng("spend", month.place)
    cost = float(line.drift(*CAC_CNY)[month.place]) * rng.uniform(0.94, 1.06)
    total = round(cost * new_users * 100 * world.settings.driver("spend"))
    for plan, share in zip(ACQUISITIONS, (0.6, 0.4), strict=True):
        budgets[number_of(month, plan)] = round(total * share)
    mine = [number for number in budgets if number // (PER_MONTH + 1) == month.place]
    ran = sum(budgets[number] for number in mine)
    rest = np.array([1.6 * ran, 0.2 * ran, 1.2 * ran, 0.22 * ran]) * rng.uniform(0.95, 1.05, 4)
    lines = [(1, number, budgets[number] / 2) for number in mine for _ in range(2)]
    lines += [(i, -1, rest[i] / 4) for i in range(4) for _ in range(4)]
    n = len(lines)
    cents = np.rint([amount for _, _, amount in lines]).astype(np.int64)
    spread_days = np.linspace(month.first, month.stop - 1, n).astype(np.int64)
    campaign = np.array([number for _, number, _ in lines])
    leaf = rng.integers(0, len(world.organisation.leaf_ids), n)
    world.put(
        "spend",
        table(
            spend_id=ids("Y", world.serial("spend", n)),
            day=dates(spread_days + line.epoch),
            category=words(np.array([row[0] for row in lines]), SPEND_CATEGORIES),
            branch_id=words(np.where(campaign < 0, leaf, -1), world.organisation.leaf_ids),
            campaign_id=ids("K", np.maximum(campaign, 0), campaign >= 0),
            channel=words(np.where(campaign >= 0, np.arange(n) % 2, 2), BUSINESS_CHANNELS),
            planned_cny=money(cents * rng.integers(96, 108, n) // 100),
            spent_cny=money(cents),
        ),
    )


def write_calendar(world: World) -> None:
    """Write ``calendar_day``."""
    days = world.line.calendar
    world.put(
        "calendar_day",
        table(
            day=dates(np.array([(day.day - EPOCH).days for day in days])),
            holiday=texts([day.holiday for day in days]),
            workday=flags(np.array([day.workday for day in days])),
            festival=texts([day.festival for day in days]),
            payday=flags(np.array([day.payday for day in days])),
        ),
    )


def write_rollout(world: World) -> None:
    """Write the activation redesign's roll-out: one row a provincial branch of the three waves."""
    waves = wave_of_province(world.organisation)
    start = wave_starts(world.line)[waves]
    here = np.flatnonzero(start < NEVER)
    n = len(here)
    world.put(
        "rollout",
        table(
            rollout_id=texts(["activation_redesign"] * n),
            branch_id=texts([world.organisation.province_ids[i] for i in here]),
            module=texts(["account"] * n),
            feature=texts(["新版激活流程"] * n),
            started_on=dates(start[here] + world.line.epoch),
        ),
    )


def write_coverage(world: World) -> None:
    """Write ``load_coverage``: every table is complete on every day, loaded the morning after."""
    line = world.line
    names = sorted(CONTRACT.tables)
    day = np.repeat(np.arange(line.length), len(names))
    loaded = line.utc_us(day + 1, np.full(len(day), 6 * 3600))
    world.put(
        "load_coverage",
        table(
            table=words(np.tile(np.arange(len(names)), line.length), names),
            day=dates(day + line.epoch),
            complete=flags(np.ones(len(day), dtype=bool)),
            loaded_at=moments(loaded),
        ),
    )


def iso(world: World, day: int) -> str:
    """A day place as an ISO date."""
    return (world.line.first + timedelta(days=int(day))).isoformat()
