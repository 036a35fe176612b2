"""An ordered funnel of any steps: where people are lost, how long it takes, by segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from data.behaviour.funnel import BOUNDS_S, Order, Plan, PlanError
from metrics.behaviour.funnels import Funnel
from metrics.values.reasons import Reason
from ui import charts
from ui.behaviour.controls import PREFIX, choice, nothing, unknown
from ui.behaviour.words import (
    DO_FINISH,
    DO_OPEN,
    duration,
    people,
    share_words,
    step_name,
    step_of,
)
from ui.charts import FunnelStep, Unit
from ui.charts.layout import arrange
from ui.frame import Here
from ui.load import behaviour as reading
from ui.load.behaviour import PageName
from words import numbers
from words.i18n import _, language
from words.names import dimension_words, value_words
from words.text import plain

MOST_STEPS = 8
WINDOWS = ("1", "3", "7", "14", "30", "60", "90")
SPLITS = ("none", "tier", "channel", "age_band", "new_user")
SHORTEST_SHOWN = 6
"""Segments shown at most: more of them cannot be told apart."""


def show(here: Here) -> None:
    """Controls, then the funnel, the time to convert and the segments."""
    pages = reading.pages(here.token, here.view.slice)
    if not pages:
        nothing(_("Funnels need the table of pages (dim_page)."))
        return
    codes = _steps(here, pages)
    window, order, by = _controls()
    if len(codes) < 2:
        nothing(_("Choose at least two steps, in their order."))
        return
    try:
        plan = Plan(tuple(step_of(pages, code) for code in codes), window, order)
    except PlanError as error:
        _refused(error)
        return
    with st.spinner(_("Following users through the funnel…"), show_time=True):
        whole = reading.funnel(here.token, here.view.slice, plan, "")
    if isinstance(whole, Reason):
        unknown(whole)
        return
    names = [step_name(here, pages, code) for code in codes]
    left, right = st.columns([3, 2], gap="small")
    with left:
        _funnel(whole[0], names)
    with right:
        _times(whole[0])
    if by:
        parts = reading.funnel(here.token, here.view.slice, plan, by)
        if not isinstance(parts, Reason):
            _segments(parts, names, by)


def _refused(error: PlanError) -> None:
    if error.steps is None:
        st.warning(_("▲ A funnel has two to eight different steps."))
        return
    told = _("▲ Steps {first} and {second} can be the same event: choose others.")
    st.warning(told.format(first=error.steps[0], second=error.steps[1]))


def _controls() -> tuple[int, Order, str]:
    places = st.columns(3)
    with places[0]:
        window = choice(
            "window", _("Window from the first step"), WINDOWS, _window_words, default="7"
        )
    with places[1]:
        orders = {
            "loose": _("Loose: other pages may lie between"),
            "strict": _("Strict: the very next page"),
        }
        order = choice("order", _("Order"), tuple(orders), orders.__getitem__)
    with places[2]:
        by = choice("by", _("Compare by"), SPLITS, _split_words)
    kept: Order = "strict" if order == "strict" else "loose"
    return int(window), kept, "" if by == "none" else by


def _window_words(days: str) -> str:
    return _("{count} days").format(count=days) if days != "1" else _("1 day")


def _split_words(code: str) -> str:
    return _("Everybody") if code == "none" else dimension_words(code)


def _steps(here: Here, pages: Mapping[str, PageName]) -> list[str]:
    """The steps that the address names, else those of the first task in the App."""
    finishes = [f"{DO_FINISH}:{module}" for module in here.tree.modules]
    options = [DO_OPEN, *pages, *finishes]
    key, state = f"{PREFIX}steps", st.session_state
    asked = st.query_params.get("steps")
    if asked is not None and asked != state.get(f"{key}_written"):
        state[key] = [code for code in asked.split(",") if code in options][:MOST_STEPS]
    if key not in state:
        state[key] = _first_task(pages)
    state[key] = [code for code in state[key] if code in options]
    told = {code: step_name(here, pages, code) for code in options}
    chosen = st.multiselect(
        _("Steps in their order"),
        options,
        key=key,
        format_func=lambda code: told.get(code, code),
        max_selections=MOST_STEPS,
    )
    written = ",".join(chosen)
    state[f"{key}_written"] = written
    if chosen != _first_task(pages):
        st.query_params["steps"] = written
    elif "steps" in st.query_params:
        del st.query_params["steps"]
    return list(chosen)


def _first_task(pages: Mapping[str, PageName]) -> list[str]:
    """The steps of the first task with the most of them, transfers before others."""
    tasks: dict[str, list[PageName]] = {}
    for one in pages.values():
        if one.task and one.step:
            tasks.setdefault(one.task, []).append(one)
    if not tasks:
        return []
    steps = max(tasks.values(), key=len)
    return [one.page for one in sorted(steps, key=lambda one: one.step)][:MOST_STEPS]


def _funnel(found: Funnel, names: Sequence[str]) -> None:
    if not found.began:
        nothing(_("Nobody took the first step in this period."))
        return
    worst = found.worst
    shown = [
        FunnelStep(name, float(level.users), None if n == 0 else level.of_before.value)
        for n, (name, level) in enumerate(zip(names, found.levels, strict=True))
    ]
    told = _("{share} of {began} get to the end").format(
        share=numbers.percent(found.conversion.value), began=people(found.began)
    )
    if worst is not None and worst.lost:
        told = _("{told}; most are lost before '{step}' ({lost})").format(
            told=told, step=names[worst.step - 1], lost=people(worst.lost)
        )
    figure = charts.funnel(
        shown, weakest=None if worst is None else worst.step - 1, unit=Unit("users", "")
    )
    note = _("Users, each counted once; a chain starts in the period and ends within the window.")
    charts.show(figure, "behaviour_funnel", told, _table(found, names), note)


def _table(found: Funnel, names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("Step"): list(names),
            _("Users"): [level.users for level in found.levels],
            _("Of the first step, %"): [level.of_first.value for level in found.levels],
            _("Of the step before, %"): [level.of_before.value for level in found.levels],
            _("95% interval, low"): [level.of_before.low for level in found.levels],
            _("95% interval, high"): [level.of_before.high for level in found.levels],
            _("Lost"): [level.lost for level in found.levels],
            _("Median time from the start"): [duration(level.median_s) for level in found.levels],
        }
    )


def _times(found: Funnel) -> None:
    """How long the quickest way to the last step took."""
    last = found.levels[-1]
    if not last.users:
        nothing(_("Nobody reached the last step: no time to convert."))
        return
    edges = ["≤ " + duration(bound) for bound in BOUNDS_S] + [f"> {duration(BOUNDS_S[-1])}"]
    first = next(n for n, count in enumerate(last.within) if count)
    end = max(n for n, count in enumerate(last.within) if count)
    kept = range(first, end + 1)
    parts = {_("Users"): [float(last.within[n]) for n in kept]}
    figure = charts.stacked([edges[n] for n in kept], parts, Unit("users", ""), height=300)
    arrange(figure, x={"nticks": len(kept), "tickangle": -40})
    told = _("Time to convert: half of them within {time}").format(time=duration(last.median_s))
    table = pd.DataFrame(
        {_("Time to convert"): [edges[n] for n in kept]}
        | {_("Users"): [last.within[n] for n in kept]}
    )
    charts.show(figure, "behaviour_times", told, table)


def _segments(parts: Sequence[Funnel], names: Sequence[str], by: str) -> None:
    """Conversion by segment with intervals; segments of fewer than five people are left out."""
    words = value_words(by)
    shown = [one for one in parts if one.began >= 5][:SHORTEST_SHOWN]
    if not shown:
        nothing(_("No segment has five people at the first step."))
        return
    best = max(shown, key=lambda one: one.conversion.value or 0.0)
    least = min(shown, key=lambda one: one.conversion.value or 0.0)
    told = _("{best} converts best ({high}), {worst} least ({low})").format(
        best=_label(words(best.segment)),
        high=numbers.percent(best.conversion.value),
        worst=_label(words(least.segment)),
        low=numbers.percent(least.conversion.value),
    )
    rows = {
        _label(words(one.segment)): [level.of_first.value for level in one.levels] for one in shown
    }
    figure = charts.heat(list(rows), list(names), list(rows.values()), Unit("%", "%"))
    table = pd.DataFrame(
        {
            dimension_words(by): [_label(words(one.segment)) for one in shown],
            _("Users at the first step"): [one.began for one in shown],
            _("Conversion"): [share_words(one.conversion) for one in shown],
        }
    )
    note = _("Share of those who began; segment as of the period's last day.")
    charts.show(figure, "behaviour_funnel_by", told, table, note)


def _label(name: str) -> str:
    return plain(name, 40) or {"zh": "未知", "en": "unknown"}[language()]
