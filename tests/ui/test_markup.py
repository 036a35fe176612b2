"""Markup of texts comes out as meant: no star is left over, in either language.

CommonMark does not close bold text where punctuation stands before the stars and a letter right
after them, which happens in Chinese, where no space follows a full stop.
"""

from __future__ import annotations

import string
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from markdown_it import MarkdownIt

from words.i18n import FOLDER, LANGUAGES
from words.texts import read

FILLINGS = ("深圳", "（含税）", "Wealth", "12.5%", "&#40;a&#41;")


def messages(lang: str) -> Iterator[Message]:
    for path in sorted((FOLDER / lang / "LC_MESSAGES").glob("*.po")):
        yield from (message for message in read(path, lang) if message.id)


def filled(text: str, filling: str) -> str:
    places = {name for _text, name, _spec, _how in string.Formatter().parse(text) if name}
    return text.format(filling, **dict.fromkeys(places, filling))


def left_over(text: str) -> str:
    """What is shown, if there is a star in it."""
    shown = "".join(
        child.content
        for token in MarkdownIt().parse(text)
        for child in token.children or ()
        if child.type == "text"
    )
    return shown if "*" in shown else ""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("filling", FILLINGS)
def test_no_star_is_left_over(lang: str, filling: str) -> None:
    wrong = []
    for message in messages(lang):
        strings = [message.string] if isinstance(message.string, str) else message.string or ()
        for text in strings:
            wrong += [found for found in [left_over(filled(text, filling))] if found]
    assert wrong == []


def test_a_star_that_is_left_over_is_found() -> None:
    assert left_over("**数据不足。**有数据的")
    assert not left_over("**数据不足**。有数据的")
