"""Figures over time and side by side: one provider at a time, with source, grade and age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import streamlit as st

from data.competitors.records import OURS, Figure
from data.period import Period
from metrics.competitors.standing import INDICATOR_OF, Series, latest, providers, series
from ui import charts, export, numbers
from ui.competitor.words import (
    age_words,
    competitor_words,
    grade_words,
    measure_words,
    period_words,
    unit_words,
    value_words,
)  # fmt: skip
from ui.frame import Here
from ui.i18n import _, _n
from ui.load import competitor as load
from ui.text import plain

MOST_LINES, MOST_BARS = 7, 20
FEWEST_TO_DRAW = 3


def over_time(here: Here, found: Sequence[Figure]) -> None:
    """A measure by one provider: lines where it has three periods or more, else its newest."""
    st.subheader(_("Scale and ratings"), anchor=False)
    measures = sorted({one.measure for one in found}, key=lambda m: (m not in INDICATOR_OF, m))
    if not measures:
        st.info(_("No figures of competitors are known for this time."))
        return
    left, right = st.columns(2)
    with left:
        names = {one: measure_words(one) for one in measures}
        measure = st.selectbox(
            _("Measure"), measures, format_func=lambda one: names.get(one, one), key="peer_measure"
        ) or measures[0]  # fmt: skip
    given = providers(found, measure)
    with right:
        provider = st.selectbox(_("Provider"), given, format_func=plain, key="peer_provider")
    chosen = provider if provider in given else given[0]
    mine = [one for one in series(found, measure) if one.provider == chosen]
    ours = _own(here, measure, mine)
    if max(len(one.figures) for one in mine) >= FEWEST_TO_DRAW:
        _lines(mine, ours)
    else:
        _newest(found, measure, chosen, ours)


def _own(here: Here, measure: str, mine: Sequence[Series]) -> Mapping[Period, float]:
    """The bank's own values of the same periods; empty where no indicator matches."""
    if measure not in INDICATOR_OF:
        return {}
    periods = sorted({load.period_of(figure) for one in mine for figure in one.figures})
    values = load.own_values(here.token, here.view.slice, INDICATOR_OF[measure], periods)
    known = zip(periods, values, strict=True)
    return {period: value for period, value in known if value is not None}


def _lines(mine: Sequence[Series], ours: Mapping[Period, float]) -> None:
    when = sorted({load.period_of(figure) for one in mine for figure in one.figures})
    largest = sorted(mine, key=lambda one: -(one.figures[-1].value or 0.0))[:MOST_LINES]
    shown = []
    for one in largest:
        by_period = {load.period_of(figure): figure for figure in one.figures}
        row = [by_period.get(period) for period in when]
        shown.append(
            charts.Line(
                competitor_words(one.competitor),
                [None if figure is None else figure.value for figure in row],
                low=[None if figure is None else figure.low for figure in row],
                high=[None if figure is None else figure.high for figure in row],
            )
        )
    if ours:
        shown.append(
            charts.Line(_("This bank, own records"), [ours.get(p) for p in when], "target")
        )
    first = largest[0]
    unit = charts.Unit(first.unit, unit_words(first.unit))
    finding = _("{measure}: {name} leads with {value} ({provider})").format(
        name=competitor_words(first.competitor),
        measure=measure_words(first.measure),
        value=value_words(first.figures[-1].value, first.unit),
        provider=plain(first.provider, 40),
    )
    table = pd.DataFrame({_("Period"): [numbers.period(one) for one in when]})
    for line in shown:
        table[line.name] = list(line.values)
    note = _("One provider only: providers differ in what they count and are never mixed.")
    charts.show(charts.lines(when, shown, unit, height=300), "peer_lines", finding, table, note)


