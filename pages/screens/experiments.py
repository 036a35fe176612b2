"""Experiments: did it work, can we trust it, what shall we do?"""

from __future__ import annotations

import streamlit as st

from ui import frame, lifecycle, load, states, strip
from ui.experiments import act, begin, one, outside, planning, register
from ui.load import experiments as reading
from words.i18n import _

here = frame.here()
act.follow()
with st.spinner(states.working(), show_time=True):
    card = load.score_card(here.token, here.view.scope)
    every = reading.register()
    found = reading.results(here.token, here.view.slice, every)
    strange = reading.unregistered(here.token, [each.id for each in every])

strip.show(here, card)
lifecycle.told()
register.show_tiles(every, found)
with st.container(border=True, key="panel-experiment-findings"):
    register.findings(here, every, found, len(strange))
if every:
    with st.container(border=True, key="panel-experiments"):
        register.show(here, every, found)
else:
    register.empty(strange)

chosen = register.chosen(every, found)
if chosen is not None:
    with st.container(border=True, key="panel-experiment"):
        one.show(here, chosen, reading.measured_now(here.token, here.view.slice, chosen, found))
    act.steps(here, chosen)

begin.show(here, strange)
plan = st.expander(
    _("Plan: users, days, detectable effect"), key="plan_calculator", on_change="rerun"
)
if plan.open:
    with plan:
        planning.show(here, every, found)
check = st.expander(
    _("Check a table from outside the register"), key="outside_check", on_change="rerun"
)
if check.open:
    with check:
        outside.show()
