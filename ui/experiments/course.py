"""How the difference came about: over the looks, with the boundary, and by day since exposure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from metrics.experiments.novelty import Novelty
from metrics.experiments.plan import Policy
from metrics.experiments.records import Look
from ui import charts
from ui.charts.boundary import boundary
from ui.charts.intervals import Interval, intervals
from ui.charts.lines import Line
from ui.experiments import words
from ui.experiments.scale import Scale
from words import numbers
from words.i18n import _
from words.text import safe

MOST_DAYS = 14


def looks(found: Sequence[Look], policy: Policy, start: date, scale: Scale, key: str) -> None:
    """The difference with the interval that is honest at each look; z against the boundary."""
    if not found:
        st.caption(_("No user's window has ended yet: there is no look to draw."))
        return
    days = [start + timedelta(days=one.day - 1) for one in found]
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, height="stretch"):
        _difference(found, policy, days, scale, key)
    with right, st.container(border=True, height="stretch"):
        _boundary(found, days, key)


def _difference(
    found: Sequence[Look], policy: Policy, days: Sequence[date], scale: Scale, key: str
) -> None:
    def scaled(values: Sequence[float | None]) -> list[float | None]:
        return [None if one is None else scale.factor * one for one in values]

    line = Line(
        scale.name, scaled([one.difference.value for one in found]),
        low=scaled([one.difference.low for one in found]),
        high=scaled([one.difference.high for one in found]),
    )  # fmt: skip
    last = found[-1]
    finding = _("{metric}: {difference} on day {day}").format(
        metric=scale.name, difference=scale.between(last.difference), day=last.day
    )
    figure = charts.lines(days, [line], scale.unit, levels={_("no difference"): 0.0}, zero=True)
    note = _("The band is the interval that the looking policy makes honest at each day.")
    if policy == "fixed":
        note = _("The band holds at the horizon alone; on the days before it decides nothing.")
    charts.show(figure, f"{key}_looks", finding, look_table(found, days), note)


def look_table(found: Sequence[Look], days: Sequence[date]) -> pd.DataFrame:
    """One row a look, in the metric's own unit."""
    return pd.DataFrame(
        {
            _("Day"): list(days),
            _("Full days"): [one.day for one in found],
            _("May decide"): [_("yes") if one.planned else _("no") for one in found],
            _("Difference"): [one.difference.value for one in found],
            _("from"): [one.difference.low for one in found],
            _("to"): [one.difference.high for one in found],
            "z": [one.statistic for one in found],
            _("Boundary"): [one.boundary for one in found],
            "p": [one.p for one in found],
        }
    )


def _boundary(found: Sequence[Look], days: Sequence[date], key: str) -> None:
    crossed = [one for one in found if one.crossed]
    deciding = [one for one in found if one.planned]
    if crossed:
        finding = _("The boundary was crossed on day {day}").format(day=crossed[0].day)
    elif deciding:
        finding = _("The boundary was not crossed at {count} looks that may decide").format(
            count=len(deciding)
        )
    else:
        finding = _("None of the {count} looks so far may decide").format(count=len(found))
    figure = boundary(
        days, [one.statistic for one in found], [one.boundary for one in found],
        [one.crossed for one in found], (_("z so far"), _("boundary"), _("beyond it")),
    )  # fmt: skip
    note = _("Without a boundary a look may not decide, however far out z is.")
    charts.show(figure, f"{key}_boundary", finding, None, note)


def novelty(found: Novelty, scale: Scale, key: str) -> None:
    """The difference on each day since the exposure, and whether it wears off."""
    told = {
        "fading": _("▲ {metric}: the effect wears off with the days since exposure (p {p})"),
        "growing": _("{metric}: the effect grows with the days since exposure (p {p})"),
        "steady": _("{metric}: no trend with the days since exposure (p {p})"),
        "unknown": _("{metric}: too few days to tell whether the effect wears off"),
    }[found.trend]
    finding = told.format(metric=scale.name, p=words.p_words(found.p))
    rows = [
        Interval(
            _("day {day}").format(day=day + 1), scale.factor * one.difference.value,
            scale.factor * one.difference.low, scale.factor * one.difference.high, 0,
        )
        for day, one in found.days[:MOST_DAYS]
        if one.difference.value is not None and one.difference.low is not None
        and one.difference.high is not None
    ]  # fmt: skip
    if not rows:
        st.markdown(f"**{safe(finding, 300)}**")
        return
    table = pd.DataFrame(
        {
            _("Day since exposure"): [day + 1 for day, _one in found.days],
            _("Difference"): [one.difference.value for _day, one in found.days],
            _("from"): [one.difference.low for _day, one in found.days],
            _("to"): [one.difference.high for _day, one in found.days],
        }
    )
    figure = intervals(rows, scale.unit, title=difference_title(scale), said=numbers.signed, row=28)
    note = _("Each day alone, over all users whose window has ended; nobody decides by one day.")
    charts.show(figure, f"{key}_novelty", finding, table, note)


def difference_title(scale: Scale) -> str:
    """What stands along an axis of differences."""
    return _("Difference, points") if scale.code == "%" else _("Difference")
