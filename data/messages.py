"""Messages in the reader's language: what is refused, what is wrong with a file, how a load went.

As with gettext, the English sentence is the key; ``{places}`` in it stand for names and numbers.
Messages come out of another process, out of SQL and out of the quarantine, where they are kept as
text. So a finished sentence is found in the catalogue by its form and its names and numbers are
read back out of it, wherever it is shown. Each floor of the house keeps the texts of its own
messages in ``locale/zh/LC_MESSAGES/messages.po``. A sentence that no catalogue has stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
FLOORS = ("data", "metrics", "reports", "commands")
CATALOGUE = "locale/{lang}/LC_MESSAGES/messages.po"
NUMBERS = ("count", "line", "number", "size", "least", "most")
"""Places with one of these names take numbers only."""
SEVERAL = ("problems", "limits", "faults", "message", "why")
"""Places with one of these names take several sentences; others end with theirs."""
_PLACE = re.compile(r"\{(\w+)\}")
_NUMBER, _SEVERAL, _ONE = r"(?P<{}>-?\d[\d.,]*)", r"(?P<{}>.+?)", r"(?P<{}>(?:(?!; ).)+?)"
_ENDS = re.compile(r"(; |\. (?=[A-Z(])|(?<=\?) )")
_CHINESE_ENDS = {"; ": "；", ". ": "。", " ": "", "": ""}


@dataclass(frozen=True)
class Form:
    """The form of a sentence, and how it is said in the other language."""

    english: str
    pattern: re.Pattern[str]
    said: str


def in_language(text: str, lang: str) -> str:
    """A message in a language, line by line; what no catalogue knows stays English.

    >>> print(in_language("'2026-13' ends before it begins\\nsomething else", "zh"))
    '2026-13' 的结束日早于开始日
    something else
    >>> in_language("a.yaml:3: tier: found 'x', expected one of a, b; did you mean 'a'?", "zh")
    "a.yaml:3: tier：实际为 'x'；应为：a, b 之一；是否想写 'a'？"
    """
    if lang == "en":
        return text
    return "\n".join(_line(line, lang) for line in text.split("\n"))


def _line(line: str, lang: str) -> str:
    bare = line.strip()
    return line.replace(bare, _sentence(bare, lang)) if bare else line


def _sentence(text: str, lang: str) -> str:
    """A sentence as a whole, else its parts one by one, else what stands after its place."""
    whole = _whole(text, lang)
    if whole is not None:
        return whole
    pieces = _ENDS.split(text)
    if len(pieces) == 1:
        return _after_its_place(text, lang)
    said, known = "", False
    while pieces:
        length, part = _longest(pieces, lang)
        known = known or part != "".join(pieces[:length])
        end = pieces[length] if length < len(pieces) else ""
        said, pieces = said + part + _CHINESE_ENDS[end], pieces[length + 1 :]
    return said if known else text


def _longest(pieces: Sequence[str], lang: str) -> tuple[int, str]:
    """How many pieces are one sentence that is known, and the sentence; else the first piece."""
    for length in range(len(pieces) - (len(pieces) % 2 == 0), 1, -2):
        said = _whole("".join(pieces[:length]), lang)
        if said is not None:
            return length, said
    return 1, _sentence(pieces[0], lang)


def _after_its_place(text: str, lang: str) -> str:
    """``file.csv: message``: the place stays as it is."""
    place, colon, message = text.partition(": ")
    if not colon:
        return text
    said, known = _sentence(message, lang), _whole(place, lang)
    return text if said == message and known is None else f"{known or place}：{said}"


def _whole(text: str, lang: str) -> str | None:
    for form in forms(lang):
        found = form.pattern.fullmatch(text)
        if found is not None:
            places = {name: _sentence(said, lang) for name, said in found.groupdict().items()}
            return form.said.format(**places)
    return None


@lru_cache
def forms(lang: str) -> tuple[Form, ...]:
    """All forms of a language, those with the most words of their own first."""
    found = [
        Form(english, _pattern(english), said)
        for floor in FLOORS
        for english, said in catalogue(floor, lang)
        if said
    ]
    return tuple(sorted(found, key=lambda form: -len(_PLACE.sub("", form.english))))


def catalogue(floor: str, lang: str) -> Iterator[tuple[str, str]]:
    """A floor's sentences and what they are in a language, '' where nobody has said."""
    with (ROOT / floor / CATALOGUE.format(lang=lang)).open("rb") as source:
        for message in read_po(source, locale=lang):
            if message.id:
                yield str(message.id), str(message.string)


def _pattern(english: str) -> re.Pattern[str]:
    pieces = _PLACE.split(english)
    return re.compile("".join(_place(x) if n % 2 else re.escape(x) for n, x in enumerate(pieces)))


def _place(name: str) -> str:
    form = _NUMBER if name in NUMBERS else _SEVERAL if name in SEVERAL else _ONE
    return form.format(name)
