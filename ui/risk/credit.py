"""Loan quality: non-performing share, vintages, roll rates, approvals against bad loans."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from data.points.wants import Reason
from metrics.risk.loans import ENDS, Frontier, RollRates, Vintage, closest
from ui import charts
from ui.charts import Line, Unit
from ui.charts.dots import Dot
from ui.frame import Here
from ui.load import business, risk
from ui.risk.words import why
from words import numbers
from words.codes import bucket_name
from words.i18n import _, language

PER_CENT = Unit("%", "%")
MOST_VINTAGES = 8


def show(here: Here) -> None:
    """Four panels, two by two."""
    for row in (((_npl, "npl"), (_vintages, "vintages")), ((_rolls, "rolls"), (_cuts, "frontier"))):
        for place, (panel, key) in zip(st.columns(2, gap="small"), row, strict=True):
            with place, st.container(border=True, key=f"panel-{key}", height="stretch"):
                panel(here)


def _npl(here: Here) -> None:
    names = ("npl_ratio", "overdue_30d")
    st.subheader(here.tree.name(names[0], language()), anchor=False)
    series = business.monthly(here.token, names, here.view.slice)
    months = [month for month, _value in series[names[0]]][-13:]
    lines = [
        Line(here.tree.name(name, language()), [value for _m, value in series[name]][-13:])
        for name in names
    ]
    known = [value for value in lines[0].values if value is not None]
    if not known:
        st.info(_("No classes or days past due of loans in these months."))
        return
    figure = charts.lines(months, lines, PER_CENT, zero=True)
    said = _("{now} non-performing, between {low} and {high} in {n} months").format(
        now=numbers.percent(known[-1]), low=numbers.percent(min(known)),
        high=numbers.percent(max(known)), n=len(known),
    )  # fmt: skip
    table = pd.DataFrame(
        {_("Month"): [numbers.period(one) for one in months]}
        | {one.name: list(one.values) for one in lines}
    )
    charts.show(figure, "npl", said, table)


def _vintages(here: Here) -> None:
    st.subheader(_("Vintages: ever 30 days late, by months on book"), anchor=False)
    found = risk.vintages(here.token, here.view.slice)
    if isinstance(found, Reason):
        st.info(why(found))
        return
    shown = [one for one in found if len(one.late) > 1][-MOST_VINTAGES:]
    if not shown:
        st.info(_("Days past due are not known from a loan's beginning: no vintages."))
        return
    ages = max(len(one.late) for one in shown)
    table = pd.DataFrame(
        {_("Months on book"): list(range(ages))}
        | {f"{one.name} ({one.loans})": _padded(one, ages) for one in shown}
    )
    last = [(one.late[-1], one) for one in shown]
    worst = max(last, key=lambda pair: pair[0])[1]
    said = _("Worst quarter {name}: {share} of {n} loans late after {months} months").format(
        name=worst.name, share=numbers.percent(worst.late[-1]), n=worst.loans,
        months=len(worst.late) - 1,
    )  # fmt: skip
    text = [[("" if v is None else numbers.percent(v)) for v in _padded(one, ages)]
            for one in shown]  # fmt: skip
    figure = charts.heat(
        [f"{one.name} ({one.loans})" for one in shown],
        [str(age) for age in range(ages)],
        [_padded(one, ages) for one in shown],
        PER_CENT,
        text=text,
    )
    note = _("Only loans seen from their first months; quarters of at least 10 loans.")
    charts.show(figure, "vintages", said, table, note)


def _padded(one: Vintage, length: int) -> list[float | None]:
    return [*one.late, *([None] * (length - len(one.late)))]


def _rolls(here: Here) -> None:
    st.subheader(_("Roll rates from month to month"), anchor=False)
    found = risk.rolls(here.token, here.view.slice)
    if isinstance(found, Reason):
        st.info(why(found))
        return
    rows = [row for row in found.rows if row.shares is not None]
    if not found.rows:
        st.info(_("There are no two month-ends in a row: a source with one month-end or with "
                  "classes only has no roll rates."))  # fmt: skip
        return
    if not rows:
        st.info(_("Fewer than 10 loans in every bucket: no roll rates."))
        return
    names = [bucket_name(row.start) for row in rows]
    ends = [bucket_name(end) for end in ENDS]
    values: list[list[float | None]] = [
        [100 * share if share else None for share in row.shares or ()] for row in rows
    ]
    figure = charts.heat(names, ends, values, PER_CENT, height=90 + 34 * len(rows))
    table = pd.DataFrame(
        {_("From"): names, _("Loans"): [row.loans for row in rows]}
        | {end: [(row.shares or ())[i] * 100 for row in rows] for i, end in enumerate(ends)}
    )
    charts.show(figure, "rolls", roll_words(found), table, _(
        "Share of the balance a month later, the last twelve months; each row adds up to 100%."
    ))  # fmt: skip


def roll_words(found: RollRates) -> str:
    """How much of the current balance turns late, and of the late goes on."""
    shares = {row.start: row.shares for row in found.rows}
    current, early = shares.get("current"), shares.get("1_29")
    said = []
    if current is not None:
        late = 100 * sum(current[1:5])
        said.append(_("{share} of current balance turns late in a month").format(
            share=f"{late:.2f}%"))  # fmt: skip
    if early is not None:
        on = 100 * sum(early[2:5])
        said.append(_("{share} of 1–29 days goes on to 30 and more").format(
            share=numbers.percent(on)))  # fmt: skip
    if found.unknown:
        said.append(_("days unknown for {share} of the balance").format(
            share=numbers.percent(100 * found.unknown)))  # fmt: skip
    return _("; ").join(said) or _("Too few loans to say")


def _cuts(here: Here) -> None:
    st.subheader(_("Approvals against bad loans"), anchor=False)
    found = risk.frontier(here.token, here.view.slice)
    if isinstance(found, Reason):
        st.info(why(found))
        return
    if found is None or len(found.cuts) < 2:
        st.info(_("Too few scored applications with a loan: no frontier."))
        return
    named = _apart([cut.approval for cut in found.cuts])
    dots = [Dot(numbers.number(cut.score, 0), cut.approval, cut.bad_rate, 1.0, _("By score cut"),
                named=i in named) for i, cut in enumerate(found.cuts)]  # fmt: skip
    if found.bad_rate is not None:
        dots.append(Dot(_("Now"), found.approval, found.bad_rate, 3.0, _("Now")))
    figure = charts.scatter(
        dots, PER_CENT, PER_CENT, x_title=_("approved"), y_title=_("bad"), joined=True,
        height=300,
    )  # fmt: skip
    table = pd.DataFrame(
        {
            _("Score from"): [cut.score for cut in found.cuts],
            _("Approved, %"): [cut.approval for cut in found.cuts],
            _("Bad, %"): [cut.bad_rate for cut in found.cuts],
            _("Low"): [cut.low for cut in found.cuts],
            _("High"): [cut.high for cut in found.cuts],
            _("Loans"): [cut.booked for cut in found.cuts],
        }
    )
    note = _("Bad: ever non-performing or 30 days late. Rejected applications have no outcome: "
             "looser cuts may be worse than shown.")  # fmt: skip
    charts.show(figure, "frontier", frontier_words(found), table, note)


def _apart(places: Sequence[float], least: float = 12.0) -> set[int]:
    """Which of the places along an axis can be named without their names meeting.

    >>> sorted(_apart([0.0, 5.0, 13.0, 40.0, 99.0, 100.0]))
    [0, 2, 3, 4]
    """
    found: list[int] = []
    for i, place in enumerate(places):
        if all(abs(place - places[other]) >= least for other in found):
            found.append(i)
    return set(found)


def frontier_words(found: Frontier) -> str:
    """Now, and what the score would do at the same approvals."""
    same = closest(found.cuts, found.approval)
    if same is None or found.bad_rate is None:
        return _("Too few loans to say")
    return _("{approval} approved, {bad} bad; by score alone {other} ({low} to {high})").format(
        approval=numbers.percent(found.approval), bad=numbers.percent(found.bad_rate),
        other=numbers.percent(same.bad_rate), low=numbers.percent(same.low),
        high=numbers.percent(same.high),
    )  # fmt: skip
