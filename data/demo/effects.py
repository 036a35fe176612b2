"""The planted effects as they came out, for the truth file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.demo import incidents
from data.demo.campaigns import KNOWN_LIFT, NO_LIFT, extra_number, number_of
from data.demo.catalogue import PLACE
from data.demo.columns import NEVER, Flags
from data.demo.contacts import Lift
from data.demo.experiments import LIFT, OUTCOME_MODULE, VARIANTS, WINDOW_DAYS, Run
from data.demo.incidents import rate
from data.demo.outside import iso
from data.demo.scripts import STUCK_MODULE, STUCK_SHARE, STUCK_STEP
from data.demo.users import LEAKING, wave_of_province, wave_starts
from data.demo.world import Effect, World

LITTLE_USED = "bill_payment"


@dataclass
class Watch:
    """Who was active, who paid bills in the last twelve months; runs at the stuck step."""

    active: Flags
    pays: Flags
    reached: int = 0
    left: int = 0


def record(world: World) -> None:
    """Add every planted effect to ``world.effects``."""
    for tell in _TELLERS:
        world.effects.extend(tell(world))


def _redesign(world: World) -> list[Effect]:
    line, users = world.line, world.users
    starts = wave_starts(line)
    day = users.registered_day[users.newcomers]
    wave = users.wave[users.leaf[users.newcomers]]
    ripe = (day >= starts[0]) & (day < line.length - 7)
    treated = day >= starts[wave]
    size: dict[str, Any] = {}
    for name, arm in (("treated", treated), ("untreated", ~treated)):
        n, done = int((ripe & arm).sum()), int((ripe & arm & users.activated).sum())
        size[name] = {"new_users": n, "activated": done, "rate_pct": rate(done, n)}
    size["difference_pp"] = _minus(size["treated"]["rate_pct"], size["untreated"]["rate_pct"])
    provinces = wave_of_province(world.organisation)
    where = {
        "rollout_id": "activation_redesign",
        "waves": [
            {
                "started_on": iso(world, int(start)) if start < NEVER else None,
                "branches": [
                    key
                    for key, w in zip(world.organisation.province_ids, provinces, strict=True)
                    if w == place
                ],
            }
            for place, start in enumerate(starts)
        ],
    }
    return [
        Effect(
            "activation_redesign",
            "New activation flow, rolled out province by province; the last group never gets it",
            where, iso(world, int(starts[0])), iso(world, line.length - 8), size,
            ("activation_rate",),
            "difference in differences of activation_rate over branches by rollout.started_on",
        )
    ]  # fmt: skip


def _minus(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else round(a - b, 6)


def _leaks(world: World) -> list[Effect]:
    users, line = world.users, world.line
    day = users.registered_day[users.newcomers]
    leaking = np.isin(users.first_module, [PLACE[name] for name in LEAKING])
    effects = []
    for name in LEAKING:
        size: dict[str, Any] = {}
        for age in (1, 7, 30):
            ripe = day + age < line.length
            here, rest = ripe & (users.first_module == PLACE[name]), ripe & ~leaking
            kept = users.kept[age]
            scene = rate(int((here & kept).sum()), int(here.sum()))
            others = rate(int((rest & kept).sum()), int(rest.sum()))
            size[f"d{age}"] = {
                "new_users": int(here.sum()), "rate_pct": scene, "others_rate_pct": others,
                "difference_pp": _minus(scene, others),
            }  # fmt: skip
        effects.append(
            Effect(
                f"leak_{name}", "New users whose first module is this one come back less",
                {"first_module": name}, iso(world, 0), iso(world, line.length - 1), size,
                ("retention_d1", "retention_d7", "retention_d30"),
                "retention of new users by the module of their first page view on their first day",
            )
        )  # fmt: skip
    return effects


def _little_used(world: World) -> list[Effect]:
    watch: Watch = world.notes["watch"]
    active, pays = int(watch.active.sum()), int((watch.active & watch.pays).sum())
    size = {
        "active_users": active, "ever_used": pays, "never_used_pct": rate(active - pays, active),
    }  # fmt: skip
    months = world.line.complete(12), world.line.complete(1)
    return [
        Effect(
            "little_used_module", "A basic module that four of five active users never open",
            {"module": LITTLE_USED}, iso(world, months[0].first), iso(world, months[1].stop - 1),
            size, ("mau",), "active users of twelve months without one event of the module",
        )
    ]  # fmt: skip


def _stuck(world: World) -> list[Effect]:
    watch: Watch = world.notes["watch"]
    size = {
        "reached": watch.reached, "gave_up": watch.left, "planned_pct": 100 * STUCK_SHARE,
        "gave_up_pct": rate(watch.left, watch.reached),
    }  # fmt: skip
    return [
        Effect(
            "stuck_step", "A step of a task at which most give up",
            {"module": STUCK_MODULE, "page": f"{STUCK_MODULE}.health", "step": STUCK_STEP},
            iso(world, 0), iso(world, world.line.length - 1), size, ("task_completion",),
            "task runs that reach the page and are not finished, against those that reach it",
        )
    ]  # fmt: skip


def _campaigns(world: World) -> list[Effect]:
    lifts: dict[int, Lift] = {lift.number: lift for lift in world.notes["lifts"]}
    plans = (
        ("campaign_lift", "A campaign with a known lift", KNOWN_LIFT, None),
        ("campaign_no_lift", "A campaign that brings nothing", NO_LIFT, "extra"),
    )
    effects = []
    for name, what, back, extra in plans:
        month = world.line.complete(back)
        number = extra_number(month) if extra else number_of(month, 4)
        lift = lifts[number]
        size = {
            "treated": int(lift.treated.sum()), "holdout": int((~lift.treated).sum()),
            "lift_cny_a_user": round(lift.lift_cny, 6), "spend_cny": lift.cost_cents / 100,
            "incremental_cny": round(lift.lift_cny * int(lift.treated.sum()), 4),
        }  # fmt: skip
        effects.append(
            Effect(
                name, what, {"campaign_id": f"K{number:011d}"}, iso(world, month.first),
                iso(world, month.first + 29), size, ("marketing_roi",),
                "mean txn.fee_cny of 30 days from assigned_at, treated less holdout",
            )
        )  # fmt: skip
    unreviewed = world.notes["unreviewed"]
    first, last = iso(world, 0), iso(world, world.line.length - 1)
    effects.append(
        Effect(
            "unreviewed_campaigns", "Campaigns that started without a compliance review",
            {"campaign_ids": unreviewed}, first, last, {"campaigns": len(unreviewed)},
            ("review_coverage",), "dim_campaign.compliance_reviewed_at is empty",
        )
    )  # fmt: skip
    return effects


def _gaming(world: World) -> list[Effect]:
    users, line = world.users, world.line
    month = line.months[users.gamed_month]
    gamed = users.gamed[users.newcomers]
    day = users.registered_day[users.newcomers]
    inside = (day >= month.first) & (day < month.stop)
    leaf = users.leaf[users.newcomers] == users.gamed_leaf
    usual = [
        int(((day >= m.first) & (day < m.stop) & leaf & ~gamed).sum())
        for m in line.months
        if m.complete
    ]
    size = {
        "registrations": int(gamed.sum()), "active_again": 0,
        "other_registrations_there": int((inside & leaf & ~gamed).sum()),
        "usual_registrations_a_month": round(float(np.mean(usual)), 3),
    }  # fmt: skip
    where = {"branch_id": world.organisation.leaf_ids[users.gamed_leaf], "channel": "partner"}
    return [
        Effect(
            "gamed_registrations", "A branch registers many who never come back", where,
            iso(world, month.first), iso(world, month.stop - 1), size,
            ("new_users", "retention_d1", "retention_d7", "retention_d30"),
            "registrations of the branch by channel, and how many are active after their first day",
        )
    ]  # fmt: skip


def _experiments(world: World) -> list[Effect]:
    runs: list[Run] = world.notes["runs"]
    names = {"X0001": "ab_effect", "X0002": "ab_no_effect", "X0003": "ab_broken_split"}
    what = {
        "X0001": f"An experiment that raises its outcome by {100 * LIFT:.0f} points",
        "X0002": "An experiment without effect",
        "X0003": "An experiment whose split is broken",
    }
    return [
        Effect(
            names[run.experiment], what[run.experiment],
            {"experiment_id": run.experiment, "outcome": f"task_finish in {OUTCOME_MODULE}"},
            iso(world, run.month.first), iso(world, run.month.first + 9 + WINDOW_DAYS),
            _arm_sizes(run), ("task_completion",),
            f"users with task_finish in {OUTCOME_MODULE} in {WINDOW_DAYS} days of exposed_at",
        )
        for run in runs
    ]  # fmt: skip


def _arm_sizes(run: Run) -> dict[str, Any]:
    size: dict[str, Any] = {}
    for place, name in enumerate(VARIANTS):
        arm = run.arm == place
        n, done = int(arm.sum()), int((arm & run.outcome).sum())
        size[name] = {"users": n, "outcomes": done, "rate_pct": rate(done, n)}
    size["difference_pp"] = _minus(size["treatment"]["rate_pct"], size["control"]["rate_pct"])
    return size


_TELLERS: tuple[Callable[[World], list[Effect]], ...] = (
    _redesign,
    _leaks,
    _little_used,
    _stuck,
    _campaigns,
    incidents.burst,
    incidents.outage,
    _gaming,
    _experiments,
    incidents.release,
    incidents.leak,
)
