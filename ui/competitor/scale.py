"""Figures over time and side by side: one provider at a time, with source, grade and age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import streamlit as st

from data.competitors.records import OURS, Figure
from data.period import Period
from metrics.competitors.standing import INDICATOR_OF, Series, latest, providers, series
from ui import charts, export, sentences
from ui.competitor.words import grade_words, period_words, unit_words, value_words
from ui.frame import Here
from ui.load import competitor as load
from words import numbers
from words.codes import age_words, competitor_words, measure_words
from words.i18n import _, _n
from words.text import plain

MOST_LINES, MOST_BARS = 7, 20
OWN, OWN_PERIODS = "", 13
OWN_RECORDS = ("search_index", "share_of_voice")
"""Measures that the bank's own records give where no provider does."""
FEWEST_TO_DRAW = 3


def over_time(here: Here, found: Sequence[Figure]) -> None:
    """A measure by one provider: lines where it has three periods or more, else its newest."""
    st.subheader(_("Scale and ratings"), anchor=False)
    known = {one.measure for one in found} | set(OWN_RECORDS)
    measures = [one for one in INDICATOR_OF if one in known]
    measures += sorted(known - set(INDICATOR_OF))
    if not found:
        st.info(_("No figures of competitors are known for this time."))
    left, right = st.columns(2)
    with left:
        names = {one: measure_words(one) for one in measures}
        measure = st.selectbox(
            _("Measure"), measures, format_func=lambda one: names.get(one, one), key="peer_measure"
        ) or measures[0]  # fmt: skip
    given = providers(found, measure) or (OWN,)
    with right:
        provider = st.selectbox(
            _("Provider"), given, format_func=_provider_words, key="peer_provider"
        )
    chosen = provider if provider in given else given[0]
    if chosen == OWN:
        _own_line(here, measure)
        return
    mine = [one for one in series(found, measure) if one.provider == chosen]
    ours = _own(here, measure, mine)
    if max(len(one.figures) for one in mine) >= FEWEST_TO_DRAW:
        _lines(here, mine, ours)
    else:
        _newest(here, latest(found, measure, chosen), ours)


def _provider_words(provider: str) -> str:
    return _("This bank, own records") if provider == OWN else plain(provider)


def _own_line(here: Here, measure: str) -> None:
    """A measure that no provider gives, by the bank's own records: the last thirteen periods."""
    whole, periods = here.view.period, list[Period]()
    while len(periods) < OWN_PERIODS:
        periods.insert(0, whole)
        whole = whole.previous()
    indicator = INDICATOR_OF[measure]
    values = load.own_values(here.token, here.view.slice, indicator, periods)
    name = sentences.name(here.tree, indicator)
    known = [value for value in values if value is not None]
    if not known:
        st.info(_("No values of {indicator} for these days").format(indicator=name))
        return
    finding = _("{indicator}: {last}, between {low} and {high} in these periods").format(
        indicator=name,
        last=sentences.quantity(here.tree, indicator, values[-1]),
        low=sentences.quantity(here.tree, indicator, min(known)),
        high=sentences.quantity(here.tree, indicator, max(known)),
    )
    unit = charts.Unit(
        here.tree.indicators[indicator].unit, sentences.unit_words(here.tree, indicator)
    )
    table = pd.DataFrame({_("Period"): [numbers.period(one) for one in periods], name: values})
    figure = charts.lines(periods, [charts.Line(name, list(values))], unit, height=300)
    note = _("No provider gives this measure; how it is counted is on the card of the indicator.")
    charts.show(figure, "peer_own", finding, table, note)


def _own(here: Here, measure: str, mine: Sequence[Series]) -> Mapping[Period, float]:
    """The bank's own values of the same periods; empty where no indicator matches."""
    if measure not in INDICATOR_OF:
        return {}
    periods = sorted({load.period_of(figure) for one in mine for figure in one.figures})
    values = load.own_values(here.token, here.view.slice, INDICATOR_OF[measure], periods)
    known = zip(periods, values, strict=True)
    return {period: value for period, value in known if value is not None}


def _lines(here: Here, mine: Sequence[Series], ours: Mapping[Period, float]) -> None:
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
    note = _note([one.figures[-1] for one in mine], here.view.period.last)
    charts.show(charts.lines(when, shown, unit, height=300), "peer_lines", finding, table, note)


def _note(newest: Sequence[Figure], today: date) -> str:
    """That providers are never mixed, with source, grade and age of what is shown last."""
    some = max(newest, key=lambda one: one.last)
    told = _("One provider only: providers differ in what they count and are never mixed.")
    newest_words = _("Newest: {period}, {age}; {grade}; source: {source}").format(
        period=period_words(some),
        age=age_words(some, today),
        grade=_("grade {grade}").format(grade=some.grade) if some.grade else grade_words(""),
        source=plain(some.source, 60),
    )
    return f"{told} {newest_words}"


def _newest(here: Here, some: Sequence[Figure], ours: Mapping[Period, float]) -> None:
    group = sorted(some, key=lambda one: -(one.value or 0.0))
    rows = [(competitor_words(one.competitor), one.value) for one in group]
    period = load.period_of(group[0])
    if period in ours and all(one.competitor != OURS for one in group):
        rows.append((_("This bank, own records"), ours[period]))
    rows = sorted(rows, key=lambda row: -(row[1] or 0.0))[:MOST_BARS]
    look = [None if name != _("This bank, own records") else True for name, _value in rows]
    unit = charts.Unit(group[0].unit, unit_words(group[0].unit))
    finding = _("{measure}: {name} leads with {value} ({provider})").format(
        name=rows[0][0],
        measure=measure_words(group[0].measure),
        value=value_words(rows[0][1], group[0].unit),
        provider=f"{plain(group[0].provider, 40)}, {period_words(group[0])}",
    )
    bars = [
        charts.BulletRow(name, value, None, good)
        for (name, value), good in zip(rows, look, strict=True)
    ]
    table = pd.DataFrame(
        {_("Competitor"): [n for n, _v in rows], _("Value"): [v for _n, v in rows]}
    )
    note = _note(group, here.view.period.last)
    charts.show(charts.bullet(bars, unit), "peer_bars", finding, table, note)


def position(here: Here, found: Sequence[Figure]) -> None:
    """Users against rating, where one provider gives both for the same period; and the bank."""
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
            _map(provider, both[0][1], dots, _own_dot(here, both[0][1], dots))
            return
    st.info(_("No provider gives users and ratings of the same period for two competitors."))


def _own_dot(here: Here, some: Figure, peers: Sequence[charts.Dot]) -> list[charts.Dot]:
    """The bank by its own records in the same period, unless the provider has it already."""
    if any(one.label == competitor_words(OURS) for one in peers):
        return []
    period, about = load.period_of(some), here.view.slice
    users, liked = (
        load.own_values(here.token, about, INDICATOR_OF[measure], [period])[0]
        for measure in ("mau", "store_rating")
    )
    if users is None or liked is None:
        return []
    return [charts.Dot(competitor_words(OURS), users, liked, group=_("This bank, own records"))]


def _map(
    provider: str, some: Figure, peers: Sequence[charts.Dot], own: Sequence[charts.Dot]
) -> None:
    largest = max(peers, key=lambda dot: dot.x)
    liked = max(peers, key=lambda dot: dot.y)
    dots = [*peers, *own]
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
            _("Competitor"): [dot.group for dot in dots],
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
