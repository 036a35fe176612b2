"""What must I decide: what waits, and open problems with owner and promised day."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from data.state import Dispute
from data.state.warnings import KeptWarning
from metrics.warnings import Rule
from metrics.warnings.decisions import Decision, Waiting, decisions
from metrics.warnings.watch import incident_of
from ui import links, node_disputes, strip
from ui.frame import Here
from ui.overview import warned, words
from words import numbers
from words.i18n import _, _n
from words.text import plain, safe

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
    _problems(here, waiting)


def _line(
    here: Here, one: Decision, known: Mapping[int, KeptWarning], rules: Mapping[str, Rule]
) -> None:
    """A decision: a warning opens in place, anything else leads to its screen."""
    if one.dispute is not None:
        _dispute(here, one.dispute)
        return
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


def _dispute(here: Here, one: Dispute) -> None:
    """A disputed number: a link to its card, as it was when it was disputed."""
    told = _("{who} disputes {name} ({about})").format(
        who=plain(one.opened.who, 40),
        name=node_disputes.name(here.tree, one.node),
        about=node_disputes.about_words(here, one),
    )
    since = safe(words.since(one.opened.at))
    params = {"node": one.node, "period": one.period, "branch": one.branch_id or ""}
    links.to_page(here.view, links.TREE, f":orange[▲] {safe(told, 160)} :gray[{since}]", params)


def _problems(here: Here, found: Waiting) -> None:
    """Warnings that somebody took on and disputes that are open, by promised day."""
    rows = [
        (words.subject(here.tree, incident_of(one)), one.taken_by or "", one.last.promised_on)
        for one in found.warnings
        if one.taken_by is not None and one.last.stage != "resolved"
    ]
    for dispute in found.disputes:
        told = _("{name}: disputed").format(name=node_disputes.name(here.tree, dispute.node))
        taken = dispute.taken
        who = node_disputes.owner(here.tree, dispute.node) if taken is None else taken.who
        rows.append((told, who, None if taken is None else taken.promised_on))
    rows.sort(key=lambda row: (row[2] is None, row[2] or strip.today(), row[0]))
    heading = _("Open problems")
    st.markdown(f"**{heading}** :gray[{len(rows)}]")
    if not rows:
        st.caption(_("Nobody has promised anything yet: take a warning on to begin."))
        return
    table = pd.DataFrame(
        {
            _("About"): [plain(row[0], 60) for row in rows],
            _("Owner"): [plain(row[1], 40) for row in rows],
            _("Promised for"): [numbers.day(row[2]) for row in rows],
        }
    )
    st.dataframe(table, hide_index=True, key="open_problems", height=38 * min(4, len(rows)) + 38)
