"""What must I decide: what waits, and open problems with owner and promised day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from data.state.warnings import KeptWarning
from metrics.warnings import Rule
from metrics.warnings.decisions import Decision, Waiting, decisions
from metrics.warnings.watch import incident_of
from ui import links, numbers, strip
from ui.frame import Here
from ui.i18n import _, _n
from ui.overview import warned, words
from ui.text import plain, safe

SHOWN = 5
SCREENS = Path(__file__).resolve().parents[2]
PLACES = {
    "weights_submitted": "pages/screens/weights.py",
    "weights_draft": "pages/screens/weights.py",
    "baselines_submitted": "pages/screens/baselines.py",
    "baselines_draft": "pages/screens/baselines.py",
}


def found_in(waiting: Waiting) -> tuple[Decision, ...]:
    """What waits at this moment."""
    return decisions(waiting, words.now(), strip.today())


def panel(here: Here, waiting: Waiting, rules: Mapping[str, Rule]) -> None:
    """The decisions that wait, the most urgent first; then problems that somebody took on."""
    every = found_in(waiting)
    if every:
        told = _n("{count} decision waits", "{count} decisions wait", len(every))
        st.markdown(f"**{told.format(count=len(every))}**")
    else:
        nothing = _("Nothing waits for a decision")
        st.markdown(f"**{nothing}**")
    known = {one.id: one for one in waiting.warnings}
    with st.container(key="list-decisions"):
        for one in every[:SHOWN]:
            _line(here, one, known, rules)
    if every[SHOWN:]:
        st.caption(_("{count} more").format(count=len(every) - SHOWN))
    _problems(here, waiting.warnings, rules)


def _line(
    here: Here, one: Decision, known: Mapping[int, KeptWarning], rules: Mapping[str, Rule]
) -> None:
    """A decision: a warning opens in place, anything else leads to its screen."""
    if one.warning is not None:
        found, told = known[one.warning], words.decision(one)
        if one.kind == "to_take":
            told = _("{told} ({left})").format(told=told, left=words.left(found))
        warned.button(here, rules, found, told)
        return
    told = f":blue[◆] {safe(words.decision(one), 160)}"
    if one.since is not None:
        told = f"{told} :gray[{safe(words.since(one.since))}]"
    page = PLACES.get(one.kind, "")
    if page and (SCREENS / page).exists():
        links.to_page(here.view, page, told, {})
    else:
        st.markdown(told)


def _problems(here: Here, every: Sequence[KeptWarning], rules: Mapping[str, Rule]) -> None:
    """Problems that somebody took on, by promised day."""
    taken = sorted(
        (one for one in every if one.taken_by is not None and one.last.stage != "resolved"),
        key=lambda one: (one.last.promised_on or strip.today(), one.id),
    )
    heading = _("Open problems")
    st.markdown(f"**{heading}** :gray[{len(taken)}]")
    if not taken:
        st.caption(_("Nobody has promised anything yet: take a warning on to begin."))
        return
    table = pd.DataFrame(
        {
            _("About"): [plain(words.subject(here.tree, incident_of(one)), 40) for one in taken],
            _("Owner"): [plain(one.taken_by or "", 40) for one in taken],
            _("Promised for"): [numbers.day(one.last.promised_on) for one in taken],
        }
    )
    st.dataframe(table, hide_index=True, key="open_problems", height=38 * min(4, len(taken)) + 38)
