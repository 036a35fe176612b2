"""Open warnings of a node, on its card: what each says, and taking it on."""

from __future__ import annotations

import streamlit as st

from data.state.warnings import KeptWarning
from metrics.tree import ROOT
from metrics.warnings.watch import incident_of
from ui.frame import Here
from ui.load import overview as read
from ui.overview import warned
from words.i18n import _

SHOWN = 3


def show(here: Here, chosen: str) -> None:
    """The gravest open warnings of the node, within the scope; nothing where there is none."""
    if chosen == ROOT:
        return
    found = warned.by_gravity(
        [one for one in read.standing(here.token, here.view.scope).warnings if _of(one, chosen)]
    )
    rules = read.rules(here.token)
    with st.container(key="list-node-warnings"):
        for one in found[:SHOWN]:
            warned.button(here, rules, one)
    if found[SHOWN:]:
        st.caption(_("{count} more").format(count=len(found) - SHOWN))


def _of(one: KeptWarning, chosen: str) -> bool:
    """Whether a warning is about a node or one of its members is."""
    found = incident_of(one)
    return chosen == found.node or chosen.partition("@")[0] in found.members
