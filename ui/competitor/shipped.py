"""What competitors offer: the matrix of features, gaps by scene, and the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from data.competitors.records import OURS, Release
from data.contract.vocabulary import RELEASE_CHANGES
from data.period import Period, containing
from metrics.competitors.features import Gap, Row, State
from ui import charts, export
from ui.charts.timeline import Event, timeline
from ui.competitor.words import scene_words
from words import numbers
from words.codes import change_words, competitor_words
from words.i18n import _, _n
from words.text import plain

STATE_WIDTH = 100
"""Pixels that a sign and a day need."""
SIGNS = {"new": "●", "improved": "◆", "removed": "✕"}


def matrix(rows: Sequence[Row]) -> None:
    """Features by competitor with the day of the latest change."""
    st.subheader(_("Feature matrix"), anchor=False)
    if not rows:
        st.info(_("No release of a competitor is written down."))
        return
    peers = sorted({peer for row in rows for peer in row.states} - {OURS})
    table = pd.DataFrame(
        {
            _("Scene"): [scene_words(row.scene) for row in rows],
            _("Feature"): [plain(row.feature, 60) for row in rows],
            competitor_words(OURS): [_state(row.states.get(OURS)) for row in rows],
        }
    )
    for peer in peers:
        table[competitor_words(peer)] = [_state(row.states.get(peer)) for row in rows]
    widths = {competitor_words(peer): STATE_WIDTH for peer in peers}
    if any(OURS in row.states for row in rows):
        widths[competitor_words(OURS)] = STATE_WIDTH
    st.dataframe(
        table,
        hide_index=True,
        key="feature_matrix",
        placeholder="—",
        column_config={
            name: st.column_config.TextColumn(width=width) for name, width in widths.items()
        },
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        told = _(
            "The latest that is written down: ● new, ◆ improved, ✕ removed. — means that nothing "
            "is known, not that it is absent."
        )
        st.caption(told, width="content")
        export.buttons(table, "feature_matrix", _("Feature matrix"))


def _state(found: State | None) -> str | None:
    if found is None:
        return None
    return f"{SIGNS[found.change]} {numbers.day(found.day)}"


def gaps(found: Sequence[Gap]) -> None:
    """Features by scene and competitor, and what the bank lacks."""
    st.subheader(_("Gaps by scene"), anchor=False)
    if not found:
        st.info(_("No release of a competitor is written down."))
        return
    peers = sorted({peer for one in found for peer in one.by_peer})
    labels = [scene_words(one.scene) for one in found]
    parts: dict[str, list[float | None]] = {
        competitor_words(peer): [float(one.by_peer.get(peer, 0)) for one in found]
        for peer in peers[:8]
    }
    known = all(one.ours is not None for one in found)
    if known:
        parts = {competitor_words(OURS): [float(one.ours or 0) for one in found], **parts}
    widest = max(found, key=lambda one: len(one.lacking))
    finding = _n(
        "Widest in {scene}: peers offer {count} feature that the bank is not known to have",
        "Widest in {scene}: peers offer {count} features that the bank is not known to have",
        len(widest.lacking),
    ).format(scene=scene_words(widest.scene), count=len(widest.lacking))
    table = pd.DataFrame(
        {
            _("Scene"): labels,
            _("Offered by peers"): [one.offered for one in found],
            _("Of these ours"): [one.ours for one in found],
            _("New in a year"): [one.lately for one in found],
            _("Not known at this bank"): [_(", ").join(one.lacking) for one in found],
        }
    )
    note = None
    if not known:
        note = _("Own features are written down with the form below, as competitor 'self'.")
    figure = charts.stacked(labels, parts, charts.Unit("count", ""), grouped=True, height=250)
    charts.show(figure, "scene_gaps", finding, table, note)


def over_time(shipped: Sequence[Release], until: date) -> None:
    """Releases on a line of time, a row for each competitor."""
    st.subheader(_("Release timeline"), anchor=False)
    if not shipped:
        st.info(_("No release of a competitor is written down."))
        return
    events = [
        Event(one.day, competitor_words(one.competitor), one.feature, one.change)
        for one in sorted(shipped, key=lambda each: (each.competitor != OURS, each.competitor))
    ]
    months: list[Period] = [containing(min(one.day for one in shipped), "month")]
    while months[-1].last < until:
        months.append(months[-1].next())
    newest = shipped[0]
    finding = _("Newest: {who} shipped {feature} on {day}").format(
        who=competitor_words(newest.competitor),
        feature=plain(newest.feature, 40),
        day=numbers.day(newest.day),
    )
    table = pd.DataFrame(
        {
            _("Day"): [numbers.day(one.day) for one in shipped],
            _("Competitor"): [competitor_words(one.competitor) for one in shipped],
            _("Scene"): [scene_words(one.scene) for one in shipped],
            _("Feature"): [plain(one.feature, 60) for one in shipped],
            _("Kind of change"): [change_words(one.change) for one in shipped],
            _("Source"): [plain(one.source, 80) for one in shipped],
        }
    )
    kinds = {change: change_words(change) for change in RELEASE_CHANGES}
    charts.show(timeline(events, kinds, months), "release_timeline", finding, table)
