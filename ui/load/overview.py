"""What the overview reads besides score cards: warnings, what waits, forecasts to year end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import streamlit as st

from data.period import Kind, Period, containing
from data.points.reader import LiveReader
from data.slice import Slice
from data.state import State, baselines, closings, weight_sets
from data.state.warnings import KeptWarning, WarningRun, last_run, open_warnings
from metrics.forecast import Forecast, Goal, forecast_level, outlook
from metrics.forecast.outlook import HIGHEST, MONTHS, months_known
from metrics.scorecard.facts import YearFacts, shape_kind
from metrics.scorecard.scopes import Scopes
from metrics.targets.paths import at
from metrics.values import Setup, Values
from metrics.values.evaluation import evaluate_periods
from metrics.warnings import Incident, Rule, load_rules
from metrics.warnings.decisions import Waiting, month_to_close
from metrics.warnings.judge import BANK
from metrics.warnings.watch import every_incident
from ui.load.kept import Kept
from ui.load.opened import Token, environment, open_state_once, open_warehouse_once, settings, setup
from ui.load.remarks import disputed
from ui.load.scores import score_card, year_facts

Environment = tuple[tuple[str, str], ...]
RUNNING: tuple[Kind, ...] = ("quarter", "month")


@dataclass(frozen=True)
class Standing:
    """Warnings that are not resolved within the reader's reach, and the newest judging."""

    run: WarningRun | None
    warnings: tuple[KeptWarning, ...]


def state() -> State:
    """The state database, for what a reader does."""
    return open_state_once(settings().state)


def standing(token: Token, about: Slice) -> Standing:
    """Open warnings of the slice's branch and of those below it, as they are at this moment."""
    found = open_warnings(state())
    return Standing(last_run(state()), tuple(one for one in found if _within(token, one, about)))


def _within(token: Token, one: KeptWarning, about: Slice) -> bool:
    """Whether a warning lies in the slice's branch, which lies within the reader's rights."""
    leaves, branch = setup(token).store.leaves, one.last.branch
    tops = [top for top in (about.branch, about.rights.subtree) if top]
    return all(branch in leaves and bool(branch) and leaves[branch] <= leaves[top] for top in tops)


def waiting(token: Token, about: Slice) -> Waiting:
    """What may wait for a decision; weights, baselines and closing for who may decide on them."""
    warned = standing(token, about).warnings
    may = about.rights.may
    decides = "publish" in may or "remark" in may
    open_ones = disputed(token, about)
    if about.rights.subtree or not decides:
        return Waiting(warned, disputes=open_ones)
    closed = max((one.month for one in closings(state())), default=None)
    as_of = setup(token).store.coverage.as_of
    month = None if as_of is None else month_to_close(as_of, closed)
    return Waiting(
        warned,
        weight_sets(state()),
        baselines(state()),
        None if month is None else month.last,
        open_ones,
        "remark" in may,
    )


def rules(token: Token) -> Mapping[str, Rule]:
    """The warning rules in force; raises ConfigurationError with every problem."""
    return _rules(token, environment())


@st.cache_resource(show_spinner=False, max_entries=4)
def _rules(token: Token, around: Environment) -> Mapping[str, Rule]:
    del around
    return load_rules(settings().tree, setup(token).tree)


