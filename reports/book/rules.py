"""What a sheet does while somebody edits it: colours that follow, and checks of what is typed."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.formatting.rule import CellIsRule, Rule
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from reports.book.cells import harmless
from reports.book.page import Page
from reports.book.styles import BANDS


def colour_changes(page: Page, spans: Sequence[str], *, up_is_good: bool, least: float) -> None:
    """Colour what changes by more than ``least`` as good or bad."""
    good, bad = page.look.good, page.look.bad
    over, under = (good, bad) if up_is_good else (bad, good)
    for operator, limit, colour in (("greaterThan", least, over), ("lessThan", -least, under)):
        letters = Font(color=colour)
        _add(page, spans, CellIsRule(operator=operator, formula=[repr(limit)], font=letters))


def colour_words(page: Page, spans: Sequence[str], words: str, band: str) -> None:
    """Colour cells that say the same as the cell ``words``, by a band of scores."""
    letters = Font(color=BANDS.get(band, BANDS[""]), bold=True)
    _add(page, spans, CellIsRule(operator="equal", formula=[words], font=letters))


def allow(page: Page, spans: Sequence[str], low: float, high: float, told: str) -> None:
    """Let readers type numbers from ``low`` to ``high`` only, or else tell them so."""
    rule = DataValidation(
        "decimal", operator="between", formula1=repr(low), formula2=repr(high),
        allow_blank=True, showErrorMessage=True, error=harmless(told, 200),
    )  # fmt: skip
    for span in spans:
        rule.add(span)
    page.sheet.add_data_validation(rule)


def _add(page: Page, spans: Sequence[str], rule: Rule) -> None:
    if spans:
        page.sheet.conditional_formatting.add(" ".join(spans), rule)
