"""Which points an experiment can be judged by: those whose facts carry a user."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from data.experiments.plan import PlannedMetric
from data.points.catalogue import Catalogue, Point, Source

RefusalKind = Literal[
    "unknown_point",  # no such point
    "no_user",  # the facts carry no user
    "no_sum",  # a stock, a histogram or a month's figure: sums over days say nothing
    "only_proportion",  # distinct users: a user is in or not
    "not_by_dimension",  # the facts lack what they are narrowed by
    "over_missing",  # a ratio without what it is over
    "over_needless",  # something other than a ratio is over something
]


@dataclass(frozen=True)
class MetricRefusal:
    """Why a metric cannot be measured by user; ``about`` is the point or the dimension."""

    metric: str
    kind: RefusalKind
    about: str


def has_user(source: Source) -> bool:
    """Whether the source's rows carry the user that they belong to."""
    return source.user is not None or source.build in ("activity", "distinct")


def point_refusal(catalogue: Catalogue, point: str) -> RefusalKind | None:
    """Why a point cannot be summed by user, or None.

    >>> from data.points.catalogue import load_catalogue
    >>> found = load_catalogue()
    >>> [point_refusal(found, p) for p in ("txn_amount", "risk_events_grave", "loans_balance")]
    [None, 'no_user', 'unknown_point']
    """
    if point not in catalogue.points:
        return "unknown_point"
    found = catalogue.points[point]
    if not has_user(catalogue.source_of(point)):
        return "no_user"
    adds_up = found.adds in ("flow", "cohort", "distinct") and found.aggregate in ("count", "sum")
    if not adds_up or found.monthly or found.cumulative or found.spread:
        return "no_sum"
    return None


def refusals(catalogue: Catalogue, metric: PlannedMetric) -> Iterator[MetricRefusal]:
    """All that keeps a metric from being measured."""
    if metric.kind == "ratio" and metric.over is None:
        yield MetricRefusal(metric.id, "over_missing", metric.point)
    if metric.kind != "ratio" and metric.over is not None:
        yield MetricRefusal(metric.id, "over_needless", metric.over)
    for name in metric.points:
        kind = point_refusal(catalogue, name)
        if kind is not None:
            yield MetricRefusal(metric.id, kind, name)
            continue
        yield from _misused(catalogue.points[name], metric)


def _misused(point: Point, metric: PlannedMetric) -> Iterator[MetricRefusal]:
    if point.adds == "distinct" and metric.kind != "proportion":
        yield MetricRefusal(metric.id, "only_proportion", point.name)
    for dimension, _ in metric.where:
        if dimension not in ("module", "app") or dimension not in point.split_by:
            yield MetricRefusal(metric.id, "not_by_dimension", dimension)
