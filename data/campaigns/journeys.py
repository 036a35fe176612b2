"""Journeys of users from contact to contact, with and without a conversion at their end.

A contact is one campaign (or channel) on one day: that somebody was exposed, clicked and joined on
the same day is one contact, at the moment of the first of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.types import DateTime, Double

from data.campaigns.audience import Audience
from data.engines.differences import add_seconds, path_of, seconds_between
from data.period import Period
from data.points.relations.span import TABLES

Unit = Literal["campaign", "channel"]
Goal = Literal["converted", "purchase"]
CONTACT_KINDS = ("exposed", "clicked", "joined")
SEPARATOR = "\x1f"
DAY_S = 86_400


@dataclass(frozen=True)
class Journey:
    """Steps in order of time; how many journeys went so, and how many of them converted."""

    steps: tuple[str, ...]
    journeys: int
    conversions: int


@dataclass(frozen=True)
class Journeys:
    """All journeys of a period. ``decayed``: conversions by step, halved for every half-life.

    Conversions of users without a contact in the lookback window have no steps.
    """

    found: tuple[Journey, ...]
    decayed: Mapping[str, float]
    lookback_days: int
    half_life_days: float


def journeys_of(
    connection: Connection,
    audience: Audience,
    period: Period,
    unit: Unit = "campaign",
    goal: Goal = "converted",
    lookback_days: int = 30,
    half_life_days: float = 7.0,
) -> Journeys:
    """Journeys to the conversions of the period, and those of its contacts that led to none.

    A conversion counts contacts up to its moment, ``lookback_days`` back. A journey without a
    conversion holds the contacts of the period of a user who did not convert in it, cut where
    nothing happened for longer than the window.
    """
    goals = _goals(audience, period, goal).subquery("goals")
    first = period.first - timedelta(days=lookback_days)
    contacts = _contacts(audience, Period(first, period.last), unit).subquery("contacts")
    led = _led(goals, contacts, lookback_days)
    found = [
        Journey(_steps(row["path"]), int(row["journeys"]), int(row["journeys"]))
        for row in connection.execute(_by_path(_converted_paths(goals, led))).mappings()
    ]
    here = _contacts(audience, period, unit).subquery("here")
    found += [
        Journey(_steps(row["path"]), int(row["journeys"]), 0)
        for row in connection.execute(_by_path(_other_paths(goals, here, lookback_days))).mappings()
    ]
    decayed = {
        str(row["step"]): float(row["credit"])
        for row in connection.execute(_decayed(led, half_life_days)).mappings()
    }
    return Journeys(tuple(found), decayed, lookback_days, half_life_days)


def _steps(path: str | None) -> tuple[str, ...]:
    return tuple(path.split(SEPARATOR)) if path else ()


def _goals(audience: Audience, period: Period, goal: Goal) -> Select[Any]:
    """One row a conversion of the period: its id, user and moment."""
    name = "touch" if goal == "converted" else "txn"
    table = TABLES[name]
    own = table.c.kind == goal if name == "touch" else _bought(table)
    day = cast(literal(period.last), Date)
    return (
        select(
            table.c[f"{name}_id"].label("goal_id"),
            table.c.user_id,
            table.c.occurred_at.label("at"),
        )
        .select_from(audience.joined(table, table.c.user_id, day))
        .where(
            own,
            audience.clock.between(table.c.occurred_at, period.first, period.last),
            *audience.holds(day),
        )
    )


def _bought(txn: Any) -> Any:
    return and_(txn.c.kind == "purchase", txn.c.status == "success")


def _contacts(audience: Audience, days: Period, unit: Unit) -> Select[Any]:
    touch = TABLES["touch"]
    step = touch.c.campaign_id if unit == "campaign" else func.coalesce(touch.c.channel, "")
    last = cast(literal(days.last), Date)
    rows = (
        select(
            touch.c.user_id,
            step.label("step"),
            audience.clock.day_of(touch.c.occurred_at).label("day"),
            touch.c.occurred_at,
        )
        .select_from(audience.joined(touch, touch.c.user_id, last))
        .where(
            touch.c.kind.in_(CONTACT_KINDS),
            audience.clock.between(touch.c.occurred_at, days.first, days.last),
            *audience.holds(last),
        )
        .subquery("touches")
    )
    first = func.min(rows.c.occurred_at).label("at")
    keys = (rows.c.user_id, rows.c.step)
    return select(*keys, first).group_by(*keys, rows.c.day)


def _led(goals: Subquery, contacts: Subquery, lookback_days: int) -> Subquery:
    """Every conversion beside each contact of its window."""
    inside = and_(
        contacts.c.user_id == goals.c.user_id,
        contacts.c.at <= goals.c.at,
        contacts.c.at > add_seconds(goals.c.at, literal(-lookback_days * DAY_S)),
    )
    return (
        select(
            goals.c.goal_id,
            contacts.c.step,
            contacts.c.at,
            seconds_between(contacts.c.at, goals.c.at).label("age_s"),
        )
        .select_from(goals.join(contacts, inside))
        .subquery("led")
    )


def _converted_paths(goals: Subquery, led: Subquery) -> Subquery:
    path = path_of(led.c.step, led.c.at, literal(SEPARATOR))
    paths = select(led.c.goal_id, path.label("path")).group_by(led.c.goal_id).subquery("paths")
    beside = goals.outerjoin(paths, paths.c.goal_id == goals.c.goal_id)
    return select(goals.c.goal_id, paths.c.path).select_from(beside).subquery("journeys")


def _other_paths(goals: Subquery, here: Subquery, lookback_days: int) -> Subquery:
    """Contacts of users without a conversion; a longer pause than the window begins anew."""
    converted = select(goals.c.user_id).where(goals.c.user_id == here.c.user_id).exists()
    before = func.lag(here.c.at, type_=DateTime()).over(
        partition_by=here.c.user_id, order_by=(here.c.at, here.c.step)
    )
    paused = func.coalesce(seconds_between(before, here.c.at), 0) > lookback_days * DAY_S
    marked = select(here, case((paused, 1), else_=0).label("anew")).where(~converted)
    rows = marked.subquery("marked")
    place = func.sum(rows.c.anew).over(
        partition_by=rows.c.user_id, order_by=(rows.c.at, rows.c.step)
    )
    numbered = select(rows, place.label("place")).subquery("numbered")
    path = path_of(numbered.c.step, numbered.c.at, literal(SEPARATOR))
    return (
        select(numbered.c.user_id, numbered.c.place, path.label("path"))
        .group_by(numbered.c.user_id, numbered.c.place)
        .subquery("journeys")
    )


def _by_path(journeys: Subquery) -> Select[Any]:
    path = journeys.c.path
    return select(path, func.count().label("journeys")).group_by(path).order_by(path)


def _decayed(led: Subquery, half_life_days: float) -> Select[Any]:
    """Credit by step: a contact counts half as much for every half-life that it lies back."""
    halves = cast(led.c.age_s, Double) / (half_life_days * DAY_S)
    weight: ColumnElement[float] = func.power(cast(literal(0.5), Double), halves, type_=Double())
    weighed = select(led.c.goal_id, led.c.step, weight.label("weight")).subquery("weighed")
    total = func.sum(weighed.c.weight).over(partition_by=weighed.c.goal_id)
    shares = select(weighed.c.step, (weighed.c.weight / total).label("share")).subquery("shares")
    return select(shares.c.step, func.sum(shares.c.share).label("credit")).group_by(shares.c.step)
