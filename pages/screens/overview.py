"""Overview: how are we doing, what moved, where is it bad, what must be decided."""

from __future__ import annotations

import streamlit as st

from ui import frame, load, states, strip
from ui.load import overview as read
from ui.overview import bulletin, course, drivers, headline, places, stars, trouble, waiting, warned
from words.i18n import _

here = frame.here()
view, about = here.view, here.view.scope
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, about)
strip.show(here, card)
if not here.bank.has_data(view.period):
    states.nothing_for(view.period, here.bank.default)
    st.stop()

# What the period's own card and the state say is shown at once …
states.covered_enough(card.node("total", view.branch))
headline.red_lines(card, view)
slots = headline.show(card, view)
rules, standing = read.rules(here.token), read.standing(here.token, about)
waits = read.waiting(here.token, about)
left, middle, right = st.columns(3, gap="small")
with left, st.container(border=True, key="panel-moved", height="stretch"):
    st.subheader(_("What moved"), anchor=False)
    moved = st.container()
with middle:
    with st.container(border=True, key="panel-off-target", height="stretch"):
        st.subheader(_("Where is it bad"), anchor=False)
        warned.panel(here, standing, rules)
        trouble.off_target(card, view)
    with st.container(border=True, key="panel-decide"):
        st.subheader(_("What must I decide"), anchor=False)
        waiting.panel(here, waits, rules)
        export = st.container()
with right:
    places_panel = st.container(border=True, key="panel-places", height="stretch")
with st.container(border=True, key="panel-stars"):
    st.subheader(_("On the way to the year's goals"), anchor=False)
    end = stars.until(here)
    goals = st.container()
peers, lower = st.container(), st.container()
trouble.gaps(card, view)

# … then what needs another period, and last what needs a year of them.
with moved, st.spinner(states.working(), show_time=True):
    before = load.score_card(here.token, about.over(view.other))
    why = load.moved(here.token, about, view.other)
headline.changes(slots, why)
with moved:
    drivers.show(why, view)
ranking = places.ranking(here, card)
with places_panel:
    places.panel(here, card, before, ranking)
with peers:
    places.peers(here, card, before, ranking)
with lower:
    with st.container(border=True, key="panel-warnings"):
        st.subheader(_("Open warnings"), anchor=False)
        warned.table(here, standing, rules)
    one, other = st.columns(2, gap="small")
    with one, st.container(border=True, key="panel-trend", height="stretch"):
        st.subheader(_("Trend of the total"), anchor=False)
        trend = st.container()
    with other, st.container(border=True, key="panel-breaches", height="stretch"):
        st.subheader(_("Rules broken in this period"), anchor=False)
        found_here = st.container()
with trend, st.spinner(states.working(), show_time=True):
    history = load.history(here.token, about)
headline.recent(slots, history, view)
with trend:
    course.show(here, history)
with goals, st.spinner(states.working(), show_time=True):
    courses = read.courses(here.token, about, stars.NAMES)
    shown = read.courses(here.token, about, stars.NAMES, end)
with goals:
    stars.show(here, shown, end)
with found_here, st.spinner(states.working(), show_time=True):
    breaches = read.breaches(here.token, about)
with found_here:
    warned.of_period(here, breaches, rules)
with export:
    bulletin.button(here, bulletin.Page(card, before, why, standing, waits, courses, ranking))
