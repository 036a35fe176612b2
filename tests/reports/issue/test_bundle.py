"""Reports as one file: the newest of each scope, byte for byte, under names of their own."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from data.state import audit_entries, open_state
from data.state.reports import issue_report, issued_reports
from reports.issue.bundle import bundle, newest_of
from tests.data.state.test_reports import draft


def test_a_bundle_holds_the_newest_report_of_each_scope(tmp_path: Path) -> None:
    with open_state(f"sqlite:///{tmp_path}/state.db") as state:
        for number, (branch, language) in enumerate(
            [("", "zh"), ("B01", "zh"), ("b01", "zh"), ("B01", "en"), ("B01", "zh")]
        ):
            made = replace(
                draft(f"d{number}", f"PK {number}".encode()), branch=branch, language=language,
                file_name=f"report_{branch.upper() or 'bank'}.xlsx",
            )  # fmt: skip
            issue_report(state, made, by="li", via="command", reason="again")
        chosen = newest_of(issued_reports(state), "zh")
        assert [(one.branch, one.number) for one in chosen] == [("", 1), ("B01", 2), ("b01", 1)]
        raw = bundle(state, chosen, by="wang")
        with zipfile.ZipFile(BytesIO(raw)) as parts:
            found = {name: parts.read(name) for name in parts.namelist()}
        assert found == {
            "report_bank.xlsx": b"PK 0",
            "report_B01.xlsx": b"PK 4",
            "report_B01-2.xlsx": b"PK 2",
        }
        assert len(audit_entries(state, who="wang", action="fetch_report")) == 3
        assert bundle(state, chosen, by="wang") == raw
