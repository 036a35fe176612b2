"""Comments on a node's month: written by people, replaced or withdrawn, never overwritten."""

from __future__ import annotations

from datetime import date

import streamlit as st

from data.period import Period, containing
from data.state import Note, add_note, replace_note
from ui import lifecycle
from ui.frame import Here
from ui.load import remarks as read
from words import numbers
from words.i18n import _, language
from words.text import plain, safe

LONGEST = 1000


def show(here: Here, chosen: str) -> None:
    """The comments that stand, newest first, and a form for who may comment."""
    found = read.notes_on(here.token, chosen, here.view.scope)
    heading = _("Comments")
    st.markdown(f"**{heading}** :gray[{len(found)}]")
    for one in reversed(found):
        _one(here, one)
    month = commented(here)
    if not here.viewer.may("remark"):
        st.caption(_("Commenting is not among your rights."))
        return
    if not found:
        told = _("Nobody has commented on {period} yet.")
        st.caption(told.format(period=numbers.period(here.view.period)))
    with st.form(f"note_new_{chosen}", border=False):
        text = st.text_area(
            _("Comment on {month}: why is it so?").format(month=numbers.period(month)),
            max_chars=LONGEST, key=f"note_text_{chosen}_{here.view.branch}_{month}_{len(found)}",
        )  # fmt: skip
        sent = st.form_submit_button(_("Keep the comment"), type="primary")
    if sent and lifecycle.acted(
        lambda: add_note(
            read.state(), text, author=here.viewer.id, indicator=chosen,
            branch_id=here.view.branch or None, month=month.last,
        ),
        _("The comment is kept."),
    ):  # fmt: skip
        st.rerun()


def commented(here: Here) -> Period:
    """The month that a new comment is about: the period's last that has begun."""
    last: date = min(here.view.period.last, max(here.bank.as_of, here.view.period.first))
    return containing(last, "month")


def _one(here: Here, one: Note) -> None:
    """A comment: who, about what, what, and what it said before."""
    place = here.bank.name(one.branch_id, language()) if one.branch_id else _("Whole bank")
    about = [place or one.branch_id or ""]
    if one.month is not None:
        about.append(numbers.period(containing(one.month, "month")))
    written = _("{moment} UTC").format(moment=numbers.moment(one.created_at))
    with st.container(border=True, key=f"panel-note-{one.id}"):
        told = safe(" · ".join([*about, written]), 300)
        st.markdown(f"**{safe(one.author, 60)}** :gray[{told}]  \n{safe(one.text or '', LONGEST)}")
        if one.replaces is not None:
            with st.expander(_("Changed: what it said before"), type="compact"):
                for old in read.earlier(one):
                    when = safe(numbers.moment(old.created_at))
                    st.markdown(
                        f":gray[{safe(old.author, 60)} · {when}]  \n{safe(old.text or '', LONGEST)}"
                    )
        if one.author == here.viewer.id and here.viewer.may("remark"):
            _own(here, one)


def _own(here: Here, one: Note) -> None:
    """Its author may say it otherwise, or take it back."""
    with st.popover(_("Change the comment"), key=f"note_change_{one.id}"):
        with st.form(f"note_edit_{one.id}", border=False):
            text = st.text_area(
                _("Comment"), value=plain(one.text or "", LONGEST), max_chars=LONGEST,
                key=f"note_again_{one.id}",
            )  # fmt: skip
            sent = st.form_submit_button(_("Keep the change"), type="primary")
        gone = st.button(_("Withdraw the comment"), key=f"note_withdraw_{one.id}")
    if sent and lifecycle.acted(
        lambda: replace_note(read.state(), one, text, by=here.viewer.id),
        _("The change is kept; what it said before stays readable."),
    ):
        st.rerun()
    if gone and lifecycle.acted(
        lambda: replace_note(read.state(), one, None, by=here.viewer.id),
        _("The comment is withdrawn."),
    ):
        st.rerun()
