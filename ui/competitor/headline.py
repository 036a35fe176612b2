"""What the Competitor screen says first: tiles, and in words where the bank stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from data.competitors.records import OURS, Figure, Release
from metrics.competitors.features import LATELY_DAYS, Gap
from metrics.competitors.standing import (
    INDICATOR_OF,
    Rank,
    age_of,
    comparable,
    foremost,
    latest,
    providers,
    rank,
)
from ui import links, sentences, tiles
from ui.competitor.words import scene_words
from ui.frame import Here
from ui.load import competitor as load
from ui.tiles import Figure as Tile
from words import numbers
from words.codes import change_words, competitor_words, measure_words
from words.i18n import _, _n
from words.text import plain, safe

INDICATORS = ("share_of_voice", "search_index")
SCALE, LIKED = ("mau", "mau_avg", "mau_estimated"), ("store_rating", "appstore_rating")
LATEST_DAYS = 92
MOST_RELEASES = 3


def ranks(here: Here, found: Sequence[Figure], measures: Sequence[str]) -> tuple[Rank, ...]:
    """The bank's rank by every provider of these measures, each on its newest period."""
    ranked = []
    for measure in measures:
        for provider in providers(found, measure):
            group = latest(found, measure, provider)
            for unit in sorted({one.unit for one in group}):
                same = [one for one in group if one.unit == unit]
                period = load.period_of(same[0])
                own = load.own_values(here.token, here.view.slice, INDICATOR_OF[measure], [period])
                one = rank(same, own[0])
                if one is not None:
                    ranked.append(one)
    return tuple(ranked)


def show_tiles(
    here: Here, found: Sequence[Figure], shipped: Sequence[Release], gaps: Sequence[Gap]
) -> None:
    """Peers and figures, ranks as ranges, releases and gaps; then the tree's indicators."""
    own = [
        _watched(found, shipped, here.view.period.last),
        _rank(
            "scale",
            _("Rank by active users"),
            ranks(here, found, SCALE),
            narrow=not comparable("mau", here.view.slice),
        ),
        _rank("rating", _("Rank by store rating"), ranks(here, found, LIKED)),
        _shipped(shipped, here.view.period.last),
        _lacking(gaps),
    ]
    tiles.indicators(here, INDICATORS, own)


def _watched(found: Sequence[Figure], shipped: Sequence[Release], today: date) -> Tile:
    named = [one.competitor for one in found] + [one.competitor for one in shipped]
    peers = set(named) - {OURS}
    stale = sum(age_of(one, today) == "stale" for one in found)
    told = _n("{count} figure", "{count} figures", len(found)).format(count=len(found))
    lines: tuple[str, ...] = (told,)
    if stale:
        lines = (told, _("■ {count} stale").format(count=stale))
    return Tile("peers", _("Competitors watched"), numbers.number(len(peers)), lines=lines)


def _rank(key: str, label: str, found: Sequence[Rank], *, narrow: bool = False) -> Tile:
    one = foremost(found)
    if one is None:
        why = _("No figure of a peer that the bank's own value can be held against")
        if narrow:
            why = _("Peers are whole banks: a part of this one is not held against them")
        return Tile(key, label, numbers.MISSING, lines=(why,))
    low, high = one.best, one.worst
    told = str(low) if low == high else _("{best} to {worst}").format(best=low, worst=high)
    among = _("among {count} by {provider}, {period}").format(
        count=one.of,
        provider=plain(one.provider, 24),
        period=numbers.period(load.whole_period(one.first, one.last)),
    )
    lines: tuple[str, ...] = (among,)
    if not one.by_provider:
        lines = (*lines, _("own value by own records"))
    others = len(found) - 1
    if others:
        more = _n("{count} other ranking below", "{count} other rankings below", others)
        lines = (*lines, more.format(count=others))
    return Tile(key, label, told, lines=lines)


def _shipped(shipped: Sequence[Release], today: date) -> Tile:
    since = today - timedelta(days=LATELY_DAYS)
    lately = [one for one in shipped if one.day > since and one.competitor != OURS]
    newest = [one for one in shipped if one.competitor != OURS][:1]
    lines = tuple(
        _("newest: {feature}, {day}").format(feature=one.feature, day=numbers.day(one.day))
        for one in newest
    )
    return Tile("shipped", _("Shipped in a year"), numbers.number(len(lately)), lines=lines)


def _lacking(gaps: Sequence[Gap]) -> Tile:
    label = _("Features we lack")
    offered = sum(one.offered for one in gaps)
    told = _("peers offer {count}").format(count=offered)
    if any(one.ours is None for one in gaps) or not gaps:
        why = _("own features are not written down yet")
        return Tile("lacking", label, numbers.MISSING, lines=(told, why))
    ours = sum(one.ours or 0 for one in gaps)
    return Tile("lacking", label, numbers.number(offered - ours), lines=(told,))


def findings(here: Here, found: Sequence[Figure], shipped: Sequence[Release]) -> None:
    """What was shipped lately and what was seen of it; where the bank is behind."""
    st.subheader(_("Ahead, behind, and what they shipped"), anchor=False)
    lines = [*_lately(here, shipped), *_standing(here, found)]
    if not lines:
        st.info(_("Nothing was shipped lately, and no figure can be held against the bank's own."))
    with st.container(key="list-competitor-findings"):
        for node, told in lines:
            links.to_node(here.view, node, told)


def _lately(here: Here, shipped: Sequence[Release]) -> list[tuple[str, str]]:
    since = here.view.period.last - timedelta(days=LATEST_DAYS)
    lines = []
    for one in [r for r in shipped if r.day > since and r.competitor != OURS][:MOST_RELEASES]:
        told = _("{day} {who}: {change}, {feature} ({scene})").format(
            day=numbers.day(one.day),
            who=safe(competitor_words(one.competitor), 30),
            change=change_words(one.change),
            feature=safe(one.feature, 40),
            scene=scene_words(one.scene),
        )
        seen, node = [], INDICATORS[1]
        for name, now, then in load.noticed(here.token, here.view.slice, one.day):
            words = _("{indicator} {now} in the 10 days after, {then} in the 28 before")
            seen.append(
                words.format(
                    indicator=sentences.name(here.tree, name),
                    now=sentences.quantity(here.tree, name, now),
                    then=sentences.quantity(here.tree, name, then),
                )
            )
        after = _("; ").join(seen)
        lines.append((node, f":violet[◆ {told}]" + (f" — {after}" if after else "")))
    return lines


def _standing(here: Here, found: Sequence[Figure]) -> list[tuple[str, str]]:
    lines = []
    for one in ranks(here, found, (*SCALE, *LIKED, "search_index", "share_of_voice", "dau", "nps")):
        middle = one.of / 2
        place = str(one.best) if one.best == one.worst else f"{one.best}–{one.worst}"
        told = _("{measure}: rank {rank} of {of} by {provider}, {period}").format(
            measure=measure_words(one.measure),
            rank=place,
            of=one.of,
            provider=safe(one.provider, 40),
            period=numbers.period(load.whole_period(one.first, one.last)),
        )
        behind, ahead = one.best > middle, one.worst <= middle
        colour = "orange" if behind else "green" if ahead else "gray"
        sign = "▼" if behind else "●" if ahead else "○"
        lines.append((INDICATOR_OF[one.measure], f":{colour}[{sign} {told}]"))
    return lines
