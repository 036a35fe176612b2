"""Planted incidents as they came out: fraud burst, outage, a peer's release, a leak."""

from __future__ import annotations

from data.demo.outside import DIP_DAYS, PEERS, iso, release_day
from data.demo.risk import leak_day
from data.demo.systems import OUTAGE_HOURS, OUTAGE_MODULE, outage_day
from data.demo.trades import BURST_BACK, BURST_MODULE, burst_days, burst_leaf
from data.demo.world import Effect, World


def rate(part: int, whole: int) -> float | None:
    """Per cent, None of nothing."""
    return round(100 * part / whole, 6) if whole else None


def burst(world: World) -> list[Effect]:
    """The fraud burst."""
    month = world.line.complete(BURST_BACK)
    first, last = burst_days(month)
    where = {"module": BURST_MODULE, "branch_id": world.organisation.leaf_ids[burst_leaf(world)]}
    return [
        Effect(
            "fraud_burst", "Five days of fraud in one module of one branch", where,
            iso(world, first), iso(world, last), world.notes["burst"],
            ("fraud_rate", "scene_risk_rate", "fraud_loss_rate"),
            "fraud by day, module and place of business",
        )
    ]  # fmt: skip


def outage(world: World) -> list[Effect]:
    """The outage."""
    day = iso(world, outage_day(world))
    where = {"module": OUTAGE_MODULE, "hours": list(OUTAGE_HOURS)}
    return [
        Effect(
            "outage", "One module down for five hours", where, day, day, world.notes["outage"],
            ("availability", "api_error_rate", "api_p95"), "api_interval by module and hour",
        )
    ]  # fmt: skip


def release(world: World) -> list[Effect]:
    """The peer's release."""
    day, level, own, mentions = world.notes["brand"]
    start = release_day(world)
    during = (day >= start) & (day < start + DIP_DAYS)
    before = (day >= start - 28) & (day < start)
    size = {
        "search_index": round(float(level[during].mean()), 4),
        "search_index_28_days_before": round(float(level[before].mean()), 4),
        "share_of_voice_pct": rate(int(own[during].sum()), int(mentions[during].sum())),
        "share_of_voice_28_days_before_pct": rate(
            int(own[before].sum()), int(mentions[before].sum())
        ),
    }
    return [
        Effect(
            "competitor_release", "A peer's release draws attention away for ten days",
            {"competitor": PEERS[0], "scene": "payment"}, iso(world, start),
            iso(world, start + DIP_DAYS - 1), size, ("search_index", "share_of_voice"),
            "brand_day around competitor_release.released_on",
        )
    ]  # fmt: skip


def leak(world: World) -> list[Effect]:
    """The data leak."""
    day = iso(world, leak_day(world))
    return [
        Effect(
            "data_leak", "One leak of customer data", {"class": "data_leak"}, day, day,
            {"events": 1}, ("data_leaks",), "risk_event of class data_leak",
        )
    ]  # fmt: skip
