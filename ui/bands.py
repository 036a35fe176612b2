"""A band as screens show it: sign, word and colour."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.tree import Tree
from ui.theme import BADGES, Colour
from words.i18n import _
from words.names import band_name


@dataclass(frozen=True)
class BandWords:
    """A band as shown: sign and word, and Streamlit's name of its colour."""

    id: str
    sign: str
    word: str
    colour: Colour

    @property
    def badge(self) -> str:
        """Markdown of the badge."""
        return f":{self.colour}-badge[{self.sign} {self.word}]"


def band_words(tree: Tree, band: str | None, *, leaf: bool) -> BandWords:
    """The words of a band of leaves or parents; of None: no score."""
    if band is None:
        return BandWords("none", "○", _("no score"), "gray")
    return BandWords(band, *band_name(tree, band, leaf=leaf), BADGES.get(band, "gray"))
