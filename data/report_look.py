"""How the bank's workbooks look: the section ``report`` of config.yaml, as written and resolved."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from data.configuration import Located, Problem, Written, problem_at

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
Font = Annotated[str, Field(min_length=1, max_length=31)]
LOGOS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""How PNG and JPEG files begin."""
LARGEST_LOGO, LARGEST_TEMPLATE = 2_000_000, 10_000_000  # bytes


class WrittenReport(Written):
    """The section as a bank writes it; every key may be left out."""

    name_zh: str = Field(default="", max_length=100)
    name_en: str = Field(default="", max_length=100)
    accent: Colour = "#1F5FBF"
    good: Colour = "#0B7A75"
    bad: Colour = "#B4380B"
    series: tuple[Colour, ...] = Field(
        default=(
            "#1F5FBF", "#C2570C", "#0B7A75", "#A0307E",
            "#8A6A00", "#4C7F9E", "#6B4FBB", "#5B6675",
        ),
        min_length=2,
        max_length=16,
    )  # fmt: skip
    font_zh: Font = "Microsoft YaHei"
    font_en: Font = "Arial"
    logo: str | None = None
    template: str | None = None


@dataclass(frozen=True)
class ReportLook:
    """Colours as RRGGBB, fonts by language, and the bank's own files with absolute paths.

    >>> ReportLook().accent, ReportLook().font("zh")
    ('1F5FBF', 'Microsoft YaHei')
    """

    name_zh: str = ""
    name_en: str = ""
    accent: str = "1F5FBF"
    good: str = "0B7A75"
    bad: str = "B4380B"
    series: tuple[str, ...] = tuple(one[1:] for one in WrittenReport().series)
    font_zh: str = "Microsoft YaHei"
    font_en: str = "Arial"
    logo: Path | None = None
    template: Path | None = None

    def font(self, lang: str) -> str:
        """The typeface of a language's workbooks; spreadsheets replace one that they lack."""
        return self.font_zh if lang == "zh" else self.font_en

    def name(self, lang: str) -> str:
        """The bank's name, '' where none is given."""
        return self.name_zh if lang == "zh" else self.name_en


def resolve_look(written: WrittenReport, folder: Path) -> ReportLook:
    """The look in force; files lie beside config.yaml in ``folder`` unless written absolutely."""
    return ReportLook(
        name_zh=written.name_zh,
        name_en=written.name_en,
        accent=written.accent[1:].upper(),
        good=written.good[1:].upper(),
        bad=written.bad[1:].upper(),
        series=tuple(one[1:].upper() for one in written.series),
        font_zh=written.font_zh,
        font_en=written.font_en,
        logo=None if written.logo is None else folder / written.logo,
        template=None if written.template is None else folder / written.template,
    )


def look_problems(
    document: Located[Any], written: WrittenReport, folder: Path
) -> Iterator[Problem]:
    """Files that are not there or are not what they should be."""
    if written.logo is not None:
        expected = f"a PNG or JPEG file of at most {LARGEST_LOGO} bytes"
        if not _is_logo(folder / written.logo):
            yield problem_at(document, ("report", "logo"), expected=expected)
    if written.template is not None:
        expected = f"an .xlsx workbook of at most {LARGEST_TEMPLATE} bytes"
        if not _is_workbook(folder / written.template):
            yield problem_at(document, ("report", "template"), expected=expected)


def _is_logo(path: Path) -> bool:
    if not path.is_file() or path.stat().st_size > LARGEST_LOGO:
        return False
    with path.open("rb") as file:
        return file.read(8).startswith(LOGOS)


def _is_workbook(path: Path) -> bool:
    if not path.is_file() or path.stat().st_size > LARGEST_TEMPLATE:
        return False
    if path.suffix.lower() != ".xlsx" or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as parts:
        return "xl/workbook.xml" in parts.namelist()
