"""Disputing a number from its card, and what became of it: an item for the indicator's owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd
import streamlit as st

from data.period import Period
from data.state import (
    Dispute,
    Disputed,
    DisputeStep,
    answer_dispute,
    open_dispute,
    take_dispute,
    withdraw_dispute,
)
from metrics.scorecard import NodeResult
from metrics.tree import Tree
from ui import lifecycle, sentences, strip
from ui.frame import Here
from ui.load import remarks as read
from words import numbers
from words.i18n import _, language
from words.text import plain, safe

LONGEST = 1000
LATEST = timedelta(days=90)
"""A promise may lie so far ahead."""


def owner(tree: Tree, node: str) -> str:
    """Whose indicator it is, in the reader's language; '' above the indicators."""
    known = tree.indicators.get(node.partition("@")[0])
    if known is None:
        return ""
    return known.owner_zh if language() == "zh" else known.owner_en


def name(tree: Tree, node: str) -> str:
    """A node's name as plain text; the id of one that is gone from the tree."""
    try:
        return plain(tree.name(node, language()), 60)
    except KeyError:
        return plain(node, 60)


def stage_words(one: Dispute) -> str:
    """How a dispute stands."""
    if one.last.action == "answer":
        return {
            "stands": _("● answered: the number stands"),
            "corrected": _("● answered: corrected"),
        }[one.last.outcome or "stands"]
    return {
        "open": _("▲ open"),
        "take": _("◆ taken on"),
        "withdraw": _("○ withdrawn"),
    }[one.last.action]


def about_words(here: Here, one: Dispute) -> str:
    """Branch and period of the number that is disputed, as plain text."""
    place = here.bank.name(one.branch_id, language()) if one.branch_id else _("Whole bank")
    period = numbers.period(Period.parse(one.period))
    return f"{plain(place or one.branch_id or '', 40)} · {period}"


def flag(here: Here, chosen: str) -> None:
    """A line on the card for each dispute that is open, whichever tab is."""
    for one in read.disputes_on(here.token, chosen, here.view.scope):
        if one.is_open:
            told = _("Disputed by {who}: {about}").format(
                who=one.opened.who, about=about_words(here, one)
            )
            st.markdown(f":orange[▲ {safe(told, 200)}]")


def show(here: Here, chosen: str, result: NodeResult) -> None:
    """Disputes of this number with their history, what may be done, and opening one."""
    found = read.disputes_on(here.token, chosen, here.view.scope)
    heading = _("Disputes")
    st.markdown(f"**{heading}** :gray[{sum(one.is_open for one in found)}]")
    for one in found:
        _one(here, one)
    mine = (here.view.branch or None, str(here.view.period))
    if any(one.is_open and (one.branch_id, one.period) == mine for one in found):
        return
    if not here.viewer.may("remark"):
        if not found:
            st.caption(_("Nobody disputes this number."))
        return
    _form(here, chosen, result)


def _form(here: Here, chosen: str, result: NodeResult) -> None:
    shown = sentences.quantity(here.tree, chosen, result.value)
    with st.expander(_("Dispute this number"), type="compact"):
        told = _("{value} for {period}; it becomes an item for {owner}.").format(
            value=shown, period=numbers.period(here.view.period), owner=owner(here.tree, chosen)
        )
        st.caption(safe(told, 300))
        with st.form(f"dispute_new_{chosen}", border=False):
            reason = st.text_area(
                _("What is wrong with it?"), max_chars=LONGEST,
                key=f"dispute_text_{chosen}_{here.view.branch}_{here.view.period}",
            )  # fmt: skip
            sent = st.form_submit_button(_("Open the dispute"), type="primary")
    about = Disputed(
        chosen, here.view.branch or None, str(here.view.period), result.value, here.bank.as_of
    )
    if sent and lifecycle.acted(
        lambda: open_dispute(read.state(), about, by=here.viewer.id, reason=reason),
        _("The dispute is open; its owner finds it among the open problems."),
    ):
        st.rerun()


def _one(here: Here, one: Dispute) -> None:
    """A dispute: the number as it was shown, why, its steps, and what the reader may do."""
    value = sentences.quantity(here.tree, one.node, one.value)
    with st.container(border=True, key=f"panel-dispute-{one.id}"):
        told = [about_words(here, one), value]
        if one.as_of is not None:
            told.append(_("data as of {day}").format(day=numbers.day(one.as_of)))
        st.markdown(
            f"**{safe(one.opened.who, 60)}** :gray[{safe(' · '.join(told), 300)}] "
            f":gray-badge[{safe(stage_words(one))}]  \n{safe(one.opened.reason, LONGEST)}"
        )
        if len(one.steps) > 1:
            st.dataframe(steps_table(one.steps), hide_index=True, placeholder="—")
        if one.is_open and here.viewer.may("remark"):
            _actions(here, one)


def steps_table(steps: Sequence[DisputeStep]) -> pd.DataFrame:
    """Who did what, when and why."""
    did = {
        "open": _("disputed"),
        "take": _("taken on"),
        "answer": _("answered"),
        "withdraw": _("withdrawn"),
    }
    outcomes = {"stands": _("the number stands"), "corrected": _("corrected")}

    def words(one: DisputeStep) -> str:
        if one.promised_on is not None:
            return _("taken on, promised for {day}").format(day=numbers.day(one.promised_on))
        told = did[one.action]
        return told if one.outcome is None else f"{told}: {outcomes[one.outcome]}"

    return pd.DataFrame(
        {
            _("When (UTC)"): [numbers.moment(one.at) for one in steps],
            _("Who"): [plain(one.who, 60) for one in steps],
            _("What"): [words(one) for one in steps],
            _("Reason"): [plain(one.reason, 300) for one in steps],
        }
    )


def may_answer(here: Here, one: Dispute) -> bool:
    """Who sees the whole bank answers for it, and never their own dispute."""
    return not here.viewer.rights.subtree and here.viewer.id != one.opened.who


def _actions(here: Here, one: Dispute) -> None:
    """Taking it on, answering it, giving it up; each with a reason."""
    own = here.viewer.id == one.opened.who
    if not own and not may_answer(here, one):
        return
    choices = {"withdraw": _("Withdraw it")} if own else {
        "stands": _("The number stands"), "corrected": _("It was corrected"),
        "take": _("Take it on"),
    }  # fmt: skip
    with st.form(f"dispute_act_{one.id}_{one.last.number}", border=False):
        act = st.radio(
            _("Answer"), list(choices), horizontal=True, format_func=choices.__getitem__,
            key=f"dispute_choice_{one.id}", label_visibility="collapsed",
        )  # fmt: skip
        reason = st.text_area(
            _("Reason"), max_chars=LONGEST, key=f"dispute_why_{one.id}_{one.last.number}"
        )
        today = strip.today()
        day = today + timedelta(days=7)
        if not own:
            day = st.date_input(
                _("Promised for (when taken on)"), value=day, min_value=today,
                max_value=today + LATEST, key=f"dispute_day_{one.id}",
            )  # fmt: skip
        sent = st.form_submit_button(_("Keep"), type="primary")

    def step() -> object:
        by, state = here.viewer.id, read.state()
        if act == "withdraw":
            return withdraw_dispute(state, one, by=by, reason=reason)
        if act == "take":
            return take_dispute(state, one, by=by, reason=reason, promised_on=day)
        return answer_dispute(state, one, by=by, outcome=str(act), reason=reason)

    if sent and lifecycle.acted(step, _("Kept with the dispute.")):
        st.rerun()
