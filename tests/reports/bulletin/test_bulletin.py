"""The bulletin: nothing of its text is markup, nothing asks elsewhere, one sheet of paper."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.report_look import ReportLook
from reports.bulletin import pdf
from reports.bulletin.content import Bulletin, Place, Row, Section, both_ways
from reports.bulletin.make import rendered
from reports.bulletin.markup import tag
from reports.bulletin.page import SIZES, page
from reports.month.build import speaking
from reports.month.refused import ReportError
from words.text import plain

HOSTILE = (
    '</p><script src="//evil">x</script><img src=http://evil/x onerror=y> \x00 {evil} &amp; 简'
)
SAID = Bulletin(
    title="全行：2026年10月评分", figure="87.6", band="● 良好", headline="得分上升 1.2 分",
    red_lines=("■ 红线：欺诈率",),
    rows=(Row("总分", "▁▃█", "87.6", "+1.2", 1, "77.8", "● 良好", "78 项中 4 项低于基准"),),
    sections=(Section("变化来自哪里", ("▲ +1.05 复购率",), 4), Section("问题在哪里", ())),
    courses=("交易额 达成概率 6%",), best=(Place("重庆", "91.1", "+6.7", 1, "1 / 12"),),
    worst=(Place("甘肃", "63.1", "−20.8", -1, "7 / 7"),), about=("数据截至 2026-11-21",),
)  # fmt: skip
needs_browser = pytest.mark.skipif(
    pdf.browser() is None, reason="there is no Chromium on this machine to print with"
)


class Tags(HTMLParser):
    """All elements with their attributes, and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(html: str) -> Tags:
    parser = Tags()
    parser.feed(html)
    parser.close()
    return parser


def everywhere(text: str) -> Bulletin:
    """A bulletin that says one text in every place."""
    row = Row(text, text, text, text, 1, text, text, text)
    place = Place(text, text, text, -1, text)
    return Bulletin(
        text, text, text, text, (text,), (row,), (Section(text, (text,), 2),), (text,), (place,),
        (place,), (text,),
    )  # fmt: skip


@given(st.text(max_size=60))
def test_whatever_the_text_is_it_comes_back_as_text(text: str) -> None:
    found = read(tag("p", text, title=text).text)
    assert found.found == [("p", {"title": plain(text, 2000)})]
    assert "".join(found.text) == plain(text, 2000)


@pytest.mark.parametrize("text", [HOSTILE, "--><style>*{background:url(//evil)}</style>", "{0}"])
def test_no_text_becomes_an_element_or_asks_elsewhere(text: str) -> None:
    with speaking("zh"):
        look = replace(ReportLook(), name_zh=text, font_zh="x</style><script>")
        hostile, usual = (
            read(page(everywhere(text), look)),
            read(page(everywhere("a"), ReportLook())),
        )
    assert [one for one, _ in hostile.found] == [one for one, _ in usual.found]
    named = {name for _, attributes in hostile.found for name in attributes}
    assert named <= {"charset", "http-equiv", "content", "lang", "class"}
    policy = [a["content"] for _, a in hostile.found if "http-equiv" in a]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_the_banks_logo_lies_in_the_page(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"\x89PNG\r\n\x1a\n and more")
    with speaking("en"):
        found = read(page(SAID, replace(ReportLook(), logo=logo)))
    (image,) = [attributes for one, attributes in found.found if one == "img"]
    assert str(image["src"]).startswith("data:image/png;base64,iVBORw0KGgo")


def test_a_section_says_how_many_more_there_are() -> None:
    html = rendered(ReportLook(), SAID, "zh", "html").decode()
    assert "其余 4 条见工作簿" in html
    assert html.index("变化来自哪里") < html.index("领先机构") < html.index("甘肃")


@given(st.lists(st.sampled_from(["▼ a", "▲ b", "■ c", "d"]), max_size=30))
def test_what_rose_is_told_beside_what_fell(lines: list[str]) -> None:
    kept = both_ways(lines)
    rest: Iterator[str] = iter(lines)
    assert all(one in rest for one in kept), "the order stays"
    for sign in ("▼ a", "▲ b"):
        assert kept.count(sign) == min(3, lines.count(sign))
    assert kept.count("d") == lines.count("d")


@needs_browser
def test_it_prints_on_one_sheet_with_chinese_glyphs() -> None:
    raw = rendered(ReportLook(), SAID, "zh", "pdf")
    assert raw.startswith(b"%PDF")
    assert pdf.pages_of(raw) == 1
    assert b"/MediaBox [0 0 594.95996 841.91998]" in raw
    assert b"CJK" in raw or b"WenQuanYi" in raw or b"/FontFile" in raw


def test_the_type_shrinks_until_it_takes_one_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[float] = []

    def page_at(size: float) -> str:
        tried.append(size)
        return str(size)

    def printed(_program: Path, html: str) -> bytes:
        return b"%PDF " + b"/Type /Page " * (1 if float(html) < 8.3 else 2)

    monkeypatch.setattr(pdf, "browser", lambda: Path("chromium"))
    monkeypatch.setattr(pdf, "printed", printed)
    assert pdf.pages_of(pdf.to_pdf(page_at, SIZES)) == 1
    assert tried == [9.2, 8.6, 8.0]


def test_without_a_chromium_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(pdf.NoBrowserError, match="take the HTML page"):
        rendered(ReportLook(), SAID, "zh", "pdf")


def test_a_browser_that_hangs_is_ended_with_all_its_children(tmp_path: Path) -> None:
    program, sign = tmp_path / "chromium", tmp_path / "alive"
    program.write_text(f"#!/bin/sh\n(sleep 1; touch {sign}) &\nwait\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(ReportError, match="took longer than"):
        pdf.printed(program, "<p>x</p>", limit_s=0.3)
    time.sleep(1.2)
    assert not sign.exists()


def test_a_browser_that_makes_nothing_is_told(tmp_path: Path) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(ReportError, match="made no PDF"):
        pdf.printed(program, "<p>x</p>")
