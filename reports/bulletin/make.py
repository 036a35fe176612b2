"""The bulletin of a month and scope as a file: HTML anywhere, PDF where there is a Chromium."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data.period import Period
from data.report_look import ReportLook
from data.slice import Slice
from reports.bulletin.content import Bulletin, bulletin
from reports.bulletin.page import SIZES, page
from reports.bulletin.pdf import to_pdf
from reports.issue.issue import Source, facts_of
from reports.month.build import file_name, speaking

Form = Literal["pdf", "html"]


@dataclass(frozen=True)
class Printed:
    """A bulletin as a file with its name, and what it says."""

    name: str
    file: bytes
    said: Bulletin


def printed(source: Source, about: Slice, lang: str, form: Form, *, who: str) -> Printed:
    """The bulletin for ``who``; nothing is kept.

    ReportError for a month that cannot be reported, NoBrowserError for a PDF without a Chromium,
    SliceError for a scope out of the slice's rights.
    """
    facts = facts_of(source, about, who=who)
    with speaking(lang):
        said = bulletin(facts)
    name = name_of(facts.period, facts.branch, lang, form)
    return Printed(name, rendered(source.look, said, lang, form), said)


def rendered(look: ReportLook, said: Bulletin, lang: str, form: Form) -> bytes:
    """A bulletin that was said in a language as a file; raises as ``printed`` does."""
    with speaking(lang):
        if form == "html":
            return page(said, look).encode()
        return to_pdf(lambda size: page(said, look, size), SIZES)


def name_of(period: Period, branch: str, lang: str, form: Form) -> str:
    """A file name that says what is inside.

    >>> name_of(Period.parse("2026-10"), "", "zh", "pdf")
    'Canopy_简报_2026-10_全行.pdf'
    """
    named = file_name(period, branch, lang).removesuffix(".xlsx")
    kind = ("_月报_", "_简报_") if lang == "zh" else ("_report_", "_bulletin_")
    return f"{named.replace(*kind, 1)}.{form}"
