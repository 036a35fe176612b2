"""Tasks step by step, and the three chains over their twelve touchpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from data.contract.vocabulary import CHAINS
from metrics.behaviour import steps
from metrics.behaviour.intervals import Share
from metrics.behaviour.journey import Chain, Touchpoint
from metrics.behaviour.steps import Task
from metrics.values.reasons import Reason
from ui import charts
from ui.behaviour.controls import choice, nothing, unknown
from ui.behaviour.words import chain_words, module_name, page_name, share_words
from ui.charts import FunnelStep, Unit
from ui.frame import Here
from ui.load import behaviour as reading
from ui.load.behaviour import PageName
from words import numbers
from words.i18n import _, language
from words.text import plain


def show_tasks(here: Here) -> None:
    """Every task's steps as a heat map of giving up, and one task as a funnel."""
    found = reading.tasks(here.token, here.view.slice)
    if isinstance(found, Reason):
        unknown(found)
        return
    if not found:
        nothing(_("No task was started in this period."))
        return
    pages = reading.pages(here.token, here.view.slice)
    left, right = st.columns([3, 2], gap="small")
    with left:
        _heat(here, found, pages)
    with right:
        tasks = {one.task: one for one in found}
        code = choice("task", _("Task"), tuple(tasks), lambda one: _task_name(here, tasks[one]))
        _one(here, tasks[code], pages)


def _task_name(here: Here, one: Task) -> str:
    done = numbers.percent(one.done.value)
    return _("{module}: {share} finished").format(module=module_name(here, one.module), share=done)


def _heat(here: Here, found: Sequence[Task], pages: Mapping[str, PageName]) -> None:
    longest = max(len(one.steps) for one in found)
    values: list[list[float | None]] = []
    for one in found:
        row = [step.left.value if step.left.whole >= 5 else None for step in one.steps]
        values.append(row + [None] * (longest - len(row)))
    figure = charts.heat(
        [module_name(here, one.module) for one in found],
        [_("Step {n}").format(n=n) for n in range(1, longest + 1)],
        values,
        Unit("%", "%"),
        height=110 + 24 * len(found),
    )
    worst = steps.worst_step(found)
    told = _("No step has runs enough to be judged")
    if worst is not None:
        told = _("{share} give up at '{page}' in {module}").format(
            share=numbers.percent(worst[1].left.value),
            page=page_name(pages, worst[1].page),
            module=module_name(here, worst[0].module),
        )
    rows = [(task, step) for task in found for step in task.steps]
    table = pd.DataFrame(
        {
            _("Module"): [module_name(here, task.module) for task, _step in rows],
            _("Step"): [step.step for _task, step in rows],
            _("Page"): [page_name(pages, step.page) for _task, step in rows],
            _("Reached"): [step.reached for _task, step in rows],
            _("Gave up here"): [share_words(step.left) for _task, step in rows],
        }
    )
    note = _("Runs of a task that reach the step, show nothing after it and are not finished, %.")
    charts.show(figure, "behaviour_tasks", told, table, note)


def _one(here: Here, one: Task, pages: Mapping[str, PageName]) -> None:
    reached = [step.reached for step in one.steps]
    if not reached or not reached[0]:
        nothing(_("No run of this task shows its steps."))
        return
    shown = [
        FunnelStep(
            page_name(pages, step.page),
            float(step.reached),
            None if not n or not reached[n - 1] else 100 * step.reached / reached[n - 1],
        )
        for n, step in enumerate(one.steps)
    ]
    worst = one.worst
    weakest = None
    if worst is not None and worst.step < len(one.steps):
        weakest = next(n for n, step in enumerate(one.steps) if step.step == worst.step) + 1
    told = _("{module}: {share} of {runs} runs are finished").format(
        module=module_name(here, one.module),
        share=numbers.percent(one.done.value),
        runs=numbers.number(one.done.whole, 0),
    )
    figure = charts.funnel(shown, weakest=weakest, unit=Unit("count", ""))
    charts.show(figure, "behaviour_task", told)


def show_journeys(here: Here) -> None:
    """One chain at a time: functional, emotional and interactive by touchpoint."""
    found = reading.journeys(here.token, here.view.slice)
    if isinstance(found, Reason):
        unknown(found)
        return
    chains = {one.name: one for one in found}
    if not chains:
        nothing(_("No page is marked as a touchpoint of a chain (dim_page.chain)."))
        return
    options = tuple(one for one in CHAINS if one in chains)
    code = choice("chain", _("Journey"), options, chain_words)
    _chain(here, chains[code])


def _chain(here: Here, chain: Chain) -> None:
    points = chain.touchpoints
    slowest = max((one.seconds or 0.0 for one in points), default=0.0) or 1.0
    values = [
        [
            _value(one.functional),
            _value(one.emotional),
            None if one.seconds is None else 100 * one.seconds / slowest,
        ]
        for one in points
    ]
    texts = [
        [
            numbers.percent(_value(one.functional)),
            numbers.percent(_value(one.emotional)),
            numbers.number(one.seconds, 0),
        ]
        for one in points
    ]
    figure = charts.heat(
        [f"{one.number} {_point_name(one)}" for one in points],
        [_("Go on, %"), _("Satisfied, %"), _("Seconds a view")],
        values,
        Unit("%", "%"),
        text=texts,
        height=110 + 24 * len(points),
    )
    weakest = chain.weakest
    told = _("{chain}: too few visits to name a weakest touchpoint").format(
        chain=chain_words(chain.name)
    )
    if weakest is not None:
        told = _("{chain}: weakest at {n} '{page}', {share} go on").format(
            chain=chain_words(chain.name),
            n=weakest.number,
            page=_point_name(weakest),
            share=numbers.percent(_value(weakest.functional)),
        )
    note = _(
        "Functional, emotional and interactive measure. Go on: sessions that show the next "
        "touchpoint of the same module afterwards. Satisfied: answers about the module, as they "
        "name no page. First pages are for looking around and are never the weakest."
    )
    charts.show(figure, f"behaviour_chain_{chain.name}", told, _points(here, points), note)


def _point_name(one: Touchpoint) -> str:
    name = one.name_zh if language() == "zh" else one.name_en or one.name_zh
    return plain(name or one.page, 24)


def _value(found: Share | None) -> float | None:
    return None if found is None else found.value


def _points(here: Here, points: Sequence[Touchpoint]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("Touchpoint"): [one.number for one in points],
            _("Page"): [_point_name(one) for one in points],
            _("Module"): [module_name(here, one.module) for one in points],
            _("Sessions"): [one.visits for one in points],
            _("Go on"): [
                numbers.MISSING if one.functional is None else share_words(one.functional)
                for one in points
            ],
            _("Satisfied"): [share_words(one.emotional) for one in points],
            _("Complaints about the module"): [one.complaints for one in points],
            _("Seconds a view"): [one.seconds for one in points],
        }
    )
