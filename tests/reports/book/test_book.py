"""The writer of workbooks: text stays text, files are whole, the same content has one digest."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font, NamedStyle
from PIL import Image

from data.report_look import ReportLook
from reports.book import (
    Book,
    Cell,
    Change,
    Column,
    Formula,
    Line,
    Link,
    Page,
    Status,
    Table,
    Value,
    bar_chart,
    line_chart,
)
from reports.book.styles import PREFIX, luminance, on
from tests.reports.office import opened
from tests.reports.parts import formulas_in, parts_of, trees_of, ways_out

MADE = datetime.fromisoformat("2026-11-01T08:05")
HOSTILE = (
    "=1+1", '=HYPERLINK("http://a.example","x")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "'=1",
    "=cmd|'/c calc'!A0", "#REF!", "#N/A", "{=1}", "a\x00b", "\ud800", "\ufffe", "_x003D_1+1",
    "<f>1</f>", "]]>", "&amp;", "x" * 40_000, "http://a.example", "[1]Sheet!A1", "1e5", "TRUE",
    "2026-10-01", "\u202e=1", "%0A=1", "=IMPORTXML(1)", "\n=1", "&P", "&[File]",
)  # fmt: skip


def book_of(text: str, lang: str = "zh", **more: object) -> Book:
    """A workbook with a text in every place that takes one."""
    book = Book(lang, title=text, subject=text, author=text, made_at=MADE)
    page = book.page("first", text)
    page.heading(text)
    page.finding(text)
    page.note(text)
    page.facts([(text, text)])
    table = _table(page, text)
    page.chart(
        line_chart(table, "name", ("value",), text), bar_chart(table, "name", ("value",), text)
    )
    book.page("second", text)
    return book


def _table(page: Page, text: str) -> Table:
    columns = (
        Column("name", text),
        Column("value", text, "number", unit="CNY"),
        Column("status", text),
        Column("way", text, wrap=True),
    )
    rows: list[list[Value]] = [[text, -1.5, Status("act", text, text), Link(text, "second")]] * 2
    return page.table(columns, rows, freeze=True, filters=True, levels=(1, 2))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_text_wherever_it_stands(text: str) -> None:
    raw = book_of(text).content()[0]
    assert formulas_in(raw) == []
    assert list(ways_out(raw)) == []
    for page in opened(raw).worksheets:
        for row in page.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "n"}
            assert not [cell for cell in row if cell.hyperlink and cell.hyperlink.target]
    assert opened(raw).worksheets[0].cell(6, 3).value == -1.5


@settings(max_examples=40)
@given(st.text(max_size=30))
def test_any_text_gives_a_file_that_is_well_formed(text: str) -> None:
    book = Book("en", title=text, made_at=MADE)
    page = book.page("one", text)
    page.facts([(text, Cell(text, stamp=True)), (text, Change(1.0, 1))])
    raw = book.content()[0]
    assert formulas_in(raw) == []
    assert len(trees_of(raw)) > 8


def test_numbers_and_days_stay_what_they_are() -> None:
    book = Book("en", title="t", made_at=MADE)
    page = book.page("one", "One")
    columns = (
        Column("a", "a", "number"), Column("b", "b", "day"), Column("c", "c", "moment"),
        Column("d", "d", "number", unit="%", signed=True), Column("e", "e"),
    )  # fmt: skip
    page.table(columns, [[-3, date(2026, 10, 31), MADE, Change(-1.25, -1), None], [0.1] * 5])
    page.table(columns[:1], [[float("nan")], [float("inf")]])
    sheet = opened(book.content()[0]).worksheets[0]
    found = [cell.value for cell in sheet[2]][1:]
    assert found == [-3, datetime.fromisoformat("2026-10-31"), MADE, -1.25, "—"]
    assert sheet.cell(2, 5).number_format.startswith("+")
    assert [sheet.cell(row, 2).value for row in (6, 7)] == ["—", "—"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_is_made_for_printing(lang: str) -> None:
    sheet = opened(book_of("text & more", lang).content()[0]).worksheets[0]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$5:$5"
    assert sheet.freeze_panes == "C6"
    assert sheet.print_area
    assert "&P" in str(sheet.oddFooter.right.text)
    assert "text && more" in str(sheet.oddHeader.right.text)
    assert sheet.row_dimensions[7].outlineLevel == 2


def test_who_and_when_are_not_in_the_digest_but_all_else_is() -> None:
    def digest(who: str = "li", value: float = 1.0, bold: bool | None = None) -> str:
        book = Book("en", title="t", author=who, made_at=MADE.replace(day=len(who)))
        page = book.page("one", "One")
        page.facts([("who", Cell(who, stamp=True)), ("value", Cell(value, bold=bold))])
        page.put(9, 2, Formula(f"=C2*{value}", value))
        return book.content()[1]

    assert digest() == digest() == digest(who="wang")
    assert len({digest(), digest(value=2.0), digest(bold=True)}) == 3


def test_values_stand_beside_formulas() -> None:
    book = Book("zh", title="t", made_at=MADE)
    page = book.page("one", "一")
    page.put(1, 2, 3)
    page.put(2, 2, Formula("=B1*2", 6.0))
    page.put(3, 2, Formula('=IF(B1>2,"<好>","")', "<好>"))
    page.put(4, 2, Formula('=IF(B1>2,"","x")', None))
    raw = book.content()[0]
    read = opened(raw, values=True).worksheets[0]
    assert [read.cell(row, 2).value for row in (2, 3, 4)] == [6, "<好>", None]
    assert len(formulas_in(raw)) == 3
    assert opened(raw).calculation.fullCalcOnLoad


def test_a_broken_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.xlsx"
    first = book_of("one").save(path)
    kept = path.read_bytes()
    assert first.path == path

    def fails(_handle: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="no space"):
        book_of("two").save(path)
    assert path.read_bytes() == kept
    assert [one.name for one in tmp_path.iterdir()] == ["report.xlsx"]


def test_sheets_of_one_name_are_told_apart_and_a_key_is_taken_once() -> None:
    book = Book("en", title="t", made_at=MADE)
    titles = [book.page(str(n), "A/B:[x]" * 6).title for n in range(3)]
    assert len(set(titles)) == 3
    assert all(len(title) <= 31 for title in titles)
    with pytest.raises(ValueError, match="already"):
        book.page("0", "again")


def test_a_link_leads_to_a_named_cell_and_nowhere_else() -> None:
    book = Book("en", title="t", made_at=MADE)
    page = book.page("one", "One")
    page.put(1, 2, Link("there", "two", "mau"))
    other = book.page("two", "Two's")
    other.anchors["mau"] = "B7"
    sheet = opened(book.content()[0]).worksheets[0]
    assert sheet["B1"].hyperlink.location == "'Two s'!B7"
    page.put(2, 2, Link("nowhere", "three"))
    with pytest.raises(KeyError, match="three"):
        book.content()


def test_what_stands_for_a_missing_number_is_not_drawn_as_zero() -> None:
    book = Book("en", title="t", made_at=MADE)
    page = book.page("one", "One")
    table = page.table(
        (Column("m", "m"), Column("v", "v", "number")), [["1", 2.0], ["2", None], ["3", 4.0]]
    )
    assert page.sheet.cell(table.first + 1, 3).value == "—"
    page.chart(line_chart(table, "m", (Line("v", dashed=True),), "finding"))
    assert page.sheet.cell(table.first + 1, 3).value is None
    (chart,) = [
        part for name, part in parts_of(book.content()[0]).items() if "charts/chart" in name
    ]
    assert b"1F5FBF" in chart
    assert b"Arial" in chart
    assert b'<a:prstDash val="dash"' in chart


def test_the_banks_own_look(tmp_path: Path) -> None:
    template = Workbook()
    template.active.title = "Letter"
    template.active["A1"] = "Dear board"
    own = NamedStyle(f"{PREFIX}heading")
    own.font = Font(name="Georgia", size=30)
    template.add_named_style(own)
    template.save(tmp_path / "template.xlsx")
    Image.new("RGB", (20, 10), "#AA0000").save(tmp_path / "logo.png")
    look = ReportLook(
        name_en="Example Bank", accent="F2C94C", series=("112233", "445566"), font_en="Georgia",
        logo=tmp_path / "logo.png", template=tmp_path / "template.xlsx",
    )  # fmt: skip
    book = Book("en", look, title="t", made_at=MADE)
    page = book.page("cover", "Cover")
    page.heading("Report")
    book.logo(page, "B2")
    table = page.table((Column("a", "a"), Column("b", "b", "number")), [["x", 1.0]])
    page.chart(bar_chart(table, "a", ("b",), "finding"))
    raw = book.content()[0]
    read = opened(raw)
    assert read.sheetnames == ["Letter", "Cover"]
    assert read["Letter"]["A1"].value == "Dear board"
    assert (read["Cover"]["B1"].font.name, read["Cover"]["B1"].font.size) == ("Georgia", 30)
    assert read["Cover"].cell(table.head, 2).font.color.rgb.endswith(on("F2C94C"))
    assert "Example Bank" in str(read["Cover"].oddHeader.left.text)
    assert any(name.startswith("xl/media/") for name in parts_of(raw))
    assert b"112233" in parts_of(raw)["xl/charts/chart1.xml"]


@given(st.from_regex(r"[0-9A-F]{6}", fullmatch=True))
def test_letters_can_be_read_on_any_ground(ground: str) -> None:
    lights = sorted((luminance(ground), luminance(on(ground))))
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 3.9
