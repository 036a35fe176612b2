"""The left side: search, groups with counts, and the entries to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from zlib import crc32

import pandas as pd
import streamlit as st

from data.configuration import nearest_name
from metrics.lineage.entries import Entry, Kind, resolve
from ui import export
from ui.dictionary import words
from ui.dictionary.table import full_table
from ui.frame import Here
from ui.load.dictionary import Dictionary
from words import numbers
from words.i18n import _, language
from words.text import plain, safe

ENTRY, WRITTEN, QUERY, GROUP = "entry", "entry_written", "dictionary_query", "dictionary_group"
SEARCHED = "dictionary_searched"
FIRST = "mau"
ALL = "all"
LONGEST_LIST = 400


def opened(book: Dictionary) -> Entry:
    """The entry that the address names, else the session's, else the first; kept in the address."""
    asked, state = st.query_params.get(ENTRY), st.session_state
    if asked is not None and asked != state.get(WRITTEN):
        state[ENTRY] = _known(book, asked)
    key: str = state.get(ENTRY, FIRST)
    if key not in book.entries:
        key = next(iter(book.entries))
    st.query_params[ENTRY] = key
    state[WRITTEN] = key
    return book.entries[key]


def _known(book: Dictionary, asked: str) -> str:
    found = resolve(book.entries, asked[:200])
    if found is not None:
        return found
    nearest = nearest_name(asked[:80], book.entries)
    told = _("The dictionary has no entry {entry}.").format(entry=safe(asked, 80))
    if nearest:
        hint = _("Did you mean {nearest}?").format(nearest=safe(nearest))
        told = f"{told} {hint}"
    st.warning(told)
    return FIRST


def show(here: Here, book: Dictionary) -> None:
    """Search and groups above the list; a click on a row opens the entry."""
    query = st.text_input(
        _("Search"),
        key=QUERY,
        placeholder=_("A name, an id, a word of the definition — Chinese or English"),
        max_chars=100,
        label_visibility="collapsed",
        icon=":material/search:",
        persist_state="session",
    )
    hits = _hits(book, query)
    group = _group(hits, searching=bool(query.strip()))
    chosen = [one for one in hits if group in (ALL, one.kind)]
    if not hits:
        told = _("Nothing is called {query}. Try another word, or fewer.")
        st.info(told.format(query=safe(query, 60)))
        return
    _list(chosen)
    count = numbers.number(len(chosen), 0)
    finding = _("{count} entries of the data dictionary").format(count=count)
    export.buttons(full_table(here, book, chosen), "dictionary", finding)


def _hits(book: Dictionary, query: str) -> list[Entry]:
    if not query.strip():
        return list(book.entries.values())
    return [book.entries[hit.key] for hit in book.index.search(query, LONGEST_LIST)]


def _group(hits: Sequence[Entry], *, searching: bool) -> Kind | str:
    """A group to look at, each with how many were found in it."""
    counts = Counter(one.kind for one in hits)
    every = _("All")
    labels: dict[str, str] = {ALL: f"{every} {len(hits)}"}
    labels |= {
        kind: f"{name} {counts[kind]}" for kind, name in words.kinds().items() if counts[kind]
    }
    if st.session_state.get(GROUP) not in labels or searching != st.session_state.get(SEARCHED):
        st.session_state[GROUP] = ALL if searching else "indicator"
        st.session_state[SEARCHED] = searching
    found = st.pills(
        _("Group"),
        list(labels),
        key=GROUP,
        format_func=labels.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(found or ALL)


def list_key(name: str, keys: Sequence[str]) -> str:
    """The key of a list of entries: another list is another widget, with nothing chosen in it."""
    return f"dictionary_{name}_{crc32(' '.join(keys).encode())}"


def picked(widget: str, keys: Sequence[str]) -> None:
    """Open the entry whose row was clicked; a second click, which unmarks it, opens it again."""
    cells = st.session_state[widget].selection.cells
    last = f"{widget}_last"
    if cells and cells[0][0] < len(keys):
        st.session_state[last] = keys[cells[0][0]]
    if last in st.session_state:
        st.session_state[ENTRY] = st.session_state[last]


def _list(chosen: Sequence[Entry]) -> None:
    """Name, id and kind of each; a click opens it."""
    keys = [one.key for one in chosen]
    widget = list_key("list", keys)
    frame = pd.DataFrame(
        {
            _("Name"): [plain(one.name(language()), 80) for one in chosen],
            _("Id"): [plain(one.id, 60) for one in chosen],
            _("Kind"): [words.kind(one.kind) for one in chosen],
        }
    )
    text = st.column_config.TextColumn
    st.dataframe(
        frame,
        key=widget,
        hide_index=True,
        on_select=partial(picked, widget, keys),
        selection_mode="single-cell",
        height=600,
        row_height=30,
        column_config={
            _("Name"): text(width=186),
            _("Id"): text(width=126),
            _("Kind"): text(width=80),
        },
    )
