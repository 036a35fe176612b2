"""What ran when, the year's money, and features rolled out in stages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import fmean

import pandas as pd
import streamlit as st

from data.period import Period, containing
from metrics.campaigns.differences import Difference
from metrics.campaigns.money import Budget
from metrics.campaigns.results import Result
from metrics.campaigns.staged import OUTCOMES
from ui import charts, sentences
from ui.campaign.words import (
    between,
    money,
    points,
    purpose_words,
    short_names,
    unique_names,
    why_words,
)
from ui.charts.calendar import Run, calendar
from ui.frame import Here
from ui.load import campaign as load
from words import numbers
from words.codes import category_words
from words.i18n import _, _n, language
from words.text import safe

LONGEST_NAME = 26
KPIS = ("dau", "new_users", "txn_amount", "fee_income")
MOST_RUNS = 24


def calendar_of(here: Here, found: Sequence[Result]) -> None:
    """Campaigns under the trend of an indicator."""
    names = {name: here.tree.name(name, language()) for name in KPIS}
    st.subheader(_("Calendar"), anchor=False)
    kpi = st.segmented_control(
        _("Above the calendar"), list(KPIS), default=KPIS[0], format_func=names.__getitem__,
        key="campaign_kpi",
    ) or KPIS[0]  # fmt: skip
    line = load.around(here.token, here.view.slice, kpi)
    if not line:
        st.info(_("There are no days to show."))
        return
    periods, values = [one for one, _v in line], [value for _p, value in line]
    if not found and all(value is None for value in values):
        st.info(_meanwhile(here, kpi, line, 0))
        return
    shown = list(reversed(found))[:MOST_RUNS]
    labels = short_names(unique_names(one.campaign for one in found), LONGEST_NAME)
    runs = [
        Run(labels[one.campaign.id], one.campaign.first, one.campaign.last or date.max,
            one.campaign.purpose)
        for one in shown
    ]  # fmt: skip
    unit = charts.Unit(here.tree.indicators[kpi].unit, sentences.unit_words(here.tree, kpi))
    finding = _meanwhile(here, kpi, line, len(found))
    note = _("What changed meanwhile need not come from campaigns: that only a holdout can tell.")
    table = pd.DataFrame({_("Period"): [str(one) for one in periods], names[kpi]: values})
    figure = calendar(periods, values, runs, purpose_words(), unit)
    charts.show(figure, "campaign_calendar", finding, table, note)


def _meanwhile(
    here: Here, kpi: str, line: Sequence[tuple[Period, float | None]], count: int
) -> str:
    """How an indicator stood on the days of the view, against the days before."""
    name, found = here.tree.name(kpi, language()), meanwhile(line, here.view.period)
    if found is None:
        if not any(value is not None for _period, value in line):
            return _("No values of {indicator} for these days").format(indicator=name)
        return _("{indicator}: nothing to compare with before").format(indicator=name)
    now, before = found
    told = _n(
        "{count} campaign ran; {indicator}: {now} on average, {change} against the weeks before",
        "{count} campaigns ran; {indicator}: {now} on average, {change} against the weeks before",
        count,
    )
    change = numbers.signed(100 * (now / before - 1)) + "%" if before else numbers.MISSING
    return told.format(
        count=count, indicator=name, now=sentences.quantity(here.tree, kpi, now), change=change
    )


def meanwhile(
    line: Sequence[tuple[Period, float | None]], period: Period
) -> tuple[float, float] | None:
    """The mean of a line's values within a period, and of those before it; None without either.

    >>> line = [(Period.parse(f"2026-10-0{day}"), float(day)) for day in (1, 2, 3)]
    >>> meanwhile(line, Period(line[2][0].first, line[2][0].last))
    (3.0, 1.5)
    """
    known = [(one, value) for one, value in line if value is not None]
    now = [v for one, v in known if period.first <= one.first and one.last <= period.last]
    before = [v for one, v in known if one.last < period.first]
    return (fmean(now), fmean(before)) if now and before else None


def budget(here: Here, found: Budget) -> None:
    """The year so far: 40/30/30, the reserve, burn and forecast."""
    st.subheader(_("Budget {year}").format(year=found.year), anchor=False)
    if not found.spent_cny:
        narrow = here.view.branch or here.view.segment
        told = _("No spending is booked here: campaigns are booked for the whole bank.")
        st.info(told if narrow else _("No spending of the year is loaded."))
        return
    left, right = st.columns([2, 3], gap="small")
    with left:
        _shares(found)
    with right:
        _burn(found)


def _shares(found: Budget) -> None:
    rows = [
        charts.BulletRow(category_words(one.id), one.share, one.planned_share, one.off == 0)
        for one in found.categories
    ]
    off = [one for one in found.categories if one.off]
    finding = _("40/30/30 holds; the reserve is {share} of spending")
    if off:
        finding = _("40/30/30 does not hold; the reserve is {share} of spending")
    finding = finding.format(share=numbers.percent(found.reserve_share))
    rest: list[float | None] = [None, found.reserve_cny, None, found.reserve_share, None]
    lines = [
        [one.planned_cny, one.spent_cny, one.burn, one.share, one.planned_share]
        for one in found.categories
    ]
    headings = [_("Planned, ¥"), _("Spent, ¥"), _("Of the plan, %"), _("Share, %"), _("Meant, %")]
    table = pd.DataFrame([*lines, rest], columns=headings)
    names = [*(category_words(one.id) for one in found.categories), category_words("reserve")]
    table.insert(0, _("Category"), names)
    figure = charts.bullet(rows, charts.Unit("%", "%"), mark_name=_("Meant"))
    note = _("Shares of the three categories; the reserve is of everything spent.")
    charts.show(figure, "campaign_budget", finding, table, note)


def _burn(found: Budget) -> None:
    when = [day for day, _p, _s in found.months]
    planned, spent = (
        _running([p for _d, p, _s in found.months]),
        _running([s for _d, _p, s in found.months]),
    )
    burn = 100 * found.spent_cny / found.planned_cny if found.planned_cny else None
    end = date(found.year, 12, 31)
    shown = [charts.Line(_("Spent"), spent), charts.Line(_("Planned"), planned, "target")]
    finding = _("{spent} spent by {day}, {burn} of the plan").format(
        spent=money(found.spent_cny), day=numbers.day(found.until), burn=numbers.percent(burn)
    )
    if found.forecast is not None and when and when[-1] < end:
        value, low, high = found.forecast
        gap = [None] * (len(when) - 1)
        known = spent[-1]
        ahead = charts.Line(
            _("Forecast"), [*gap, known, value], "forecast", [*gap, known, low], [*gap, known, high]
        )
        shown = [charts.Line(one.name, [*one.values, None], one.kind) for one in shown]
        shown.insert(1, ahead)
        when = [*when, end]
        finding = _("{finding}; the year ends at {value} ({low} to {high})").format(
            finding=finding, value=money(value), low=money(low), high=money(high)
        )
    table = pd.DataFrame(
        {
            _("Month"): [f"{day:%Y-%m}" for day, _p, _s in found.months],
            _("Planned, ¥"): [p for _d, p, _s in found.months],
            _("Spent, ¥"): [s for _d, _p, s in found.months],
        }
    )
    months = [containing(day, "month") for day in when]
    figure = charts.lines(months, shown, charts.Unit("CNY", "¥"), zero=True, height=230)
    note = _(
        "Forecast: what is booked and the mean whole month for the rest; 80% interval from the "
        "spread of months."
    )
    charts.show(figure, "campaign_burn", finding, table, note)


def _running(values: Sequence[float]) -> list[float | None]:
    total, found = 0.0, list[float | None]()
    for value in values:
        total += value
        found.append(total)
    return found


def staged(here: Here) -> None:
    """Features that branches got at different times, against branches that had them not."""
    names = {name: here.tree.name(name, language()) for name in OUTCOMES}
    first = next(iter(OUTCOMES))
    outcome = st.segmented_control(
        _("Measured on"), list(OUTCOMES), default=first, format_func=names.__getitem__,
        key="staged_outcome",
    ) or first  # fmt: skip
    found = load.staged_effects(here.token, here.view.slice, outcome)
    if not found:
        st.info(_("No roll-out is recorded."))
    for rollout, difference in found:
        st.markdown(f"**{safe(rollout.feature or rollout.id, 60)}**")
        if difference.why is not None:
            st.caption(_("Cannot be told: {why}").format(why=why_words(difference.why)))
            continue
        _staged_chart(rollout.id, names[outcome], difference)


def _staged_chart(rollout: str, outcome: str, found: Difference) -> None:
    finding = _("{outcome}: {effect} where it arrived, beyond branches without it").format(
        outcome=outcome, effect=between(found.effect, points)
    )
    labels = [_("month {number}").format(number=numbers.signed(p, 0)) for p, _t, _c in found.path]
    figure = charts.stacked(
        labels,
        {
            _("With it"): [treated for _p, treated, _c in found.path],
            _("Without it"): [control for _p, _t, control in found.path],
        },
        charts.Unit("%", "%"),
        grouped=True,
        height=240,
    )
    table = pd.DataFrame(found.path, columns=[_("Month"), _("With it"), _("Without it")])
    note = _(
        "Difference in differences over stages, errors by branch ({count}). Placebo before the "
        "start: {placebo}. Trends before: p {p}."
    ).format(
        count=found.clusters,
        placebo=between(found.placebo, points),
        p=numbers.number(found.trend_p, 2),
    )
    charts.show(figure, f"staged_{rollout}", finding, table, note)
