"""`report`: the workbook from the command line, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from commands import bulletin, report
from data.report_look import ReportLook
from data.slice import Slice
from data.state.reports import issue_report, report_file
from reports.bulletin.make import Form, Printed, name_of, rendered
from reports.issue.differences import Differences
from reports.issue.issue import ChangedReportError, Outcome, Source
from reports.month.build import file_name
from tests.cli.conftest import Run
from tests.data.state.test_reports import draft
from tests.reports.bulletin.test_bulletin import SAID


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Slice]:
    """Issues a word in place of the report; lists what was asked for."""
    asked: list[Slice] = []

    def issue(source: Source, about: Slice, lang: str, *, who: str, **more: Any) -> Outcome:
        asked.append(about)
        named = file_name(about.period, about.branch, lang)
        made = replace(draft(file=f"PK {lang}".encode()), branch=about.branch, language=lang)
        made = replace(made, file_name=named, month=about.period.last)
        kept = issue_report(source.state, made, by=who, via=more["via"], reason=more["reason"])
        return Outcome(kept, report_file(source.state, kept), new=True, found=None)

    monkeypatch.setattr(report, "issue", issue)
    return asked


def test_the_report_of_a_month(on_bank: Run, tmp_path: Path) -> None:
    ran = on_bank("report", "--period", "2026-10", "--lang", "en", "--out", tmp_path, "--json")
    assert ran.code == 0, ran.err
    (made,) = ran.json["reports"]
    assert made["file"] == str(tmp_path / "Canopy_report_2026-10_bank.xlsx")
    assert len(made["sheets"]) >= 15
    page = load_workbook(made["file"], data_only=True)["Indicator tree"]
    (total,) = [row for row in page.iter_rows(values_only=True) if row[2] == "total"]
    assert any(isinstance(cell, float) and 40 < cell < 120 for cell in total)
    (kept,) = on_bank("reports", "list", "--period", "2026-10", "--json").json["reports"]
    assert (kept["version"], kept["via"], kept["digest"]) == (1, "command", made["digest"])
    got = on_bank("reports", "get", kept["report"], "--out", tmp_path / "again.xlsx")
    assert got.code == 0
    assert (tmp_path / "again.xlsx").read_bytes() == Path(made["file"]).read_bytes()


@pytest.mark.usefixtures("quick")
def test_the_history_lists_gets_and_issues_again(on_bank: Run, tmp_path: Path) -> None:
    for branch in ("", "B01"):
        made = ("report", "--period", "2026-10", "--branch", branch, "--lang", "zh")
        assert on_bank(*made, "--out", tmp_path).code == 0
    told = on_bank("reports", "list", "--lang", "zh").out.splitlines()
    assert [line.split()[2] for line in told] == ["范围", "B01", "全行"]
    only = on_bank("reports", "list", "--branch", "B01", "--json").json["reports"]
    assert [one["branch"] for one in only] == ["B01"]
    again = on_bank("reports", "again", only[0]["report"], "--out", tmp_path / "b.xlsx", "--json")
    assert (again.code, again.json["version"], again.json["branch"]) == (0, 1, "B01")
    assert (tmp_path / "b.xlsx").read_bytes() == b"PK zh"
    for command in ("get", "again"):
        ran = on_bank("reports", command, "99", "--lang", "zh")
        assert (ran.code, ran.out) == (4, "")
        assert "报告 99 不存在" in ran.err


def test_another_content_asks_for_a_reason_in_words(
    on_bank: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def issue(source: Source, *_given: Any, **_more: Any) -> Outcome:
        kept = issue_report(source.state, draft(), by="li", via="command")
        raise ChangedReportError(kept, Differences(("values", "weights"), ("用户规模",)))

    monkeypatch.setattr(report, "issue", issue)
    ran = on_bank("report", "--period", "2026-10", "--lang", "zh", "--out", tmp_path)
    assert ran.code == 4
    assert "再次出具须写明原因" in ran.err
    assert "用户规模" in ran.err
    assert list(tmp_path.glob("*.xlsx")) == []


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--period", "2026-11"), 4, "2026-11 is not complete: data reach 2026-11-10"),
        (("--period", "2026-Q3"), 4, "a monthly report is of a whole calendar month"),
        (("--period", "2020-01"), 4, "no day of it is loaded"),
        (("--period", "2026-10", "--branch", "B1", "--all-branches"), 2, "contradict each other"),
        (("--period", "2026-10", "--all-branches", "--out", "a.xlsx"), 2, "give --out a folder"),
        (("--period", "2026-10", "--out", "/dev/null/a.xlsx"), 4, "cannot be written"),
    ],
)
def test_what_is_refused(on_bank: Run, arguments: tuple[str, ...], code: int, told: str) -> None:
    ran = on_bank("report", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err


def test_an_unknown_branch_is_refused(on_bank: Run, tmp_path: Path) -> None:
    ran = on_bank("report", "--period", "2026-10", "--branch", "X99", "--out", tmp_path)
    assert ran.code == 2
    assert "no branch 'X99'" in ran.err
    assert list(tmp_path.glob("*.xlsx")) == []


def test_all_branches_get_a_file_each(on_bank: Run, tmp_path: Path, quick: list[Slice]) -> None:
    out = tmp_path / "reports"
    ran = on_bank("report", "--period", "2026-10", "--all-branches", "--out", out, "--lang", "zh")
    assert ran.code == 0, ran.err
    names = {file.name for file in out.iterdir()}
    assert len(names) == len(quick) == len(ran.out.splitlines()) > 5
    assert "Canopy_月报_2026-10_全行.xlsx" in names
    assert "%" in ran.err


def test_the_bulletin_is_written_where_it_is_wanted(
    on_bank: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms: list[str] = []

    def printed(_source: Source, about: Slice, lang: str, form: Form, *, who: str) -> Printed:
        assert who
        forms.append(form)
        name = name_of(about.period, about.branch, lang, form)
        return Printed(name, rendered(ReportLook(), SAID, lang, "html"), SAID)

    monkeypatch.setattr(bulletin, "printed", printed)
    asked = ("bulletin", "--period", "2026-10", "--branch", "B01", "--lang", "zh", "--out")
    for out in (tmp_path / "one.html", tmp_path):
        assert on_bank(*asked, out).code == 0
    assert forms == ["html", "pdf"]
    assert {one.name for one in tmp_path.iterdir()} >= {"one.html", "Canopy_简报_2026-10_B01.pdf"}
    assert "经营分析会简报" in (tmp_path / "one.html").read_text(encoding="utf-8")


def test_no_bulletin_of_a_month_that_is_not_over(on_bank: Run, tmp_path: Path) -> None:
    ran = on_bank("bulletin", "--period", "2026-11", "--out", tmp_path / "x.html")
    assert (ran.code, ran.out) == (4, "")
    assert "is not complete" in ran.err
