"""Lineage of an entry in both directions, the freshness of its tables, and its points' SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial

import pandas as pd
import streamlit as st

from data.contract import CONTRACT
from data.points.coverage import MONTHLY
from metrics.lineage.entries import Entry, key_of
from metrics.lineage.graph import ROLES, Reached
from metrics.tree import ROOT
from ui import export, load, points
from ui.dictionary import words
from ui.dictionary.finding import list_key, picked
from ui.frame import Here
from ui.load.dictionary import Dictionary, TableFacts, table_facts
from ui.strip import today
from words import numbers
from words.i18n import _, _n, language
from words.names import unit_words
from words.text import plain, safe

TALLEST = 420


def show(here: Here, book: Dictionary, entry: Entry) -> None:
    """Tabs: what feeds it, what breaks, its tables' freshness, and SQL or columns."""
    feeds, breaks = book.lineage.feeds(entry.key), book.lineage.breaks(entry.key)
    parts: dict[str, Callable[[], None]] = {}
    if feeds:
        parts[_("What feeds it")] = lambda: _feeds(here, book, feeds)
    if breaks:
        parts[_("What breaks without it")] = lambda: _breaks(here, book, entry, breaks)
    if entry.kind == "table":
        parts[_("Columns")] = lambda: _columns(book, entry.id)
    names = _points_of(here, entry)
    if names:
        parts["SQL"] = lambda: _sql(here, names)
    if not parts:
        st.caption(_("Nothing feeds it, and nothing hangs on it."))
        return
    opened = st.tabs(
        list(parts), key=f"dictionary_tabs_{len(parts)}_{entry.kind}", on_change="rerun"
    )
    for tab, fill in zip(opened, parts.values(), strict=True):
        if tab.open:
            with tab:
                fill()


def fresh(here: Here, book: Dictionary, entry: Entry) -> None:
    """The tables that make the entry's value: how far each is loaded, the worst first."""
    names = [entry.id.partition(".")[0]] if entry.kind in ("table", "column") else [
        one.key.partition(":")[2] for one in book.lineage.feeds(entry.key)
        if one.key.startswith("table:") and one.role in ("value", "watched")
    ]  # fmt: skip
    if not names:
        return
    known = table_facts(here.token)
    rows = sorted(((_age(name, known[name]), name) for name in names), reverse=True)
    with st.container(border=True, key="panel-entry-fresh"):
        heading = _("Freshness of its tables")
        st.markdown(f"**{heading}**")
        st.markdown("  \n".join(_fresh_line(name, known[name]) for _age_of, name in rows))


def _age(name: str, facts: TableFacts) -> int:
    """Days behind what is due; tables that are missing are worst, those without days best."""
    if not facts.there:
        return 10_000
    return -1 if facts.last_day is None else (_due(name) - facts.last_day).days


def _due(name: str) -> date:
    """The last day that should be complete: of month-ends the last that is over."""
    due = today() - timedelta(days=1 + load.settings().late_after_days)
    return due.replace(day=1) - timedelta(days=1) if name in MONTHLY else due


def _fresh_line(name: str, facts: TableFacts) -> str:
    told = [f"`{name}`"]
    if not facts.there:
        said = _("not loaded")
        return f":red[■ {said}] {told[0]}"
    late = _age(name, facts) > 0
    if facts.last_day is not None:
        until = _("complete to {day}").format(day=numbers.day(facts.last_day))
        told.append(f"{until}, {numbers.days_ago((today() - facts.last_day).days)}")
    else:
        told.append(_("has no days"))
    if facts.loaded_at is not None:
        told.append(_("last load {when}").format(when=numbers.moment(facts.loaded_at)))
    said = _("late") if late else _("on time")
    sign = f":red[■ {said}]" if late else f":green[● {said}]"
    return f"{sign} {' · '.join(told)}"


def _feeds(here: Here, book: Dictionary, found: Sequence[Reached]) -> None:
    counts = Counter(_kind(book, one.key) for one in found)
    told = _(", ").join(
        _counted(kind, counts[kind]) for kind in ("point", "table", "column") if counts[kind]
    )
    st.markdown(_("Made from {parts}.").format(parts=told) if told else "")
    _table(book, found, words.use, "feeds")


