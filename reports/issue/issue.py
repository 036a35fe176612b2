"""The one way to an issued report, for the screen and the command line alike.

A report of a month, scope and language is the same for everybody who may see the scope: it is made
without the rights of who asks, cut to the scope. It is made as of the moment when it was last
issued (warnings and decisions grow older by the day), so that equal data give an equal digest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from data.points.read import Store, permitted_scope
from data.report_look import ReportLook
from data.slice import Rights, Slice, SliceError
from data.state import State
from data.state.reports import (
    Contents,
    IssuedReport,
    ReportDraft,
    Way,
    issue_report,
    issued_report,
    issued_reports,
    newest_report,
    report_file,
)
from metrics.values import Setup
from reports.issue.differences import Differences, between
from reports.issue.digests import grounds, made_from, sheets
from reports.month.build import file_name, require_complete, speaking, written
from reports.month.facts import Facts, Shared, gather
from reports.month.facts_bank import standing
from reports.month.refused import ReportError

GATHER, WRITE, KEEP = "gather", "write", "keep"
Told = Callable[[str], None]
"""Called with the step that begins; what it raises ends the work, and nothing is issued."""


class ChangedReportError(ReportError):
    """A report that was issued and would say something else now: it needs a reason."""

    def __init__(self, issued: IssuedReport, found: Differences) -> None:
        self.issued, self.found = issued, found
        super().__init__(
            f"{issued.month:%Y-%m} was issued as version {issued.number} by {issued.issued_by} at "
            f"{issued.issued_at:%F %T} UTC with another content: "
            "issuing it again needs a reason"
        )


@dataclass(frozen=True)
class Source:
    """What reports are made from; ``token`` is the state of the warehouse under the setup.

    ``folder`` holds the bank's own tree files; ``shared`` is what the scopes of a month have in
    common, where several reports are issued.
    """

    connection: Connection
    setup: Setup
    state: State
    token: str
    look: ReportLook
    folder: Path | None = None
    shared: Shared | None = None


@dataclass(frozen=True)
class Outcome:
    """An issued report with its file; ``new``: not one that stood already.

    ``found`` says how it differs from the version before it; None where there was none.
    """

    issued: IssuedReport
    file: bytes
    new: bool
    found: Differences | None


def issue(
    source: Source,
    about: Slice,
    lang: str,
    *,
    who: str,
    via: Way,
    reason: str | None = None,
    told: Told = lambda _step: None,
) -> Outcome:
    """Make the month's report and keep it; with the content that stands, the version that stands.

    ReportError for a month that cannot be reported, ChangedReportError where the content is another
    than was issued and there is no reason, SliceError for a scope out of the slice's rights.
    """
    scope = scope_of(source.setup.store, about)
    state, now = source.state, source.state.clock()
    before = newest_report(state, scope.period.last, scope.branch, lang)
    told(GATHER)
    facts = _facts(source, scope, who, now if before is None else before.issued_at)
    told(WRITE)
    made = draft(source, facts, lang, who, now)
    found = None if before is None else between(before.contents, made.contents)
    if before is not None and found is not None and found.grounds:
        if reason is None or not reason.strip():
            raise ChangedReportError(before, found)
        made = draft(source, _as_of(facts, state, now), lang, who, now)
    told(KEEP)
    issued = issue_report(state, made, by=who, via=via, reason=reason)
    new = before is None or issued.id != before.id
    # What another person issued in this very moment with the same content stands in its place.
    same = issued.file_name == made.file_name and issued.issued_at == now
    return Outcome(issued, made.file if same else report_file(state, issued), new, found)


def scope_of(store: Store, about: Slice) -> Slice:
    """Month and scope of a report without the rights of who asks, after these were looked at.

    ReportError for a month that cannot be reported, SliceError for a scope out of reach or for a
    part of its customers.
    """
    require_complete(store.coverage, about.period)
    permitted_scope(store, about)
    if about.filters:
        raise SliceError("a monthly report is of a calendar month and of a whole scope")
    return Slice.of(about.period, branch=about.branch or about.rights.subtree)


def facts_of(source: Source, about: Slice, *, who: str) -> Facts:
    """The facts of a month and scope as a report tells them now; raises as `scope_of` does."""
    return _facts(source, scope_of(source.setup.store, about), who, source.state.clock())


def _facts(source: Source, scope: Slice, who: str, seen_at: datetime) -> Facts:
    return gather(
        source.connection, source.setup, source.state, scope, who=who, now=seen_at,
        folder=source.folder, shared=source.shared,
    )  # fmt: skip


def _as_of(facts: Facts, state: State, now: datetime) -> Facts:
    """The same facts with warnings and decisions as they stand now."""
    stand = standing(state, facts.setup, facts.about, now, now.date())
    return replace(facts, standing=stand)


def draft(source: Source, facts: Facts, lang: str, who: str, now: datetime) -> ReportDraft:
    """The workbook of facts with its digests, made by ``who`` at ``now``, not issued."""
    with speaking(lang):
        book = written(replace(facts, who=who, made_at=now), source.look)
        raw, digest = book.content()
    return ReportDraft(
        month=facts.period.last,
        branch=facts.branch,
        language=lang,
        made_at=now,
        made_from=made_from(source.state, facts.setup, facts.card, source.token),
        contents=Contents(digest, grounds(facts, source.look), sheets(book)),
        file_name=file_name(facts.period, facts.branch, lang),
        file=raw,
    )


def within(store: Store, rights: Rights, branch: str) -> bool:
    """Whether a report's branch ('' the bank) lies within a reader's rights."""
    top, leaves = rights.subtree, store.leaves
    if not top:
        return True
    return bool(branch) and branch in leaves and top in leaves and leaves[branch] <= leaves[top]


def history(state: State, store: Store, about: Slice | Rights) -> tuple[IssuedReport, ...]:
    """Issued reports within reach, the newest first; of a slice those of its month and below it."""
    if isinstance(about, Rights):
        return tuple(one for one in issued_reports(state) if within(store, about, one.branch))
    below = Rights(about.branch)
    return tuple(
        one
        for one in issued_reports(state, month=about.period.last)
        if within(store, about.rights, one.branch) and within(store, below, one.branch)
    )


def reachable(state: State, store: Store, rights: Rights, number: int) -> IssuedReport:
    """An issued report by its id; ReportError where there is none within the reader's rights."""
    found = issued_report(state, number)
    if found is None or not within(store, rights, found.branch):
        raise ReportError(f"report {number} does not exist or is out of your reach")
    return found
