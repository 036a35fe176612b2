"""Asking in words: what was understood, what was not, what was taken for granted."""

from __future__ import annotations

import streamlit as st

from metrics.explore.view import View
from metrics.questions.records import Asked, NotUnderstood, Said
from ui.explore import codes
from ui.frame import Here
from ui.load import explore as reading
from words.i18n import _, language
from words.text import safe

QUESTION, UNDERSTOOD = "explore_question", "explore_understood"
LONGEST = 300


def box(here: Here) -> None:
    """The text box; a question that means something becomes the view of the screen."""

    def read() -> None:
        text = str(st.session_state.get(QUESTION, "")).strip()
        if not text:
            st.session_state.pop(UNDERSTOOD, None)
            return
        found = reading.understood(here.token, text, codes.known(here), here.bank)
        st.session_state[UNDERSTOOD] = found, None
        if found.view is not None:
            charted = any(one.kind == "chart" for one in found.understood)
            view = reading.drawable(here.token, found.view, charted=charted)
            st.session_state[UNDERSTOOD] = found, view.to_codes()
            st.query_params.from_dict(codes.link(view.to_codes(), here.view))

    st.text_input(
        _("Ask in words"), key=QUESTION, max_chars=LONGEST, on_change=read,
        placeholder=_("e.g. day-1 retention by channel, Shanghai, September"),
        label_visibility="collapsed", persist_state="session", width="stretch",
    )  # fmt: skip


def told(shown: View) -> None:
    """What became of the question, word by word, as long as its view is the one that is shown."""
    kept: tuple[Asked, dict[str, str] | None] | None = st.session_state.get(UNDERSTOOD)
    if kept is None or kept[0].text != str(st.session_state.get(QUESTION, "")).strip():
        return
    found, asked = kept
    if asked is not None and asked != shown.to_codes():
        return
    lang = language()
    parts = [
        (one.start, f":green-badge[✓ {safe(one.text, 40)} → {safe(one.meaning.words(lang), 60)}]")
        for one in found.understood
        if one.kind != "link"
    ]
    parts += [(one.start, _missed(one)) for one in found.not_understood]
    line = " ".join(text for _start, text in sorted(parts))
    assumed = [f":gray-badge[{safe(one.words(lang), 80)}]" for one in found.assumed]
    if line or assumed:
        st.markdown(" ".join([line, *assumed]))
    for one in found.ambiguous:
        st.caption(_several(one.text, one.candidates))
    for problem in found.problems:
        st.markdown(f":orange[▲ {safe(problem.words(lang), 200)}]")
    if found.view is None:
        st.warning(_("No indicator was understood: the analysis below is still the one before. "
                     "Name one as the list of indicators does."))  # fmt: skip


def _missed(one: NotUnderstood) -> str:
    """A word that means nothing here, and names that are like it."""
    near = _(", ").join(said.words(language()) for said in one.nearest[:3])
    hint = "" if not near else " " + _("(like: {names})").format(names=near)
    told = _("not understood: {text}").format(text=one.text)
    return f":red-badge[✗ {safe(told, 60)}{safe(hint, 120)}]"


def _several(text: str, candidates: tuple[Said, ...]) -> str:
    said = _(", ").join(one.words(language()) for one in candidates)
    told = _("“{text}” has several meanings: {names}.")
    return safe(told.format(text=text, names=said), 300)
