"""The language of a reader's session: texts and numbers ask for it wherever a screen runs."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import cast

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def running() -> MutableMapping[str, object] | None:
    """What the session that runs keeps; None outside of one."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    return cast("MutableMapping[str, object]", st.session_state)
