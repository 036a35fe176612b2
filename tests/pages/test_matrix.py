"""Every screen in every state that a reader may meet, in both languages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from data.engines import WarehouseError, open_warehouse
from data.ingest import load
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.refresh import refresh
from tests.pages.conftest import PAGES, Open, shown
from ui.load import Token

LANGUAGES = ("zh", "en")
BROKEN = ("Something went wrong on this screen", "本页出现错误")
ADDRESSES = {
    "default": {},
    "branch": {"branch": "B01", "compare": "year"},
    "tier": {"tier": "vip"},
    "empty": {"period": "2019-03"},
    "week": {"period": "2026-W40"},
}
EVERYTHING = os.environ.get("CI") == "true"
SOME = ("default", "tier")


def cases() -> list[tuple[str, str, str]]:
    """All of screens, addresses and languages in CI; elsewhere a sample of it."""
    every = [(name, where, lang) for name in PAGES for where in ADDRESSES for lang in LANGUAGES]
    if EVERYTHING:
        return every
    languages = {name: LANGUAGES[place % 2] for place, name in enumerate(PAGES)}
    return [one for one in every if one[1] in SOME and one[2] == languages[one[0]]]


@pytest.mark.parametrize(("name", "where", "lang"), cases())
def test_a_screen_is_complete(screen: Open, name: str, where: str, lang: str) -> None:
    test = screen(name, lang=lang, **ADDRESSES[where])
    assert not test.exception, test.exception
    text = shown(test)
    assert not any(word in text for word in BROKEN), text
    assert text.strip()
    for code in ("nan", "NaN", "None", "undefined"):
        assert code not in text.split(), f"{code} in {text}"


@pytest.mark.parametrize("name", list(PAGES) if EVERYTHING else list(PAGES)[:1])
def test_a_screen_outlives_the_warehouse(
    screen: Open, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = screen(name, lang="en")

    def away(warehouse: str, state: str) -> Token:
        raise WarehouseError(f"{warehouse} is away, {state} too")

    monkeypatch.setattr("ui.load.opened._looked", away)
    text = shown(test.run())
    assert "The warehouse does not answer" in text
    assert not test.exception


@pytest.fixture(scope="session")
def berka(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A real bank that brings few tables."""
    source = os.environ.get("CANOPY_REAL_DATA")
    if not source:
        pytest.skip("CANOPY_REAL_DATA names no folder with real data")
    url = f"ducklake:///{tmp_path_factory.mktemp('berka')}/bank"
    warehouse = open_warehouse(url)
    zone = "Europe/Prague"
    load(warehouse, [Path(source) / "berka"], mapping="berka", zone=zone, who="test")
    refresh(warehouse, load_catalogue(), Clock(zone))
    warehouse.engine.dispose()
    return url


@pytest.mark.parametrize("lang", LANGUAGES if EVERYTHING else ("zh",))
@pytest.mark.parametrize("name", list(PAGES) if EVERYTHING else list(PAGES)[:1])
def test_a_bank_with_few_tables(screen: Open, berka: str, name: str, lang: str) -> None:
    test = screen(name, berka, lang=lang)
    assert not test.exception, test.exception
    text = shown(test)
    assert not any(word in text for word in BROKEN), text
    assert test.query_params["period"].startswith("199")
