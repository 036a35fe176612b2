"""Issued reports: each with what it was made from and its file, only ever added to.

A report is of a month, a scope and a language. What is issued again with another content is the
next version and has a reason; with the same content the version that stands is given once more.
The file lies in the state database, so that row and file are there together or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, insert, select

from data.state.audit import record
from data.state.checks import canonical_json, digest, last_day, words, words_or_none
from data.state.database import State
from data.state.errors import StateError, StateRefusedError
from data.state.lifecycle import Step, stepping
from data.state.tables import REPORT_FILE, REPORT_ISSUE

Way = Literal["screen", "command"]
LARGEST_FILE = 100_000_000  # bytes
_AS_JSON = ("baselines", "parts", "sheets")


@dataclass(frozen=True)
class MadeFrom:
    """What a report was made from.

    ``as_of`` is the last day of the data, ``token`` the state of the warehouse, ``closing`` the
    version of the closed month (None: it was open). The weight sets are those of the bank and of
    its branches; ``baselines`` the ids of those in force; ``definitions`` a digest of all versions
    of definitions.
    """

    as_of: date | None
    token: str
    weight_set: str
    branch_weight_set: str
    baselines: tuple[int, ...]
    definitions: str
    closing: int | None


@dataclass(frozen=True)
class Contents:
    """Digests of what a report says: of the whole, of what it rests on, of each of its sheets."""

    digest: str
    parts: Mapping[str, str]
    sheets: Mapping[str, str]


@dataclass(frozen=True)
class ReportDraft:
    """A report that is made and not issued; ``branch`` '' is the whole bank."""

    month: date
    branch: str
    language: str
    made_at: datetime
    made_from: MadeFrom
    contents: Contents
    file_name: str
    file: bytes


@dataclass(frozen=True)
class IssuedReport:
    """One version of a report: ``month`` its last day, ``size`` in bytes; the file is apart."""

    id: int
    month: date
    branch: str
    language: str
    number: int
    issued_at: datetime
    issued_by: str
    via: Way
    reason: str | None
    made_from: MadeFrom
    contents: Contents
    file_name: str
    file_digest: str
    size: int


def issue_report(
    state: State, draft: ReportDraft, *, by: str, via: Way, reason: str | None = None
) -> IssuedReport:
    """Keep a report for good; the version that stands where it says the same already.

    StateRefusedError where it says something else than the newest version and has no reason.

    >>> from tempfile import TemporaryDirectory
    >>> from data.state.database import open_state
    >>> base = MadeFrom(date(2026, 10, 31), "7", "prudent", "prudent", (), "c0ffee", None)
    >>> said = Contents("d1", {"values": "a"}, {"Cover": "b"})
    >>> made = ReportDraft(date(2026, 10, 1), "", "en", datetime(2026, 11, 2), base, said,
    ...                    "october.xlsx", b"PK")
    >>> with TemporaryDirectory() as folder, open_state(f"sqlite:///{folder}/state.db") as state:
    ...     first = issue_report(state, made, by="li", via="command")
    ...     again = issue_report(state, made, by="wang", via="screen")
    ...     first.number, again.issued_by, report_file(state, again)
    (1, 'li', b'PK')
    """
    month = last_day(draft.month)
    with stepping(state, by) as step:
        newest = _newest(step.connection, month, draft.branch, draft.language)
        if newest is not None and newest.contents.digest == draft.contents.digest:
            _told(step, newest, "reproduce_report", {"digest": newest.contents.digest})
            return newest
        said = words_or_none("reason", reason)
        if newest is not None and said is None:
            raise StateRefusedError(
                f"{month:%Y-%m} was issued as version {newest.number} by {newest.issued_by} at "
                f"{newest.issued_at:%F %T} UTC with another content: "
                "issuing it again needs a reason"
            )
        number = 1 if newest is None else newest.number + 1
        return _add(step, draft, month, number, said, via)


def _add(
    step: Step, draft: ReportDraft, month: date, number: int, reason: str | None, via: Way
) -> IssuedReport:
    if not draft.file or len(draft.file) > LARGEST_FILE:
        raise StateRefusedError(
            f"the report has {len(draft.file)} bytes: from 1 to {LARGEST_FILE} are kept"
        )
    row: dict[str, Any] = {
        "month": month,
        "branch": draft.branch,
        "language": draft.language,
        "number": number,
        "issued_at": draft.made_at,
        "issued_by": step.by,
        "via": via,
        "reason": reason,
        **asdict(draft.made_from),
        **asdict(draft.contents),
        "file_name": words("file name", draft.file_name, longest=255),
        "file_digest": digest(draft.file),
        "size": len(draft.file),
    }
    stored = {**row, **{name: canonical_json(row[name]) for name in _AS_JSON}}
    new = insert(REPORT_ISSUE).values(stored).returning(REPORT_ISSUE.c.id)
    found = int(step.connection.execute(new).scalar_one())
    step.connection.execute(insert(REPORT_FILE).values(report_id=found, content=draft.file))
    issued = _report(step.connection.execute(_one(found)).mappings().one())
    told = {k: v for k, v in row.items() if k not in ("issued_at", "issued_by", "sheets")}
    _told(step, issued, "issue_report", told)
    return issued


def _told(step: Step, issued: IssuedReport, action: str, detail: Mapping[str, object]) -> None:
    on = report_name(issued.id)
    record(step.connection, at=step.at, who=step.by, action=action, on=on, detail=detail)


def report_name(number: int) -> str:
    """The name of an issued report in the audit log."""
    return f"report:{number}"


def issued_reports(
    state: State, *, month: date | None = None, branches: Collection[str] | None = None
) -> tuple[IssuedReport, ...]:
    """Issued reports, the newest first: of a month's day ``month``, of some branches only."""
    query = select(REPORT_ISSUE).order_by(REPORT_ISSUE.c.id.desc())
    if month is not None:
        query = query.where(REPORT_ISSUE.c.month == last_day(month))
    with state.reading() as connection:
        found = [_report(row) for row in connection.execute(query).mappings()]
    return tuple(one for one in found if branches is None or one.branch in branches)


