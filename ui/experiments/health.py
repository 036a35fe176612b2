"""Whether the experiment can be believed: arms against the planned split, enrolment, warnings."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from metrics.experiments.records import Health
from ui import charts
from ui.charts.lines import Line
from ui.experiments import verdict, words
from ui.load.experiments import Result
from words import numbers
from words.i18n import _
from words.text import plain, safe


def show(found: Result, health: Health, names: words.Names, key: str) -> None:
    """Lamp, split, who was left out; then how users came in."""
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, height="stretch"):
        split(health, names, key)
        verdict.counted(found)
    with right, st.container(border=True, height="stretch"):
        _came(found, key)


def split(health: Health, names: words.Names, key: str) -> None:
    """Users by variant against the planned split, with the p of the difference."""
    told = split_finding(health)
    table = pd.DataFrame(
        {
            _("Variant"): [plain(one.arm, 40) for one in health.arms],
            _("Users"): [one.users for one in health.arms],
            _("Planned"): [one.expected for one in health.arms],
            _("Share, %"): [100 * _share(one.users, health) for one in health.arms],
            _("Planned share, %"): [100 * one.planned_share for one in health.arms],
        }
    )
    number = st.column_config.NumberColumn
    st.markdown(f"**{safe(told, 300)}**")
    st.dataframe(
        table, hide_index=True, key=f"{key}_split", placeholder="—",
        column_config={
            _("Users"): number(format="%,d"), _("Planned"): number(format="%,.1f"),
            _("Share, %"): number(format="%.2f"), _("Planned share, %"): number(format="%.2f"),
        },
    )  # fmt: skip
    for one in health.problems:
        st.error(f"✕ {safe(words.reason_words(one, names), 300)}")
    for one in health.warnings:
        st.warning(f"▲ {safe(words.reason_words(one, names), 300)}")


def split_finding(health: Health) -> str:
    """The split in one sentence."""
    if health.ratio_p is None:
        return _("The split cannot be checked")
    p = words.p_words(health.ratio_p)
    broken = any(one.kind == "sample_ratio_broken" for one in health.problems)
    warned = any(one.kind == "sample_ratio_warning" for one in health.warnings)
    if broken:
        return _("Users did not come in the planned shares: p {p}").format(p=p)
    if warned:
        return _("The shares are off by more than chance usually does: p {p}").format(p=p)
    return _("Users came in the planned shares: p {p}").format(p=p)


def _share(users: int, health: Health) -> float:
    whole = sum(one.users for one in health.arms)
    return users / whole if whole else 0.0


def _came(found: Result, key: str) -> None:
    """Users by the day on which they came in, one line a variant."""
    came = found.came
    if came.empty:
        st.caption(_("Nobody came in yet."))
        return
    table = came.pivot_table(index="day", columns="arm", values="users", aggfunc="sum")
    days = pd.date_range(min(table.index), max(table.index)).date
    table = table.reindex(days).fillna(0)
    arms = [one.name for one in found.source.plan.arms if one.name in table.columns]
    totals = [float(one) for one in table.sum(axis=1)]
    busiest = days[totals.index(max(totals))]
    finding = _("{count} users came in; most on {day}").format(
        count=numbers.number(sum(totals)), day=numbers.day(busiest)
    )
    lines = [Line(plain(arm, 30), _floats(table[arm])) for arm in arms]
    figure = charts.lines(list(days), lines, charts.Unit("users", _("users")), zero=True)
    shown = table[arms].reset_index(names=_("Day"))
    charts.show(figure, f"{key}_came", finding, shown)


def _floats(column: pd.Series[float]) -> Sequence[float | None]:
    return [float(value) for value in column]
