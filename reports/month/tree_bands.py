"""The bands of scores below the tree: thresholds that may be changed, words that statuses read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.tree.records import Bands, ScoreBand
from reports.book import Cell, Column, Page, Value
from reports.book.rules import allow, colour_words
from words.i18n import _, language
from words.text import plain


@dataclass(frozen=True)
class BandRows:
    """Where the bands stand: one row a band, those of indicators first; columns from ``left``."""

    bands: Bands
    head: int

    def cells(self, *, leaf: bool) -> list[tuple[str, str]]:
        """(threshold, words) cells of the bands of indicators or of parents, best first."""
        first = self.head + 1 + (0 if leaf else len(self.bands.leaves))
        count = len(self.bands.leaves if leaf else self.bands.parents)
        return [(f"$D${first + at}", f"$C${first + at}") for at in range(count)]

    def write(self, page: Page, statuses: str) -> None:
        """Write the bands, and colour the ``statuses`` that say their words."""
        page.row = self.head - 1
        page.heading(_("Bands of scores"), "subheading")
        table = page.table(
            (
                Column("of", _("Bands of")),
                Column("words", _("Status")),
                Column("least", _("From score"), "score"),
            ),
            [
                *_rows(_("Indicators"), self.bands.leaves),
                *_rows(_("Nodes above"), self.bands.parents),
            ],
        )
        allow(page, [table.span("least")], 0, 1000, _("Write a score."))
        for leaf, bands in ((True, self.bands.leaves), (False, self.bands.parents)):
            for band, (_least, words) in zip(bands, self.cells(leaf=leaf), strict=True):
                colour_words(page, [statuses], words, band.id)


def band_words(band: ScoreBand) -> str:
    """A band as cells show it: sign and word."""
    word = band.name_zh if language() == "zh" else band.name_en
    return plain(f"{band.sign} {word}", 40)


def _rows(of: str, bands: Sequence[ScoreBand]) -> list[list[Value | Cell]]:
    return [[of, band_words(band), Cell(band.at_least, editable=True)] for band in bands]
