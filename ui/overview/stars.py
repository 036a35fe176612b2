"""The north-star figures against the year's goal: plan line, forecast, chance to reach it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from metrics.forecast import Forecast
from metrics.targets.periods import completion, year_passed
from ui import charts, links, numbers, sentences
from ui.annotations import marks as marks_of
from ui.charts import Line, Unit
from ui.frame import Here
from ui.i18n import _, language
from ui.load.overview import Course
from ui.sketch import Bullet
from ui.text import plain
from ui.tiles import Figure, figures

NAMES = ("new_users", "mau", "aum", "lum", "ltv_cac")
"""Acquisition, active customers, growth of assets and loans, what a customer is worth."""
LIKELY, UNLIKELY = 0.7, 0.3


def show(here: Here, found: Sequence[Course]) -> None:
    """A tile for each figure, and the chart of the one that is chosen."""
    figures([_figure(here, one) for one in found])
    names = {one.indicator: here.tree.name(one.indicator, language()) for one in found}
    chosen = st.segmented_control(
        _("Course of the year"), list(names), key="star", default=found[0].indicator,
        format_func=lambda name: names.get(name, name), label_visibility="collapsed",
    )  # fmt: skip
    one = next((one for one in found if one.indicator == chosen), found[0])
    _chart(here, one)


def _figure(here: Here, one: Course) -> Figure:
    tree, shown = here.tree, one.forecast
    lines = [_done(here, one)] if shown.goal is not None else [_("no goal for the year")]
    if shown.end is not None:
        low, high = (_said(here, one, side) for side in (shown.end.low, shown.end.high))
        lines.append(_("By year end {low} to {high}").format(low=low, high=high))
    elif shown.reason is not None:
        lines.append(shown.reason.words(language()))
    if shown.probability is not None:
        lines.append(chance_words(shown.probability))
    return Figure(
        key=f"star-{one.indicator}",
        label=tree.name(one.indicator, language()),
        value=_said(here, one, one.so_far),
        lines=tuple(lines),
        bullet=_bullet(one),
        page=links.TREE,
        params={"node": one.indicator},
    )


def chance_words(chance: float) -> str:
    """The chance to reach the goal, with a word and a sign.

    >>> chance_words(0.8), chance_words(0.004)
    ('● 80% chance to reach it: likely', '■ under 1% chance to reach it: unlikely')
    """
    word = _("likely") if chance >= LIKELY else _("open")
    sign = "●" if chance >= LIKELY else "▲"
    if chance < UNLIKELY:
        word, sign = _("unlikely"), "■"
    if chance < 0.01:
        told = _("under 1%")
    elif chance > 0.99:
        told = _("over 99%")
    else:
        told = f"{100 * chance:.0f}%"
    return _("{sign} {chance} chance to reach it: {word}").format(sign=sign, chance=told, word=word)


def _said(here: Here, one: Course, value: float | None) -> str:
    return sentences.quantity(here.tree, one.indicator, value)


def _done(here: Here, one: Course) -> str:
    """Of a flow: completion beside the year passed; of others the goal and how far it is."""
    goal = one.forecast.goal
    done = completion(one.so_far, goal)
    if done is None:
        return _("Goal {goal}").format(goal=_said(here, one, goal))
    told = _("{done} of the goal {goal}").format(
        done=numbers.percent(done), goal=_said(here, one, goal)
    )
    if one.kind != "flow":
        return told
    passed = numbers.percent(year_passed(one.forecast.as_of))
    return _("{told} · year {passed}").format(told=told, passed=passed)


def _bullet(one: Course) -> Bullet | None:
    """So far on the way to the goal; the mark is where the plan line is today."""
    goal, value = one.forecast.goal, one.so_far
    planned = plan_today(one.forecast)
    if goal is None or value is None or not goal > 0:
        return None
    mark = planned if planned is not None else goal
    alt = _("{value} of {goal}; the plan line is at {plan}").format(
        value=numbers.number(value), goal=numbers.number(goal), plan=numbers.number(mark)
    )
    return Bullet(value, mark, max(goal, value) * 1.02, value >= mark, alt)


def plan_today(shown: Forecast) -> float | None:
    """The plan line on the last known day."""
    plans = [step.plan for step in shown.steps if step.actual is not None]
    return plans[-1] if plans else None


def _chart(here: Here, one: Course) -> None:
    steps = one.forecast.steps
    if not steps:
        return
    unit = Unit(
        here.tree.indicators[one.indicator].unit, sentences.unit_words(here.tree, one.indicator)
    )
    when: list[date] = [step.day for step in steps]
    known = max((i for i, step in enumerate(steps) if step.actual is not None), default=None)
    expected = [step.expected for step in steps]
    low, high = [step.low for step in steps], [step.high for step in steps]
    if known is not None:
        expected[known] = low[known] = high[known] = steps[known].actual
    drawn = [
        Line(_("So far"), [step.actual for step in steps]),
        Line(_("Expected"), expected, "forecast", low, high),
        Line(_("Plan line"), [step.plan for step in steps], "target"),
    ]
    table = pd.DataFrame(
        {
            _("Day"): when,
            _("So far"): drawn[0].values,
            _("Plan line"): drawn[2].values,
            _("Expected"): [step.expected for step in steps],
            _("At least (80%)"): [step.low for step in steps],
            _("At most (80%)"): [step.high for step in steps],
        }
    )
    figure = charts.lines(when, drawn, unit, marks=marks_of(here, when), height=230)
    charts.show(figure, f"course_{one.indicator}", _finding(here, one), table, _tested(one))


def _finding(here: Here, one: Course) -> str:
    shown, name = one.forecast, here.tree.name(one.indicator, language())
    if shown.end is None:
        why = "" if shown.reason is None else shown.reason.words(language())
        return _("{name}: no forecast: {reason}").format(name=plain(name), reason=why)
    expected = _said(here, one, shown.end.value)
    if shown.goal is None:
        return _("{name} is expected at {value} by year end").format(name=name, value=expected)
    better = here.tree.indicators[one.indicator].better
    beyond = shown.end.value - shown.goal
    ahead = beyond <= 0 if better == "down" else beyond >= 0
    gap = numbers.percent(100 * abs(beyond) / abs(shown.goal)) if shown.goal else ""
    told = _("{name} is expected to end {gap} ahead of its goal of {goal}")
    if not ahead:
        told = _("{name} is expected to end {gap} short of its goal of {goal}")
    return told.format(name=name, gap=gap, goal=_said(here, one, shown.goal))


def _tested(one: Course) -> str | None:
    """How earlier forecasts over as long a time turned out."""
    tests = one.forecast.back_test
    if tests is None:
        return None
    told = _("Checked on the past: {inside} of {n} outcomes lay in the interval").format(
        inside=tests.inside, n=tests.n
    )
    if tests.error is not None:
        told = _("{told}; mean error {error}").format(told=told, error=numbers.percent(tests.error))
    return told
