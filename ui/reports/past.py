"""The history: every version that was issued within reach, and one of them in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from data.period import containing
from data.state.reports import IssuedReport
from ui import load
from ui.frame import Here
from ui.load import reports as read
from ui.reports import making, words
from words import numbers
from words.i18n import LANGUAGE_NAMES, _, language
from words.text import plain, safe

CHOSEN = making.CHOSEN


def chosen(here: Here, month: bool) -> tuple[IssuedReport, ...]:
    """What was issued of the view's month and scope, or everything within reach.

    Without a ``month`` that could be reported there is nothing to choose: everything is shown.
    """
    if not month:
        return read.every_issued(here.token, here.view.rights)
    whole = {"view": _("This month and scope"), "all": _("Everything")}
    wanted = st.segmented_control(
        _("Show"), list(whole), key="reports_span", default="view", required=True,
        format_func=whole.__getitem__, label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    if wanted == "all":
        return read.every_issued(here.token, here.view.rights)
    return read.issued(here.token, here.view.scope)


def show(here: Here, issued: Sequence[IssuedReport]) -> None:
    """The table, and below it the chosen version."""
    if not issued:
        st.caption(_("Nothing was issued yet. What is made above stands here for good."))
        return
    st.dataframe(
        _table(here, issued), hide_index=True, key="reports_history", placeholder="—",
        width="stretch",
    )  # fmt: skip
    codes = [one.id for one in issued]
    if st.session_state.get(CHOSEN) not in codes:
        st.session_state[CHOSEN] = codes[0]
    told = {one.id: words.full_name(here, one) for one in issued}
    code = st.selectbox(
        _("Version to look at"), codes, key=CHOSEN, format_func=lambda one: told.get(one, ""),
        persist_state="session",
    )  # fmt: skip
    chosen = next(one for one in issued if one.id == (code or codes[0]))
    _version(here, chosen)


def _table(here: Here, issued: Sequence[IssuedReport]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("No."): [one.id for one in issued],
            _("Month"): [f"{one.month:%Y-%m}" for one in issued],
            _("Scope"): [words.scope_name(here, one.branch) for one in issued],
            _("Language"): [LANGUAGE_NAMES[one.language] for one in issued],
            _("Version"): [one.number for one in issued],
            _("Issued (UTC)"): [numbers.moment(one.issued_at) for one in issued],
            _("Issued by"): [plain(one.issued_by, 60) for one in issued],
            _("Issued from"): [words.way_words(one) for one in issued],
            _("Data as of"): [making.day_words(one) for one in issued],
            _("Digest"): [one.contents.digest[: words.SHORT] for one in issued],
            _("Reason"): [plain(one.reason or "", 200) for one in issued],
        }
    )


def _version(here: Here, one: IssuedReport) -> None:
    """What a version was made from; its file again; issued anew."""
    left, right = st.columns([1.6, 1], gap="medium")
    with left:
        st.markdown(markdown(_facts(here, one)))
    with right:
        making.download(here, one, _("Download again ({size})"), key=f"reports_get_{one.id}")
        if not here.viewer.may(words.MAY_ISSUE):
            return
        reason = st.text_input(
            _("Reason for another version"), key=f"reports_reason_{one.id}", max_chars=2000,
            help=_("Needed where the report would say something else than the version issued."),
        )  # fmt: skip
        if st.button(_("Issue it again"), key=f"reports_again_{one.id}"):
            about = replace(
                here.view.scope, period=containing(one.month, "month"), branch=one.branch
            )
            making.again(here, about, one.language, reason)


def _facts(here: Here, one: IssuedReport) -> Sequence[tuple[str, str]]:
    base = one.made_from
    name = load.weights_name(here.token, base.weight_set, language())
    branches = load.weights_name(here.token, base.branch_weight_set, language())
    closing = _("the month was open")
    if base.closing is not None:
        closing = _("version {number} of the closing").format(number=base.closing)
    rules = _("those of the tree")
    if base.baselines:
        rules = _(", ").join(str(number) for number in base.baselines)
    return (
        (_("Issued"), f"{words.issued_words(one)} · {words.way_words(one)}"),
        (_("Data as of"), f"{making.day_words(one)} · {_state(base.token)}"),
        (_("Closing"), closing),
        (_("Weights"), plain(name, 60)),
        (_("Weights of the branches"), plain(branches, 60)),
        (_("Baselines"), plain(rules, 300)),
        (_("Definitions (digest)"), base.definitions[: words.SHORT]),
        (_("Content (digest)"), one.contents.digest),
        (_("File"), f"{plain(one.file_name, 120)} · {words.size_words(one.size)}"),
        (_("Reason"), plain(one.reason or numbers.MISSING, 400)),
    )


def _state(token: str) -> str:
    """The warehouse's own name of what it held."""
    return _("state {name} of the warehouse").format(name=plain(token, 60))


def markdown(pairs: Sequence[tuple[str, str]]) -> str:
    """Names and values as lines of Markdown."""
    return "  \n".join(f":gray[{safe(name)}] {safe(value, 500)}" for name, value in pairs)
