"""Every screen as a person sees it: photographed, and nothing cut off, foreign or broken in it.

The photographs are in build/pictures; CANOPY_WRITE_PICTURES=1 puts them into docs/pictures.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE_MS, settle
from tests.pages.conftest import PAGES

ROOT = Path(__file__).parents[2]
TAKEN = ROOT / "build" / "pictures"
EVERYTHING = os.environ.get("CI") == "true"
Theme = Literal["light", "dark"]
LOOKS: tuple[tuple[str, Theme], ...] = (
    ("zh", "light"),
    ("en", "dark"),
    ("en", "light"),
    ("zh", "dark"),
)
CUT_OFF = """() => [...document.querySelectorAll('[class*="st-key-tile-"] p, h1, h2, h3')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== 'visible')
  .map(e => e.innerText)"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def cases() -> list[tuple[str, str, Theme]]:
    """All looks of all screens in CI; elsewhere one of each screen, in turn."""
    looks = LOOKS if EVERYTHING else LOOKS[:2]
    names = list(PAGES)
    if EVERYTHING:
        return [(name, lang, theme) for name in names for lang, theme in looks]
    return [(name, *looks[place % len(looks)]) for place, name in enumerate(names)]


@pytest.mark.parametrize(("name", "lang", "theme"), cases())
def test_a_screen_in_the_browser(
    browser: Browser, server: str, name: str, lang: str, theme: Theme
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=theme)
    page = context.new_page()
    hosts, errors = watched(page)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{server}/{'' if PAGES[name] is None else name}?lang={lang}")
    settle(page)
    picture = photograph(page, f"{name}-{lang}-{theme}.png")
    assert picture.stat().st_size > 20_000
    assert hosts - {""} <= {"127.0.0.1", "localhost"}
    assert errors == []
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(WIDER) <= 0
    context.close()


def watched(page: Page) -> tuple[set[str], list[str]]:
    """Hosts that the page asks, and the errors that its scripts meet."""
    hosts: set[str] = set()
    errors: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
    page.on("pageerror", lambda error: errors.append(str(error)))
    return hosts, errors


def photograph(page: Page, name: str) -> Path:
    """The first view; kept for the documentation where that is wanted."""
    TAKEN.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(TAKEN / name))
    if os.environ.get("CANOPY_WRITE_PICTURES"):
        shutil.copy(TAKEN / name, ROOT / "docs" / "pictures" / name)
    return TAKEN / name
