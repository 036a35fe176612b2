"""What lies behind a node: parts, trend, branches, what moved it, data points; each when opened."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from data.slice import SEGMENT_DIMENSIONS
from metrics.scorecard import NodeResult, ScoreCard
from ui import (
    charts,
    few,
    load,
    node,
    node_disputes,
    node_forecast,
    node_notes,
    node_rows,
    points,
    sentences,
)
from ui import moved as moving
from ui.address import with_filter
from ui.annotations import marks
from ui.charts import Line, Unit
from ui.frame import Here
from ui.load import Branch
from ui.theme import palette
from words import numbers
from words.i18n import _, language
from words.names import dimension_words, value_words
from words.text import plain, safe


def show(here: Here, card: ScoreCard, before: ScoreCard, chosen: str) -> None:
    """The tabs that the node's level has; only the open one is worked out."""
    level = here.tree.level(chosen)
    parts: dict[str, Callable[[], None]] = {}
    if here.tree.children(chosen):
        label = _("Modules") if level == 3 else _("Below")
        parts[label] = lambda: node.children(card, before, chosen, here.view)
    parts[_("Trend")] = lambda: trend(here, chosen)
    if level == 3:
        parts[_("Forecast")] = lambda: node_forecast.show(here, chosen)
    parts[_("Branches")] = lambda: by_branch(here, card, chosen)
    if level < 4:
        parts[_("What moved it")] = lambda: moved(here, chosen)
    if level >= 3:
        parts[_("By segment")] = lambda: by_segment(here, chosen)
        parts[_("Data points")] = lambda: points.show(here, chosen)
        parts[_("Rows")] = lambda: node_rows.show(here, chosen)
    parts[_("Notes")] = lambda: remarks(here, card, chosen)
    _tabs(parts)


def _tabs(parts: Mapping[str, Callable[[], None]]) -> None:
    opened = st.tabs(list(parts), key=f"tabs_{len(parts)}", on_change="rerun")
    for tab, fill in zip(opened, parts.values(), strict=True):
        if tab.open:
            with tab:
                fill()


def remarks(here: Here, card: ScoreCard, chosen: str) -> None:
    """Comments on the month and, of a number, its disputes."""
    node_notes.show(here, chosen)
    if here.tree.level(chosen) >= 3:
        node_disputes.show(here, chosen, card.node(chosen, here.view.branch))


def trend(here: Here, chosen: str) -> None:
    """The last periods: of an indicator value and target, of what is above it the score."""
    leaf = here.tree.level(chosen) >= 3
    found = load.history(here.token, here.view.scope)
    nodes = [card.node(chosen, here.view.branch) for card in found]
    labels = [numbers.period(card.period) for card in found]
    values = [one.value if leaf else one.score for one in nodes]
    target = [one.target for one in nodes] if leaf else None
    known = [value for value in values if value is not None]
    if not known:
        st.info(_("There is no value in these periods."))
        return
    said = (lambda v: sentences.quantity(here.tree, chosen, v)) if leaf else numbers.score
    finding = _("{last} now; from {low} to {high} over {count} periods").format(
        last=said(values[-1]), low=said(min(known)), high=said(max(known)), count=len(known)
    )
    unit = Unit("score", _("points"))
    if leaf:
        indicator = here.tree.indicators[chosen.partition("@")[0]]
        unit = Unit(indicator.unit, sentences.unit_words(here.tree, chosen))
    columns: dict[str, list[str] | list[float | None]] = {
        _("Period"): labels,
        (_("Value") if leaf else _("Score")): values,
    }
    drawn = [Line(_("Value") if leaf else _("Score"), values)]
    if target is not None:
        columns[_("Target")] = target
        drawn.append(Line(_("Target"), target, "target"))
    when = [card.period for card in found]
    figure = charts.lines(when, drawn, unit, marks=marks(here, when))
    charts.show(figure, "node_trend", finding, pd.DataFrame(columns))


def by_branch(here: Here, card: ScoreCard, chosen: str) -> None:
    """The branches right below the scope: value for an indicator, score above it."""
    leaf = here.tree.level(chosen) >= 3
    below = [one for one in here.bank.below(here.view.branch) if one.id in card.branches]
    found = [(one, card.node(chosen, one.id)) for one in below]
    pairs = [(b, n) for b, n in found if (n.value if leaf else n.score) is not None]
    if not pairs:
        reason = found[0][1].reason if found else None
        st.info(
            _("No branch below has a number of its own: {reason}").format(
                reason=safe(reason.words(language())) if reason else _("there is no branch below")
            )
        )
        return
    small = few.branches(here, card, chosen, [one.id for one, _node in pairs])
    down = leaf and here.tree.indicators[chosen.partition("@")[0]].better == "down"
    pairs.sort(key=lambda pair: _shown(pair[1], leaf=leaf), reverse=not down)
    drawn = [pair for pair in pairs if pair[0].id not in small]
    note = few.words(small, {b.id: b.name(language()) for b, _node in pairs}, few.least(leaf=leaf))
    table = branch_table([*drawn, *(p for p in pairs if p[0].id in small)], small, leaf=leaf)
    if not drawn:
        st.info(safe(note, 400))
        charts.as_table(table, "branches", _("Branches"))
        return
    labels = [plain(one.name(language()), 24) for one, _result in drawn]
    values = [n.value if leaf else n.score for _b, n in drawn]
    look = palette()
    said = (lambda v: sentences.quantity(here.tree, chosen, v)) if leaf else numbers.score
    axis = sentences.unit_words(here.tree, chosen) if leaf else _("points")
    colours = [look.bands[n.band or "none"] for _b, n in drawn]
    figure = charts.bars(labels, values, axis=axis, colours=colours, digits=None if leaf else 1)
    charts.show(figure, "branches", branch_words(labels, values, said), table, note or None)


