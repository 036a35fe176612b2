"""Colours by meaning, in light and dark: told apart by the colour-blind, never without a sign."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

FONTS = (
    '"Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", '
    '"Segoe UI", Arial, sans-serif'
)
STYLESHEET = Path(__file__).parent / "style.css"
Colour = Literal["red", "orange", "blue", "green", "gray"]
BADGES: dict[str, Colour] = {
    "excellent": "green",
    "good": "blue",
    "watch": "orange",
    "act": "red",
}
"""Streamlit's name of a band's colour; .streamlit/config.toml says how each one looks."""


@dataclass(frozen=True)
class Palette:
    """Colours of charts; the page's own are in .streamlit/config.toml."""

    text: str
    muted: str
    grid: str
    surface: str
    accent: str
    compared: str
    good: str
    bad: str
    bands: dict[str, str]


LIGHT = Palette(
    text="#1B2430",
    muted="#5B6675",
    grid="#E4E8EE",
    surface="#FFFFFF",
    accent="#1F5FBF",
    compared="#9AA6B6",
    good="#0B7A75",
    bad="#B4380B",
    bands={
        "excellent": "#0B7A75",
        "good": "#2F6FD0",
        "watch": "#D9920A",
        "act": "#B4380B",
        "none": "#C5CCD6",
    },
)
DARK = Palette(
    text="#E6EAF0",
    muted="#A3AFBF",
    grid="#2A3547",
    surface="#161E2C",
    accent="#7FB2FF",
    compared="#76849A",
    good="#3CC9B4",
    bad="#FF8A5C",
    bands={
        "excellent": "#2FA595",
        "good": "#5B96EA",
        "watch": "#E3A93A",
        "act": "#E56A3A",
        "none": "#3A465A",
    },
)


def palette() -> Palette:
    """The palette of the theme that the reader's browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def wear() -> None:
    """Put the stylesheet on the page; it holds no text from data."""
    st.html(STYLESHEET)
