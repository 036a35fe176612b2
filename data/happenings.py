"""What happened on some days: campaigns, outages, releases, public holidays.

All are read from the facts once; a view sees those within the reader's scope. A campaign and an
interface belong to the whole bank; a release or an event to the branch where it happened and to
what is above or below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import Connection, func, select

from data.contract import CONTRACT
from data.points.clock import Clock
from data.points.coverage import Coverage

Kind = Literal["campaign", "outage", "release", "holiday"]
OUTAGE_MINUTES = 60
"""Minutes out of good service, of a module on a day, from which it counts as an outage."""
GRAVE = 3
"""The level of a technology event that counts as an outage."""
_TABLES = CONTRACT.tables


@dataclass(frozen=True)
class Happening:
    """Something from ``first`` to ``last``, both included; names are text from data.

    ``size``: of a campaign its budget, of an outage its minutes where they are known, else 0.
    """

    first: date
    last: date
    kind: Kind
    name_zh: str
    name_en: str
    module: str = ""
    size: float = 0.0

    def name(self, lang: str) -> str:
        """The name in a language, else the one there is."""
        return self.name_zh if lang == "zh" else self.name_en or self.name_zh


@dataclass(frozen=True)
class Where:
    """What to look at: days, the branches that count (None: all), modules (empty: all)."""

    first: date
    last: date
    branches: frozenset[str] | None
    modules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recorded:
    """A happening and the branch where it was: None for the whole bank, empty where unknown."""

    happening: Happening
    branch: str | None = None


def recorded(
    connection: Connection, coverage: Coverage, clock: Clock, first: date, last: date
) -> tuple[Recorded, ...]:
    """Everything in the bank from ``first`` to ``last``, in the order of its beginning."""
    days = (first, last)
    parts: Mapping[str, Callable[[], Iterable[Recorded]]] = {
        "dim_campaign": lambda: _campaigns(connection, *days),
        "api_interval": lambda: _outages(connection, clock, *days),
        "risk_event": lambda: _events(connection, clock, *days),
        "rollout": lambda: _releases(connection, *days),
        "calendar_day": lambda: _holidays(connection, *days),
    }
    found = [one for table, read in parts.items() if coverage.has(table) for one in read()]
    return tuple(sorted(found, key=lambda one: _order(one.happening)))


def seen(everything: Iterable[Recorded], where: Where) -> tuple[Happening, ...]:
    """What of it touches the days, branches and modules; in several branches it is one."""
    return tuple(dict.fromkeys(one.happening for one in everything if _touches(one, where)))


def _touches(one: Recorded, where: Where) -> bool:
    found = one.happening
    if found.first > where.last or found.last < where.first:
        return False
    if where.branches is not None and one.branch is not None and one.branch not in where.branches:
        return False
    everywhere = found.kind in ("campaign", "holiday") or not where.modules
    return everywhere or found.module in where.modules


def _order(one: Happening) -> tuple[date, str, str]:
    return one.first, one.kind, one.name_zh


def around(parents: Mapping[str, str | None], scope: str) -> frozenset[str] | None:
    """A branch, all below it and all above it; None for the whole bank.

    >>> sorted(around({"B": None, "B1": "B", "B11": "B1", "B2": "B"}, "B1"))
    ['B', 'B1', 'B11']
    """
    if not scope:
        return None
    found = {scope}
    node = parents.get(scope)
    while node and node not in found:
        found.add(node)
        node = parents.get(node)
    grown = {scope}
    while grown:
        grown = {key for key, parent in parents.items() if parent in grown} - found
        found |= grown
    return frozenset(found)


def parents_of_branches(connection: Connection) -> Mapping[str, str | None]:
    """The branch right above each."""
    table = _TABLES["dim_branch"]
    rows = connection.execute(select(table.c.branch_id, table.c.parent_id))
    return {row[0]: row[1] for row in rows}


def _campaigns(connection: Connection, first: date, last: date) -> Iterable[Recorded]:
    table = _TABLES["dim_campaign"]
    end = func.coalesce(table.c.ends_on, table.c.starts_on)
    query = select(table.c.starts_on, end, table.c.name_zh, table.c.name_en, table.c.budget_cny)
    query = query.where(table.c.starts_on <= last, end >= first)
    for starts, ends, zh, en, budget in connection.execute(query):
        until, size = max(starts, ends), float(budget or 0)
        yield Recorded(Happening(starts, until, "campaign", zh, en or "", "", size))


def _outages(connection: Connection, clock: Clock, first: date, last: date) -> Iterable[Recorded]:
    table = _TABLES["api_interval"]
    day = clock.day_of(table.c.start).label("day")
    lost = func.sum(table.c.minutes - table.c.good_minutes).label("lost")
    query = select(day, table.c.module, lost).where(clock.between(table.c.start, first, last))
    query = query.group_by(day, table.c.module).having(lost >= OUTAGE_MINUTES)
    for when, module, minutes in connection.execute(query):
        yield Recorded(Happening(when, when, "outage", "", "", module, float(minutes)))


def _events(connection: Connection, clock: Clock, first: date, last: date) -> Iterable[Recorded]:
    """Grave technology events; where they happened counts."""
    table = _TABLES["risk_event"]
    query = select(table.c.occurred_at, table.c.closed_at, table.c.module, table.c.branch_id).where(
        table.c["class"] == "technology",
        table.c.level >= GRAVE,
        clock.between(table.c.occurred_at, first, last),
    )
    for began, closed, module, branch in connection.execute(query):
        day = clock.day(began)
        until = day if closed is None else max(day, clock.day(closed))
        yield Recorded(Happening(day, until, "outage", "", "", module or ""), branch or "")


def _releases(connection: Connection, first: date, last: date) -> Iterable[Recorded]:
    """The first day of each wave of a roll-out."""
    table = _TABLES["rollout"]
    query = select(table.c.started_on, table.c.feature, table.c.module, table.c.branch_id)
    query = query.where(table.c.started_on.between(first, last)).distinct()
    for when, feature, module, branch in connection.execute(query):
        yield Recorded(
            Happening(when, when, "release", feature or "", "", module or ""), branch or ""
        )


def _holidays(connection: Connection, first: date, last: date) -> Iterable[Recorded]:
    """Days off in a row under one name are one holiday."""
    table = _TABLES["calendar_day"]
    query = select(table.c.day, table.c.holiday).where(
        table.c.day.between(first, last), table.c.holiday.is_not(None)
    )
    grown: Happening | None = None
    for day, name in connection.execute(query.order_by(table.c.day)):
        if grown is not None and grown.name_zh == name and day - grown.last == timedelta(days=1):
            grown = replace(grown, last=day)
            continue
        if grown is not None:
            yield Recorded(grown)
        grown = Happening(day, day, "holiday", name, "")
    if grown is not None:
        yield Recorded(grown)
