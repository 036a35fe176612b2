"""Campaigns: what runs each month, who is in which arm, contacts, cost, and what it brought."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from data.contract.vocabulary import PURPOSES, USER_CHANNELS
from data.demo.columns import (
    Ints,
    dates,
    ids,
    moments,
    money,
    table,
    texts,
    words,
)
from data.demo.timeline import EPOCH, Month
from data.demo.world import World, office_seconds

_PLANS = (
    ("acquisition", "wechat", "开户有礼", "Welcome gift"),
    ("acquisition", "ad", "新客立减", "Newcomer discount"),
    ("activation", "app", "首单激励", "First task reward"),
    ("retention", "sms", "老友回归", "Come back"),
    ("conversion", "app", "乐享生活", "Enjoy life"),
    ("spread", "wechat", "邀请好友", "Invite a friend"),
)
ACQUISITIONS = (0, 1)
RETENTION, CONVERSION = 3, 4
PER_MONTH = len(_PLANS)
_UNREVIEWED, _FINDINGS = (9, 15), (6, 17, 21)  # complete months back
KNOWN_LIFT, NO_LIFT = 3, 4


def number_of(month: Month, plan: int) -> int:
    """The number of a plan's campaign in a month."""
    return month.place * (PER_MONTH + 1) + plan


def extra_number(month: Month) -> int:
    """The number of the month's additional campaign."""
    return month.place * (PER_MONTH + 1) + PER_MONTH


def write_campaigns(world: World, budgets: dict[int, int]) -> None:
    """Write ``dim_campaign``; ``budgets`` holds cents spent by campaign number."""
    line = world.line
    rng = world.rng("campaigns")
    rows = [(month, plan) for month in line.months for plan in range(PER_MONTH)]
    rows.append((line.complete(NO_LIFT), PER_MONTH))
    rows.sort(key=lambda row: number_of(*row))
    plans = [_PLANS[plan] if plan < PER_MONTH else _PLANS[CONVERSION] for _, plan in rows]
    start = np.array([month.first + (0 if plan >= CONVERSION else plan) for month, plan in rows])
    n = len(rows)
    reviews = [line.utc_us(start - before, office_seconds(rng, n)) for before in (12, 8, 5)]
    unreviewed = {line.complete(back).place for back in _UNREVIEWED}
    found = {line.complete(back).place for back in _FINDINGS}
    missing = np.array([plan == 5 and month.place in unreviewed for month, plan in rows])
    world.notes["unreviewed"] = [
        f"K{number_of(*row):011d}" for row, gone in zip(rows, missing, strict=True) if gone
    ]
    finding = [
        "未充分揭示风险" if plan == 1 and month.place in found else None for month, plan in rows
    ]
    spent = np.array([budgets.get(number_of(*row), 0) for row in rows])
    length = np.where([plan in (CONVERSION, PER_MONTH) for _, plan in rows], 14, 24)
    world.put(
        "dim_campaign",
        table(
            campaign_id=ids("K", np.array([number_of(*row) for row in rows])),
            name_zh=texts([f"{_month(m)} {p[2]}" for (m, _), p in zip(rows, plans, strict=True)]),
            name_en=texts([f"{p[3]} {_month(m)}" for (m, _), p in zip(rows, plans, strict=True)]),
            purpose=words(np.array([PURPOSES.index(p[0]) for p in plans]), PURPOSES),
            channel=texts([p[1] for p in plans]),
            starts_on=dates(start + line.epoch),
            ends_on=dates(start + length - 1 + line.epoch),
            budget_cny=money((spent * 1.06).astype(np.int64) // 100 * 100 + 10_000),
            business_reviewed_at=moments(reviews[0]),
            compliance_reviewed_at=moments(reviews[1], ~missing),
            technical_reviewed_at=moments(reviews[2]),
            finding=texts(finding),
        ),
    )


def _month(month: Month) -> str:
    return (EPOCH + timedelta(days=month.end)).strftime("%Y-%m")


def newcomer_campaigns(world: World) -> Ints:
    """The campaign that brought each newcomer (by wechat or advertisement), -1 for none."""
    users = world.users
    day = users.registered_day[users.newcomers]
    starts = np.array([month.first for month in world.line.months])
    place = np.searchsorted(starts, day, side="right") - 1
    channel = users.channel[users.newcomers]
    wechat, ad = USER_CHANNELS.index("wechat"), USER_CHANNELS.index("ad")
    base = place * (PER_MONTH + 1)
    return np.where(channel == wechat, base, np.where(channel == ad, base + 1, -1))


def channel_of(number: int) -> str:
    """The channel of a campaign."""
    plan = number % (PER_MONTH + 1)
    return _PLANS[plan][1] if plan < PER_MONTH else _PLANS[CONVERSION][1]
