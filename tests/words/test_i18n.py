"""Both catalogues are complete, and nothing on the screens bypasses them."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from words.i18n import FOLDER, LANGUAGES, _, _n, preferred, speak
from words.texts import read

ROOT = Path(__file__).parents[2]
FOLDERS = ("words", "reports", "ui", "pages")
SOURCES = sorted([ROOT / "app.py", *(p for one in FOLDERS for p in (ROOT / one).rglob("*.py"))])
SHOWN = {
    "badge", "button", "caption", "checkbox", "date_input", "error", "expander", "header", "info",
    "markdown", "metric", "multiselect", "page_link", "popover", "selectbox", "segmented_control",
    "spinner", "subheader", "success", "text", "title", "toggle", "warning", "write",
}  # fmt: skip
SAME_IN_BOTH = {"App", "VIP"}
BOTH_AT_ONCE = {"语言 / Language", "SQL"}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def used() -> set[str | tuple[str, str]]:
    """Every text that the sources ask for."""
    found: set[str | tuple[str, str]] = set()
    for _path, tree in trees():
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
                continue
            texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
            if call.func.id == "_":
                found.add(str(texts[0]))
            if call.func.id == "_n":
                found.add((str(texts[0]), str(texts[1])))
    return found


def catalogue_of(lang: str) -> list[Message]:
    """Every entry of the language's catalogues."""
    return [
        message
        for path in sorted((FOLDER / lang / "LC_MESSAGES").glob("*.po"))
        for message in read(path, lang)
        if message.id
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_catalogue_holds_every_text_and_no_other(lang: str) -> None:
    entries = [m.id for m in catalogue_of(lang)]
    held = set(entries)
    assert len(entries) == len(held), "entries in two catalogues"
    assert used() - held == set(), "texts without an entry"
    assert held - used() == set(), "entries that nothing uses"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_is_translated_with_the_same_places(lang: str) -> None:
    for message in catalogue_of(lang):
        if not message.id:
            continue
        texts = texts_of(message)
        assert all(texts), f"{message.id!r} is not translated"
        assert not message.fuzzy, f"{message.id!r} is marked as uncertain"
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        for text in texts:
            assert places(text) == places(ids[-1]), message.id


def texts_of(message: Message) -> list[str]:
    found = message.string
    return [found] if isinstance(found, str) else list(found or ())


def places(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}


def test_chinese_is_chinese() -> None:
    for message in catalogue_of("zh"):
        if not message.id or message.id in SAME_IN_BOTH or message.id == ", ":
            continue
        text = texts_of(message)[0]
        bare = re.sub(r"\{\w+\}", "", text)
        assert re.search(r"[\u4e00-\u9fff]", bare) or not re.search(r"[A-Za-z]{2}", bare), text


def test_no_text_is_hidden_in_an_f_string() -> None:
    """The extractor of the catalogues does not look into f-strings."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FormattedValue):
                inner = [c for c in ast.walk(node) if isinstance(c, ast.Call)]
                names = [c.func.id for c in inner if isinstance(c.func, ast.Name)]
                assert not {"_", "_n"} & set(names), f"{path.name}:{node.lineno}"


def test_nothing_is_shown_that_was_not_translated() -> None:
    for path, tree in trees():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            on = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            if node.func.attr not in SHOWN or not node.args or on == "LOG":
                continue
            for text in words_in(node.args[0]):
                assert text in BOTH_AT_ONCE, f"{path.name}:{node.lineno} shows {text!r}"


def words_in(node: ast.expr) -> Iterator[str]:
    """Literal words of an argument outside of a call of ``_``; markup does not count."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        bare = re.sub(r"(:\w+)?-badge\[|:\w+\[", "", node.value)
        if re.search(r"[A-Za-z\u4e00-\u9fff]{2}", bare):
            yield node.value
    if isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.Constant):
                yield from words_in(part)


def test_texts_follow_the_language() -> None:
    speak("zh")
    assert _("Overview") == "总览"
    assert _n("{count} day ago", "{count} days ago", 1) == "{count} 天前"
    speak("en")
    assert _("Overview") == "Overview"
    assert _n("{count} day ago", "{count} days ago", 1) == "{count} day ago"


def test_a_language_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="zh, en"):
        speak("fr")


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB", "en"),
        ("fr, de", "zh"),
        ("", "zh"),
        ("en;q=0, zh-TW;q=0.2", "zh"),
        ("en;q=banana, zh;q=0.1", "zh"),
    ],
)
def test_the_browser_is_asked(accepted: str, expected: str) -> None:
    assert preferred(accepted, "zh") == expected
