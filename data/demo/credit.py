"""Credit: limit checks and applications, loans and how they are repaid month by month."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from data.contract.vocabulary import BUSINESS_CHANNELS, LOAN_CLASSES
from data.demo.catalogue import PLACE, PRODUCT_IDS, products_of
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
    table,
    whole,
    words,
)
from data.demo.timeline import SECONDS, Month
from data.demo.trades import KIND, plain
from data.demo.world import Activity, Trade, World, office_seconds

OFFLINE = BUSINESS_CHANNELS.index("offline")
_ENTRY = np.array(
    [0.0108, 0.0120, 0.0150]
)  # share of sound loans falling behind a month, by channel
_ROLL = np.array([0.0, 0.36, 0.74, 0.86])  # chance to fall one bucket further
_WRITE_OFF = 9  # months past due


@dataclass
class Loans:
    """All loans still on the books; days are places on the timeline, money in cents.

    ``behind`` is months past due; ``application`` is -1 where the loan is older than the data.
    """

    number: Ints
    user: Ints
    leaf: Ints
    product: Ints
    channel: Ints
    application: Ints
    amount: Ints
    term: Ints
    originated: Ints
    first_paid: Ints
    behind: Ints


def first_loans(world: World) -> Loans:
    """The book before the first day, with its share of loans past due."""
    rng = world.rng("loans")
    n = max(60, round(0.052 * len(world.users)))
    loans = _granted(
        world, rng, rng.integers(0, len(world.users), n), -rng.integers(31, 700, n),
        rng.choice(3, n, p=[0.3, 0.12, 0.58]), np.full(n, -1),
    )  # fmt: skip
    shares = np.array([0.9735, 0.0105, 0.004, 0.003, 0.002, 0.002, 0.0018, 0.0016, 0.0016])
    loans.behind = rng.permutation(np.searchsorted(np.cumsum(shares), (np.arange(n) + 0.5) / n))
    return loans


def _granted(
    world: World, rng: np.random.Generator, user: Ints, day: Ints, channel: Ints, application: Ints
) -> Loans:
    n = len(user)
    product = rng.choice(products_of("loan"), n, p=[0.57, 0.25, 0.15, 0.03])
    mortgage = product == products_of("loan")[3]
    median = np.where(mortgage, 95_000, np.where(channel == OFFLINE, 42_000, 26_000))
    amount = np.rint(median * rng.lognormal(0, 0.45, n) / 100) * 10_000
    due = day + 30
    late = spread(np.full(n, 0.0085), float(rng.random())) & (day >= -30)
    paid = due + np.where(late, 20 + rng.integers(0, 60, n), -rng.integers(0, 4, n))
    slack = rng.random(n) < 0.03
    paid = np.where(slack & ~late, due + rng.integers(1, 7, n), paid)
    return Loans(
        number=world.serial("loan", n),
        user=user,
        leaf=world.users.leaf[user],
        product=product,
        channel=channel,
        application=application,
        amount=amount.astype(np.int64),
        term=np.where(mortgage, 240, rng.choice([12, 24, 36, 60], n, p=[0.2, 0.35, 0.3, 0.15])),
        originated=day,
        first_paid=paid,
        behind=np.where(late, 1, 0),
    )


def _glue(a: Loans, b: Loans) -> Loans:
    return Loans(**{f.name: np.r_[getattr(a, f.name), getattr(b, f.name)] for f in fields(Loans)})


def _keep(loans: Loans, kept: Flags) -> Loans:
    return Loans(**{f.name: getattr(loans, f.name)[kept] for f in fields(Loans)})


def _balance(loans: Loans, month: Month) -> Ints:
    age = np.maximum((month.stop - loans.originated) / 30.44, 0) - loans.behind
    left = np.clip(1 - age / loans.term, 0.02, 1)
    return np.rint(loans.amount * left).astype(np.int64)


def age_book(world: World, loans: Loans, month: Month) -> Loans:
    """A month of repaying: sound loans fall behind, late ones recover or roll, old ones leave."""
    rng = world.rng("ageing", month.place)
    expired = (month.stop - loans.originated) / 30.44 > loans.term
    fresh = month.first - loans.originated < 60
    order = np.lexsort((rng.random(len(loans.user)), loans.amount))
    entry = _ENTRY[loans.channel] * (1 - 0.10 * month.place / 26)
    falls = np.zeros(len(order), dtype=bool)
    sound = order[(loans.behind[order] == 0) & ~fresh[order]]
    falls[sound] = spread(entry[sound], float(rng.random()))
    roll = np.append(_ROLL, np.full(_WRITE_OFF, 0.97))[loans.behind]
    worse = np.zeros(len(order), dtype=bool)
    late = order[loans.behind[order] > 0]
    late = late[np.argsort(loans.behind[late], kind="stable")]
    worse[late] = spread(roll[late], float(rng.random()))
    loans.behind = np.where(
        loans.behind == 0, falls.astype(int), np.where(worse, loans.behind + 1, 0)
    )
    gone = (expired & (loans.behind == 0)) | (loans.behind > _WRITE_OFF)
    return _keep(loans, ~gone)


def write_loans(world: World, loans: Loans, month: Month) -> Ints:
    """Write ``loan_month``; returns each user's loan balance in cents."""
    loans = _keep(loans, loans.originated < month.stop)
    balance = _balance(loans, month)
    past_due = np.where(loans.behind > 0, loans.behind * 30 - 15, 0)
    grade = np.searchsorted([1, 91, 181, 270], past_due, side="right")
    line, n = world.line, len(balance)
    paid = (loans.first_paid < month.stop) & (loans.first_paid >= loans.originated)
    world.put(
        "loan_month",
        table(
            month=dates(np.full(n, month.end)),
            loan_id=ids("L", loans.number),
            user_id=ids("U", loans.user),
            branch_id=words(loans.leaf, world.organisation.leaf_ids),
            product_id=words(loans.product, PRODUCT_IDS),
            channel=words(loans.channel, BUSINESS_CHANNELS),
            application_id=ids("P", np.maximum(loans.application, 0), loans.application >= 0),
            balance_cny=money(balance),
            days_past_due=whole(past_due),
            class_=words(grade, LOAN_CLASSES),
            originated_on=dates(loans.originated + line.epoch),
            first_due_on=dates(loans.originated + 30 + line.epoch),
            first_paid_on=dates(loans.first_paid + line.epoch, paid),
            estimated=flags(np.zeros(n, dtype=bool)),
        ),
    )
    return np.bincount(loans.user, balance, len(world.users)).astype(np.int64)


