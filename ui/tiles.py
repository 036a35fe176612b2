"""Headline tiles: one look for indicators and for other figures, five to eight in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import streamlit as st

from data.points.coverage import DAYLESS, MONTHLY
from metrics.scorecard import NodeResult, ScoreCard
from metrics.tree.records import Indicator
from ui import links, load, sentences
from ui.bands import BandWords, band_words
from ui.cards import Change
from ui.frame import Here
from ui.frame import here as frame_here
from ui.load.tiles import Recent, recent
from ui.sketch import Bullet, bullet, sparkline
from words import numbers
from words.i18n import _, language
from words.text import plain, safe

MOST = 8
Number = float | None


@dataclass(frozen=True)
class Figure:
    """What a tile shows; all texts are plain and made safe when they are drawn.

    ``unit`` stands small behind ``value`` (a sign like % or ¥ is part of it). ``lines`` are small
    texts below, ``changes`` coloured ones. ``recent`` is drawn as a line, oldest first;
    ``bullet`` as a bar. ``page`` (a constant of ui.links) with ``params`` is opened by a click on
    the label; ``key`` is unique on the screen.
    """

    key: str
    label: str
    value: str
    unit: str = ""
    changes: tuple[Change, ...] = ()
    lines: tuple[str, ...] = ()
    band: BandWords | None = None
    recent: Sequence[Number] = ()
    bullet: Bullet | None = None
    page: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


def figures(items: Sequence[Figure]) -> None:
    """Tiles in one row of equal widths and heights; at most eight.

    >>> Figure("events", "Open events", "7", lines=("3 over their time limit",)).value
    '7'
    """
    if not items:
        return
    for place, one in zip(st.columns(len(items[:MOST]), gap="small"), items, strict=False):
        with place:
            _tile(one)


def indicators(here: Here, names: Sequence[str], own: Sequence[Figure] = ()) -> None:
    """Tiles of indicators (or module KPIs ``indicator@module``) for the reader's view.

    Numbers are those of the score card; with a segment filter they are those of the segment,
    which has no targets, and the row says so. ``own`` figures of the screen stand before them.
    """
    if here.view.segment:
        figures([*own, *(_of_segment(here, name) for name in _recents(here, names).values())])
        st.caption(_("Values of the segment; targets and scores are of everybody in scope."))
        return
    card = load.score_card(here.token, here.view.scope)
    known = _recents(here, names)
    figures([*own, *(_of_card(here, card, name, known.get(name)) for name in names)])


def _recents(here: Here, names: Sequence[str]) -> Mapping[str, Recent]:
    view = here.view
    wanted = tuple(name for name in names if "@" not in name)
    return recent(here.token, wanted, view.slice, view.other) if wanted else {}


def _of_card(here: Here, card: ScoreCard, name: str, known: Recent | None) -> Figure:
    """The tile of an indicator with its target, band and the year's plan."""
    tree, node = here.tree, card.node(name, here.view.branch)
    found = _plain(here, name, node.value, known)
    if node.value is None:
        why = sentences.reason_words(node.reason)
        return replace(found, lines=(why,), band=band_words(tree, None, leaf=True))
    changes = (*found.changes, *_one(path_change(tree.indicators[name.partition("@")[0]], node)))
    told, drawn = _plan(here, card, node, known)
    if node.score is None and node.reason is not None:
        told = (*told, sentences.reason_words(node.reason))
    return replace(
        found,
        changes=changes,
        lines=(*told, *found.lines),
        band=band_words(tree, node.band, leaf=True),
        bullet=drawn,
    )


def _of_segment(here: Here, known: Recent) -> Figure:
    """The tile of an indicator for a segment: values only."""
    found = _plain(here, known.indicator, known.value, known)
    if known.value is None:
        return replace(found, lines=(sentences.reason_words(known.reason),))
    return found


def _plain(here: Here, name: str, value: Number, known: Recent | None) -> Figure:
    """What both kinds of tiles share: label, value, change, last periods, lateness."""
    tree, change = here.tree, None
    if known is not None:
        change = sentences.change_between(tree, name, value, known.compared)
    late = late_words(here, name)
    told, _space, unit = sentences.quantity(tree, name, value).partition(" ")
    return Figure(
        key=f"{name}".replace("@", "-at-"),
        label=tree.name(name, language()),
        value=told,
        unit=unit,
        changes=_one(change),
        lines=(late,) if late else (),
        recent=known.values if known is not None else (),
        page=links.TREE,
        params={"node": name},
    )


def _one(change: Change | None) -> tuple[Change, ...]:
    return () if change is None else (change,)


