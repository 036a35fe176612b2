"""What the warehouse holds of an experiment, as the statistics take it.

A user counts from the day on which the longest window of the plan has ended for them, so that
every metric is over the same users; who came in later is enrolled and not yet counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data.campaigns.audience import Audience
from data.experiments import measure
from data.experiments.exposed import Anomalies, anomalies
from data.experiments.measure import KNOWN, Measured, columns_of, last_ripe_day
from data.experiments.plan import BEFORE_DAYS, ExperimentPlan, PlannedMetric
from data.experiments.usable import MetricRefusal, refusals
from data.points.coverage import DAYLESS
from data.points.read import Store
from data.slice import Slice
from metrics.experiments.groups import added, with_idle
from metrics.experiments.metrics import statistical_plan
from metrics.experiments.moments import ArmData, Counted, Moments
from metrics.experiments.plan import Plan
from metrics.experiments.records import Enrolment

MOST_LOOKS = 120
_NO_VALUES = pd.DataFrame(columns=["metric", "arm", "part", "value", "users"])


@dataclass(frozen=True)
class Sample:
    """What is known at the end of a day, ready for ``analysis.analyse``."""

    day: date
    arms: tuple[ArmData, ...]
    enrolment: Enrolment


@dataclass(frozen=True)
class Source:
    """What can be measured: metrics that cannot are left out of ``plan``, with the reason.

    ``statistics``: the plan as the statistics take it; ``until``: the last day that counts, None
    where a table was never loaded; ``missing_tables``: those that lack; ``gaps``: days up to
    ``until`` on which some table is not complete; ``cut``: a stop while users were still to come.
    """

    experiment: str
    plan: ExperimentPlan
    statistics: Plan
    until: date | None
    refused: tuple[MetricRefusal, ...] = ()
    missing_tables: tuple[str, ...] = ()
    gaps: int = 0
    cut: date | None = None

    @property
    def asked(self) -> Measured | None:
        """What is asked of the warehouse; None where nothing is known."""
        if self.until is None or self.until < self.plan.starts_on:
            return None
        return Measured(self.experiment, self.plan, self.until)


@dataclass(frozen=True)
class Measurement:
    """An experiment as measured: all of it, by look day, and by part of a dimension.

    ``enrolled``: users who count in the sample-ratio check; ``ripe``: of these, with their longest
    window over; ``odd``: who was left out. ``looks``: at the end of each day, oldest first;
    ``parts``: by value of the dimension that was asked for. ``bank``: of a narrowed slice, the
    sizes of all arms in the whole bank, for its health only: a broken split is broken everywhere.
    """

    source: Source
    whole: Sample | None
    odd: Anomalies | None
    enrolled: int = 0
    ripe: int = 0
    looks: tuple[Sample, ...] = ()
    parts: Mapping[str, Sample] = field(default_factory=dict)
    bank: Sample | None = None


def source_of(
    store: Store,
    experiment: str,
    plan: ExperimentPlan,
    *,
    until: date | None = None,
    stopped_on: date | None = None,
) -> Source:
    """What can be measured of a plan by the end of ``until`` (default: all that is known).

    Who comes in after ``stopped_on`` or after the horizon does not count.
    """
    wrong = [one for metric in plan.metrics for one in refusals(store.catalogue, metric)]
    bad = {one.metric for one in wrong}
    kept = tuple(one for one in plan.metrics if one.id not in bad)
    horizon = plan.starts_on + timedelta(days=plan.horizon_days - 1)
    ends = [day for day in (plan.ends_on, stopped_on, horizon) if day is not None]
    tables = sorted({t for one in kept for name in one.points for t in _tables(store, name)})
    missing = tuple(t for t in ("exposure", *tables) if not store.coverage.has(t))
    last = _last_known(store, tables, until) if not missing else None
    fitted = replace(plan, metrics=kept, ends_on=min(ends))
    covered = _covariates(store, kept, plan.starts_on)
    # a guardrail that cannot be measured is unknown, not gone: nothing ships without it
    shown = [one for one in plan.metrics if one in kept or one.role == "guardrail"]
    judged = statistical_plan(replace(plan, metrics=tuple(shown)), covered)
    cut = stopped_on if stopped_on and stopped_on < min(horizon, plan.ends_on or horizon) else None
    return Source(
        experiment, fitted, judged, last, tuple(wrong), missing,
        0 if last is None else _gaps(store, tables, plan.starts_on, last), cut,
    )  # fmt: skip


def measured(
    connection: Connection,
    store: Store,
    source: Source,
    about: Slice,
    *,
    by: str | None = None,
) -> Measurement:
    """The experiment among the users of a slice (its period is not read). Raises SliceError.

    One statement for the exposures' oddities, one for all moments, one for each quantile metric;
    with ``by`` (``exposed.SPLITS``) one more.
    """
    asked = source.asked
    if asked is None:
        return Measurement(source, None, None)
    odd = anomalies(connection, store, about, asked.exposed)
    found = measure.moments(connection, store, about, asked)
    taken = measure.values(connection, store, about, asked)
    ripe = found[found["day"] <= last_ripe_day(store, asked)]
    whole = _sample(source, asked.until, found, ripe, taken, odd)
    parts: dict[str, Sample] = {}
    if by is not None:
        parts = _parts(connection, store, source, about, by, odd)
    looks = tuple(_looks(store, source, found, odd))
    return Measurement(
        source, whole, odd, int(found["users"].sum()), int(ripe["users"].sum()), looks, parts,
        _bank(connection, store, source, about),
    )  # fmt: skip


def _bank(connection: Connection, store: Store, source: Source, about: Slice) -> Sample | None:
    """Sizes of the arms in the whole bank, where the slice is only a part of it."""
    asked = source.asked
    if asked is None or Audience.of(store, about).everybody:
        return None
    everybody = Slice(about.period)
    came = measure.enrolment(connection, store, everybody, asked)
    odd = anomalies(connection, store, everybody, asked.exposed)
    nobody = {arm.name: Moments.empty(()) for arm in source.plan.arms}
    return _of(source, asked.until, came, nobody, _NO_VALUES, odd, 0)


def by_day_since(
    connection: Connection, store: Store, source: Source, about: Slice
) -> dict[int, tuple[ArmData, ...]]:
    """The metrics of each single day since the exposure (0: the first), over all ripe users.

    For the novelty check. Who did nothing on a day counts there as 0.
    """
    asked = source.asked
    plain = [one for one in source.plan.metrics if one.kind != "quantile"]
    if asked is None or not plain:
        return {}
    came = measure.enrolment(connection, store, about, asked)
    came = came[came["day"] <= last_ripe_day(store, asked)]
    people = came.groupby("arm")["users"].sum()
    found = measure.by_age(connection, store, about, asked)
    names = tuple(name for one in plain for name in one.columns)
    longest = source.plan.window_days
    days: dict[int, tuple[ArmData, ...]] = {}
    for age in range(longest):
        rows = found[found["age"] == age]
        days[age] = tuple(
            with_idle(arm.name, rows[rows["arm"] == arm.name], names, int(people.get(arm.name, 0)))
            for arm in source.plan.arms
        )
    return days


def _parts(
    connection: Connection, store: Store, source: Source, about: Slice, by: str, odd: Anomalies
) -> dict[str, Sample]:
    asked = source.asked
    if asked is None:
        return {}
    last = last_ripe_day(store, asked)
    found = measure.moments(connection, store, about, asked, by)
    taken = measure.values(connection, store, about, asked, by)
    return {
        str(part): _sample(
            source, asked.until, rows, rows[rows["day"] <= last], taken[taken["part"] == part], odd
        )
        for part, rows in found.groupby("part")
    }


def _looks(store: Store, source: Source, found: pd.DataFrame, odd: Anomalies) -> Sequence[Sample]:
    """What was known at the end of each day, from the first ripe user to the last."""
    asked = source.asked
    if asked is None or found.empty:
        return ()
    wait = asked.until - last_ripe_day(store, asked)
    last = last_ripe_day(store, asked)
    days = sorted({day for day in found["day"] if day <= last})[-MOST_LOOKS:]
    names = _names(source)
    before = found[found["day"] < days[0]] if days else found
    running = {
        arm.name: added(before[before["arm"] == arm.name], names) for arm in source.plan.arms
    }
    late = int(before["late"].sum())
    samples = []
    for day in days:
        rows = found[found["day"] == day]
        running = {
            arm: held + added(rows[rows["arm"] == arm], names) for arm, held in running.items()
        }
        late += int(rows["late"].sum())
        at = day + wait
        samples.append(_of(source, at, found[found["day"] <= at], running, _NO_VALUES, odd, late))
    return samples


def _sample(
    source: Source,
    day: date,
    came: pd.DataFrame,
    ripe: pd.DataFrame,
    taken: pd.DataFrame,
    odd: Anomalies,
) -> Sample:
    names = _names(source)
    by_arm = {arm.name: added(ripe[ripe["arm"] == arm.name], names) for arm in source.plan.arms}
    return _of(source, day, came, by_arm, taken, odd, int(ripe["late"].sum()))


def _of(
    source: Source,
    day: date,
    came: pd.DataFrame,
    by_arm: Mapping[str, Moments],
    taken: pd.DataFrame,
    odd: Anomalies,
    late: int,
) -> Sample:
    people = came.groupby("arm")["users"].sum()
    arms = tuple(
        ArmData(arm, int(people.get(arm, 0)), found, _counted(source, taken, arm))
        for arm, found in by_arm.items()
    )
    days = (day - source.plan.starts_on).days + 1
    return Sample(day, arms, Enrolment(days, odd.crossed, odd.repeated, late, odd.unplanned))


def _counted(source: Source, taken: pd.DataFrame, arm: str) -> dict[str, Counted]:
    mine = taken[taken["arm"] == arm]
    quantiles = [one.id for one in source.plan.metrics if one.kind == "quantile"]
    found = {}
    for metric in quantiles:
        rows = mine[mine["metric"] == metric]
        values = rows["value"].to_numpy(dtype=np.float64)
        found[metric] = Counted.of(values, rows["users"].to_numpy(dtype=np.int64))
    return found


def _names(source: Source) -> tuple[str, ...]:
    every = [name for one in source.plan.metrics for name in columns_of(one)]
    return tuple(dict.fromkeys(every))


def _tables(store: Store, point: str) -> tuple[str, ...]:
    return tuple(t for t in store.catalogue.points[point].tables if t not in DAYLESS)


def _last_known(store: Store, tables: Sequence[str], until: date | None) -> date | None:
    """The last day that every table reaches, at most ``until``."""
    known = [store.coverage.last_day(table) for table in tables]
    days = [day for day in (*known, until) if day is not None]
    return min(days, default=store.coverage.as_of)


def _gaps(store: Store, tables: Sequence[str], first: date, last: date) -> int:
    days = max(0, (last - first).days + 1)
    return max((days - store.coverage.days(table, first, last) for table in tables), default=0)


def _covariates(store: Store, metrics: Sequence[PlannedMetric], start: date) -> set[str]:
    """Columns of covariates whose 28 days before the start are all loaded."""
    first, last = start - timedelta(days=BEFORE_DAYS), start - timedelta(days=1)
    found: set[str] = set()
    for metric in metrics:
        tables = {table for name in metric.points for table in _tables(store, name)}
        whole = all(store.coverage.days(t, first, last) == BEFORE_DAYS for t in tables)
        if metric.covariate and whole:
            found |= {f"{name}_before" for name in metric.columns} | {KNOWN}
    return found
