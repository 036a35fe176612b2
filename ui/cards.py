"""A change as every screen shows it: arrow, figure and word, coloured by what it means."""

from __future__ import annotations

from dataclasses import dataclass

from ui.theme import change_colour

ARROWS = {1: "▲", -1: "▼", 0: "◆"}


@dataclass(frozen=True)
class Change:
    """A change as shown: its text, its direction, and whether it is good for the business."""

    text: str
    up: int
    good: int
    word: str

    @property
    def markdown(self) -> str:
        """Arrow, figure and word in the colour of good or bad."""
        return f":{change_colour(self.good)}[{ARROWS[self.up]} {self.text} {self.word}]"
