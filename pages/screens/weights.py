"""Weights: how much everything counts, what if it counted otherwise, and who decides."""

from __future__ import annotations

import streamlit as st

from ui import frame, lifecycle, load, states, strip
from ui.load import weights as reading
from ui.weights import begin, edit, listing, past, review, steps
from words.i18n import _

here = frame.here()
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, here.view.scope)
strip.show(here, card)
lifecycle.told()
begin.follow()
edit.refill()
sets = reading.every_set()
listing.show_tiles(here, sets)
code = listing.chosen(here, sets)
kept, weights = listing.found(here, code, sets)
if kept is not None:
    steps.heading(here, kept)
    steps.actions(here, kept)

changing = kept is not None and kept.state == "draft" and here.viewer.may("publish")
names = [_("What it would change"), *([_("Change it")] if changing else [])]
names += [_("Past periods"), _("History and files"), _("All sets")]
opened = dict(zip(names, st.tabs(names, key=f"weights_tabs_{changing}", on_change="rerun"),
                  strict=True))  # fmt: skip
for name, tab in opened.items():
    if not tab.open:
        continue
    with tab:
        if name == _("What it would change"):
            if here.bank.has_data(here.view.period):
                kind = listing.kind_of(code, sets)
                review.show(here, review.made(here, kind, (code, weights)), kind)
            else:
                states.nothing_for(here.view.period, here.bank.default)
        elif name == _("Change it") and kept is not None:
            edit.show(here, kept)
        elif name == _("Past periods"):
            past.show(here, code, weights)
        elif name == _("All sets"):
            listing.table(here, sets)
        else:
            steps.files(here, code, weights, kept)
            if kept is not None:
                steps.history(here, kept)
begin.show(here, sets)
