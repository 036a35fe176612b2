"""What the Competitor screen reads, cached by token and slice, and what it writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import streamlit as st

from data.competitors.entry import NewFigure, NewRelease, enter_figure, enter_release
from data.competitors.records import Figure, Release, figures, releases
from data.engines import open_warehouse
from data.ingest import LoadReport
from data.ingest import load as load_files
from data.period import Kind, Period, containing
from data.points.reader import LiveReader
from data.slice import Slice
from metrics.competitors.standing import comparable
from metrics.competitors.whatif import WhatIf, with_value
from metrics.values.compute import without
from metrics.values.evaluation import evaluate_periods
from ui.load.opened import Token, environment, open_warehouse_once, settings, setup
from ui.load.scores import score_card

KEPT = 100
AFTER_DAYS, BEFORE_DAYS = 10, 28
NOTICED = ("search_index", "share_of_voice")
"""Indicators on which a competitor's release may be noticed."""
SHORT: tuple[Kind, ...] = ("day", "month", "quarter", "year")
Seen = tuple[str, float, float]
"""An indicator, its value in the days after a release, and in those before."""


def known_figures(token: Token, until: date) -> tuple[Figure, ...]:
    """Figures whose period ends on or before a day."""
    return tuple(one for one in _figures(token) if one.last <= until)


@st.cache_resource(show_spinner=False, max_entries=4)
def _figures(token: Token) -> tuple[Figure, ...]:
    with open_warehouse_once(token.warehouse).reading() as connection:
        return figures(connection)


def known_releases(token: Token, until: date) -> tuple[Release, ...]:
    """Releases up to a day, the newest first."""
    return tuple(one for one in _releases(token) if one.day <= until)


@st.cache_resource(show_spinner=False, max_entries=4)
def _releases(token: Token) -> tuple[Release, ...]:
    with open_warehouse_once(token.warehouse).reading() as connection:
        return releases(connection)


def whole_period(first: date, last: date) -> Period:
    """Days as a whole day, month, quarter or year where they are one.

    >>> str(whole_period(date(2025, 1, 1), date(2025, 12, 31)))
    '2025'
    """
    for kind in SHORT:
        whole = containing(last, kind)
        if (whole.first, whole.last) == (first, last):
            return whole
    return Period(first, last)


def period_of(figure: Figure) -> Period:
    """The period of a figure."""
    return whole_period(figure.first, figure.last)


def own_values(
    token: Token, about: Slice, indicator: str, periods: Sequence[Period]
) -> tuple[float | None, ...]:
    """The bank's own values of an indicator over periods, in the slice's scope and segment.

    None for a count of people in a part of the bank: peers are whole banks.
    """
    if not comparable(indicator, about):
        return (None,) * len(periods)
    return _own_values(token, about, indicator, tuple(periods))


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _own_values(
    token: Token, about: Slice, indicator: str, periods: tuple[Period, ...]
) -> tuple[float | None, ...]:
    made = setup(token)
    first = made.store.coverage.first_day
    asked = [one for one in periods if first is not None and one.last >= first]
    if not asked:
        return (None,) * len(periods)
    with open_warehouse_once(token.warehouse).reading() as connection:
        reader = LiveReader(connection, made.store)
        found = evaluate_periods(reader, made, [indicator], about, asked)
    kept = [float(without(values, made.switched_off).value[0, 0]) for values in found]
    known = {
        one: None if np.isnan(value) else value for one, value in zip(asked, kept, strict=True)
    }
    return tuple(known.get(one) for one in periods)


def noticed(token: Token, about: Slice, day: date) -> tuple[Seen, ...]:
    """The bank's search index and share of voice in the 10 days from a release, and 28 before."""
    after = Period(day, day + timedelta(days=AFTER_DAYS - 1))
    before = Period(day - timedelta(days=BEFORE_DAYS), day - timedelta(days=1))
    found = []
    for name in NOTICED:
        now, then = own_values(token, about, name, (after, before))
        if now is not None and then is not None:
            found.append((name, now, then))
    return tuple(found)


def what_if(token: Token, about: Slice, indicator: str, other: float) -> WhatIf:
    """The scores with another bank's value of an indicator."""
    return _what_if(token, about, indicator, other, environment())


@st.cache_resource(show_spinner=False, max_entries=400)
def _what_if(
    token: Token, about: Slice, indicator: str, other: float, around: tuple[tuple[str, str], ...]
) -> WhatIf:
    del around
    card = score_card(token, about)
    return with_value(card, indicator, other, about.branch or about.rights.subtree)


def keep_figure(typed: NewFigure, who: str) -> LoadReport:
    """Write a figure into the warehouse; EntryRefusedError for one that cannot be kept."""
    found = settings()
    return enter_figure(open_warehouse(found.warehouse), typed, zone=found.zone, who=who)


def keep_release(typed: NewRelease, who: str) -> LoadReport:
    """Write a release into the warehouse; EntryRefusedError for one that cannot be kept."""
    found = settings()
    return enter_release(open_warehouse(found.warehouse), typed, zone=found.zone, who=who)


def keep_file(table: str, mapping: str | None, name: str, content: bytes, who: str) -> LoadReport:
    """Load an uploaded file of figures or releases; LoadRefusedError says what is wrong with it.

    ``table`` gives it the name by which it is known, ``mapping`` another form to read it by.
    """
    found = settings()
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{table}{''.join(Path(name).suffixes[-2:])}"
        path.write_bytes(content)
        return load_files(
            open_warehouse(found.warehouse), [path], mapping=mapping, zone=found.zone, who=who
        )