def branch_table(
    pairs: Sequence[tuple[Branch, NodeResult]], small: few.Few, *, leaf: bool
) -> pd.DataFrame:
    """Branches in order, those too small to compare last and marked."""
    nodes = [result for _branch, result in pairs]
    columns: dict[str, list[str | float | None]] = {
        _("Branch"): [plain(one.name(language()), 24) for one, _result in pairs],
        (_("Value") if leaf else _("Score")): [n.value if leaf else n.score for n in nodes],
    }
    if leaf:
        columns[_("Target")] = [n.target for n in nodes]
        columns[_("Score")] = [n.score for n in nodes]
    if small:
        columns[_("Compared")] = [
            few.mark(small.get(one.id)) if one.id in small else "" for one, _result in pairs
        ]
    return pd.DataFrame(columns)


def branch_words(
    labels: Sequence[str], values: Sequence[float | None], said: Callable[[float | None], str]
) -> str:
    """Who is best and who is last of branches in order; equals are counted, not picked from.

    >>> branch_words(["North", "South", "East"], [2.0, 0.0, 0.0], str)
    'North is best with 2.0, 2 are last with 0.0'
    """
    told = [said(value) for value in values]
    high, low = told[0], told[-1]
    if high == low and len(told) > 1:
        return _("All have {value}").format(value=high)
    one_first, one_last = told.count(high) == 1, told.count(low) == 1
    first = _("{name} is best with {value}") if one_first else _("{count} lead with {value}")
    last = _("{name} last with {value}") if one_last else _("{count} are last with {value}")
    best = first.format(name=labels[0], count=told.count(high), value=high)
    worst = last.format(name=labels[-1], count=told.count(low), value=low)
    return best if len(told) == 1 else _(", ").join((best, worst))


def _shown(result: NodeResult, *, leaf: bool) -> float:
    found = result.value if leaf else result.score
    return math.nan if found is None else found


def moved(here: Here, chosen: str) -> None:
    """Why the score moved against the comparison."""
    why = load.moved(here.token, here.view.scope, here.view.other)
    moving.show(why, chosen, here.view)


def by_segment(here: Here, chosen: str) -> None:
    """An indicator split by a dimension, within the segment filters; no targets there."""
    indicator, _at, module = chosen.partition("@")
    about = here.view.slice
    if module:
        about = with_filter(here.view, "module", (module,)).slice
    dimensions = [*SEGMENT_DIMENSIONS, "app"]
    dimension = st.segmented_control(
        _("Split by"),
        dimensions,
        key="split_by",
        default=SEGMENT_DIMENSIONS[0],
        required=True,
        format_func={one: dimension_words(one) for one in dimensions}.__getitem__,
    )
    found = load.breakdown(here.token, indicator, about, (str(dimension),))
    said = value_words(str(dimension))
    labels = [said(str(code)) if code else _("unknown") for code in found.groups[str(dimension)]]
    counted = load.behind(here.token, indicator, about, (str(dimension),))
    counts = found.value[:, 0] * math.nan if counted is None else counted.value[:, 0]
    small = few.few_of(dict(zip(labels, counts.tolist(), strict=True)))
    note = few.words(small, {one: one for one in small})
    kept = [(one, float(value)) for one, value in zip(labels, found.value[:, 0], strict=True)
            if not math.isnan(value) and one not in small]  # fmt: skip
    if not kept:
        reasons = [reason for reason in found.reason[:, 0] if reason is not None]
        why = note or (reasons[0].words(language()) if reasons else _("no data"))
        st.info(_("Not split: {reason}").format(reason=safe(why, 400)))
        return
    kept.sort(key=lambda pair: -pair[1])
    finding = _("{first} has the highest value ({high}), {last} the lowest ({low})").format(
        first=kept[0][0],
        high=sentences.quantity(here.tree, chosen, kept[0][1]),
        last=kept[-1][0],
        low=sentences.quantity(here.tree, chosen, kept[-1][1]),
    )
    names, shown = [one for one, _value in kept], [value for _one, value in kept]
    table = pd.DataFrame({dimension_words(str(dimension)): names, _("Value"): shown})
    figure = charts.bars(names, shown, axis=sentences.unit_words(here.tree, chosen))
    charts.show(figure, "segments", finding, table, note or None)
