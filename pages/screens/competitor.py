"""Competitors: where the bank is ahead or behind, and what they shipped."""

from __future__ import annotations

import streamlit as st

from metrics.competitors.features import gaps, matrix
from ui import frame, load, states, strip
from ui.competitor import entry, headline, held_against, scale, shipped
from ui.load import competitor as reading

here = frame.here()
until = here.view.period.last
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, here.view.scope)
    found = reading.known_figures(here.token, until)
    releases = reading.known_releases(here.token, until)

strip.show(here, card)
rows = matrix(releases, until)
scenes = gaps(rows, until)
headline.show_tiles(here, found, releases, scenes)
with st.container(border=True, key="panel-competitor-findings"):
    headline.findings(here, found, releases)

left, right = st.columns([5, 6], gap="small")
with left, st.container(border=True, key="panel-peer-scale", height="stretch"):
    scale.over_time(here, found)
with right, st.container(border=True, key="panel-matrix", height="stretch"):
    shipped.matrix(rows)

left, right = st.columns([1, 1], gap="small")
with left, st.container(border=True, key="panel-timeline", height="stretch"):
    shipped.over_time(releases, until)
with right, st.container(border=True, key="panel-gaps", height="stretch"):
    shipped.gaps(scenes)

left, right = st.columns([2, 3], gap="small")
with left, st.container(border=True, key="panel-position", height="stretch"):
    scale.position(here, found)
with right, st.container(border=True, key="panel-worth", height="stretch"):
    held_against.worth(here, found)

scale.every_figure(found, until)
held_against.lines(here)
entry.show(here)
