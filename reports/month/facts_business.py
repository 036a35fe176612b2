"""Business and campaigns of a month, as their screens read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import Connection

from data.business.customers import spend_by_channel
from data.business.structure import by_product
from data.campaigns.audience import Audience
from data.campaigns.campaigns import NO_CONTACTS, Contacts, contacts_of, spent_in
from data.campaigns.journeys import journeys_of
from data.campaigns.money import spending
from data.period import Period, containing
from data.points.reader import LiveReader
from data.points.wants import Reason as DataReason
from data.slice import Slice
from metrics.campaigns.attribution import Attribution, attribute
from metrics.campaigns.money import Budget, budget
from metrics.campaigns.results import Result, results_of
from metrics.forecast import Forecast, Goal, forecast_level, outlook
from metrics.forecast.outlook import HIGHEST, MONTHS, months_known
from metrics.scorecard import ScoreCard
from metrics.scorecard.facts import YearFacts, is_stock, shape_kind
from metrics.scorecard.scopes import Scopes
from metrics.targets.paths import at
from metrics.values import Setup, Values
from metrics.values.compute import without
from metrics.values.evaluation import evaluate_periods
from metrics.values.reasons import Reason

COURSES = ("txn_amount", "fee_income", "new_users", "mau", "aum", "lum")
"""Figures with a goal of the year: the north stars, and what the Business screen follows."""
STRUCTURE = ("txn_amount", "fee_income", "txn_count")
MOST_PRODUCTS = 15


@dataclass(frozen=True)
class Course:
    """A figure on its way to the year's goal; ``kind`` is flow, stock or level."""

    indicator: str
    kind: str
    so_far: float | None
    forecast: Forecast


@dataclass(frozen=True)
class Part:
    """A module or product with its amount and fees in CNY and its transactions."""

    module: str
    product: str
    kind: str
    name_zh: str
    name_en: str
    count: float | None
    amount: float | None
    fees: float | None


@dataclass(frozen=True)
class ChannelCost:
    """New users by channel of origin, spend of acquisition campaigns, CNY for one of them."""

    channel: str
    users: float
    spent: float

    @property
    def cac(self) -> float | None:
        """None where a channel has no users or cost nothing: then no price was paid."""
        return self.spent / self.users if self.users > 0 and self.spent > 0 else None


@dataclass(frozen=True)
class Business:
    """The year's courses, what earns, and what a new user costs; a Reason where unknown."""

    courses: tuple[Course, ...]
    modules: tuple[Part, ...]
    products: tuple[Part, ...] | Reason
    channels: tuple[ChannelCost, ...] | Reason


@dataclass(frozen=True)
class Campaigns:
    """Campaigns that ran in the month, all together, attribution by channel, the year's money."""

    results: tuple[Result, ...]
    contacts: Contacts
    spent: tuple[float, float] | None
    attribution: Attribution
    budget: Budget


def reason_of(found: DataReason) -> Reason:
    """A reason of the data as one of values, which has words."""
    return Reason(found.kind, found.about)


def business(
    connection: Connection, setup: Setup, card: ScoreCard, year: YearFacts, about: Slice
) -> Business:
    """All of the Business sheet."""
    return Business(
        courses(connection, setup, card, year, about),
        _modules(connection, setup, about),
        _products(connection, setup, about),
        _channels(connection, setup, about),
    )


def courses(
    connection: Connection, setup: Setup, card: ScoreCard, year: YearFacts, about: Slice
) -> tuple[Course, ...]:
    """Where figures stand at the year's end, as known at the month's end."""
    upto = min(about.period.last, setup.store.coverage.last_known or about.period.last)
    until = about.over(containing(about.period.last, "year"))
    goals = {name: _goal(setup, card, year, name, about) for name in COURSES}
    levels = [n for n in COURSES if setup.tree.indicators[n].over_time != "sum"]
    months = _monthly(connection, setup, levels, about, upto)
    found = []
    for name in COURSES:
        if name in levels:
            shown = _level(setup, months, name, until, goals[name])
        else:
            shown = outlook(connection, setup, name, until, goal=goals[name], upto=upto)
        known = [step.actual for step in shown.steps if step.actual is not None]
        kind = shape_kind(setup.tree.indicators[name])
        found.append(Course(name, kind, known[-1] if known else None, shown))
    return tuple(found)


def _goal(setup: Setup, card: ScoreCard, year: YearFacts, name: str, about: Slice) -> Goal | None:
    """The year's goal in the slice's branch; None where it has none."""
    target = float(card.goals[name].year_target[card.scopes.row[about.branch]])
    if not np.isfinite(target):
        return None
    start = None
    if is_stock(setup.tree.indicators[name]):
        row, begun = Scopes.of(setup.store).row[about.branch], year.start_of_year
        start = float(begun.value[row, begun.column(name)])
        if not np.isfinite(start):
            return None
    return Goal(target, year.shapes[name], start)


