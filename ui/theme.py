"""Colours by meaning, in light and dark: told apart by the colour-blind, never without a sign."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import streamlit as st

from words.i18n import _

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
    """Colours of charts; the page's own are in .streamlit/config.toml.

    ``series``: lines and parts side by side. ``sequential``: little to much. ``diverging``: bad
    over neutral to good. ``marks``: what happened, by kind.
    """

    text: str
    muted: str
    grid: str
    surface: str
    accent: str
    compared: str
    good: str
    bad: str
    bands: dict[str, str]
    series: tuple[str, ...]
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]
    marks: dict[str, str]


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
        "watch": "#C28000",
        "act": "#B4380B",
        "none": "#C5CCD6",
    },
    series=("#1F5FBF", "#C2570C", "#0B7A75", "#A0307E", "#8A6A00", "#4C7F9E", "#6B4FBB", "#5B6675"),
    sequential=("#EDF3FC", "#C3D8F5", "#86AFE6", "#3F7ACB", "#123E86"),
    diverging=("#B4380B", "#E9A583", "#F7F8FA", "#86C6C1", "#0B7A75"),
    marks={
        "campaign": "#8A6A00",
        "outage": "#B4380B",
        "release": "#6B4FBB",
        "holiday": "#5B6675",
        "typed": "#1F5FBF",
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
    series=("#7FB2FF", "#FF9E5E", "#3CC9B4", "#F08BC3", "#E6C65A", "#8CC4E0", "#B9A3F5", "#A3AFBF"),
    sequential=("#1B2840", "#274674", "#3A6FB8", "#6FA5F0", "#C3DCFF"),
    diverging=("#FF8A5C", "#9C5238", "#222C3D", "#2C7C72", "#3CC9B4"),
    marks={
        "campaign": "#E6C65A",
        "outage": "#FF8A5C",
        "release": "#B9A3F5",
        "holiday": "#A3AFBF",
        "typed": "#7FB2FF",
    },
)


PAIRS = ("good_green", "good_red")
"""Colours of good and bad. Red stands for gains on Chinese exchanges: some readers prefer it so.

What is coloured stays the same in both: good or bad for the business, always with an arrow and a
word. Bands keep their own colours.
"""
PAIR_KEY = "colour_pair"
SWAPPED = "<style>.stApp { --good: light-dark(%s, %s); --bad: light-dark(%s, %s); }</style>"


PLAIN = ".stDialog section:not(:has(div div div)) >"
CONNECTED = 'body:has([data-test-connection-state="CONNECTED"])'
DIALOGS = """<style>
{plain} :is(h2, div) {{ visibility: hidden; position: relative; }}
{plain} :is(h2, div)::before {{
  visibility: visible; position: absolute; inset: 0; padding: inherit;
}}
{plain} div {{ min-height: 4.5rem; }}
{plain} h2::before {{ content: "{lost}"; }}
{plain} div::before {{ content: "{lost_told}"; }}
{connected} {plain} h2::before {{ content: "{unknown}"; }}
{connected} {plain} div::before {{ content: "{unknown_told}"; }}
</style>"""
"""Streamlit's own dialogs, which are in English and hold nothing but a heading and a line of text:
a lost connection, when nothing but a stylesheet can say it, and an address without a screen."""


def dialog_words() -> str:
    """The stylesheet that says in the reader's language what Streamlit's own dialogs say."""
    told = {
        "lost": _("Connection lost"),
        "lost_told": _(
            "Canopy's server does not answer. You see what was read last; the page goes on by "
            "itself as soon as the server is back."
        ),
        "unknown": _("No such screen"),
        "unknown_told": _("No screen has this address. You see the overview instead."),
    }
    harmless = {name: re.sub(r'[\\"<>]', "", text) for name, text in told.items()}
    return DIALOGS.format(plain=PLAIN, connected=CONNECTED, **harmless)


def reddish() -> bool:
    """Whether the reader has red for good."""
    return st.session_state.get(PAIR_KEY) == "good_red"


def palette() -> Palette:
    """The palette of the theme that the reader's browser shows, with the reader's pair."""
    return paired(DARK if st.context.theme.type == "dark" else LIGHT, reddish=reddish())


def paired(look: Palette, *, reddish: bool) -> Palette:
    """A palette with the colours of good and bad as chosen.

    >>> paired(LIGHT, reddish=True).good == LIGHT.bad
    True
    """
    if not reddish:
        return look
    return replace(look, good=look.bad, bad=look.good, diverging=look.diverging[::-1])


INKS = ("#04080F", "#FFFFFF")


def ink(colour: str) -> str:
    """The colour of text that is read best on ``#RRGGBB``: nearly black or white.

    >>> ink("#1F5FBF"), ink("#C5CCD6"), ink("#5B96EA")
    ('#FFFFFF', '#04080F', '#04080F')
    """
    return max(INKS, key=lambda one: contrast(one, colour))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2.2 defines it, 1 to 21.

    >>> contrast("#000000", "#FFFFFF")
    21.0
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def enlarged() -> float:
    """How much larger drawings and their text are: on the wall screen they are read from afar."""
    return 1.7 if st.query_params.get("wall") == "1" else 1.0


def change_colour(good: int) -> Colour:
    """Streamlit's name of the colour of a change that is good (1), bad (-1) or neither (0)."""
    if good == 0:
        return "gray"
    return "green" if (good > 0) != reddish() else "red"


def wear() -> None:
    """Put the stylesheet on the page; it holds no text from data."""
    st.html(STYLESHEET)
    st.html(dialog_words())
    if reddish():
        st.html(SWAPPED % (LIGHT.bad, DARK.bad, LIGHT.good, DARK.good))
