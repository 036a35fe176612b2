"""What the screen says first: who comes, what they do, where they get lost, who leaves."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from metrics.behaviour import aarrr, steps
from metrics.behaviour.aarrr import Stage
from metrics.behaviour.visits import Visits
from metrics.scorecard import ScoreCard
from metrics.values.reasons import Reason
from ui import charts, links, sentences, tiles
from ui.behaviour.controls import nothing, unknown
from ui.behaviour.words import (
    colour_words,
    module_name,
    people,
    stage_words,
)
from ui.charts import BulletRow, Unit
from ui.charts.layout import arrange
from ui.frame import Here
from ui.load import behaviour as reading
from ui.load import loyalty
from ui.theme import palette
from words import numbers
from words.i18n import _, _n, language
from words.text import plain, safe

PAGE = "pages/screens/behaviour.py"
INDICATORS = (
    "mau", "dau", "stickiness", "activation_rate", "retention_d1", "retention_d30",
    "task_completion", "red_warning_share",
)  # fmt: skip
Line = tuple[str, str]
"""The part of the screen that a sentence leads to, and the sentence."""


def show_tiles(here: Here) -> None:
    """The indicators of activity, activation, retention and completion."""
    tiles.indicators(here, INDICATORS)


def findings(here: Here, card: ScoreCard, found: Sequence[Visits] | Reason) -> None:
    """Who comes, where they get lost, what they never use and who leaves, each a link."""
    st.subheader(_("What stands out"), anchor=False)
    with st.container(key="list-behaviour-findings", gap="small"):
        _list(here, _who(found))
        weakest_stage(here, card)
        _list(here, [*_stuck(here), *_never(here), *_silent(here), *_leaks()])


def weakest_stage(here: Here, card: ScoreCard) -> None:
    """The weakest stage of AARRR, a link to its indicator."""
    found = aarrr.weakest(aarrr.stages(card, here.view.branch))
    if found is not None and (found.reached or 0.0) < 100:
        told = safe(_weakest_words(here, found), 200)
        links.to_node(here.view, found.node.id, f":red[▼ {told}]")


def _list(here: Here, lines: Sequence[Line]) -> None:
    for part, told in lines:
        links.to_page(here.view, PAGE, told, {"part": part})


def _who(found: Sequence[Visits] | Reason) -> list[Line]:
    if isinstance(found, Reason) or not found:
        return []
    now = found[-1]
    told = _("{active} came: {new} new, {returning} again, {recovered} back after a pause").format(
        active=people(now.active),
        new=numbers.number(now.new, 0),
        returning=numbers.number(now.returning, 0),
        recovered=numbers.number(now.recovered, 0),
    )
    lost = _n(
        "{count} of the period before did not", "{count} of the period before did not", now.lost
    )
    both = _("; ").join([told, lost.format(count=numbers.number(now.lost, 0))])
    return [("cohorts", f":blue[● {both}]")]


def _never(here: Here) -> list[Line]:
    found = reading.never_used(here.token, here.view.slice)
    if isinstance(found, Reason):
        return []
    basic = [
        one for one in found if one.called_out and here.tree.modules[one.module].grade == "basic"
    ]
    lines = []
    for one in basic[:2]:
        told = _("{share} of active users never used {module} in twelve months").format(
            share=numbers.percent(one.never.value), module=safe(module_name(here, one.module))
        )
        lines.append(("features", f":red[▼ {told}]"))
    return lines


def _stuck(here: Here) -> list[Line]:
    """The module whose tasks are finished least, from kept points: its steps are one click away."""
    found = reading.finished(here.token, here.view.slice)
    worst = None if isinstance(found, Reason) else steps.least_finished(found)
    if worst is None:
        return []
    told = _("{module}: only {share} of started tasks are finished, the least of all").format(
        module=safe(module_name(here, worst.module)), share=numbers.percent(worst.done.value)
    )
    return [("tasks", f":red[▼ {told}]" if worst.below else f":gray[○ {told}]")]


def _leaks() -> list[Line]:
    """Where to look for leaks: worked out from single events, so only when it is opened."""
    told = _("Do new users come back? By cohort, and by the module where they began")
    return [("cohorts", f":gray[→ {told}]")]


def _silent(here: Here) -> list[Line]:
    found = loyalty.silence(here.token, here.view.slice)
    if isinstance(found, Reason) or not found.users:
        return []
    parts = [
        _("{colour} {count} (from {days} days)").format(
            colour=colour_words(one.level.colour),
            count=numbers.number(one.users, 0 if one.users < 10_000 else None),
            days=one.level.days,
        )
        for one in found.levels
    ]
    told = _("Silent: {levels}").format(levels=_(", ").join(parts))
    return [("silence", f":orange[▲ {told}]")]


def funnel(here: Here, card: ScoreCard) -> None:
    """The six stages of AARRR against their targets, the weakest named."""
    st.subheader(_("AARRR funnel"), anchor=False)
    found = aarrr.stages(card, here.view.branch)
    weakest = aarrr.weakest(found)
    known = [one for one in found if one.reached is not None]
    if not known:
        nothing(_("No stage has a value and a target in this period."))
        return
    rows = [
        BulletRow(
            stage_words(one.stage),
            one.reached or 0.0,
            100.0,
            (one.reached or 0.0) >= 100,
        )
        for one in known
    ]
    charts.show(
        charts.bullet(rows, Unit("%", "%"), mark_name=_("Target")),
        "behaviour_aarrr",
        _weakest_words(here, weakest),
        _stage_table(here, found),
        _("Each stage's value in per cent of its target on the path to the year's goal."),
    )


def _weakest_words(here: Here, weakest: Stage | None) -> str:
    if weakest is None:
        return _("No stage has a score")
    node = weakest.node
    return _("Weakest: {stage}: {name} {value}, target {target}").format(
        stage=stage_words(weakest.stage),
        name=plain(here.tree.name(node.id, language()), 60),
        value=sentences.quantity(here.tree, node.id, node.value),
        target=sentences.quantity(here.tree, node.id, node.target),
    )


def _stage_table(here: Here, found: Sequence[Stage]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("Stage"): [stage_words(one.stage) for one in found],
            _("Indicator"): [plain(here.tree.name(one.node.id, language()), 60) for one in found],
            _("Value"): [one.node.value for one in found],
            _("Target"): [one.node.target for one in found],
            _("Score"): [one.node.score for one in found],
        }
    )


def coming(here: Here, found: Sequence[Visits] | Reason) -> None:
    """New, returning and recovered users by period."""
    st.subheader(_("Who comes"), anchor=False)
    if isinstance(found, Reason):
        unknown(found)
        return
    look = palette()
    labels = [numbers.period(one.period) for one in found]
    parts = {
        _("Returning"): [float(one.returning) for one in found],
        _("Recovered"): [float(one.recovered) for one in found],
        _("New"): [float(one.new) for one in found],
    }
    figure = charts.stacked(
        labels,
        parts,
        Unit("users", ""),
        colours=(look.accent, look.series[1], look.good),
        height=230,
    )
    arrange(figure, x={"nticks": 4})
    table = pd.DataFrame(
        {_("Period"): labels}
        | parts
        | {
            _("Lost"): [one.lost for one in found],
            _("All days loaded"): [_("yes") if one.known else _("no") for one in found],
        }
    )
    charts.show(figure, "behaviour_visits", _coming_words(found), table, _coming_note())


def _coming_words(found: Sequence[Visits]) -> str:
    now = found[-1]
    share = 100 * now.returning / now.active if now.active else None
    told = _("{active} in the period, {share} of them also in the one before; {net} net").format(
        active=people(now.active),
        share=numbers.percent(share),
        net=numbers.signed(float(now.new + now.recovered - now.lost), 0),
    )
    return told if now.known else _("{told} (period still open or partly loaded)").format(told=told)


def _coming_note() -> str:
    return _(
        "New: registered in the period. Returning: also active in the period before. "
        "Recovered: active, but not in the period before."
    )
