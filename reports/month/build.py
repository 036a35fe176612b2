"""The month's workbook: facts gathered once, then each sheet in its order; the one way to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from data.period import Period
from data.points.coverage import DAYLESS, Coverage
from data.report_look import ReportLook
from data.slice import Slice
from data.state import State
from metrics.values import Setup
from reports.book import Book, Saved
from reports.month import (
    behaviour,
    branches,
    business,
    campaigns,
    competitors,
    cover,
    dictionary,
    executive,
    experiments,
    perspectives,
    quality,
    risk,
    tree,
)
from reports.month.facts import Facts, Shared, gather
from reports.month.refused import ReportError
from reports.month.sentences import scope_words
from words.i18n import _, language, speak
from words.numbers import period as period_words
from words.text import plain

SheetWriter = Callable[[Book, Facts], None]
SHEETS: Sequence[SheetWriter] = (
    cover.write,
    executive.write,
    tree.write,
    perspectives.write,
    behaviour.write,
    business.write,
    risk.write,
    campaigns.write,
    competitors.write,
    branches.write,
    experiments.write,
    quality.write,
    dictionary.write,
)
"""The sheets in order: each adds its pages to the book."""
_UNSAFE = re.compile(r"[^\w\-.]+")


def build(
    connection: Connection,
    setup: Setup,
    state: State,
    about: Slice,
    lang: str,
    *,
    who: str,
    now: datetime | None = None,
    look: ReportLook | None = None,
    folder: Path | None = None,
    shared: Shared | None = None,
) -> Book:
    """The workbook of a calendar month and scope, as far as the slice's rights reach.

    ``who`` asks, ``now`` is naive UTC, ``folder`` holds the bank's own tree files, ``shared`` is
    what the scopes of a month have in common, where several are built. ReportError for a month
    that is not over in the data or of which nothing is loaded; SliceError for a scope that does
    not exist or is out of reach.
    """
    require_complete(setup.store.coverage, about.period)
    with speaking(lang):
        found = gather(
            connection, setup, state, about, who=who, now=now, folder=folder, shared=shared
        )
        return written(found, look)


def make(
    connection: Connection,
    setup: Setup,
    state: State,
    about: Slice,
    lang: str,
    path: Path,
    *,
    who: str,
    now: datetime | None = None,
    look: ReportLook | None = None,
    folder: Path | None = None,
    shared: Shared | None = None,
) -> Saved:
    """Build the workbook and write it to a file, whole or not at all.

    Raises as `build` does, and OSError where the file cannot be written.
    """
    made = build(
        connection, setup, state, about, lang, who=who, now=now, look=look, folder=folder,
        shared=shared,
    )  # fmt: skip
    return made.save(path)


def written(facts: Facts, look: ReportLook | None = None) -> Book:
    """The workbook of facts that are gathered, in the language that is spoken."""
    title = _("Monthly report {period} · {scope}").format(
        period=period_words(facts.period), scope=scope_words(facts)
    )
    made = Book(language(), look, title=title, subject=_("Canopy monthly report"),
                author=facts.who, made_at=facts.made_at)  # fmt: skip
    fill(made, facts)
    return made


def fill(book: Book, facts: Facts) -> None:
    """Add all sheets to a book, in their order."""
    for sheet in SHEETS:
        sheet(book, facts)


def require_complete(coverage: Coverage, month: Period) -> None:
    """Raise ReportError unless the month is over in the data and some of it is loaded."""
    if month.kind != "month":
        raise ReportError(f"{month}: a monthly report is of a whole calendar month")
    as_of = coverage.as_of
    if as_of is None:
        raise ReportError(f"{month}: nothing is loaded that could be reported")
    if month.last > as_of:
        raise ReportError(f"{month} is not complete: data reach {as_of}")
    if not any(coverage.covered(table, month) for table in coverage.runs if table not in DAYLESS):
        raise ReportError(f"{month}: no day of it is loaded, there is nothing to report")


def file_name(period: Period, branch: str, lang: str, name: str = "") -> str:
    """A file name that says what is inside, safe on every system.

    >>> file_name(Period.parse("2026-10"), "", "zh")
    'Canopy_月报_2026-10_全行.xlsx'
    >>> file_name(Period.parse("2026-10"), "a/b", "en")
    'Canopy_report_2026-10_a-b.xlsx'
    """
    kind, bank = ("月报", "全行") if lang == "zh" else ("report", "bank")
    parts = [part for part in (branch, name) if part] or [bank]
    safe = [_UNSAFE.sub("-", plain(part, 40)).strip("-.") or "x" for part in parts]
    return f"Canopy_{kind}_{period}_{'_'.join(safe)}.xlsx"


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """The workbook's language while it is made, then again the reader's."""
    before = language()
    speak(lang)
    try:
        yield
    finally:
        speak(before)
