"""Interfaces: response times by module and hour, and the error budget with its burn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from data.points.wants import Reason
from metrics.risk.service import FAST_BURN, Budget
from ui import charts
from ui.annotations import marks as marks_of
from ui.charts import Line, Unit
from ui.charts.few_ticks import every, few_days
from ui.frame import Here
from ui.load import risk
from ui.risk.words import module_name, why
from words import numbers
from words.i18n import _, _n

HOURS = [f"{hour:02d}" for hour in range(24)]
SECONDS = Unit("s", "s")


def heat(here: Here) -> None:
    """The 95th percentile by module and hour of the day."""
    with st.container(border=True, key="panel-latency", height="stretch"):
        st.subheader(_("API response by module and hour, 95th percentile"), anchor=False)
        found = risk.latency(here.token, here.view.slice)
        if isinstance(found, Reason):
            st.info(why(found))
            return
        if found.empty:
            st.info(_("No calls in this period."))
            return
        keys = zip(found["module"].tolist(), found["hour"].tolist(), strict=True)
        cells = dict(zip(keys, found["seconds"].tolist(), strict=True))
        modules = sorted({module for module, _hour in cells}, key=lambda m: -_mean(cells, m))
        values = [[_known(cells.get((module, hour))) for hour in range(24)] for module in modules]
        names = [module_name(here, str(module)) for module in modules]
        worst = max(((value, key) for key, value in cells.items() if not np.isnan(value)),
                    default=None)  # fmt: skip
        said = (
            _("Slowest: {module} at {hour}:00 with {seconds} s").format(
                module=module_name(here, str(worst[1][0])), hour=f"{worst[1][1]:02d}",
                seconds=f"{worst[0]:.2f}",
            )
            if worst is not None
            else _("No calls in this period.")
        )  # fmt: skip
        figure = charts.heat(names, HOURS, values, SECONDS, height=60 + 22 * len(names))
        every(figure, HOURS, 3)
        by_hour = {hour: [row[i] for row in values] for i, hour in enumerate(HOURS)}
        table = pd.DataFrame({_("Module"): names} | by_hour)
        charts.show(figure, "latency", said, table)


def _mean(cells: dict[tuple[str, int], float], module: str) -> float:
    values = [value for (one, _hour), value in cells.items() if one == module]
    return float(np.nanmean(values)) if not np.isnan(values).all() else 0.0


def _known(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else value


def budget(here: Here, target: float | None) -> None:
    """Minutes that may be lost, those that were, and the days that burnt them."""
    with st.container(border=True, key="panel-budget", height="stretch"):
        st.subheader(_("Availability against the error budget"), anchor=False)
        if target is None or target >= 100:
            st.info(_("No target of availability below 100%: there is no budget."))
            return
        found = risk.budget(here.token, here.view.slice, target)
        if isinstance(found, Reason):
            st.info(why(found))
            return
        if found is None:
            st.info(_("No minutes in service in this period."))
            return
        _burn(here, found)


def _burn(here: Here, found: Budget) -> None:
    days = [one.day for one in found.days]
    figure = charts.lines(
        days,
        [Line(_("Budget spent"), [100 * one.spent for one in found.days])],
        Unit("%", "%"),
        zero=True,
        levels={_("whole budget"): 100.0},
        marks=marks_of(here, days),
        height=290,
    )
    few_days(figure, days)
    table = pd.DataFrame(
        {
            _("Day"): days,
            _("Minutes out of service"): [one.lost for one in found.days],
            _("Budget spent, %"): [100 * one.spent for one in found.days],
            _("Burn rate"): [one.rate for one in found.days],
        }
    )
    fast = sum(one.rate >= FAST_BURN for one in found.days)
    note = _n(
        "{availability}% available; {days} day burnt faster than {limit} times the allowed rate.",
        "{availability}% available; {days} days burnt faster than {limit} times the allowed rate.",
        fast,
    ).format(availability=f"{found.availability:.3f}", days=fast, limit=FAST_BURN)
    charts.show(figure, "budget", budget_words(here, found), table, note)


def budget_words(here: Here, found: Budget) -> str:
    """How much of the budget is gone, and through what."""
    said = _("{lost} of {allowed} allowed minutes lost").format(
        lost=numbers.number(found.lost, 0), allowed=numbers.number(found.allowed, 0)
    )
    if found.worst is None:
        return said
    module, minutes = found.worst
    return said + _(", {minutes} of them in {module}").format(
        minutes=numbers.number(minutes, 0), module=module_name(here, module)
    )
