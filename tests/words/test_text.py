"""Text from data never becomes markup."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from words.text import plain, safe, safe_html

HOSTILE = [
    "![x](http://example.com/a.png)",
    "[click](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    ":red-badge[good] :material/home: :smile:",
    "$\\sum_{i}$ and `code` and **bold** and ~~gone~~",
    "# heading\n- item\n> quote\n1. one",
    "| a | b |\n|---|---|",
    "https://example.com www.example.com a@example.com",
    "--- \n***\n___",
    "\u202edrowssap\u200b",
]
ENTITY = re.compile(r"&#\d+;")
MARKUP = re.compile(r"""[\\`*_{}\[\]()#+\-.!|~>:$<&"'=@/^]""")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_keep_their_text_and_lose_their_markup(name: str) -> None:
    shown = safe(name)
    assert html.unescape(shown) == plain(name)
    assert not MARKUP.search(ENTITY.sub("", shown))


@given(st.text(max_size=150))
def test_nothing_but_entities_and_harmless_characters(name: str) -> None:
    shown = safe(name)
    assert not MARKUP.search(ENTITY.sub("", shown))
    assert ENTITY.sub(lambda entity: html.unescape(entity[0]), shown) == plain(name)
    assert "\n" not in shown


def test_long_names_are_cut() -> None:
    assert len(plain("x" * 500)) == 200
    assert plain("x" * 500, 10) == "x" * 9 + "…"


def test_direction_marks_and_line_breaks_are_gone() -> None:
    assert plain("a\u202e\u2066b\r\nc\x00") == "a b c"


@given(st.text(max_size=80))
def test_no_tag_and_no_template_reaches_a_chart(name: str) -> None:
    shown = safe_html(name)
    assert "<" not in shown
    assert ">" not in shown
    assert "%{" not in shown
