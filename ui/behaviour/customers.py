"""Tiers with the moves between them, and the RFM grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import streamlit as st

from data.behaviour.customers import Basis
from data.behaviour.scope import SMALLEST_GROUP
from metrics.behaviour.rfm import Group, Rfm
from metrics.behaviour.tiers import OUTSIDE, Moves
from metrics.values.reasons import Reason
from ui import charts
from ui.behaviour.controls import choice, nothing, unknown
from ui.behaviour.words import people, tier_name
from ui.charts import Stream, Unit
from ui.frame import Here
from ui.load import loyalty
from ui.theme import palette
from words import numbers
from words.i18n import _

ORDER = ("vip", "wealth", "preferred", "potential", "basic")
SPANS = ("1", "3", "12")


def show_tiers(here: Here) -> None:
    """Moves over a month, a quarter or a year as streams, and their matrix."""
    code = choice("months", _("Moves over"), SPANS, _span_words, default="3")
    found = loyalty.moves(here.token, here.view.slice, int(code))
    if isinstance(found, Reason):
        unknown(found)
        return
    left, right = st.columns([3, 2], gap="small")
    with left:
        _streams(found)
    with right:
        months = loyalty.tiers_by_month(here.token, here.view.slice)
        if isinstance(months, Reason):
            unknown(months)
        else:
            _by_month(months)


def _span_words(months: str) -> str:
    return {"1": _("one month"), "3": _("three months"), "12": _("twelve months")}[months]


def _streams(found: Moves) -> None:
    tiers = [*ORDER, OUTSIDE]
    names = [_tier(one) for one in tiers]
    streams = [
        Stream(tiers.index(source), len(tiers) + tiers.index(target), float(users))
        for (source, target), users in sorted(found.cells.items())
        if source != target
    ]
    if not streams:
        nothing(_("Nobody changed tier between these month-ends."))
        return
    look = palette()
    shades = [look.series[n % len(look.series)] for n in range(len(tiers))]
    figure = charts.sankey(
        names * 2, streams, unit=Unit("users", ""), colours=[*shades, *shades], height=320
    )
    raised = found.raised
    told = _("{share} of customers below VIP moved up, {down} moved down").format(
        share=numbers.percent(raised.value), down=people(found.lowered)
    )
    note = _("From {first} to {last}; customers who stayed in their tier are in the table only.")
    charts.show(
        figure,
        "behaviour_moves",
        told,
        _matrix(found, tiers, names),
        note.format(first=numbers.day(found.before), last=numbers.day(found.after)),
    )


def _tier(code: str) -> str:
    return tier_name(code) if code else _("not a customer or no tier")


def _matrix(found: Moves, tiers: Sequence[str], names: Sequence[str]) -> pd.DataFrame:
    columns: dict[str, list[object]] = {_("From"): list(names)}
    for target, name in zip(tiers, names, strict=True):
        columns[_("to {tier}").format(tier=name)] = [
            found.cells.get((source, target), 0) for source in tiers
        ]
    return pd.DataFrame(columns)


def _by_month(months: Sequence[tuple[date, Mapping[str, int]]]) -> None:
    if not months:
        nothing(_("No month-end of tiers in reach."))
        return
    parts = {tier_name(tier): [float(found[tier]) for _day, found in months] for tier in ORDER}
    labels = [f"{day:%Y-%m}" for day, _found in months]
    figure = charts.stacked(labels, parts, Unit("users", ""), share=True, height=320)
    last = months[-1][1]
    high = sum(last[tier] for tier in ORDER[:3])
    total = sum(last.values())
    told = _("{share} of customers are preferred or higher").format(
        share=numbers.percent(100 * high / total if total else None)
    )
    table = pd.DataFrame({_("Month-end"): labels} | parts)
    charts.show(figure, "behaviour_tiers", told, table)


def show_rfm(here: Here) -> None:
    """The grid of recency and frequency, coloured by users."""
    code = choice("basis", _("RFM of"), ("transactions", "activity"), _basis_words)
    basis: Basis = "activity" if code == "activity" else "transactions"
    found = loyalty.rfm(here.token, here.view.slice, basis)
    if isinstance(found, Reason):
        unknown(found)
        return
    if not found.users:
        nothing(_("Nobody in the 365 days to the end of the period."))
        return
    left, right = st.columns([3, 2], gap="small")
    with left:
        _grid(found, basis)
    with right:
        _named(found, basis)


def _basis_words(code: str) -> str:
    return _("Transactions") if code == "transactions" else _("Activity")


def _grid(found: Rfm, basis: Basis) -> None:
    scores = (5, 4, 3, 2, 1)
    cells = [[_cell(found, r, f) for f in reversed(scores)] for r in scores]
    figure = charts.heat(
        [_("Recency {n}").format(n=r) for r in scores],
        [_("Frequency {n}").format(n=f) for f in reversed(scores)],
        [[None if one is None else float(one.users) for one in row] for row in cells],
        Unit("users", ""),
        height=300,
    )
    champions = found.named()["champions"]
    told = _("{share} of {users} are recent and frequent; they bring {part} of the {what}").format(
        share=numbers.percent(100 * champions.users / found.users),
        users=people(found.users),
        part=numbers.percent(100 * champions.amount / found.amount if found.amount else None),
        what=_("amount") if basis == "transactions" else _("minutes"),
    )
    table = pd.DataFrame(
        [
            {
                _("Recency"): r,
                _("Frequency"): f,
                _("Users"): group.users,
                _("Mean score of money"): group.money,
                _("Sum"): group.amount,
            }
            for (r, f), group in sorted(found.cells.items(), reverse=True)
            if group.users >= SMALLEST_GROUP
        ]
    )
    charts.show(figure, "behaviour_rfm", told, table, _ties(basis))


def _cell(found: Rfm, recency: int, frequency: int) -> Group | None:
    group = found.cells.get((recency, frequency))
    return group if group is not None and group.users >= SMALLEST_GROUP else None


def _ties(basis: Basis) -> str:
    told = _(
        "365 days to the period's end. A score is one more than the fifths of users with strictly "
        "less, so that equal values get equal scores. Cells of fewer than five people are empty."
    )
    if basis == "transactions":
        return told
    minutes = _("Money is minutes in the App.")
    return f"{told} {minutes}"


def _named(found: Rfm, basis: Basis) -> None:
    names = {
        "champions": _("Champions: lately and often"),
        "promising": _("Promising: lately, not often"),
        "at_risk": _("At risk: often, not lately"),
        "asleep": _("Asleep: neither"),
    }
    groups = found.named()
    parts: dict[str, list[float | None]] = {
        _("Users"): [100 * groups[n].users / found.users for n in names],
        _("Amount") if basis == "transactions" else _("Minutes"): [
            100 * groups[n].amount / found.amount if found.amount else None for n in names
        ],
    }
    figure = charts.stacked(
        [one.partition(":")[0].partition("：")[0] for one in names.values()],
        parts,
        Unit("%", "%"),
        grouped=True,
        height=300,
    )
    risk = groups["at_risk"]
    told = _("{users} came often but not lately: {share} of all").format(
        users=people(risk.users), share=numbers.percent(100 * risk.users / found.users)
    )
    table = pd.DataFrame(
        {
            _("Group"): list(names.values()),
            _("Users"): [groups[n].users for n in names],
            _("Sum"): [groups[n].amount for n in names],
        }
    )
    note = _("Lately and often: recency, frequency of 4 or 5. Shares of all users and of the sum.")
    charts.show(figure, "behaviour_rfm_groups", told, table, note)
