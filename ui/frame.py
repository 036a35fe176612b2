"""What surrounds every screen: its data or why there are none, the shared filters, errors."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import Page

from data.configuration import ConfigurationError
from data.points.catalogue import Point
from data.slice import SliceError
from data.viewer import Viewer
from metrics.cockpit import Definitions
from metrics.scorecard import WeightsError
from metrics.tree import Tree
from ui import filters, load, looks, states, theme, viewer
from ui.address import View
from ui.load import Bank, Now, Token
from words.i18n import LANGUAGES, preferred, speak

LOG = logging.getLogger("canopy")
UNCONFIGURED_LANGUAGE = "zh"


@dataclass(frozen=True)
class Here:
    """Where a screen is: the token to read under, bank and tree, the reader's view, who reads."""

    now: Now
    bank: Bank
    tree: Tree
    points: Mapping[str, Point]
    view: View
    viewer: Viewer

    @property
    def token(self) -> Token:
        """The token to read under."""
        return self.now.token


def here() -> Here:
    """What the frame has made ready for the screen that runs."""
    found: Here = st.session_state["here"]
    return found


def choose_language() -> None:
    """The address decides, then the session, then the browser; cannot fail."""
    asked = st.query_params.get("lang", "")
    if asked in LANGUAGES and asked != st.session_state.get("written", {}).get("lang"):
        speak(asked)
    elif "language" not in st.session_state:
        accepted = st.context.headers.get("Accept-Language") or st.context.locale or ""
        speak(preferred(accepted, default_language()))


def default_language() -> str:
    """The bank's own language; Chinese while its configuration cannot be read."""
    try:
        return load.settings().language
    except ConfigurationError:
        return UNCONFIGURED_LANGUAGE


def run(page: Page) -> None:
    """Filters, then the screen; whatever is in the way becomes a state that says what to do."""
    with load.answering():
        _run(page)


def _run(page: Page) -> None:
    theme.wear()
    try:
        named = viewer.named(load.settings().viewers)
        now, found = load.now(), load.definitions()
        reader = named or viewer.chosen(now.token)
        viewer.settle(reader)
        bank = load.bank(now.token, reader.rights)
    except viewer.NoRightError as error:
        states.no_right(*viewer.refusal_words(error.kind))
    except SliceError:
        states.no_right(*viewer.refusal_words("branch"))
    except load.EmptyWarehouseError as error:
        states.empty(str(error))
    except ConfigurationError as error:
        states.misconfigured(error)
    except load.UNREACHABLE as error:
        LOG.warning("warehouse out of reach: %s", error)
        states.unreachable(error)
    else:
        if named is not None:
            viewer.identity(reader, bank)
        looks.choose()
        _screen(page, now, bank, found, reader)


def _screen(page: Page, now: Now, bank: Bank, found: Definitions, reader: Viewer) -> None:
    view = filters.shared(bank, reader.rights, default_language())
    if now.error:
        states.stale(now)
    st.session_state["here"] = Here(now, bank, found.tree, found.catalogue.points, view, reader)
    try:
        page.run()
    except load.UNREACHABLE as error:
        LOG.warning("screen out of reach: %s", error)
        if not now.error and load.failed(now.token, str(error)):
            st.rerun()
        states.unreachable(error, known=bool(now.error))
    except SliceError as error:
        states.not_permitted(str(error))
    except WeightsError as error:
        states.unfit_weights(str(error))
    except Exception:
        LOG.exception("screen %s failed", page.url_path or "overview")
        states.broken()
    else:
        if not now.error:
            load.complete(now.token)
            load.begin(now.token)
