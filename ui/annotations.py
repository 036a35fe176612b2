"""Marks for series over time: what happened in the days on the axis, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from data.happenings import Happening
from data.period import Period
from ui.charts.marks import Mark, kind_words
from ui.frame import Here
from ui.load import annotations as reading
from words import numbers
from words.i18n import _, language

MOST = {"campaign": 6, "outage": 10, "release": 10, "holiday": 20}
"""The largest of a kind that a chart shows; more of them would hide the series."""
HOLIDAYS = {
    "元旦": "New Year",
    "春节": "Spring Festival",
    "清明节": "Qingming",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat",
    "中秋节": "Mid-Autumn",
    "国庆节": "National Day",
}


def marks(here: Here, when: Sequence[Period | date]) -> tuple[Mark, ...]:
    """What happened from the first to the last of these periods or days, for ``charts.lines``.

    Of the reader's scope and modules, within the reader's rights: campaigns (the largest by
    budget), outages, releases, public holidays, and what people have typed.
    """
    if not when:
        return ()
    first = when[0].first if isinstance(when[0], Period) else when[0]
    last = when[-1].last if isinstance(when[-1], Period) else when[-1]
    found = reading.happened(here.token, here.view.slice, first, last)
    shown = [Mark(one.first, one.last, one.kind, name_of(here, one)) for one in largest(found)]
    shown += [
        Mark(one.first_day, one.last_day, "typed", one.text or "")
        for one in reading.typed(here.token, here.view.slice, first, last)
    ]
    return tuple(sorted(shown, key=lambda one: (one.first, one.kind)))


def largest(found: Sequence[Happening]) -> list[Happening]:
    """At most so many of a kind as a chart can show, the largest of each."""
    kept: list[Happening] = []
    for kind, most in MOST.items():
        inside = [one for one in found if one.kind == kind]
        kept += sorted(inside, key=lambda one: -one.size)[:most]
    return kept


def name_of(here: Here, one: Happening) -> str:
    """What to call it; an outage by its module and minutes, a release by its feature."""
    lang = language()
    module = here.tree.modules.get(one.module)
    said = "" if module is None else module.name_zh if lang == "zh" else module.name_en
    if one.kind == "outage":
        told = said or kind_words("outage")
        if one.size:
            minutes = numbers.number(one.size, 0)
            return _("{module}: {minutes} minutes out").format(module=told, minutes=minutes)
        return _("{module}: grave incident").format(module=told)
    if one.kind == "holiday" and lang == "en":
        return HOLIDAYS.get(one.name_zh, one.name_zh)
    return one.name(lang) or said or kind_words(one.kind)
