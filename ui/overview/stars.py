"""The north-star figures against the year's goal: plan line, forecast, chance to reach it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from data.period import Period, containing
from metrics.forecast import Forecast
from metrics.targets.periods import completion
from ui import charts, links, sentences
from ui.annotations import marks as marks_of
from ui.charts import Line, Unit
from ui.charts.few_ticks import few_days
from ui.frame import Here
from ui.load.overview import Course, ends
from ui.sketch import Bullet
from ui.tiles import Figure, figures
from words import numbers
from words.i18n import _, language
from words.text import plain

NAMES = ("new_users", "mau", "aum", "lum", "ltv_cac")
"""Acquisition, active customers, growth of assets and loans, what a customer is worth."""
LIKELY, UNLIKELY = 0.7, 0.3


def until(here: Here) -> Period:
    """Which end the reader chose: the year's, or that of the quarter or month that still runs."""
    offered = {
        str(one): one
        for one in ends(here.view.period, here.bank.coverage.last_known or here.bank.as_of)
    }
    year = next(iter(offered))
    if len(offered) == 1:
        return offered[year]
    told = {code: numbers.period(one) for code, one in offered.items()}
    chosen = st.segmented_control(
        _("Until the end of"), list(offered), key=f"star_end_{'_'.join(offered)}", default=year,
        format_func=lambda code: told.get(code, code), required=True, label_visibility="visible",
    )  # fmt: skip
    return offered[chosen or year]


def show(here: Here, found: Sequence[Course], end: Period) -> None:
    """A tile for each figure, and the chart of the one that is chosen."""
    figures([_figure(here, one, end) for one in found])
    names = {one.indicator: here.tree.name(one.indicator, language()) for one in found}
    chosen = st.segmented_control(
        _("Course of the year"), list(names), key="star", default=found[0].indicator,
        format_func=lambda name: names.get(name, name), label_visibility="collapsed",
    )  # fmt: skip
    one = next((one for one in found if one.indicator == chosen), found[0])
    _chart(here, one, end)


def _figure(here: Here, one: Course, end: Period) -> Figure:
    tree, shown = here.tree, one.forecast
    lines = [_done(here, one, end)] if shown.goal is not None else [_no_goal(end)]
    if shown.end is not None:
        low, high = (_said(here, one, side) for side in (shown.end.low, shown.end.high))
        lines.append(
            _("Expected by {day}: {low} to {high}").format(
                day=numbers.day(end.last), low=low, high=high
            )
        )
    elif shown.reason is not None:
        lines.append(shown.reason.words(language()))
    if shown.probability is not None:
        lines.append(chance_words(shown.probability))
    told, _space, unit = _said(here, one, one.so_far).partition(" ")
    return Figure(
        key=f"star-{one.indicator}",
        label=tree.name(one.indicator, language()),
        value=told,
        unit=unit,
        lines=tuple(lines),
        bullet=_bullet(one),
        page=links.TREE,
        params={"node": one.indicator},
    )


def _no_goal(end: Period) -> str:
    return _("no goal for {period}").format(period=numbers.period(end))


def chance_words(chance: float) -> str:
    """The chance to reach the goal, with a word and a sign.

    >>> chance_words(0.8), chance_words(0.004)
    ('● 80% chance to reach it: likely', '■ under 1% chance to reach it: unlikely')
    """
    word = _("likely") if chance >= LIKELY else _("open")
    sign = "●" if chance >= LIKELY else "▲"
    if chance < UNLIKELY:
        word, sign = _("unlikely"), "■"
    told = _("{sign} {chance} chance to reach it: {word}")
    return told.format(sign=sign, chance=numbers.chance(chance), word=word)


def _said(here: Here, one: Course, value: float | None) -> str:
    return sentences.quantity(here.tree, one.indicator, value)


def _done(here: Here, one: Course, end: Period) -> str:
    """Of a flow: completion beside the time passed; of others the goal and how far it is."""
    goal = one.forecast.goal
    done = completion(one.so_far, goal)
    if done is None:
        return _("Goal {goal}").format(goal=_said(here, one, goal))
    told = _("{done} of the goal {goal}").format(
        done=numbers.percent(done), goal=_said(here, one, goal)
    )
    if one.kind != "flow":
        return told
    return _("{told} · time {passed}").format(
        told=told, passed=numbers.percent(passed(end, one.forecast.as_of))
    )


def passed(end: Period, day: date) -> float:
    """Per cent of a period's days that have passed with a day.

    >>> passed(Period.parse("2026-11"), date(2026, 11, 21))
    70.0
    """
    done = (day - end.first).days + 1
    return 100.0 * min(max(done, 0), end.days) / end.days


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


def _chart(here: Here, one: Course, end: Period) -> None:
    steps = one.forecast.steps
    if not steps:
        return
    unit = Unit(
        here.tree.indicators[one.indicator].unit, sentences.unit_words(here.tree, one.indicator)
    )
    days = [step.day for step in steps]
    months = [containing(day, "month") for day in days]
    daily = len(set(months)) < len(days)
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
            _("Day"): days,
            _("So far"): drawn[0].values,
            _("Plan line"): drawn[2].values,
            _("Expected"): [step.expected for step in steps],
            _("At least (80%)"): [step.low for step in steps],
            _("At most (80%)"): [step.high for step in steps],
        }
    )
    when: Sequence[date | Period] = days if daily else months
    figure = charts.lines(when, drawn, unit, marks=marks_of(here, when), height=230)
    if daily:
        few_days(figure, days, 8)
    charts.show(figure, f"course_{one.indicator}", _finding(here, one, end), table, _tested(one))


def _finding(here: Here, one: Course, end: Period) -> str:
    shown, name = one.forecast, here.tree.name(one.indicator, language())
    if shown.end is None:
        why = "" if shown.reason is None else shown.reason.words(language())
        return _("{name}: no forecast: {reason}").format(name=plain(name), reason=why)
    expected = _said(here, one, shown.end.value)
    if shown.goal is None:
        told = _("{name} is expected at {value} by {day}")
        return told.format(name=name, value=expected, day=numbers.day(end.last))
    better = here.tree.indicators[one.indicator].better
    beyond = shown.end.value - shown.goal
    ahead = beyond <= 0 if better == "down" else beyond >= 0
    gap = numbers.percent(100 * abs(beyond) / abs(shown.goal)) if shown.goal else ""
    told = _("{name} is expected to end {period} {gap} ahead of its goal of {goal}")
    if not ahead:
        told = _("{name} is expected to end {period} {gap} short of its goal of {goal}")
    goal = _said(here, one, shown.goal)
    return told.format(name=name, period=numbers.period(end), gap=gap, goal=goal)


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
