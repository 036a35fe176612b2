"""The experiments that belong to a campaign, each a link to what became of it."""

from __future__ import annotations

import streamlit as st

from ui import links
from ui.experiments import words
from ui.experiments.register import CHOSEN, PAGE, name_of
from ui.frame import Here
from ui.load.experiments import register
from words.i18n import _
from words.text import safe


def show(here: Here, campaign: str) -> None:
    """Experiments whose plan names the campaign; nothing where there are none."""
    found = [one for one in register() if one.plan.campaign_id == campaign]
    if not found:
        return
    heading = _("Experiments of this campaign")
    st.markdown(f"**{heading}**")
    for one in found:
        told = words.stage_words(one.stage)
        if one.decision is not None:
            told = words.decision_words(one.decision.outcome or "")
        label = f"{safe(name_of(here, one), 90)} — {safe(told, 60)}"
        links.to_page(here.view, PAGE, label, {CHOSEN: one.id})
