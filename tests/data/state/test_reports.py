"""Issued reports: versions that stay, files that are whole, nothing half after a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data.state import (
    State,
    StateError,
    StateRefusedError,
    audit_entries,
    numbers_head,
    open_state,
    verify_audit,
    verify_published,
)
from data.state.reports import (
    Contents,
    MadeFrom,
    ReportDraft,
    fetch_report,
    issue_report,
    issued_report,
    issued_reports,
    newest_report,
    report_file,
)

ROOT = Path(__file__).parents[3]
OCTOBER = date(2026, 10, 31)
MADE_AT = datetime(2026, 11, 2, 8, 0, 0)  # noqa: DTZ001  # naive UTC, as stored


def draft(digest: str = "d1", file: bytes = b"PK one", **other: object) -> ReportDraft:
    base = MadeFrom(OCTOBER, "snapshot 7", "prudent", "3", (4, 9), "c0ffee", 1)
    said = Contents(digest, {"values": "a"}, {"封面": "b"})
    made = ReportDraft(
        date(2026, 10, 5), "", "zh", MADE_AT, base, said, "Canopy_月报_2026-10_全行.xlsx", file
    )
    return replace(made, **other)  # type: ignore[arg-type]  # any field of a draft


def test_a_report_comes_back_as_it_was_issued(state: State) -> None:
    issued = issue_report(state, draft(), by="li", via="command")
    assert issued_report(state, issued.id) == issued
    assert newest_report(state, OCTOBER, "", "zh") == issued
    assert report_file(state, issued) == b"PK one"
    assert (issued.month, issued.number, issued.size) == (OCTOBER, 1, 6)
    assert issued.made_from.baselines == (4, 9)
    assert issued.contents.sheets == {"封面": "b"}
    assert issued_report(state, 99) is None


def test_the_same_content_is_no_new_version_and_is_told(state: State) -> None:
    first = issue_report(state, draft(), by="li", via="command")
    again = issue_report(state, draft(file=b"PK by another"), by="wang", via="screen")
    assert again == first
    assert report_file(state, again) == b"PK one"
    told = [(one.who, one.action) for one in audit_entries(state, on=f"report:{first.id}")]
    assert told == [("li", "issue_report"), ("wang", "reproduce_report")]


def test_another_content_is_a_new_version_with_a_reason(state: State) -> None:
    first = issue_report(state, draft(), by="li", via="command")
    for reason in (None, "  "):
        with pytest.raises(StateRefusedError):
            issue_report(state, draft("d2", b"PK two"), by="li", via="command", reason=reason)
    second = issue_report(state, draft("d2", b"PK two"), by="li", via="screen", reason="late loans")
    assert (second.number, second.reason) == (2, "late loans")
    assert [one.id for one in issued_reports(state)] == [second.id, first.id]
    assert (report_file(state, first), report_file(state, second)) == (b"PK one", b"PK two")


def test_scope_and_language_have_versions_of_their_own(state: State) -> None:
    made = [draft(), draft(branch="B01"), draft(language="en"), draft(month=date(2026, 9, 1))]
    found = [issue_report(state, one, by="li", via="command") for one in made]
    assert [one.number for one in found] == [1, 1, 1, 1]
    shown = issued_reports(state, month=OCTOBER, branches={"B01"})
    assert [one.branch for one in shown] == ["B01"]


def test_who_takes_a_file_stands_in_the_log_and_no_number_changes(state: State) -> None:
    before = numbers_head(state)
    issued = issue_report(state, draft(), by="li", via="command")
    assert fetch_report(state, issued, by="wang") == b"PK one"
    assert audit_entries(state, who="wang")[0].action == "fetch_report"
    assert numbers_head(state) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE report_issue SET reason = 'x'",
        "DELETE FROM report_issue",
        "UPDATE report_file SET content = content",
        "DELETE FROM report_file",
        "INSERT INTO report_file (report_id, content) VALUES (1, 'x')",
        "UPDATE report_issue SET number = 2",
    ],
)
def test_the_database_refuses_what_would_change_an_issued_report(
    state: State, statement: str
) -> None:
    issue_report(state, draft(), by="li", via="command")
    with pytest.raises(IntegrityError), state.writing() as connection:
        connection.execute(text(statement))
    assert verify_published(state) == ()


def test_a_file_changed_behind_the_guards_is_noticed(tmp_path: Path) -> None:
    with open_state(f"sqlite:///{tmp_path}/state.db") as state:
        issued = issue_report(state, draft(), by="li", via="command")
        with state.writing() as connection:
            connection.execute(text("DROP TRIGGER guard_report_file_update"))
            connection.execute(text("UPDATE report_file SET content = x'00'"))
        with pytest.raises(StateError, match="damaged"):
            report_file(state, issued)
        assert [one.object for one in verify_published(state)] == [f"report:{issued.id}"]


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from data.state import open_state
from data.state.reports import issue_report
from reports.book.file import replace_file
from tests.data.state.test_reports import draft
with open_state(sys.argv[1]) as state:
    for number in range(100000):
        raw = b"PK" + number.to_bytes(4, "big") * 60000 + b"END"
        made = draft(f"{sys.argv[3]} {number}", raw)
        kept = issue_report(state, made, by="li", via="command", reason="again")
        replace_file(Path(sys.argv[2]) / "report.xlsx", raw)
        print(kept.number, flush=True)
"""


def test_a_kill_leaves_whole_files_and_a_sound_history(tmp_path: Path) -> None:
    url, out = f"sqlite:///{tmp_path}/state.db", tmp_path / "out"
    acknowledged = 0
    for turn in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, url, str(out), str(turn)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(0.013 * (turn + 1))
        child.send_signal(signal.SIGKILL)
        acknowledged = int((first + child.stdout.read()).split("\n")[-2])
        child.wait()
        child.stdout.close()
        shown = (out / "report.xlsx").read_bytes()
        assert shown[:2] == b"PK"
        assert shown[-3:] == b"END"
        with open_state(url) as state:
            kept = issued_reports(state)
            assert len(kept) >= acknowledged
            assert [one.number for one in kept] == list(range(len(kept), 0, -1))
            assert shown in {report_file(state, one) for one in kept[:2]}
            assert verify_audit(state).sound
            assert verify_published(state) == ()
    visible = [one.name for one in out.iterdir() if not one.name.startswith(".")]
    assert visible == ["report.xlsx"]
