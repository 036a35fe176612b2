"""Both screens, whole: every way in, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Open, shown

LANGUAGES = ("zh", "en")
SCREENS = ("overview", "tree")
EMPTY = {"zh": "还没有数据", "en": "There are no data yet"}
BROKEN = ("Something went wrong on this screen", "本页出现错误")


def sound(test: AppTest) -> str:
    """What the screen says, after making sure that nothing failed on the way."""
    assert not test.exception, test.exception
    text = shown(test)
    assert not any(word in text for word in BROKEN), text
    return text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
def test_the_default_view(screen: Open, name: str, lang: str) -> None:
    test = screen(name, lang=lang)
    text = sound(test)
    everything = links(test) + text
    assert {"zh": "总分", "en": "Total"}[lang] in everything
    if name == "overview":
        assert {"zh": "Total", "en": "总分"}[lang] not in everything
    assert test.query_params["period"] == "2026-10"


def links(test: AppTest) -> str:
    """Labels of the links inside of the screen."""
    return "\n".join(one.proto.label for one in test.get("page_link"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
def test_one_branch(screen: Open, name: str, lang: str) -> None:
    test = screen(name, lang=lang, period="2026-09", branch="B01", compare="year")
    text = sound(test)
    assert {"zh": "北京分行", "en": "Beijing Branch"}[lang] in text
    assert test.query_params["branch"] == "B01"
    assert test.query_params["compare"] == "year"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
def test_no_warehouse_says_what_to_do(screen: Open, tmp_path: Path, name: str, lang: str) -> None:
    test = screen(name, f"ducklake:///{tmp_path}/nowhere", lang=lang)
    assert EMPTY[lang] in sound(test)
    assert "make run" in test.code[0].value


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
def test_a_wrong_address_says_so_and_shows_the_default(screen: Open, name: str, lang: str) -> None:
    test = screen(name, lang=lang, period="2026-99", branch="<b>X</b>", node="mua")
    text = sound(test)
    assert "2026&#45;99" in text
    assert "<b>X</b>" not in text
    assert test.query_params["period"] == "2026-10"
    assert "branch" not in test.query_params
    if name == "tree":
        assert {"zh": "是否想用 mau", "en": "Did you mean mau"}[lang] in text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SCREENS)
def test_a_period_without_data(screen: Open, name: str, lang: str) -> None:
    text = sound(screen(name, lang=lang, period="2019-03"))
    assert {"zh": "2019年3月没有数据", "en": "No data for Mar 2019"}[lang] in text
