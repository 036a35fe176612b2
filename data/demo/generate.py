"""The bank, month by month: every table in time order, each row given to ``put`` once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from data.demo import (
    campaigns,
    catalogue,
    contacts,
    credit,
    experiments,
    holdings,
    outside,
    risk,
    service,
    sessions,
    systems,
    trades,
)
from data.demo.activity import Habits, first_habits, month_activity, next_habits
from data.demo.chance import Carry
from data.demo.columns import Flags, Ints
from data.demo.effects import Watch, record
from data.demo.events import Ended, durations, write_events
from data.demo.organisation import make_organisation
from data.demo.registry import user_rows
from data.demo.scripts import make_scripts
from data.demo.sessions import Visits
from data.demo.settings import DemoSettings
from data.demo.timeline import Month, make_timeline
from data.demo.users import make_users
from data.demo.world import Activity, Put, Trade, World

BLOCK = 200_000  # active user-days whose events are made at once


@dataclass
class Running:
    """What is carried from month to month."""

    habits: Habits
    holdings: holdings.Holdings
    loans: credit.Loans
    app_cents: Ints
    app_count: Ints
    budgets: dict[int, int]
    active_days: Ints
    bought: Flags
    repeats: sessions.Plan


def generate(settings: DemoSettings, put: Put, progress: Callable[[float, str], None]) -> World:
    """Make all rows of the contract and hand them to ``put``; returns the world with its effects.

    ``progress`` is told the share done (0 to 1) and the month being made.
    """
    line = make_timeline(settings)
    organisation = make_organisation(settings.users)
    world = World(settings, line, organisation, make_users(settings, line, organisation), put)
    nobody = np.zeros(len(world.users), dtype=bool)
    world.notes.update(
        durations=durations(settings.seed), privacy=Carry(), lifts=[], runs=[],
        watch=Watch(nobody.copy(), nobody.copy()),
    )  # fmt: skip
    _before(world)
    shape = (line.length, len(organisation.leaf_ids))
    running = Running(
        first_habits(world), holdings.first_holdings(world), credit.first_loans(world),
        np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64), {},
        np.zeros(len(world.users), dtype=np.int64), np.zeros(len(world.users), dtype=bool),
        sessions.Plan(*(np.zeros(0, dtype=np.int64),) * 3),
    )  # fmt: skip
    for month in line.months:
        progress(month.first / line.length, line.date(month.first).strftime("%Y-%m"))
        _month(world, running, month)
    _after(world, running)
    record(world)
    return world


def _before(world: World) -> None:
    line = world.line
    world.put("dim_branch", world.organisation.arrow())
    world.put("dim_module", catalogue.module_rows())
    world.put("dim_page", catalogue.page_rows())
    world.put("dim_product", catalogue.product_rows())
    world.put("dim_content", catalogue.content_rows(line.epoch, line.length))
    came = campaigns.newcomer_campaigns(world)
    leaves = world.organisation.leaf_ids
    world.put("dim_user", user_rows(world.users, line, leaves, came, world.settings.seed))
    outside.write_calendar(world)
    outside.write_coverage(world)
    outside.write_rollout(world)


def _after(world: World, running: Running) -> None:
    campaigns.write_campaigns(world, running.budgets)
    outside.write_bank(world, running.app_cents, running.app_count)
    outside.write_brand(world)
    outside.write_peers(world)
    outside.write_partners(world)


def _month(world: World, running: Running, month: Month) -> None:
    next_habits(world, running.habits, month)
    promised = sessions.promised_visits(world, month, running.repeats)
    activity = month_activity(world, running.habits, month)
    activity = _with_promised(running.habits, activity, promised)
    trade, marks = _use(world, running.habits, activity, promised)
    drawn, drawdowns = credit.month_applications(world, activity)
    trade = _business(world, running, activity, trade, drawdowns)
    _add_bank(world, running, trade)
    running.repeats = sessions.repeat_plan(world, month, trade, running.bought, running.repeats)
    if experiments.wanted(world, month):
        runs = experiments.run_experiments(world, activity, marks, running.active_days)
        world.notes["runs"] += runs
    running.active_days = np.bincount(activity.user, minlength=len(world.users))
    running.loans = credit.age_book(world, credit.extend(running.loans, drawn), month)
    if month.complete:
        owed = credit.write_loans(world, running.loans, month)
        holdings.write_month_end(world, running.holdings, month, owed)
    service.write_service(world, activity)
    service.write_mentions(world, month)
    risk.write_risk(world, month)
    systems.write_systems(world, month)
    came = world.users.registered_day[world.users.newcomers]
    new_users = int(((came >= month.first) & (came < month.stop)).sum())
    outside.write_spend(world, month, running.budgets, new_users)


def _with_promised(habits: Habits, activity: Activity, promised: Visits) -> Activity:
    n = len(habits.last_seen)
    key = np.unique(np.r_[activity.day, promised.day] * n + np.r_[activity.user, promised.user])
    day, user = np.divmod(key, n)
    np.maximum.at(habits.last_seen, promised.user, promised.day)
    return replace(activity, day=day, user=user)


def _use(
    world: World, habits: Habits, activity: Activity, promised: Visits
) -> tuple[Trade, list[experiments.Marks]]:
    """Write the month's events block by block; returns transactions and marks."""
    month = activity.month
    scripts = make_scripts()
    apart = (
        sessions.first_visits(world, month), sessions.anonymous_visits(world, month), promised,
    )  # fmt: skip
    natural: Flags = activity.day != world.users.registered_day[activity.user]
    natural &= ~_already(activity, promised, len(world.users))
    parts, marks = [], []
    for block, (low, high) in enumerate(_blocks(activity)):
        inside = natural & (activity.day >= low) & (activity.day < high)
        visits = sessions.natural_visits(
            world, habits, month, activity.day[inside], activity.user[inside], block
        )
        visits = sessions.join([visits, *(sessions.within(v, low, high) for v in apart)])
        ended: Ended = write_events(world, scripts, visits, month.place, block)
        parts.append(trades.from_visits(world, visits, ended, month.place, block))
        _watch(world, month, visits)
        if experiments.wanted(world, month):
            marks.append(experiments.marks_of(visits, ended))
    return trades.join(parts), marks