def _newest(
    found: Sequence[Figure], measure: str, provider: str, ours: Mapping[Period, float]
) -> None:
    group = sorted(latest(found, measure, provider), key=lambda one: -(one.value or 0.0))
    rows = [(competitor_words(one.competitor), one.value) for one in group]
    period = load.period_of(group[0])
    if period in ours and all(one.competitor != OURS for one in group):
        rows.append((_("This bank, own records"), ours[period]))
    rows = sorted(rows, key=lambda row: -(row[1] or 0.0))[:MOST_BARS]
    look = [None if name != _("This bank, own records") else True for name, _value in rows]
    unit = charts.Unit(group[0].unit, unit_words(group[0].unit))
    finding = _("{measure}: {name} leads with {value} ({provider})").format(
        name=rows[0][0],
        measure=measure_words(measure),
        value=value_words(rows[0][1], group[0].unit),
        provider=f"{plain(provider, 40)}, {period_words(group[0])}",
    )
    bars = [
        charts.BulletRow(name, value, None, good)
        for (name, value), good in zip(rows, look, strict=True)
    ]
    table = pd.DataFrame(
        {_("Competitor"): [n for n, _v in rows], _("Value"): [v for _n, v in rows]}
    )
    note = _("One provider only: providers differ in what they count and are never mixed.")
    charts.show(charts.bullet(bars, unit), "peer_bars", finding, table, note)


def position(found: Sequence[Figure]) -> None:
    """Users against rating, where one provider gives both for the same period."""
    st.subheader(_("Position"), anchor=False)
    for provider in providers(found, "mau"):
        users = {one.competitor: one for one in latest(found, "mau", provider)}
        liked = {one.competitor: one for one in latest(found, "store_rating", provider)}
        both = [
            (who, users[who], liked[who])
            for who in users
            if who in liked and (users[who].first, users[who].last)
            == (liked[who].first, liked[who].last)
        ]  # fmt: skip
        dots = [
            charts.Dot(competitor_words(who), u.value, r.value, group=competitor_words(who))
            for who, u, r in both
            if u.value is not None and r.value is not None
        ]
        if len(dots) > 1:
            _map(provider, both[0][1], dots)
            return
    st.info(_("No provider gives users and ratings of the same period for two competitors."))


def _map(provider: str, some: Figure, dots: Sequence[charts.Dot]) -> None:
    largest = max(dots, key=lambda dot: dot.x)
    liked = max(dots, key=lambda dot: dot.y)
    finding = _("{largest} is the largest, {liked} the best rated ({provider}, {period})").format(
        largest=largest.label, liked=liked.label, provider=plain(provider, 40),
        period=period_words(some),
    )  # fmt: skip
    if largest.label == liked.label:
        finding = _("{largest} is the largest and the best rated ({provider}, {period})").format(
            largest=largest.label, provider=plain(provider, 40), period=period_words(some)
        )
    table = pd.DataFrame(
        {
            _("Competitor"): [dot.label for dot in dots],
            measure_words("mau"): [dot.x for dot in dots],
            measure_words("store_rating"): [dot.y for dot in dots],
        }
    )
    figure = charts.scatter(
        dots, charts.Unit("users", _("users")), charts.Unit("1–5", "1–5"),
        x_title=measure_words("mau"), y_title=_("Rating"), height=300,
    )  # fmt: skip
    charts.show(figure, "peer_position", finding, table)


def every_figure(found: Sequence[Figure], today: date) -> None:
    """All figures with provider, period, source, grade and age."""
    newest = sorted(found, key=lambda one: (one.last, one.provider, one.measure), reverse=True)
    table = pd.DataFrame(
        {
            _("Competitor"): [competitor_words(one.competitor) for one in newest],
            _("Measure"): [measure_words(one.measure) for one in newest],
            _("Value"): [value_words(one.value, one.unit) for one in newest],
            _("Lower bound"): [value_words(one.low, one.unit) for one in newest],
            _("Upper bound"): [value_words(one.high, one.unit) for one in newest],
            _("Period"): [period_words(one) for one in newest],
            _("Provider"): [plain(one.provider, 60) for one in newest],
            _("Source"): [plain(one.source, 80) for one in newest],
            _("Address"): [plain(one.url, 120) or None for one in newest],
            _("Grade"): [grade_words(one.grade) for one in newest],
            _("How old"): [age_words(one, today) for one in newest],
        }
    )
    told = _n("{count} figure, each with its source", "{count} figures, each with its source",
              len(newest)).format(count=len(newest))  # fmt: skip
    with st.expander(told):
        st.dataframe(table, hide_index=True, key="peer_figures", placeholder="—", height=330)
        export.buttons(table, "peer_figures", told)
