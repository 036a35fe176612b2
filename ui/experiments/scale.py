"""In what unit a metric is shown: shares in per cent, ratios as their indicator is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from data.experiments.plan import PlannedMetric
from metrics.experiments.metrics import shape_of
from metrics.experiments.plan import Kind, MetricPlan
from metrics.experiments.records import Estimate
from ui import charts, sentences
from ui.frame import Here
from words import numbers
from words.i18n import _
from words.text import plain


@dataclass(frozen=True)
class Scale:
    """How a metric's values are written: times ``factor``, with the unit's code and words.

    >>> share = Scale("Finished", 100.0, "%", "%")
    >>> share.said(0.415), share.step(0.0596)
    ('41.5%', '+5.96 pp')
    """

    name: str
    factor: float = 1.0
    code: str = ""
    words: str = ""

    def said(self, value: float | None) -> str:
        """A value with its unit."""
        if value is None:
            return numbers.MISSING
        return charts.Unit(self.code, self.words).said(self.factor * value)

    def step(self, value: float | None) -> str:
        """A difference with its sign; of shares in points."""
        if value is None:
            return numbers.MISSING
        sign = "" if value == 0 else "+" if value > 0 else "−"
        if self.code == "%":
            return f"{sign}{numbers.number(abs(self.factor * value))} pp"
        return f"{sign}{charts.Unit(self.code, self.words).said(abs(self.factor * value))}"

    @property
    def unit(self) -> charts.Unit:
        """The unit of differences on an axis."""
        return charts.Unit("", "") if self.code != "%" else charts.Unit("pp", "pp")

    def between(self, found: Estimate) -> str:
        """A difference with its interval."""
        if found.value is None:
            return numbers.MISSING
        if found.low is None and found.high is None:
            return self.step(found.value)
        return _("{value} ({low} to {high})").format(
            value=self.step(found.value), low=self.step(found.low), high=self.step(found.high)
        )


Scales = Callable[[str], Scale]
"""Gives the scale of a metric by its id."""


def lift_words(found: Estimate) -> str:
    """A lift in per cent with its interval."""
    if found.value is None:
        return numbers.MISSING
    value, low, high = (percent(one) for one in (found.value, found.low, found.high))
    if found.low is None and found.high is None:
        return value
    return _("{value} ({low} to {high})").format(value=value, low=low, high=high)


def percent(value: float | None) -> str:
    """A relative change with its sign.

    >>> percent(0.1434), percent(None)
    ('+14.3%', '—')
    """
    return numbers.MISSING if value is None else f"{numbers.signed(100 * value)}%"


def of_planned(here: Here, metric: PlannedMetric) -> Scale:
    """The scale of a metric of the register."""
    name = plain(metric.name(here.view.lang), 60)
    if metric.kind == "proportion":
        return Scale(name, 100.0, "%", "%")
    if metric.kind == "ratio":
        for one in here.tree.indicators.values():
            shape = shape_of(one)
            if shape is not None and (shape.point, shape.over) == (metric.point, metric.over):
                return Scale(name, shape.factor, one.unit, sentences.unit_words(here.tree, one.id))
        return Scale(name)
    point = here.points.get(metric.point)
    code = "CNY" if point is not None and point.unit == "CNY" else ""
    return Scale(name, 1.0, code, code)


def of_outside(metric: MetricPlan) -> Scale:
    """The scale of a metric of a table from outside."""
    return of_kind(plain(metric.id, 60), metric.kind)


def of_kind(name: str, kind: Kind) -> Scale:
    """Shares in per cent, others as they are."""
    return Scale(name, 100.0, "%", "%") if kind == "proportion" else Scale(name)
