"""A workbook in the making: its pages, the bank's look, and how it gets into its file whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from data.report_look import ReportLook
from reports.book.cells import harmless
from reports.book.file import finished, replace_file
from reports.book.measure import ROW
from reports.book.page import Outcome, Page
from reports.book.styles import Styles

TITLE_LENGTH = 31
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
A4 = 9
MARGINS = (
    ("left", 0.5), ("right", 0.5), ("top", 0.8), ("bottom", 0.75), ("header", 0.35),
    ("footer", 0.35),
)  # fmt: skip
"""Inches."""
PAGES = {"zh": "第 &P 页，共 &N 页", "en": "Page &P of &N"}


@dataclass(frozen=True)
class Saved:
    """A workbook in its file. ``digest`` is over cells, formulas and styles, not who and when."""

    path: Path
    digest: str
    sheets: tuple[str, ...]


class Book:
    """A workbook in one language. Pages stand in the order in which they are made.

    >>> book = Book("en", title="Monthly report")
    >>> page = book.page("cover", "Cover")
    >>> page.heading("=1+1", "title")
    >>> raw, digest = book.content()
    >>> raw[:2], len(digest)
    (b'PK', 64)
    """

    kind = Page

    def __init__(
        self,
        lang: str,
        look: ReportLook | None = None,
        *,
        title: str,
        subject: str = "",
        author: str = "Canopy",
        made_at: datetime | None = None,
    ) -> None:
        self.lang = lang
        self.look = look or ReportLook()
        self.pages: dict[str, Page] = {}
        self._book = self._begun()
        self._title = harmless(title, 200)
        self._blank = self._book.create_sheet("_")
        self._shared = Outcome(lang, self.look, Styles(self._book, self.look, lang))
        about = self._book.properties
        about.title, about.subject = self._title, harmless(subject, 200)
        about.creator = about.lastModifiedBy = harmless(author, 100)
        if made_at is not None:
            about.created = about.modified = made_at

    def page(self, key: str, title: str, *, landscape: bool = True, tab: str | None = None) -> Page:
        """A new page, last in order; ``key`` is what links name. ValueError for a known key."""
        if key in self.pages:
            raise ValueError(f"there is a page {key!r} already")
        sheet = self._book.create_sheet(self._free(title))
        self._lay_out(sheet, landscape)
        sheet.sheet_properties.tabColor = tab or self.look.accent
        made = self.pages[key] = self.kind(key, sheet, self._shared)
        return made

    def logo(self, page: Page, cell: str, height_cm: float = 1.6) -> None:
        """The bank's logo on a page, if the bank has one."""
        if self.look.logo is None:
            return
        image = Image(str(self.look.logo))
        image.width = image.width * height_cm * 37.8 / image.height
        image.height = height_cm * 37.8
        page.sheet.add_image(image, cell)

    def content(self) -> tuple[bytes, str]:
        """The file's bytes, and the digest of its content. KeyError for a link to no page."""
        for page in self.pages.values():
            page.finish()
            for cell, link in page.links:
                target = self.pages[link.page]
                place = target.anchors.get(link.cell, link.cell)
                cell.hyperlink = Hyperlink(ref="", location=f"'{target.title}'!{place}")
        if self._blank.title in self._book.sheetnames and len(self._book.sheetnames) > 1:
            self._book.remove(self._blank)
        self._book.calculation = CalcProperties(fullCalcOnLoad=True)
        raw = BytesIO()
        # The last step packs all parts again.
        with ZipFile(raw, "w", ZIP_STORED) as parts:
            ExcelWriter(self._book, parts).save()
        values = {page.title: page.values for page in self.pages.values()}
        stamps = {page.title: page.stamps for page in self.pages.values()}
        sheets = [sheet.title for sheet in self._book.worksheets]
        return finished(raw.getvalue(), sheets, values, stamps)

    def save(self, path: Path) -> Saved:
        """Write the file: it is there whole or not at all. OSError where it cannot be written."""
        raw, digest = self.content()
        replace_file(path, raw)
        return Saved(path, digest, tuple(self._book.sheetnames))

    def _begun(self) -> Workbook:
        if self.look.template is not None:
            return load_workbook(self.look.template, keep_links=False)
        made = Workbook()
        made.remove(made.active)
        # The first font is that of the style Normal, whose figures are the measure of columns:
        # one that every machine has, or has the like of. openpyxl has no public way to it.
        normal = Font(name="Arial", size=10, family=2)
        made._fonts = IndexedList([normal])  # noqa: SLF001
        made._named_styles["Normal"].font = normal  # noqa: SLF001
        return made

    def _free(self, title: str) -> str:
        """A title that sheets may have and that no other sheet of the book has."""
        wanted = harmless(title, 100).translate(_NOT_IN_TITLES).strip()[:TITLE_LENGTH] or "_1"
        taken = {name.casefold() for name in self._book.sheetnames}
        return next(one for one in _numbered(wanted) if one.casefold() not in taken)

    def _lay_out(self, sheet: Worksheet, landscape: bool) -> None:
        sheet.sheet_view.showGridLines = False
        sheet.sheet_view.zoomScale = 90
        sheet.page_setup.orientation = "landscape" if landscape else "portrait"
        sheet.page_setup.paperSize = A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = ROW, True
        sheet.print_options.horizontalCentered = True
        for side, inches in MARGINS:
            setattr(sheet.page_margins, side, inches)
        bank = harmless(self.look.name(self.lang), 60)
        sheet.oddHeader.left.text = (bank or "Canopy").replace("&", "&&")
        sheet.oddHeader.right.text = self._title[:100].replace("&", "&&")
        sheet.oddFooter.left.text = "&A"
        sheet.oddFooter.right.text = PAGES[self.lang]
        for part in (sheet.oddHeader.left, sheet.oddHeader.right, sheet.oddFooter.left,
                     sheet.oddFooter.right):  # fmt: skip
            part.size, part.font = 8, f"{self.look.font(self.lang)},Regular"


def _numbered(title: str) -> Iterator[str]:
    """The title, then the title with 2, 3 … behind it."""
    yield title
    for number in range(2, 1000):
        yield f"{title[: TITLE_LENGTH - 4]} {number}"
