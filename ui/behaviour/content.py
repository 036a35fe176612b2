"""Content by format, and how users bring users."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from metrics.values.reasons import Reason
from ui import charts, links, tiles
from ui.behaviour.controls import nothing, unknown
from ui.behaviour.words import format_words, people, share_words
from ui.charts import Unit
from ui.frame import Here
from ui.load import behaviour as reading
from ui.load.behaviour import Spreading
from ui.tiles import Figure
from words import numbers
from words.i18n import _, _n


def show(here: Here) -> None:
    """Four figures of spread, then what each format reaches."""
    found = reading.spreading(here.token, here.view.slice)
    if isinstance(found, Reason):
        unknown(found)
        return
    tiles.figures(_figures(found))
    _formats(found)
    st.caption(
        _(
            "K is new users by referral for each active user of the period. The contract's tables "
            "hold no invitations, so that invitations sent and their success are not told apart, "
            "and no cost of a single invitation."
        )
    )
    links.to_node(here.view, "referral_share", _("New users by referral"), narrow=True)
    links.to_node(here.view, "share_rate", _("Content share rate"), narrow=True)


def _figures(found: Spreading) -> list[Figure]:
    spread, every = found.spread, found.formats[0] if found.formats else None
    brought = _("{referrers} brought {count} of {all} new users").format(
        referrers=people(spread.referrers),
        count=numbers.number(spread.referred.part, 0),
        all=numbers.number(spread.newcomers, 0),
    )
    figures = [
        Figure("behaviour_k", _("Spread (K)"), numbers.number(spread.k), lines=(brought,)),
        Figure(
            "behaviour_referred",
            _("New users by referral"),
            numbers.percent(spread.referred.value),
            lines=(share_words(spread.referred),),
        ),
    ]
    if every is not None:
        seen = _("{views} views of {pieces} pieces").format(
            views=numbers.number(every.views), pieces=numbers.number(every.pieces, 0)
        )
        shared = _n("{count} share", "{count} shares", every.shares).format(
            count=numbers.number(every.shares, 0)
        )
        figures += [
            Figure(
                "behaviour_reached",
                _("Reached by content"),
                numbers.number(every.users),
                lines=(seen,),
            ),
            Figure(
                "behaviour_shared",
                _("Shares of views"),
                numbers.percent(every.shared.value),
                lines=(shared,),
            ),
        ]
    return figures


def _formats(found: Spreading) -> None:
    shown = [one for one in found.formats if one.format]
    if not shown:
        nothing(_("No content was seen in this period."))
        return
    parts = {_("Users reached"): [float(one.users) for one in shown]}
    figure = charts.stacked(
        [format_words(one.format) for one in shown], parts, Unit("users", ""), height=250
    )
    best = max(shown, key=lambda one: one.users)
    told = _("{format} reaches most: {users}").format(
        format=format_words(best.format), users=people(best.users)
    )
    table = pd.DataFrame(
        {
            _("Format"): [format_words(one.format) for one in found.formats],
            _("Pieces seen"): [one.pieces for one in found.formats],
            _("Users reached"): [one.users for one in found.formats],
            _("Views"): [one.views for one in found.formats],
            _("Shares"): [one.shares for one in found.formats],
            _("Shares of views"): [share_words(one.shared) for one in found.formats],
            _("Seconds a view"): [one.seconds for one in found.formats],
        }
    )
    charts.show(figure, "behaviour_content", told, table)
