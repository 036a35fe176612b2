"""The three colours of silence: how many, what to do, and lists to reach for those who may."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from data.behaviour.scope import SMALLEST_GROUP
from metrics.behaviour.silence import Silence, Silent, masked
from metrics.values.reasons import Reason
from ui import charts, export, links
from ui.behaviour.controls import choice, nothing, unknown
from ui.behaviour.words import colour_words, module_name, tier_name
from ui.charts import Unit
from ui.frame import Here
from ui.load import loyalty
from words import numbers
from words.i18n import _, language
from words.text import plain, safe

ORDER = ("vip", "wealth", "preferred", "potential", "basic", "")
PAGE_ROWS = 25
MOST_ROWS = 5000
"""People in a file at most: more are narrowed by scope or segment first."""


def show(here: Here) -> None:
    """Counts by colour and tier, the actions, then the list."""
    found = loyalty.silence(here.token, here.view.slice)
    if isinstance(found, Reason):
        unknown(found)
        return
    left, right = st.columns([3, 2], gap="small")
    with left:
        _counts(found)
    with right:
        _actions(found)
        links.to_node(
            here.view, "silent_recall_rate", _("How many silent users come back"), narrow=True
        )
        links.to_node(here.view, "red_warning_share", _("Users turning red"), narrow=True)
    _people(here, found.levels)


def _counts(found: Silence) -> None:
    if not found.users:
        nothing(_("No open account in this period."))
        return
    tiers = [one for one in ORDER if any(one in level.by_tier for level in found.levels)]
    colours = {
        "orange": "#D9730D", "yellow": "#C9A400", "red": "#B4380B", "gray": "#76849A",
        "blue": "#1F5FBF",
    }  # fmt: skip
    parts = {
        _level_words(level): [float(level.by_tier.get(tier, 0)) for tier in tiers]
        for level in found.levels
    }
    figure = charts.stacked(
        [tier_name(tier) for tier in tiers],
        parts,
        Unit("users", ""),
        colours=[colours[level.level.colour] for level in found.levels],
        height=280,
    )
    worst = found.levels[-1]
    told = _("{count} of {all} open accounts are silent for {days} days or more ({share})").format(
        count=numbers.number(worst.users, 0),
        all=numbers.number(found.users, 0),
        days=worst.level.days,
        share=numbers.percent(100 * worst.users / found.users),
    )
    table = pd.DataFrame(
        {_("Tier"): [tier_name(tier) for tier in tiers]}
        | {name: [int(v) for v in values] for name, values in parts.items()}
    )
    note = _("At the end of the period; never active: counted from the day of registration.")
    charts.show(figure, "behaviour_silence", told, table, note)


def _level_words(one: Silent) -> str:
    level = one.level
    if level.until is None:
        return _("{colour}: {days} days or more").format(
            colour=colour_words(level.colour), days=level.days
        )
    return _("{colour}: {days} to {last} days").format(
        colour=colour_words(level.colour), days=level.days, last=level.until - 1
    )


def _actions(found: Silence) -> None:
    for one in found.levels:
        count = numbers.number(one.users, 0)
        head = f"**{safe(_level_words(one))}** · {count}"
        st.markdown(f"{head}  \n{safe(one.level.action(language()))}")


def _people(here: Here, levels: Sequence[Silent]) -> None:
    """A list in pages; who may not see people is told so."""
    st.subheader(_("Lists to reach"), anchor=False)
    if not here.view.slice.rights.rows:
        st.caption(_("Lists of people are not open to you: your role sees counts only."))
        return
    colours: dict[str, Silent] = {one.level.colour: one for one in levels}
    places = st.columns([2, 1, 3], vertical_alignment="bottom")
    with places[0]:
        code = choice(
            "colour",
            _("Colour"),
            tuple(colours),
            lambda one: _level_words(colours[_key(one, colours)]),
        )
    chosen = colours[_key(code, colours)]
    if chosen.users < SMALLEST_GROUP:
        nothing(
            _("Fewer than 5 people: their rows are withheld.")
            if chosen.users
            else _("Nobody is silent for so long.")
        )
        return
    pages = max(1, math.ceil(chosen.users / PAGE_ROWS))
    with places[1]:
        page = st.number_input(
            _("Page of {pages}").format(pages=pages), 1, pages, key=f"silent_{code}"
        )
    with places[2]:
        st.caption(_("Every look at this list is recorded with your name."))
    with st.container(horizontal=True, vertical_alignment="center"):
        listed = st.toggle(_("Show the list"), key="behaviour_silent_list")
        whole = st.button(
            _("Prepare the whole list as a file"), key="behaviour_silent_file", type="tertiary"
        )
    if whole:
        _file(here, chosen)
    if listed:
        _page(here, chosen, int(page))


def _page(here: Here, chosen: Silent, page: int) -> None:
    at = (PAGE_ROWS * (page - 1), PAGE_ROWS)
    found = loyalty.silent_people(here.token, here.view.slice, chosen.level, at, here.viewer.id)
    if isinstance(found, Reason):
        unknown(found)
        return
    st.dataframe(
        _table(here, found, chosen), hide_index=True, key="behaviour_silent_rows", placeholder="—"
    )


def _file(here: Here, chosen: Silent) -> None:
    """Everybody of the colour as a file: the look is in the log before the links are there."""
    about, level = here.view.slice, chosen.level
    at, why = (0, MOST_ROWS), "silent users to reach, as a file"
    found = loyalty.silent_people(here.token, about, level, at, here.viewer.id, why)
    if isinstance(found, Reason):
        unknown(found)
        return
    told = _("{level}: {count} users, ids masked").format(
        level=_level_words(chosen), count=numbers.number(float(len(found)), 0)
    )
    if chosen.users > len(found):
        left = _("the first of {all}, highest tier first").format(
            all=numbers.number(float(chosen.users), 0)
        )
        told = f"{told} ({left})"
    st.caption(safe(told, 300))
    export.buttons(_table(here, found, chosen), f"silent_{level.colour}", told)


def _key(code: str, colours: dict[str, Silent]) -> str:
    return code if code in colours else next(iter(colours))


def _table(here: Here, found: pd.DataFrame, chosen: Silent) -> pd.DataFrame:
    lang = language()
    return pd.DataFrame(
        {
            _("User"): [masked(str(one)) for one in found["user_id"]],
            _("Tier"): [tier_name(str(one or "")) for one in found["tier"]],
            _("Branch"): [
                plain(here.bank.name(str(one), lang) or str(one), 40) for one in found["branch_id"]
            ],
            _("Silent, days"): [int(one) for one in found["silent"]],
            _("Last active"): [
                numbers.day(None if pd.isna(one) else one.date()) for one in found["latest"]
            ],
            _("Uses most"): [
                module_name(here, str(one)) if one else numbers.MISSING for one in found["module"]
            ],
            _("Suggested"): [chosen.level.action(lang)] * len(found),
        }
    )