def month_applications(world: World, activity: Activity) -> tuple[Loans, Trade]:
    """Write a month's applications; returns the loans drawn and their drawdowns in the App."""
    month = activity.month
    rng = world.rng("applications", month.place)
    checks = max(12, round(0.020 * len(activity.users())))
    day, user = activity.sample(rng, checks)
    offline = max(4, round(0.0035 * len(world.users) * (month.stop - month.first) / 30))
    customers = np.flatnonzero(world.users.joined_day < month.first)
    there = np.sort(rng.integers(month.first, month.stop, offline))
    there[:2] = month.first  # so that a first instalment falls due in every month
    rate = float(world.line.drift(0.142, 0.168)[month.place])
    applies = np.r_[spread(np.full(checks, rate), 0.5), np.ones(offline, dtype=bool)]
    return _write_applications(
        world, rng,
        np.r_[day, there], np.r_[user, rng.choice(customers, offline)],
        np.r_[(rng.random(checks) < 0.3).astype(np.int64), np.full(offline, OFFLINE)], applies,
    )  # fmt: skip


def _write_applications(
    world: World, rng: np.random.Generator, day: Ints, user: Ints, channel: Ints, applies: Flags
) -> tuple[Loans, Trade]:
    line, n = world.line, len(day)
    offline = channel == OFFLINE
    checked = line.utc_us(day, office_seconds(rng, n))
    wait = np.where(rng.random(n) < 0.7, rng.integers(60, 1800, n), rng.integers(1, 6 * SECONDS, n))
    applied = checked + wait * 1_000_000
    fast = np.where(offline, SECONDS + rng.integers(0, 3 * SECONDS, n), rng.integers(60, 400, n))
    decided = applied + fast * 1_000_000
    yes = applies & (rng.random(n) < np.where(offline, 0.52, 0.64))
    drawn = decided + (rng.integers(200, 2 * SECONDS, n)) * 1_000_000
    draws = yes & (rng.random(n) < 0.82)
    draws[offline & (np.cumsum(offline) <= 2)] = True
    yes |= draws
    number = world.serial("application", n)
    now = line.now_us
    taken = draws & (drawn < now)
    loans = _granted(
        world, rng, user[taken], line.day_of(drawn[taken]), channel[taken], number[taken]
    )
    amount = np.rint(rng.lognormal(10.2, 0.6, n) / 100).astype(np.int64) * 10_000
    amount[taken] = loans.amount
    world.put(
        "application",
        table(
            application_id=ids("P", number),
            user_id=ids("U", user),
            branch_id=words(world.users.leaf[user], world.organisation.leaf_ids),
            channel=words(channel, BUSINESS_CHANNELS),
            product_id=words(rng.choice(products_of("loan", "card"), n), PRODUCT_IDS),
            checked_at=moments(checked, ~offline),
            applied_at=moments(applied, applies & (applied < now)),
            approved_at=moments(decided, yes & (decided < now)),
            rejected_at=moments(decided, applies & ~yes & (decided < now)),
            drawn_at=moments(drawn, taken),
            amount_cny=money(amount),
            risk_score=numbers(np.clip(rng.normal(652, 48, n), 350, 850).round()),
        ),
    )
    return loans, _drawdowns(world, loans, drawn[taken])


def _drawdowns(world: World, loans: Loans, drawn_us: Ints) -> Trade:
    online = loans.channel != OFFLINE
    n = int(online.sum())
    day = loans.originated[online]
    second = (drawn_us[online] - world.line.utc_us(day, np.zeros(n))) // 1_000_000
    return plain(
        day, second, loans.user[online], loans.leaf[online], loans.channel[online],
        np.full(n, PLACE["credit"]), np.full(n, KIND["drawdown"]), loans.amount[online],
    )  # fmt: skip


def extend(loans: Loans, drawn: Loans) -> Loans:
    """The book with the month's new loans."""
    return _glue(loans, drawn)
