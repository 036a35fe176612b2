"""`report`: the workbook from the command line, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from commands import report
from data.slice import Slice
from reports.book import Saved
from tests.cli.conftest import Run


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Slice]:
    """Writes a word in place of the report; lists what was asked for."""
    asked: list[Slice] = []

    def make(*given: Any, **_more: Any) -> Saved:
        about, lang, path = given[3:6]
        asked.append(about)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(lang, encoding="utf-8")
        return Saved(path, "0" * 64, ())

    monkeypatch.setattr(report, "make", make)
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