def issued_report(state: State, number: int) -> IssuedReport | None:
    """An issued report by its id; None where there is none."""
    with state.reading() as connection:
        row = connection.execute(_one(number)).mappings().one_or_none()
    return None if row is None else _report(row)


def newest_report(state: State, month: date, branch: str, language: str) -> IssuedReport | None:
    """The newest version of a report; None where it was never issued."""
    with state.reading() as connection:
        return _newest(connection, last_day(month), branch, language)


def report_file(state: State, issued: IssuedReport) -> bytes:
    """The file as it was issued. StateError where what is kept was damaged."""
    query = select(REPORT_FILE.c.content).where(REPORT_FILE.c.report_id == issued.id)
    with state.reading() as connection:
        found = connection.execute(query).scalar_one_or_none()
    if found is None or digest(bytes(found)) != issued.file_digest:
        raise StateError(
            f"the file of report {issued.id} is damaged: restore the state database from its "
            "back-up, or issue the report again"
        )
    return bytes(found)


def fetch_report(state: State, issued: IssuedReport, *, by: str) -> bytes:
    """The file as it was issued, and a link in the audit log that says who took it."""
    return fetch_reports(state, (issued,), by=by)[0]


def fetch_reports(state: State, issued: Sequence[IssuedReport], *, by: str) -> list[bytes]:
    """Files as they were issued, each with a link in the audit log."""
    found = [report_file(state, one) for one in issued]
    with stepping(state, by) as step:
        for one in issued:
            _told(step, one, "fetch_report", {"file_digest": one.file_digest})
    return found


def _one(number: int) -> Any:
    return select(REPORT_ISSUE).where(REPORT_ISSUE.c.id == number)


def _newest(connection: Connection, month: date, branch: str, language: str) -> IssuedReport | None:
    here = REPORT_ISSUE.c
    same = (here.month == month, here.branch == branch, here.language == language)
    query = select(REPORT_ISSUE).where(*same).order_by(here.number.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _report(row)


def _report(row: RowMapping) -> IssuedReport:
    found: dict[str, Any] = dict(row)
    found |= {name: json.loads(found[name]) for name in _AS_JSON}
    found["baselines"] = tuple(found["baselines"])
    base = MadeFrom(**{one.name: found.pop(one.name) for one in fields(MadeFrom)})
    said = Contents(**{one.name: found.pop(one.name) for one in fields(Contents)})
    return IssuedReport(**found, made_from=base, contents=said)