def _watch(world: World, month: Month, visits: Visits) -> None:
    """Count what the truth about the little-used module and the stuck step needs."""
    watch: Watch = world.notes["watch"]
    known = visits.user >= 0
    if world.line.complete(12).first <= month.first and month.complete:
        watch.active[visits.user[known]] = True
        watch.pays[visits.user[known & (visits.module == catalogue.PLACE["bill_payment"])]] = True
    reached, left = sessions.at_stuck_step(visits)
    watch.reached += reached
    watch.left += left


def _already(activity: Activity, promised: Visits, n: int) -> Flags:
    return np.isin(activity.day * n + activity.user, promised.day * n + promised.user)


def _blocks(activity: Activity) -> Iterator[tuple[int, int]]:
    """Ranges of days of about ``BLOCK`` active user-days."""
    month = activity.month
    pieces = max(1, min(month.stop - month.first, round(len(activity.day) / BLOCK)))
    cuts = np.linspace(month.first, month.stop, pieces + 1).astype(int)
    return zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)


def _business(
    world: World, running: Running, activity: Activity, trade: Trade, drawdowns: Trade
) -> Trade:
    """Scale, add fraud and what campaigns caused, write; returns all transactions of the month."""
    month = activity.month
    trade = trades.with_fraud(world, month, trades.scaled(world, month, trade))
    extra = [drawdowns]
    if month.place == world.line.complete(trades.BURST_BACK).place:
        extra.append(trades.burst(world, month, len(trade.day)))
    if month.stop - month.first >= 27:
        lifts, caused = contacts.run_conversion(world, activity, trade)
        running.budgets.update({lift.number: lift.cost_cents for lift in lifts})
        world.notes["lifts"] += lifts
        extra.append(caused)
    running.budgets[campaigns.number_of(month, campaigns.RETENTION)] = contacts.run_recall(
        world, activity
    )
    trade = trades.join([trade, *extra])
    trades.write_trades(world, trade)
    if month.place == world.line.complete(trades.BURST_BACK).place:
        world.notes["burst"] = trades.burst_size(world, month, trade)
    return trade


def _add_bank(world: World, running: Running, trade: Trade) -> None:
    good = (trade.status == trades.STATUS["success"]) & (trade.day < world.line.length)
    place = (trade.day[good], trade.leaf[good])
    np.add.at(running.app_cents, place, trade.amount[good])
    np.add.at(running.app_count, place, 1)