def path_change(indicator: Indicator, node: NodeResult) -> Change | None:
    """How far a value is from its path: in per cent of the path, of shares in points."""
    if node.value is None or node.target is None or indicator.better == "band":
        return None
    gap = node.value - node.target
    if indicator.unit == "%":
        told = f"{numbers.signed(gap, 2)} pp"
    elif node.target == 0:
        return None
    else:
        told = f"{numbers.signed(100 * gap / abs(node.target))}%"
    if "±" in told:
        return Change(told, 0, 0, _("on its path"))
    up = 1 if gap > 0 else -1
    good = up if indicator.better == "up" else -up
    return Change(told, up, good, _("ahead") if good > 0 else _("behind"))


def _plan(
    here: Here, card: ScoreCard, node: NodeResult, known: Recent | None
) -> tuple[tuple[str, ...], Bullet | None]:
    """The year's plan of a flow beside the year passed; of other values value beside target."""
    indicator = here.tree.indicators[node.id.partition("@")[0]]
    done, passed = completion(here, card, node, known)
    if done is not None and passed is not None:
        share, year = numbers.percent(100 * done), numbers.percent(100 * passed)
        told = plan_words(indicator, done, passed).format(done=share, passed=year)
        return (told,), Bullet(done, passed, max(1.0, done), None, told)
    if node.value is None or node.target is None:
        return (), None
    target = sentences.quantity(here.tree, node.id, node.target)
    told = _("Target {target}").format(target=target)
    most = 1.25 * max(abs(node.value), abs(node.target))
    good = node.band in ("excellent", "good")
    if indicator.better == "band" or min(node.value, node.target) < 0 or most == 0:
        return (told,), None
    return (told,), Bullet(node.value, node.target, most, good, told)


def plan_words(indicator: Indicator, done: float, passed: float) -> str:
    """How far the year's plan is, with places for ``done`` and ``passed``; of harm, its limit."""
    if indicator.better == "down":
        return _("{done} of the year's limit used, {passed} of the year passed")
    if done >= passed:
        return _("Year's plan {done} done, ahead of the year's {passed}")
    return _("Year's plan {done} done, behind the year's {passed}")


def completion(
    here: Here, card: ScoreCard, node: NodeResult, known: Recent | None
) -> tuple[Number, Number]:
    """Of a flow: parts of the year's plan that are done, and of the year that have passed."""
    indicator = here.tree.indicators.get(node.id)
    if indicator is None or indicator.over_time != "sum" or indicator.standard or known is None:
        return None, None
    period = here.view.period
    if period.first.year != period.last.year or known.year_so_far is None:
        return None, None
    plan = float(card.goals[node.id].year_target[card.scopes.nodes.index(node.branch)])
    if not plan > 0:
        return None, None
    last = min(period.last, here.bank.as_of)
    days = (last.replace(month=12, day=31) - last.replace(month=1, day=1)).days + 1
    return known.year_so_far / plan, last.timetuple().tm_yday / days


def late_words(here: Here, name: str) -> str:
    """Which day an indicator's data reach, where that is before the period's end; else ''."""
    indicator = here.tree.indicators[name.partition("@")[0]]
    last = min(here.view.period.last, here.bank.as_of)
    eve = last.replace(day=1) - timedelta(days=1)
    coverage = here.bank.coverage
    for point in sorted(indicator.formula.points):
        for table in here.points[point].tables:
            day = coverage.last_day(table)
            if (
                table not in DAYLESS
                and day is not None
                and day < (eve if table in MONTHLY else last)
            ):
                return _("■ data until {day}").format(day=numbers.day(day))
    return ""


def _tile(shown: Figure) -> None:
    """A bordered tile: label, value with its band, changes, small lines, drawings."""
    with st.container(border=True, key=f"tile-{shown.key}", height="stretch"):
        label = f"**{safe(shown.label, 60)}**"
        if shown.page:
            links.to_page(frame_here().view, shown.page, label, shown.params)
        else:
            st.markdown(label)
        with st.container(key=f"value-{shown.key}"):
            unit = f" :small[:gray[{safe(shown.unit, 20)}]]" if shown.unit else ""
            st.markdown(f"{safe(shown.value, 40)}{unit}{_badge(shown.band)}")
        told = [change.markdown for change in shown.changes]
        told += [f":gray[{safe(line, 120)}]" for line in shown.lines]
        with st.container(key=f"lines-{shown.key}", height="stretch"):
            st.markdown("  \n".join(told) or "&nbsp;")
        drawn = bullet(shown.bullet) if shown.bullet is not None else ""
        drawn += sparkline(shown.recent, plain(shown.label, 60))
        if drawn:
            st.html(drawn)


def _badge(band: BandWords | None) -> str:
    return "" if band is None else f" {band.badge}"
