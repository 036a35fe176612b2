"""The list of campaigns: price, reach, return and trust in one line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from data.contract.vocabulary import TOUCH_KINDS
from metrics.campaigns.results import Result
from ui import export, tables
from ui.campaign.words import (
    kind_words,
    purpose_words,
    unique_names,
    verdict_words,
    why_words,
)
from words import numbers
from words.i18n import _

CHOSEN = "campaign"
USUAL_NAME = 26
NAME_WIDTH, LONG_NAME_WIDTH = 172, 320
"""Characters of a name that the narrower of two columns holds; widths in pixels."""


def chosen(found: Sequence[Result]) -> Result | None:
    """The campaign that the address names, else the one that is most worth a look."""
    named = st.query_params.get(CHOSEN, "")
    for one in found:
        if one.campaign.id == named:
            return one
    judged = [one for one in found if one.income.value is not None]
    reached = sorted(found, key=lambda one: -one.contacts.users["exposed"])
    best = sorted(judged, key=lambda one: -(one.roi.value or 0.0))
    return next(iter([*best, *reached]), None)


def show(found: Sequence[Result]) -> None:
    """The table; a click on a row opens the campaign below."""
    st.subheader(_("Campaigns"), anchor=False)
    if not found:
        st.caption(_("No campaign ran in this period."))
        return
    table, number = frame(found), st.column_config.NumberColumn
    longest = max((len(name) for name in table[_("Campaign")]), default=0)

    def pick() -> None:
        rows = st.session_state["campaign_list"].selection.rows
        if rows:
            st.query_params[CHOSEN] = found[rows[0]].campaign.id

    st.dataframe(
        tables.minus(table, dict.fromkeys((_("Return on ¥1"), _("from"), _("to")), ".2f")),
        key="campaign_list",
        hide_index=True,
        placeholder="—",
        on_select=pick,
        selection_mode="single-row",
        column_config={
            _("Campaign"): st.column_config.TextColumn(
                width=NAME_WIDTH if longest <= USUAL_NAME else LONG_NAME_WIDTH, pinned=True
            ),
            **{kind_words(kind): number(format="%,d", width=52) for kind in TOUCH_KINDS},
            _("Registered"): number(format="%,d", width=62),
            _("Verdict"): st.column_config.TextColumn(width=86),
            _("Reviews"): st.column_config.TextColumn(width=100),
            **{name: number(width=54) for name in (_("from"), _("to"))},
            _("Return on ¥1"): number(
                width=78,
                help=_(
                    "Income of the treated beyond the holdout in 30 days, for each ¥1 spent; from "
                    "and to: 95% interval (Welch; spending taken as known)"
                ),
            ),
            _("Spent, ¥"): number(format="%,.0f", width=76),
            _("Budget, ¥"): number(format="%,.0f"),
            _("CAC, ¥"): number(
                format="%,.0f", width=128, help=_("Spending for each user registered")
            ),
            _("Not seen again, %"): number(
                format="%.0f",
                width=142,
                help=_(
                    "Bonus hunters: took part (joined, converted or registered) and were active on "
                    "none of the 30 days after"
                ),
            ),
            _("¥ for a kept user"): number(
                format="%,.1f",
                width=142,
                help=_("Spending for each who took part and was active in days 24 to 30 after"),
            ),
        },
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Whole life of each campaign. Choose a row for more."), width="content")
        export.buttons(table, "campaign_list", _("Campaigns"))


def frame(found: Sequence[Result]) -> pd.DataFrame:
    """One row a campaign, numbers as numbers."""
    purposes, names = purpose_words(), unique_names(one.campaign for one in found)
    return pd.DataFrame(
        {
            _("Campaign"): [names[one.campaign.id] for one in found],
            _("Verdict"): [verdict_words(one.verdict) for one in found],
            _("Reviews"): [reviews(one) for one in found],
            _("Return on ¥1"): [one.roi.value for one in found],
            _("from"): [one.roi.low for one in found],
            _("to"): [one.roi.high for one in found],
            _("Spent, ¥"): [one.cost.spent_cny for one in found],
            **{kind_words(kind): _users(found, kind) for kind in TOUCH_KINDS},
            _("Registered"): [one.participants.registered for one in found],
            _("CAC, ¥"): [None if one.cac is None else one.cac[0] for one in found],
            _("Not seen again, %"): [one.hunters for one in found],
            _("¥ for a kept user"): [one.cost_of_kept for one in found],
            _("Why not told"): [why_words(one.income.why) or None for one in found],
            _("Finding"): [one.campaign.finding or None for one in found],
            _("Purpose"): [purposes.get(one.campaign.purpose, "") for one in found],
            _("Budget, ¥"): [one.campaign.budget_cny for one in found],
            _("From day"): [numbers.day(one.campaign.first) for one in found],
            _("To day"): [numbers.day(one.campaign.last) for one in found],
        }
    )


def _users(found: Sequence[Result], kind: str) -> pd.Series[Any]:
    return pd.Series([one.contacts.known(kind) for one in found], dtype="Int64")


def reviews(one: Result) -> str:
    """The three reviews: business, compliance, technical, each with its sign."""
    done = one.campaign.reviews
    if not one.reviews_kept:
        return _("– not recorded")
    if all(done):
        return _("● all three")
    words = (_("business"), _("compliance"), _("technical"))
    missing = [word for word, passed in zip(words, done, strict=True) if not passed]
    return _("■ without {reviews}").format(reviews=_(", ").join(missing))
