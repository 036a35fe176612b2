"""Baselines: the goals of the year, where they come from, and who decides on them."""

from __future__ import annotations

import streamlit as st

from ui import frame, lifecycle, load, states, strip
from ui.baselines import drafts, setting, year
from ui.load import baselines as reading
from words.i18n import _

here = frame.here()
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, here.view.scope)
strip.show(here, card)
lifecycle.told()
goals = reading.every_goal(here.token, here.view.scope.rights)
year.show_tiles(here, card, goals)
setting.coherent(here, here.view.period.last.year, ())

names = [_("Goals of the year"), *([_("Set a goal")] if here.viewer.may("publish") else [])]
names += [_("What waits"), _("Every version"), _("Files")]
tabs = st.tabs(names, key=f"goals_tabs_{len(names)}", on_change="rerun")
for name, tab in zip(names, tabs, strict=True):
    if not tab.open:
        continue
    with tab:
        if name == _("Goals of the year"):
            year.table(here, card, goals)
        elif name == _("Set a goal"):
            setting.show(here)
        elif name == _("What waits"):
            drafts.show(here, goals)
        elif name == _("Every version"):
            drafts.versions(here, goals)
        else:
            year.files(here, goals)
