"""Who asks, on the screens: told by the sign-in server, or chosen where the demo bank is shown."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Literal, NoReturn

import streamlit as st

from data.slice import WHOLE_BANK
from data.viewer import OPERATOR, ROLES, Role, Viewer
from data.viewers import Viewers, address
from ui import load
from ui.load import Bank, Token
from ui.serve import PEERS_AS_THEY_ARE
from words.i18n import _, language
from words.text import plain, safe

LOG = logging.getLogger("canopy")
Refusal = Literal["elsewhere", "not_served", "not_proxy", "unknown", "branch"]
START = "head_office"
CHOOSER = "looks_as"
STAYS = (CHOOSER, "viewer", "language", "lang")
PASSED_ON = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class NoRightError(Exception):
    """A request that gets nothing; ``kind`` says why."""

    def __init__(self, kind: Refusal) -> None:
        self.kind: Refusal = kind
        super().__init__(kind)


def named(viewers: Viewers) -> Viewer | None:
    """Who the request says that asks; None where the reader may choose.

    Raises NoRightError for a request that nobody vouches for.
    """
    peer = peer_address()
    if viewers.asked:
        return _by_header(viewers, peer)
    if not _from_here(peer, st.context.headers):
        _refuse("elsewhere", peer)
    return OPERATOR if viewers.source == "none" else None


def peer_address() -> str:
    """Whose connection it is: the server's in front, if there is one.

    Streamlit does not tell a local one.
    """
    told = st.context.ip_address
    return told if isinstance(told, str) else "127.0.0.1"


def _by_header(viewers: Viewers, peer: str) -> Viewer:
    if os.environ.get(PEERS_AS_THEY_ARE) != "":
        _refuse("not_served", peer)
    if not viewers.trusts(peer):
        _refuse("not_proxy", peer)
    said = st.context.headers.get_all(viewers.header)
    found = viewers.person(said[0]) if len(said) == 1 else None
    if found is None:
        _refuse("unknown", peer)
    return found


def _refuse(kind: Refusal, peer: str) -> NoReturn:
    LOG.warning("refused a request from %s: %s", peer, kind)
    raise NoRightError(kind)


def _from_here(peer: str, headers: Mapping[str, str]) -> bool:
    """Whether a request was made on this machine, by its name, and not passed on by a server."""
    found = address(peer)
    if found is None or not found.is_loopback or any(name in headers for name in PASSED_ON):
        return False
    host = headers.get("Host", "localhost")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name.lower() in LOCAL_HOSTS


def chosen(token: Token) -> Viewer:
    """Whom the reader of the demo bank looks as: a chooser in the sidebar, kept in the session."""
    bank = load.bank(token, WHOLE_BANK)
    people = {one.id: one for one in demo_people(bank)}
    told = {one.id: _person_words(one, bank) for one in people.values()}
    if st.session_state.get(CHOOSER) not in people:
        st.session_state[CHOOSER] = START
    with st.sidebar:
        picked = st.selectbox(
            _("Look as"),
            list(people),
            key=CHOOSER,
            format_func=lambda one: told.get(one, one),
            help=_("The demo bank lets you choose. A bank's own Canopy knows who you are."),
            filter_mode=None,
            persist_state="session",
        )
    return people.get(picked or START, people[START])


def demo_people(bank: Bank) -> tuple[Viewer, ...]:
    """One person a role; for the role ``branch`` one of each of two branches below the top."""
    heads = [Viewer(role, (role,)) for role in ROLES if role != "branch"]
    nodes = [one.id for one in bank.below("")][:2]
    return (*heads, *(Viewer(f"branch {node}", ("branch",), node) for node in nodes))


def settle(viewer: Viewer) -> None:
    """Forget everything of the session that was another person's."""
    before: Viewer | None = st.session_state.get("viewer")
    if before is not None and before != viewer:
        for key in [key for key in st.session_state if key not in STAYS]:
            del st.session_state[key]
        st.query_params.pop("branch", None)
    st.session_state["viewer"] = viewer


def identity(viewer: Viewer, bank: Bank) -> None:
    """One line in the sidebar: who looks, and at what."""
    with st.sidebar:
        st.caption(f"{safe(viewer.id)} · {safe(_person_words(viewer, bank))}")


def _person_words(viewer: Viewer, bank: Bank) -> str:
    if viewer == OPERATOR:
        return _("Everything, on this machine")
    words = role_words()
    roles = _(", ").join(words[role] for role in viewer.roles)
    if not viewer.subtree:
        return roles
    return f"{roles} · {plain(bank.name(viewer.subtree, language()), 40)}"


def role_words() -> Mapping[Role, str]:
    """The roles in the reader's language."""
    return {
        "executive": _("Executive"),
        "head_office": _("Head office"),
        "branch": _("Branch staff"),
        "risk": _("Risk and compliance"),
        "planner": _("Planning and finance"),
        "data": _("Data engineer"),
        "auditor": _("Auditor"),
        "admin": _("Administrator"),
    }


def refusal_words(kind: Refusal) -> tuple[str, str]:
    """Heading and advice for a request that gets nothing."""
    heading = _("Canopy is not open to you here")
    return heading, {
        "elsewhere": _(
            "This Canopy answers only on its own machine. For others it has to be told who asks: "
            "see “viewers” in config.yaml."
        ),
        "not_served": _("It has to be started by “python -m ui.serve”; then it knows who asks."),
        "not_proxy": _("Open it through your bank's sign-in page, not by this address."),
        "unknown": _(
            "Your sign-in is not on the list of its readers. Ask the administrator of Canopy."
        ),
        "branch": _(
            "The branch that you belong to is not in the data. Ask the administrator of Canopy."
        ),
    }[kind]
