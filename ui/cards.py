"""The tile: one component for scores and indicators, the same on every screen."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from ui import links
from ui.address import View
from ui.theme import change_colour
from ui.words import BandWords

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


@dataclass(frozen=True)
class Tile:
    """What a tile shows; all texts are Markdown that was made safe."""

    node: str
    label: str
    value: str
    band: BandWords
    change: Change | None
    sentence: str
    small: str = ""


def tile(shown: Tile, view: View) -> None:
    """A bordered tile; its heading links to the node's card."""
    with st.container(border=True, key=f"tile-{shown.node}", height="stretch"):
        links.to_node(view, shown.node, f"**{shown.label}**")
        with st.container(
            horizontal=True, vertical_alignment="bottom", key=f"figure-{shown.node}", gap="small"
        ):
            st.markdown(shown.value, width="content")
            st.badge(f"{shown.band.sign} {shown.band.word}", color=shown.band.colour)
        if shown.change is not None:
            st.markdown(shown.change.markdown)
        if shown.small:
            st.caption(shown.small)
        st.markdown(shown.sentence)
