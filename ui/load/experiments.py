"""What the Experiments screen reads: the register as it stands, results by token and slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import streamlit as st

from data.experiments.exposed import experiments_seen
from data.experiments.measure import enrolment as enrolment_of
from data.experiments.traffic import active_users, first_seen
from data.experiments.usable import point_refusal
from data.ingest import LoadRefusedError, Refusal
from data.ingest.as_is import read_as_is
from data.period import Period
from data.points.catalogue import Catalogue
from data.slice import CLOSED_VALUES, Slice
from data.state.experiments import Experiment, experiment, experiments
from metrics.experiments.judged import judged
from metrics.experiments.measured import (
    Measurement,
    Source,
    by_day_since,
    measured,
    source_of,
)
from metrics.experiments.moments import ArmData
from metrics.experiments.novelty import Novelty, by_day
from metrics.experiments.plan import MetricPlan
from metrics.experiments.records import Analysis, Look
from metrics.experiments.segments import Segmented, by_segment
from metrics.experiments.timeline import over_time
from metrics.experiments.worth import Worth, worth
from metrics.experiments.written import Proposed, read_plan
from ui.load.opened import Token, environment, open_warehouse_once, setup
from ui.load.scores import score_card
from ui.load.weights import state

Environment = tuple[tuple[str, str], ...]
KEPT = 60
MOST_AT_ONCE = 12
EVER = Period(date(1, 1, 1), date(9999, 12, 31))
TRAFFIC_DAYS = 28
FEWEST = 5
"""Users of a segment in every variant below which it is withheld."""


@dataclass(frozen=True, eq=False)
class Result:
    """What is known of an experiment among the users of a slice.

    ``analysis`` is None where nothing was measured: ``measurement.source`` says why. ``came``:
    users who came in by ``day`` and ``arm``.
    """

    measurement: Measurement
    analysis: Analysis | None
    came: pd.DataFrame

    @property
    def source(self) -> Source:
        """What was asked of the warehouse."""
        return self.measurement.source


@dataclass(frozen=True)
class Traffic:
    """Distinct users seen from the first of the last 28 days on: ``users[d]`` within d + 1 days."""

    until: date | None
    users: tuple[int, ...] = field(default=())


def register() -> tuple[Experiment, ...]:
    """All experiments of the register as they are at this moment."""
    return experiments(state())


def unregistered(token: Token, known: Sequence[str]) -> tuple[str, ...]:
    """Experiments that users were exposed to and that the register does not know."""
    return tuple(one for one in _seen(token) if one not in known)


@st.cache_resource(show_spinner=False, max_entries=4)
def _seen(token: Token) -> tuple[str, ...]:
    if not setup(token).store.coverage.has("exposure"):
        return ()
    with open_warehouse_once(token.warehouse).reading() as connection:
        return tuple(experiments_seen(connection))


def results(token: Token, about: Slice, every: Sequence[Experiment]) -> dict[str, Result]:
    """The analyses of the experiments that are not drafts, the newest dozen of them, by id."""
    begun = [one for one in every if one.stage != "draft"]
    newest = sorted(begun, key=lambda one: one.plan.starts_on, reverse=True)[:MOST_AT_ONCE]
    return {one.id: result(token, about, one) for one in newest}


def measured_now(
    token: Token, about: Slice, one: Experiment, found: Mapping[str, Result]
) -> Result | None:
    """The analysis of the experiment that is looked at; None of a draft."""
    if one.stage == "draft":
        return None
    return found[one.id] if one.id in found else result(token, about, one)


def result(token: Token, about: Slice, one: Experiment) -> Result:
    """The analysis of an experiment for the users of a slice; its period is not read."""
    return _result(token, about.over(EVER), one.id, len(one.steps), environment())


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _result(token: Token, about: Slice, name: str, steps: int, around: Environment) -> Result:
    del around
    store, source = setup(token).store, _source(token, name, steps)
    with open_warehouse_once(token.warehouse).reading() as connection:
        found = measured(connection, store, source, about)
        came = pd.DataFrame(columns=["arm", "day", "users"])
        if source.asked is not None:
            came = enrolment_of(connection, store, about, source.asked)
    # Before anybody came in there is nothing to judge; an empty arm among others is judged.
    return Result(found, judged(found) if found.enrolled else None, came)


def _source(token: Token, name: str, steps: int) -> Source:
    """What can be measured of the plan as of a step."""
    one = _at(name, steps)
    return source_of(setup(token).store, name, one.plan, stopped_on=one.stopped_on)


def _at(name: str, steps: int) -> Experiment:
    one = experiment(state(), name)
    if one is None:
        raise LookupError(f"no experiment {name!r} in the register")
    return Experiment(one.id, one.steps[:steps])


def looks(token: Token, about: Slice, one: Experiment, metric: str, arm: str) -> tuple[Look, ...]:
    """A metric's difference as it was at the end of each day."""
    return _looks(token, about.over(EVER), one.id, len(one.steps), metric, arm, environment())


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _looks(
    token: Token, about: Slice, name: str, steps: int, metric: str, arm: str, around: Environment
) -> tuple[Look, ...]:
    found = _result(token, about, name, steps, around)
    plan = found.source.statistics
    days = [(one.enrolment.days, one.arms) for one in found.measurement.looks]
    return over_time(plan, metric_plan(found.source, metric), arm, days)