def _monthly(
    connection: Connection, setup: Setup, names: Sequence[str], about: Slice, upto: date
) -> list[tuple[Period, Values]]:
    months = months_known(setup, upto)[-MONTHS:]
    if not months:
        return []
    found = evaluate_periods(LiveReader(connection, setup.store), setup, names, about, months)
    return list(zip(months, found, strict=True))


def _level(
    setup: Setup,
    months: Sequence[tuple[Period, Values]],
    name: str,
    until: Slice,
    goal: Goal | None,
) -> Forecast:
    indicator, path = setup.tree.indicators[name], None if goal is None else goal.path()
    series = [(month, number(found.value[0, found.column(name)])) for month, found in months]
    return forecast_level(
        series,
        until.period.last,
        goal=None if path is None else at(path, until.period.last),
        better="down" if indicator.better == "down" else "up",
        path=path,
        highest=HIGHEST.get(indicator.unit),
    )


def number(value: float) -> float | None:
    """A number; None for what is not known."""
    return None if np.isnan(value) else float(value)


def _modules(connection: Connection, setup: Setup, about: Slice) -> tuple[Part, ...]:
    """By module, from kept points: what the indicators of the modules are."""
    reader = LiveReader(connection, setup.store)
    found = evaluate_periods(reader, setup, STRUCTURE, about, [about.period], ("module",))[0]
    kept = without(found, setup.switched_off)
    parts = []
    for row, module in enumerate(kept.groups["module"]):
        amount, fees, count = (number(kept.value[row, k]) for k in range(len(STRUCTURE)))
        one = setup.tree.modules.get(str(module))
        names = ("", "") if one is None else (one.name_zh, one.name_en)
        parts.append(Part(str(module), "", "", *names, count, amount, fees))
    return tuple(sorted(parts, key=lambda one: (-(one.fees or 0.0), one.module)))


def _products(connection: Connection, setup: Setup, about: Slice) -> tuple[Part, ...] | Reason:
    found = by_product(connection, setup.store, about)
    if isinstance(found, DataReason):
        return reason_of(found)
    named = found[found["product_id"] != ""]
    largest = named.sort_values(["fees", "amount", "product_id"], ascending=[False, False, True])
    return tuple(
        Part(
            str(row["module"]), str(row["product_id"]), _text(row["kind"]), _text(row["name_zh"]),
            _text(row["name_en"]), float(row["count"]), float(row["amount"]), float(row["fees"]),
        )
        for row in largest.head(MOST_PRODUCTS).to_dict("records")
    )  # fmt: skip


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _channels(
    connection: Connection, setup: Setup, about: Slice
) -> tuple[ChannelCost, ...] | Reason:
    """Spend by the campaign's channel beside new users by their channel of origin."""
    spent = spend_by_channel(connection, setup.store, about)
    if isinstance(spent, DataReason):
        return reason_of(spent)
    reader = LiveReader(connection, setup.store)
    found = evaluate_periods(reader, setup, ["new_users"], about, [about.period], ("channel",))[0]
    money = dict(zip(spent["channel"], spent["spent"], strict=True))
    return merged_channels(_by_channel(found), money)


def _by_channel(found: Values) -> Mapping[str, float]:
    values = np.nan_to_num(found.value[:, 0])
    return {str(k): float(v) for k, v in zip(found.groups["channel"], values, strict=True)}


def merged_channels(
    users: Mapping[str, float], money: Mapping[str, float]
) -> tuple[ChannelCost, ...]:
    """Every channel with users or money, the dearest in all first.

    >>> [one.cac for one in merged_channels({"ad": 10.0, "store": 5.0}, {"ad": 200.0})]
    [20.0, None]
    """
    found = [
        ChannelCost(name, float(users.get(name, 0.0)), float(money.get(name, 0.0)))
        for name in {*users, *money}
    ]
    kept = [one for one in found if one.users > 0 or one.spent > 0]
    return tuple(sorted(kept, key=lambda one: (-one.spent, -one.users, one.channel)))


def campaigns(connection: Connection, setup: Setup, about: Slice) -> Campaigns:
    """All of the Campaigns sheet."""
    store = setup.store
    audience = Audience.of(store, about)
    results = results_of(connection, store, about)
    contacts = contacts_of(connection, audience, [one.campaign.id for one in results])
    known = audience.everybody and store.coverage.has("spend")
    credited = attribute(journeys_of(connection, audience, about.period, "channel", "converted"))
    until = min(about.period.last, store.coverage.last_day("spend") or about.period.last)
    year = Period(date(until.year, 1, 1), until)
    return Campaigns(
        results,
        contacts.get("", NO_CONTACTS),
        spent_in(connection, about.period) if known else None,
        credited,
        budget(spending(connection, audience, year), until.year, until),
    )
