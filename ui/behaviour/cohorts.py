"""Retention: the triangle of cohorts, the curve with its intervals, and where new users began."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from data.behaviour.retention import Unit as CohortUnit
from metrics.behaviour.cohorts import OnDay, Start, Triangle
from metrics.values.reasons import Reason
from ui import charts
from ui.behaviour.controls import choice, nothing, unknown
from ui.behaviour.words import module_name, share_words
from ui.charts.intervals import Interval, intervals
from ui.charts.layout import arrange
from ui.frame import Here
from ui.load import loyalty
from words import numbers
from words.i18n import _

UNITS: tuple[CohortUnit, ...] = ("month", "week")


def show(here: Here) -> None:
    """The triangle beside the curve, and the first module below."""
    left, right = st.columns([3, 2], gap="small")
    with left:
        code = choice("unit", _("Cohorts by"), UNITS, _unit_words)
        unit: CohortUnit = "week" if code == "week" else "month"
        found = loyalty.triangle(here.token, here.view.slice, unit)
        if isinstance(found, Reason):
            unknown(found)
        else:
            _triangle(found)
    with right:
        curve = loyalty.curve(here.token, here.view.slice)
        if isinstance(curve, Reason):
            unknown(curve)
        else:
            _curve(curve)
    starts = loyalty.starts(here.token, here.view.slice)
    if isinstance(starts, Reason):
        unknown(starts)
    else:
        _starts(here, starts)


def _unit_words(unit: str) -> str:
    return _("Week of registration") if unit == "week" else _("Month of registration")


def _triangle(found: Triangle) -> None:
    cohorts = [one for one in found.cohorts if one.users >= 5]
    ages = max((sum(c is not None for c in one.active) for one in cohorts), default=0)
    if not cohorts or not ages:
        nothing(_("No cohort of five new users is old enough."))
        return
    names = [numbers.period(one.period) for one in cohorts]
    shares = [
        [None if cell is None else cell.value for cell in one.active[:ages]] for one in cohorts
    ]
    figure = charts.triangle(
        names, [one.users for one in cohorts], [str(n) for n in range(ages)], shares,
        height=110 + 24 * len(cohorts),
    )  # fmt: skip
    week = found.unit == "week"
    since = _("weeks since registering") if week else _("months since registering")
    arrange(figure, x={"title": {"text": since}})
    together = found.together
    told = _("Of all cohorts old enough, {first} are active in the first and {last} in the {n}th")
    later = max((n for n in range(ages) if together[n] is not None), default=0)
    finding = told.format(
        first=_value(together[1] if ages > 1 else None),
        last=_value(together[later]),
        n=later,
    )
    headings = [str(n) for n in range(ages)]
    table = pd.DataFrame(
        {_("Cohort"): names, _("New users"): [one.users for one in cohorts]}
        | {head: [row[n] for row in shares] for n, head in enumerate(headings)}
    )
    note = _("Only weeks or months that are over for everybody in the cohort; others stay empty.")
    charts.show(figure, "behaviour_triangle", finding, table, note)


def _value(found: object) -> str:
    return numbers.percent(getattr(found, "value", None))


def _curve(found: Sequence[OnDay]) -> None:
    known = [
        (one, one.kept.value, one.kept.low, one.kept.high)
        for one in found
        if one.kept.value is not None
    ]
    rows = [
        Interval(_("Day {n}").format(n=one.age), value, low or 0.0, high or 0.0)
        for one, value, low, high in known
        if value is not None
    ]
    if not rows:
        nothing(_("No new user is old enough in this period."))
        return
    first = known[0][0]
    told = _("{share} of new users are active on day {n} ({low}–{high})").format(
        share=numbers.percent(first.kept.value),
        n=first.age,
        low=numbers.number(first.kept.low, 1),
        high=numbers.percent(first.kept.high),
    )
    table = pd.DataFrame(
        {
            _("Day"): [one.age for one in found],
            _("Active, %"): [one.kept.value for one in found],
            _("95% interval, low"): [one.kept.low for one in found],
            _("95% interval, high"): [one.kept.high for one in found],
            _("New users old enough"): [one.kept.whole for one in found],
        }
    )
    figure = intervals(rows, charts.Unit("%", "%"), title=_("active on that day, %"))
    note = _("Users whose n-th day lies in the period; days 1, 7 and 30 are the indicators.")
    charts.show(figure, "behaviour_curve", told, table, note)


def _starts(here: Here, found: Sequence[Start]) -> None:
    """Where new users began and how many came back the next day: the leaks."""
    if not found:
        nothing(_("Too few new users to compare where they began."))
        return
    rows = [
        Interval(
            f"{module_name(here, one.module)} · {one.kept.whole}",
            one.kept.value or 0.0,
            one.kept.low or 0.0,
            one.kept.high or 0.0,
            0 if one.gap is None else -1 if one.gap < 0 else 1,
        )
        for one in found
    ]
    leaks = [one for one in found if one.gap is not None and one.gap < 0]
    whole = sum(one.kept.part for one in found) / max(1, sum(one.kept.whole for one in found))
    told = (
        _("Leaks: those who begin in {modules} come back {gap} pp less on day 1").format(
            modules=_(", ").join(module_name(here, one.module) for one in leaks),
            gap=numbers.number(-min(one.gap or 0.0 for one in leaks), 1),
        )
        if leaks
        else _("No first module stands out beyond chance")
    )
    table = pd.DataFrame(
        {
            _("First module"): [module_name(here, one.module) for one in found],
            _("Active on day 1"): [share_words(one.kept) for one in found],
            _("All others"): [share_words(one.others) for one in found],
            _("Difference beyond chance, pp"): [one.gap for one in found],
        }
    )
    figure = intervals(rows, charts.Unit("%", "%"), line=100 * whole, title=_("active on day 1, %"))
    note = _(
        "New users of the 730 days to the period's end by the module of their first page view on "
        "the day they registered, with their number; the line is all of them."
    )
    charts.show(figure, "behaviour_starts", told, table, note)