def metric_plan(source: Source, metric: str) -> MetricPlan:
    """A metric as the statistics take it."""
    return next(one for one in source.statistics.metrics if one.id == metric)


def segments(
    token: Token, about: Slice, one: Experiment, metric: str, arm: str, dimension: str
) -> Segmented:
    """A metric by the parts of a dimension, corrected for their number."""
    found = _parts(token, about.over(EVER), one.id, len(one.steps), dimension, environment())
    known = CLOSED_VALUES.get(dimension, ())

    def order(name: str) -> tuple[int, str]:
        return (known.index(name) if name in known else len(known), name)

    parts = {
        name: sample.arms
        for name, sample in sorted(found.parts.items(), key=lambda part: order(part[0]))
        if min((each.users for each in sample.arms), default=0) >= FEWEST
    }
    analysis = result(token, about, one).analysis
    whole = None if analysis is None else analysis.effect(metric, arm)
    plan = found.source.statistics
    return by_segment(plan, metric_plan(found.source, metric), arm, parts, whole)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _parts(
    token: Token, about: Slice, name: str, steps: int, dimension: str, around: Environment
) -> Measurement:
    del around
    store, source = setup(token).store, _source(token, name, steps)
    with open_warehouse_once(token.warehouse).reading() as connection:
        return measured(connection, store, source, about, by=dimension)


def novelty(token: Token, about: Slice, one: Experiment, metric: str, arm: str) -> Novelty:
    """A metric's difference on each day since the exposure."""
    found = _by_age(token, about.over(EVER), one.id, len(one.steps), environment())
    plan = found.source.statistics
    return by_day(plan, metric_plan(found.source, metric), arm, found.days)


@dataclass(frozen=True, eq=False)
class _Ages:
    """Arms by day since exposure."""

    source: Source
    days: Mapping[int, tuple[ArmData, ...]]


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _by_age(token: Token, about: Slice, name: str, steps: int, around: Environment) -> _Ages:
    del around
    store, source = setup(token).store, _source(token, name, steps)
    with open_warehouse_once(token.warehouse).reading() as connection:
        return _Ages(source, by_day_since(connection, store, source, about))


def worths(token: Token, about: Slice, one: Experiment) -> tuple[Worth, ...]:
    """What shipping would add to the total of the slice's period and branch, by metric and arm."""
    return _worths(token, about, one.id, len(one.steps), environment())


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _worths(
    token: Token, about: Slice, name: str, steps: int, around: Environment
) -> tuple[Worth, ...]:
    found = _result(token, about.over(EVER), name, steps, around)
    if found.analysis is None:
        return ()
    made, card = setup(token), score_card(token, about)
    share = _reached(token, about, found)
    planned = {one.id: one for one in found.source.plan.metrics}
    points = made.store.catalogue.points
    return tuple(
        worth(card, points, planned[effect.metric], effect, share, about.branch)
        for effect in found.analysis.effects
        if effect.metric in planned
    )


def _reached(token: Token, about: Slice, found: Result) -> float | None:
    """Users who came in, among those active on the days on which users came in; at most 1."""
    if found.came.empty or not setup(token).store.coverage.has("event"):
        return None
    first, last = found.came["day"].min(), found.came["day"].max()
    with open_warehouse_once(token.warehouse).reading() as connection:
        active = active_users(connection, setup(token).store, about, first, last)
    return min(1.0, found.measurement.enrolled / active) if active else None


def traffic(token: Token, about: Slice, modules: tuple[str, ...]) -> Traffic:
    """How fast users of some modules come by, in the last 28 days."""
    return _traffic(token, about.over(EVER), modules)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _traffic(token: Token, about: Slice, modules: tuple[str, ...]) -> Traffic:
    store = setup(token).store
    until = store.coverage.last_day("event") if store.coverage.has("event") else None
    if until is None:
        return Traffic(None)
    first = until - timedelta(days=TRAFFIC_DAYS - 1)
    with open_warehouse_once(token.warehouse).reading() as connection:
        return Traffic(until, first_seen(connection, store, about, modules, first, until))


def catalogue(token: Token) -> Catalogue:
    """All data points."""
    return setup(token).store.catalogue


def usable_points(token: Token) -> list[str]:
    """Data points that can be added up by user, by name."""
    known = catalogue(token)
    return sorted(name for name in known.points if point_refusal(known, name) is None)


def plan_of_file(token: Token, name: str, content: bytes) -> Proposed:
    """The plan in a file that a reader sent. Raises ConfigurationError with all that is wrong."""
    made = setup(token)
    with TemporaryDirectory(prefix="canopy-plan-") as folder:
        path = Path(folder) / (Path(name).name or "plan.yaml")
        path.write_bytes(content)
        return read_plan(path, made.tree, made.store.catalogue)


def outside_table(name: str, content: bytes) -> pd.DataFrame:
    """A table that a reader sent, every cell as text, the index its lines.

    It is read by the limited process that loading uses. Raises LoadRefusedError.
    """
    with TemporaryDirectory(prefix="canopy-check-") as folder:
        path = Path(folder) / (Path(name).name or "table.csv")
        path.write_bytes(content)
        rows = read_as_is(path)
    if rows.rejects:
        raise LoadRefusedError([Refusal(f"{rows.file}:{line}", why) for line, why in rows.rejects])
    columns = {label: column.to_pandas() for label, column in rows.columns.items()}
    return pd.DataFrame(columns).set_axis(rows.lines.to_pandas(), axis="index")
