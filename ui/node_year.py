"""How much of the year's plan is done, beside the part of the year that has passed."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from metrics.scorecard import NodeResult, ScoreCard
from metrics.scorecard.facts import shape_kind
from ui import sentences, tiles
from ui.frame import Here
from ui.load.overview import goal_of
from ui.load.scores import year_facts
from ui.load.tiles import recent
from ui.sketch import Bullet, bullet
from words import numbers
from words.i18n import _
from words.text import safe


@dataclass(frozen=True)
class Progress:
    """``done`` of the year's plan and ``passed`` of the year, as parts of 1; ``goal`` of the year.

    Of a flow ``done`` is the year's total over its plan (``from_start`` None), of every other
    indicator the part of the way from ``from_start`` to the goal.
    """

    done: float
    passed: float
    goal: float
    from_start: float | None


def progress(here: Here, card: ScoreCard, node: NodeResult) -> Progress | None:
    """The year's progress of an indicator; None without a goal of the year to go to."""
    indicator = here.tree.indicators.get(node.id)
    period = here.view.period
    if indicator is None or indicator.standard or period.first.year != period.last.year:
        return None
    last = min(period.last, here.bank.as_of)
    passed = last.timetuple().tm_yday / last.replace(month=12, day=31).timetuple().tm_yday
    at = card.scopes.nodes.index(node.branch)
    goal = float(card.goals[node.id].year_target[at])
    if indicator.over_time == "sum":
        view = here.view
        known = recent(here.token, (node.id,), view.scope, view.other)[node.id]
        done, share = tiles.completion(here, card, node, known)
        return None if done is None or share is None else Progress(done, share, goal, None)
    start = _start(here, card, node, at)
    if node.value is None or start is None or goal == start or indicator.better == "band":
        return None
    return Progress((node.value - start) / (goal - start), passed, goal, start)


def _start(here: Here, card: ScoreCard, node: NodeResult, at: int) -> float | None:
    """Where the way begins: a stock at the year's start, all others at the base of the year."""
    if shape_kind(here.tree.indicators[node.id]) == "stock":
        facts = year_facts(here.token)[here.view.period.last.year]
        goal = goal_of(here.token, here.view.scope, node.id, facts)
        return None if goal is None else goal.start
    base = float(card.goals[node.id].year_base[at])
    return base if base == base else None


def show(here: Here, card: ScoreCard, node: NodeResult) -> None:
    """One line and a bar with a mark: done, passed, and the goal they are about."""
    if not here.bank.has_data(here.view.period):
        return
    found = progress(here, card, node)
    if found is None:
        return
    share, passed = numbers.percent(100 * found.done), numbers.percent(100 * found.passed)
    goal = sentences.quantity(here.tree, node.id, found.goal)
    if found.from_start is None:
        down = here.tree.indicators[node.id].better == "down"
        told = _("Year's plan {goal}: {done} done, {passed} of the year passed")
        if down:
            told = _("Year's limit {goal}: {done} used, {passed} of the year passed")
        told = told.format(goal=goal, done=share, passed=passed)
    else:
        start = sentences.quantity(here.tree, node.id, found.from_start)
        told = _("Year's goal {goal}: {done} of the way from {start}, {passed} of the year passed")
        told = told.format(goal=goal, done=share, start=start, passed=passed)
    st.markdown(f":small[:gray[{safe(told, 300)}]]")
    st.html(bullet(Bullet(found.done, found.passed, max(1.0, found.done), None, told)))