def breaches(token: Token, about: Slice) -> tuple[Incident, ...]:
    """What the rules find in the figures of the slice's period, at or under its branch."""
    return _breaches(token, about, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _breaches(token: Token, about: Slice, around: Environment) -> tuple[Incident, ...]:
    made, card = setup(token), score_card(token, about)
    year_ago = score_card(token, about.over(about.period.year_ago()))
    top = about.branch or about.rights.subtree or BANK
    return every_incident(made, _rules(token, around), card, year_ago, None, top)


@dataclass(frozen=True)
class Course:
    """A north-star figure on its way to the end of a year, quarter or month: so far, forecast."""

    indicator: str
    kind: str
    so_far: float | None
    forecast: Forecast


def ends(period: Period, last_known: date) -> tuple[Period, ...]:
    """The year of a period and, while they are open, the quarter and the month that run.

    >>> [str(one) for one in ends(Period.parse("2026-10"), date(2026, 11, 21))]
    ['2026', '2026-Q4']
    >>> [str(one) for one in ends(Period.parse("2026-11"), date(2026, 11, 21))]
    ['2026', '2026-Q4', '2026-11']
    """
    upto, year = min(period.last, last_known), containing(period.last, "year")
    running = [containing(upto, kind) for kind in RUNNING]
    return (year, *(one for one in running if upto < one.last <= year.last and upto >= year.first))


def courses(
    token: Token, about: Slice, names: tuple[str, ...], end: Period | None = None
) -> tuple[Course, ...]:
    """Forecasts to the end of a period around the slice's last complete day, known until then.

    Without an ``end`` that of the slice's year.
    """
    wanted = containing(about.period.last, "year") if end is None else end
    return _courses(token, about, names, wanted, environment())


@st.cache_resource(show_spinner=False, max_entries=60)
def _courses(
    token: Token, about: Slice, names: tuple[str, ...], end: Period, around: Environment
) -> tuple[Course, ...]:
    made, known = setup(token), year_facts(token)
    upto = min(about.period.last, made.store.coverage.last_known or about.period.last)
    score_card(token, about)  # fills the facts of the year
    facts = known[about.period.last.year]
    until = about.over(end)
    goals = {name: goal_of(token, about, name, facts) for name in names}
    levels = tuple(name for name in names if not _flows(made, name))
    months = _monthly(token, months_known(made, upto), levels, around)
    found = []
    for name in names:
        if name in levels:
            shown = _level(made, months, name, until, goals[name])
        else:
            with open_warehouse_once(token.warehouse).reading() as connection:
                shown = outlook(connection, made, name, until, goal=goals[name], upto=upto)
        kind = shape_kind(made.tree.indicators[name])
        found.append(Course(name, kind, _so_far(shown), shown))
    return tuple(found)


def _flows(made: Setup, name: str) -> bool:
    return made.tree.indicators[name].over_time == "sum"


def _so_far(shown: Forecast) -> float | None:
    known = [step.actual for step in shown.steps if step.actual is not None]
    return known[-1] if known else None


def goal_of(token: Token, about: Slice, name: str, facts: YearFacts) -> Goal | None:
    """The year's goal of an indicator for the slice's branch; None where it has none."""
    card = score_card(token, about)
    row = card.scopes.row[about.branch]
    target = float(card.goals[name].year_target[row])
    if np.isnan(target):
        return None
    shape, start = facts.shapes[name], None
    if shape.kind == "stock":
        begun, whole = facts.start_of_year, Scopes.of(setup(token).store).row[about.branch]
        start = float(begun.value[whole, begun.column(name)])
        if np.isnan(start):
            return None
    return Goal(target, shape, start)


def _monthly(
    token: Token, months: Sequence[Period], names: tuple[str, ...], around: Environment
) -> list[tuple[Period, Values]]:
    """Values of months for every branch, from one reading of those that are new."""

    def read(missing: Sequence[Period]) -> list[Values]:
        made = setup(token)
        scopes = Scopes.of(made.store)
        with open_warehouse_once(token.warehouse).reading() as connection:
            reader, about = LiveReader(connection, made.store), Slice(missing[0])
            return evaluate_periods(reader, made, names, about, missing, ("branch",), scopes.groups)

    if not months or not names:
        return []
    found = _months_kept(token, names, around).all_of(months, read)
    return list(zip(months, found, strict=True))


@st.cache_resource(show_spinner=False, max_entries=4)
def _months_kept(token: Token, names: tuple[str, ...], around: Environment) -> Kept[Period, Values]:
    del token, names, around
    return Kept(4 * MONTHS)


def _level(
    made: Setup,
    months: Sequence[tuple[Period, Values]],
    name: str,
    until: Slice,
    goal: Goal | None,
) -> Forecast:
    """The forecast of a level from months that were read for all branches."""
    row = Scopes.of(made.store).row[until.branch]
    indicator, path = made.tree.indicators[name], None if goal is None else goal.path()
    series = [
        (month, None if np.isnan(value := float(found.value[row, found.column(name)])) else value)
        for month, found in months
    ]
    return forecast_level(
        series,
        until.period.last,
        goal=None if path is None else at(path, until.period.last),
        better="down" if indicator.better == "down" else "up",
        path=path,
        highest=HIGHEST.get(indicator.unit),
    )
