"""Controls of the screen's own, kept in the address by their codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from metrics.values.reasons import Reason
from words.i18n import _, language
from words.text import safe

PREFIX = "behaviour_choice_"


def agree(name: str, options: Sequence[str], default: str) -> str:
    """Put what the address says about a control into it, before it is drawn; returns its key.

    An unknown code, or one that no longer exists, gives way to ``default``.
    """
    key, written = f"{PREFIX}{name}", f"{PREFIX}{name}_written"
    asked, state = st.query_params.get(name), st.session_state
    if asked is not None and asked != state.get(written):
        state[key] = asked
    if state.get(key) not in options:
        state[key] = default
    return key


def tell(name: str, chosen: str, default: str) -> None:
    """Write a control's code into the address; what is as without a word is left out."""
    st.session_state[f"{PREFIX}{name}_written"] = chosen
    if chosen != default:
        st.query_params[name] = chosen
    elif name in st.query_params:
        del st.query_params[name]


def choice(
    name: str,
    label: str,
    options: Sequence[str],
    words: Callable[[str], str],
    default: str | None = None,
) -> str:
    """A select box that the address keeps."""
    first = default if default is not None else options[0]
    key = agree(name, options, first)
    told = {code: words(code) for code in options}
    chosen = st.selectbox(label, options, key=key, format_func=lambda code: told.get(code, code))
    found = chosen if chosen in options else first
    tell(name, found, first)
    return found


def tabs(name: str, label: str, options: Sequence[str], words: Callable[[str], str]) -> str:
    """A row of buttons that the address keeps; one of them is always chosen."""
    key = agree(name, options, options[0])
    told = {code: words(code) for code in options}
    chosen = st.segmented_control(
        label,
        options,
        key=key,
        format_func=lambda code: told.get(code, code),
        label_visibility="collapsed",
    )
    found = options[0] if chosen is None else chosen
    tell(name, found, options[0])
    return found


def nothing(told: str) -> None:
    """Say that there is nothing to show, and why; ``told`` is Markdown that was made safe."""
    st.info(f"○ {told}")


def unknown(reason: Reason) -> None:
    """Say why nothing can be said."""
    nothing(_("Nothing to show: {why}.").format(why=safe(reason.words(language()))))
