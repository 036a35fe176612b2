"""The screens by section of the navigation; one is there as soon as its file is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from words.i18n import _

FOLDER = "pages/screens"
START = "overview"
START_PATH = f"{FOLDER}/{START}.py"


@dataclass(frozen=True)
class Screen:
    """A screen: its name (of its file and in the address) and its title in the navigation."""

    name: str
    title: str

    @property
    def path(self) -> str:
        """Its file, from the project's folder."""
        return f"{FOLDER}/{self.name}.py"


def sections(root: Path) -> Mapping[str, tuple[Screen, ...]]:
    """Titles of sections and the screens in them whose files exist.

    >>> [one.name for one in sections(Path(__file__).parents[1])["Cockpit"]]
    ['overview', 'tree', 'mine']
    """
    planned = {
        _("Cockpit"): {
            "overview": _("Overview"),
            "tree": _("Indicator tree"),
            "mine": _("My page"),
        },
        _("Analysis"): {
            "behaviour": _("User behaviour"),
            "business": _("Business"),
            "risk": _("Risk"),
            "campaign": _("Campaigns"),
            "competitor": _("Competitors"),
            "experiments": _("Experiments"),
            "explore": _("Self-service"),
            "dictionary": _("Data dictionary"),
        },
        _("Rules"): {"weights": _("Weights"), "baselines": _("Baselines")},
        _("At work"): {"reports": _("Reports")},
    }
    there = {path.stem for path in (root / FOLDER).glob("*.py")}
    found = {
        heading: tuple(Screen(name, title) for name, title in inside.items() if name in there)
        for heading, inside in planned.items()
    }
    return {heading: inside for heading, inside in found.items() if inside}


def navigation(there: Mapping[str, Sequence[Screen]]) -> dict[str, list[Page]]:
    """Pages by section; the first screen is at ``/`` and, where it is typed, under its name."""
    found = {heading: [_page(one) for one in inside] for heading, inside in there.items()}
    named = st.Page(_to_start, title=_("Overview"), url_path=START, visibility="hidden")
    next(iter(found.values())).append(named)
    return found


def _page(one: Screen) -> Page:
    first = one.name == START
    return st.Page(one.path, title=one.title, url_path="" if first else one.name, default=first)


def _to_start() -> None:
    """On to ``/`` with what the address says; does not return."""
    st.switch_page(START_PATH, query_params=st.query_params.to_dict())
