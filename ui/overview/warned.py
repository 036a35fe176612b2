"""Open warnings by level, what each says, and taking one on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from data.period import Period
from data.state import StateConflictError
from data.state.warnings import KeptWarning, WarningStep, acknowledge, promise
from metrics.warnings import Incident, Rule
from metrics.warnings.watch import incident_of
from ui import links, load, strip
from ui.frame import Here
from ui.load import overview as read
from ui.load.overview import Standing
from ui.overview import words
from words import numbers
from words.i18n import _, _n
from words.text import plain, safe

SHOWN = 4
_OUTCOME = "warning_outcome"
LATE_DAYS = 90
"""A promise may lie so many days ahead."""


def panel(here: Here, found: Standing, rules: Mapping[str, Rule]) -> None:
    """How many warnings are open by level, and the gravest of them."""
    if found.run is None:
        st.markdown(":gray[○ " + _("Warnings have not been judged yet: run {command}").format(
            command="`python cli.py warn`") + "]")  # fmt: skip
        return
    shown = by_gravity(found.warnings)
    st.markdown(f"**{_told(found)}**  \n{_counts(shown)}")
    with st.container(key="list-warnings"):
        for one in shown[:SHOWN]:
            button(here, rules, one)


def by_gravity(every: Sequence[KeptWarning]) -> list[KeptWarning]:
    """Warnings that fired before those to be confirmed, the gravest first, then the oldest."""
    rank = {"firing": 0, "acknowledged": 1, "no_data": 1, "recovering": 2, "pending": 3}
    return sorted(every, key=lambda one: (rank[one.last.stage], -one.last.level, one.id))


def _told(found: Standing) -> str:
    fired = [one for one in found.warnings if one.last.stage != "pending"]
    waits = len(found.warnings) - len(fired)
    told = _n("{count} open warning", "{count} open warnings", len(fired)).format(count=len(fired))
    if waits:
        told += _n(", {count} to be confirmed", ", {count} to be confirmed", waits).format(
            count=waits
        )
    if found.run is None:
        return told
    days = numbers.period(Period.parse(found.run.period))
    return _("{told} · figures of {period}").format(told=told, period=days)


def _counts(every: Sequence[KeptWarning]) -> str:
    """A badge for each level that has a warning, the gravest first."""
    badges = []
    for level in (3, 2, 1):
        count = sum(one.last.level == level and one.last.stage != "pending" for one in every)
        if count:
            sign, colour = words.SIGNS[level], words.COLOURS[level]
            badges.append(f":{colour}-badge[{sign} {words.level_words(level)} · {count}]")
    return " ".join(badges)


def button(here: Here, rules: Mapping[str, Rule], one: KeptWarning, about: str = "") -> None:
    """A line that opens a warning; ``about`` is said instead of how far it is beyond its limit."""
    found, rule = incident_of(one), rules.get(one.rule)
    said = words.what(here, rule, found)
    if about:
        said = f"{words.subject(here.tree, found)} · {about}"
    sign, colour = words.SIGNS[found.level], words.COLOURS[found.level]
    muted = one.last.stage == "pending"
    shown = ":gray" if muted else f":{colour}"
    kind = "decide" if about else "warned"
    if st.button(
        f"{shown}[{sign}] {safe(said, 160)}", key=f"{kind}_{one.id}", type="tertiary",
        help=plain(words.stage_words(one.last.stage)), width="stretch",
    ):  # fmt: skip
        _open(here, one.id, _title(rules, one))


def _title(rules: Mapping[str, Rule], one: KeptWarning) -> str:
    return plain(words.rule_words(rules.get(one.rule), one.rule), 60)


def _open(here: Here, number: int, title: str) -> None:
    """A dialog has its title when it is made."""
    st.session_state.pop(_OUTCOME, None)
    st.dialog(title, width="large")(_detail)(here, number)


def _detail(here: Here, number: int) -> None:
    """One warning: what it says, what to do, its history, and taking it on."""
    every = {one.id: one for one in read.standing(here.token, here.view.scope).warnings}
    one = every.get(number)
    if one is None:
        st.info(_("This warning is resolved, or it is not open to you any more."))
        return
    rule, found = read.rules(here.token).get(one.rule), incident_of(one)
    sign, colour = words.SIGNS[found.level], words.COLOURS[found.level]
    badges = f":{colour}-badge[{sign} {words.level_words(found.level)}]"
    badges += f" :gray-badge[{words.stage_words(one.last.stage)}]"
    st.markdown(badges)
    st.markdown(f"**{safe(words.what(here, rule, found), 300)}**")
    _facts(here, rule, one, found)
    _links(here, found)
    _history(one)
    if here.viewer.may("remark"):
        _form(here, one)
    else:
        st.caption(_("Taking a warning on is not among your rights."))


def _facts(here: Here, rule: Rule | None, one: KeptWarning, found: Incident) -> None:
    """Owner, time limit, what to do, where it sits."""
    told = [
        (_("Owner"), words.owner(here.tree, rule, found)),
        (_("Suggested action"), words.action(rule)),
        (_("Figures of"), numbers.period(Period.parse(one.last.period))),
    ]
    if one.taken_by is None:
        told.append((_("Time limit"), words.left(one)))
    else:
        told.append((_("Taken on by"), one.taken_by))
        told.append((_("Promised for"), numbers.day(one.last.promised_on)))
    st.markdown(
        "  \n".join(f":gray[{safe(name)}] {safe(text, 300)}" for name, text in told if text)
    )
    if found.parts:
        names = [here.bank.name(part.id, here.view.lang) or part.id for part in found.parts]
        told_parts = _("Beyond the limit too: {branches}").format(
            branches=words.joined([plain(name, 40) for name in names])
        )
        st.markdown(safe(told_parts, 400))


def _links(here: Here, found: Incident) -> None:
    """To the cards of its indicators, in the scope where it sits."""
    with st.container(horizontal=True, key="list-warning-links"):
        for member in found.members[:4]:
            if member in here.tree.indicators:
                told = _("Card of {name}").format(name=here.tree.name(member, here.view.lang))
                params = {"node": member}
                if found.branch:
                    params["branch"] = found.branch
                links.to_page(here.view, links.TREE, safe(told), params)


def _history(one: KeptWarning) -> None:
    with st.expander(_("History"), type="compact"):
        table = pd.DataFrame(
            {
                _("When (UTC)"): [numbers.moment(step.at) for step in one.steps],
                _("Who"): [plain(step.who, 60) for step in one.steps],
                _("What"): [_did(step) for step in one.steps],
                _("State"): [words.stage_words(step.stage) for step in one.steps],
                _("Reason"): [plain(step.reason or "", 300) for step in one.steps],
            }
        )
        st.dataframe(table, hide_index=True, placeholder="—")


def _did(step: WarningStep) -> str:
    if step.action == "judged":
        return _("judged for {day}").format(day=numbers.day(step.judged_on))
    day = numbers.day(step.promised_on)
    if step.action == "acknowledge":
        return _("taken on, promised for {day}").format(day=day)
    return _("promised anew for {day}").format(day=day)


def _form(here: Here, one: KeptWarning) -> None:
    """Why it is so, and by which day it will be put right."""
    today = strip.today()
    taken = one.taken_by is not None
    with st.form(f"take_{one.id}", border=False):
        st.text_area(
            _("Why is it so, and what is done about it?"), max_chars=500, key=f"reason_{one.id}"
        )
        st.date_input(
            _("Promised for"),
            value=today + timedelta(days=7),
            min_value=today,
            max_value=today + timedelta(days=LATE_DAYS),
            key=f"promised_{one.id}",
        )
        label = _("Promise another day") if taken else _("Take it on")
        # Called before anything is drawn again, whether the dialog alone is or the whole page.
        st.form_submit_button(label, type="primary", on_click=_act, args=(here, one))
    # Not asked of the button: once the warning is taken on it has another label, and is another.
    outcome = st.session_state.pop(_OUTCOME, None)
    if outcome:
        st.error(outcome)
    elif outcome is not None:
        st.rerun()


def _act(here: Here, one: KeptWarning) -> None:
    """Keep what the form says; what was in the way is left for the dialog to show."""
    reason: str = st.session_state[f"reason_{one.id}"]
    day: date = st.session_state[f"promised_{one.id}"]
    st.session_state[_OUTCOME] = _kept(here, one, reason, day)


def _kept(here: Here, one: KeptWarning, reason: str, day: date) -> str:
    """What was in the way of keeping it; '' where it was kept."""
    if not reason.strip():
        return _("Write down the reason: it is kept with the warning.")
    act = acknowledge if one.taken_by is None else promise
    try:
        act(read.state(), one, by=here.viewer.id, reason=reason, promised_on=day)
    except StateConflictError:
        told = _("Somebody else acted on this warning meanwhile. Open it again; your text: {text}")
        return told.format(text=safe(reason, 500))
    except load.UNREACHABLE as error:
        return _("Nothing was kept: {reason}").format(reason=safe(error, 300))
    return ""


def table(here: Here, found: Standing, rules: Mapping[str, Rule]) -> None:
    """All open warnings with owner, time limit and promised day."""
    shown = by_gravity(found.warnings)
    if not shown:
        st.caption(_("No warning is open."))
        return
    rows = [(one, rules.get(one.rule), incident_of(one)) for one in shown]
    frame = pd.DataFrame(
        {
            _("Level"): [f"{words.SIGNS[one.last.level]} {one.last.level}" for one, _r, _i in rows],
            _("State"): [words.stage_words(one.last.stage) for one, _r, _i in rows],
            _("About"): [plain(words.subject(here.tree, i), 60) for _o, _r, i in rows],
            _("How far beyond"): [plain(words.finding(here, r, i), 200) for _o, r, i in rows],
            _("Owner"): [plain(words.owner(here.tree, r, i), 60) for _o, r, i in rows],
            _("Taken on by"): [plain(one.taken_by or "", 60) for one, _r, _i in rows],
            _("Promised for"): [one.last.promised_on for one, _r, _i in rows],
            _("Time limit"): [
                words.left(one) if one.last.stage == "firing" else "" for one, _r, _i in rows
            ],
        }
    )
    wide = st.column_config.TextColumn(width="large")
    st.dataframe(
        frame,
        hide_index=True,
        placeholder="—",
        key="open_warnings",
        height=35 * min(len(frame), 10) + 38,
        column_config={_("How far beyond"): wide, _("Promised for"): st.column_config.DateColumn()},
    )


def of_period(here: Here, found: Sequence[Incident], rules: Mapping[str, Rule]) -> None:
    """What the rules find in the figures of the period on the screen, each a link to its card."""
    if not found:
        st.caption(_("No rule is broken by the figures of this period."))
        return
    with st.container(key="list-breaches"):
        for one in found:
            rule = rules.get(one.rule)
            sign, colour = words.SIGNS[one.level], words.COLOURS[one.level]
            told = f":{colour}[{sign}] {safe(words.what(here, rule, one), 200)}"
            params = {"node": one.members[0]}
            if one.branch:
                params["branch"] = one.branch
            links.to_page(here.view, links.TREE, told, params)