def _breaks(here: Here, book: Dictionary, entry: Entry, found: Sequence[Reached]) -> None:
    """First in a sentence, then each with what is lost."""
    leaves = [one for one in found if _kind(book, one.key) == "indicator"]
    roles = Counter(one.role for one in leaves)
    value, target, split = roles["value"], roles["target"], roles["split"]
    said = (
        _n("{count} indicator lacks its value", "{count} indicators lack their value", value),
        _n("{count} lacks its target", "{count} lack their target", target),
        _n("{count} loses a split", "{count} lose a split", split),
    )
    counted = zip(said, (value, target, split), strict=True)
    parts = [text.format(count=count) for text, count in counted if count]
    if parts:
        late = entry.kind in ("table", "point", "indicator")
        when = (
            _("When it is late or missing: {parts}.") if late else _("When it is missing: {parts}.")
        )
        st.markdown(when.format(parts=_(", ").join(parts)))
    _table(book, found, words.effect, "breaks")


def _kind(book: Dictionary, key: str) -> str:
    return book.entries[key].kind if key in book.entries else "total"


def _counted(kind: str, count: int) -> str:
    said = {
        "point": _n("{count} data point", "{count} data points", count),
        "table": _n("{count} table", "{count} tables", count),
        "column": _n("{count} column", "{count} columns", count),
    }[kind]
    return said.format(count=count)


def _table(
    book: Dictionary, found: Sequence[Reached], told: Callable[[Reached], str], key: str
) -> None:
    """Each entry reached with what it does; a click opens it."""
    place = {key: number for number, key in enumerate(book.entries)}
    ordered = sorted(
        (one for one in found if one.key in book.entries),
        key=lambda one: (ROLES.index(one.role), place[one.key]),
    )
    keys = [one.key for one in ordered]
    widget = list_key(key, keys)
    every = [book.entries[one.key] for one in ordered]
    frame = pd.DataFrame(
        {
            _("Kind"): [words.kind(one.kind) for one in every],
            _("Name"): [plain(one.name(language()), 80) for one in every],
            _("Id"): [plain(one.id, 60) for one in every],
            _("What it does") if key == "feeds" else _("What is lost"): list(map(told, ordered)),
        }
    )
    st.dataframe(
        frame,
        key=widget,
        hide_index=True,
        on_select=partial(picked, widget, keys),
        selection_mode="single-cell",
        row_height=30,
        height=min(TALLEST, 38 + 30 * max(len(frame), 1)),
    )
    if any(one.key == ROOT for one in found) and key == "breaks":
        st.caption(_("The total score is concerned too."))
    export.buttons(frame, f"lineage_{key}", frame.columns[-1])


def _columns(book: Dictionary, table: str) -> None:
    """The columns of a table, each with how many points read it."""
    zh = language() == "zh"
    columns = list(CONTRACT.tables[table].columns)
    used = Counter(column for origin in book.origins.values() for column in origin.value)
    frame = pd.DataFrame(
        {
            _("Column"): [one.name for one in columns],
            _("Meaning"): [
                plain(one.info["meaning_zh" if zh else "meaning"], 120) for one in columns
            ],
            _("Unit"): [unit_words(one.info["unit"]) for one in columns],
            _("Data points"): [used[table, one.name] for one in columns],
        }
    )
    keys = [key_of("column", f"{table}.{one.name}") for one in columns]
    widget = list_key("columns", keys)
    st.dataframe(
        frame, key=widget, hide_index=True, on_select=partial(picked, widget, keys),
        selection_mode="single-cell", row_height=30, height=min(TALLEST, 38 + 30 * len(frame)),
    )  # fmt: skip
    export.buttons(frame, "columns", safe(table))


def _points_of(here: Here, entry: Entry) -> tuple[str, ...]:
    if entry.kind == "point":
        return (entry.id,)
    if entry.kind in ("indicator", "module"):
        return tuple(sorted(here.tree.indicators[entry.id.partition("@")[0]].formula.points))
    if entry.kind == "red_line":
        return tuple(sorted(here.tree.red_lines[entry.id].formula.points))
    return ()


def _sql(here: Here, names: tuple[str, ...]) -> None:
    """The statement of each point, as it is compiled for this warehouse."""
    st.caption(_("By day, for the period above, straight from the facts."))
    points.show_points(here, names)
