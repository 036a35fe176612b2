"""Views in words, as pivot tables and as workbooks: every number once, text as text."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from data.slice import Slice
from metrics.explore.records import Compared, Table
from metrics.explore.view import NAME, Sort
from reports.explore.book import About, Entry, workbook
from reports.explore.finding import finding, told_change
from reports.explore.pivot import pivot, too_large
from reports.explore.words import Names, question
from tests.metrics.scorecard.opened import Opened
from tests.reports.explore.conftest import ABOUT, Ask
from tests.reports.parts import formulas_in, ways_out
from words.i18n import speak

HOSTILE = (
    "=1+1", '=HYPERLINK("http://evil.example","pay")', "+SUM(A1:A9)", "-2+3", "@SUM(A1)",
    "\t=1", "\r\n=1", "|cmd", "'=1", "_x003D_1+1", "http://evil.example", "<f>1+1</f>",
)  # fmt: skip
VIEWS: tuple[tuple[tuple[str, ...], dict[str, object]], ...] = (
    (("mau",), {}),
    (("mau", "retention_d1"), {"by": ("channel",), "comparisons": ("previous", "year")}),
    (("txn_amount",), {"by": ("tier",), "grain": "week", "comparisons": ("previous",)}),
    (("txn_amount",), {"grain": "week"}),
    (("mau",), {"by": ("tier", "channel")}),
    (("txn_amount", "mau"), {"by": ("tier", "app"), "grain": "week"}),
    (("mau",), {"by": ("branch",), "comparisons": ("previous",)}),
)


@pytest.fixture
def names(bank: Opened) -> Names:
    return Names(bank.setup.tree, {"B01": "Beijing"})


@pytest.mark.parametrize(("indicators", "parts"), VIEWS)
def test_every_number_of_a_table_stands_in_the_pivot_once(
    ask: Ask, names: Names, indicators: tuple[str, ...], parts: dict[str, object]
) -> None:
    table = ask(*indicators, **parts)
    laid = pivot(table, names, every=True)
    values = [one for one in laid.heads if one.kind == "value"]
    places = Counter(laid.place(line, head) for line in laid.lines for head in values)
    assert set(places) == set(table.cells)
    assert set(places.values()) == {1}
    changes = [one for one in laid.heads if one.kind == "change"]
    assert len(changes) == len(values) * len(table.view.comparisons)
    assert laid.lines[0].total
    assert len({one.key for one in laid.heads}) == len(laid.heads)
    assert not too_large(table)


def test_rows_stand_by_name_in_the_readers_language(ask: Ask, names: Names) -> None:
    table = ask("mau", by=("channel",), sort=Sort(NAME))
    labels = [line.labels[0] for line in pivot(table, names).lines[1:]]
    assert labels == sorted(labels)
    table = ask("mau", by=("channel",), sort=Sort(NAME, down=True))
    assert [line.labels[0] for line in pivot(table, names).lines[1:]] == labels[::-1]


def test_a_finding_names_the_part_that_moved_most(ask: Ask, names: Names) -> None:
    table = ask("txn_amount", by=("channel",), comparisons=("previous",))
    whole = table.at("txn_amount").compared[0]
    assert whole.change is not None
    along = {row: change for row in table.rows
             if (change := table.at("txn_amount", row).compared[0].change) is not None
             and change * whole.change > 0}  # fmt: skip
    most = max(along, key=lambda row: abs(along[row]))
    told = finding(table, names)
    assert names.value("channel", most) in told
    assert ("rose" in told) == (whole.change > 0)
    assert "Sep 2026" in told


def test_a_finding_of_nothing_is_the_reason(ask: Ask, names: Names) -> None:
    table = ask("mau", about=Slice.of("2019-03"))
    assert finding(table, names).startswith("Monthly active users: ")
    assert table.at("mau").value is None


def test_a_change_from_nothing_is_told_in_its_unit(names: Names) -> None:
    """Seen as "most in Luoyang Branch (—)": the branch had nobody the month before."""
    month = ABOUT.period
    from_nothing = Compared("previous", month.previous(), 0.0, 13.0, None, None)
    assert told_change(names, "new_users", from_nothing) == "+13 users"
    assert told_change(names, "new_users", replace(from_nothing, relative=50.0)) == "+50.0%"
    assert told_change(names, "retention_d1", replace(from_nothing, change=-2.5)) == "−2.50 pp"
    assert told_change(names, "new_users", replace(from_nothing, change=None)) is None


def test_a_question_is_said_in_both_languages(ask: Ask, names: Names) -> None:
    view = ask("mau", by=("tier",), comparisons=("year",),
               about=Slice.of("2026-10", "B01", app=("mini",))).view  # fmt: skip
    assert question(names, view) == (
        "Monthly active users · by Tier · Oct 2026 · Beijing · App = Mini-program · "
        "against Same period last year"
    )
    speak("zh")
    try:
        assert question(names, view).startswith("月活跃用户（MAU） · 按客户层级 · 2026年10月")
    finally:
        speak("en")


def book_of(entries: list[Entry], names: Names, bank: Opened) -> bytes:
    made = datetime.fromisoformat("2026-11-22T08:00")
    points = bank.setup.store.catalogue.points
    about = About("li", made, bank.setup.store.coverage.as_of or made.date())
    return workbook(entries, names, points, about).content()[0]


def test_a_workbook_holds_the_numbers_of_its_views(ask: Ask, names: Names, bank: Opened) -> None:
    table = ask("mau", by=("channel",), comparisons=("previous",))
    entries = [Entry("Users", table, "weekly"), Entry("Users", ask("txn_amount", grain="week"))]
    sheets = load_workbook(BytesIO(book_of(entries, names, bank)))
    assert sheets.sheetnames == ["Contents", "Users", "Users 2", "Definitions"]
    page = sheets["Users"]
    numbers = {
        row[1].value: row[2].value for row in page.iter_rows(min_col=1, max_col=4)
        if isinstance(row[2].value, int | float)
    }  # fmt: skip
    expected = {names.value("channel", row): table.at("mau", row).value for row in table.rows}
    assert numbers == {"Total": table.at("mau").value} | expected
    assert len(page._charts) == len(sheets["Users 2"]._charts) == 1


def test_names_from_people_and_data_stay_text(ask: Ask, bank: Opened) -> None:
    table: Table = ask("mau", by=("branch",), comparisons=("previous",))
    strange = Names(bank.setup.tree, dict(zip(table.rows, HOSTILE, strict=False)))
    entries = [Entry(one, table, one) for one in HOSTILE]
    raw = book_of(entries, strange, bank)
    assert formulas_in(raw) == []
    assert list(ways_out(raw)) == []


def test_no_view_and_too_many_make_no_workbook(ask: Ask, names: Names, bank: Opened) -> None:
    one = Entry("a", ask("mau"))
    for entries in ([], [one] * 21):
        with pytest.raises(ValueError, match="views: from 1 to 20"):
            book_of(entries, names, bank)
