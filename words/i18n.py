"""Texts in the reader's language, from gettext catalogues.

The keys are the English texts; a language's catalogues are ``canopy.po`` and one for each folder
of a screen or of workbooks. ``make texts`` brings them up to date after a change of texts; a test
names every text that is missing. The ``.po`` files are read as they are: nothing is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from functools import lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from data.messages import in_language

LANGUAGES = ("zh", "en")
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
FOLDER = Path(__file__).parent / "locale"
_KEY = "language"
_outside: ContextVar[str] = ContextVar("language outside of a session", default="en")
_sessions: list[Callable[[], MutableMapping[str, object] | None]] = []


@lru_cache
def catalogue(lang: str) -> GNUTranslations:
    """All texts of a language; raises FileNotFoundError for one that does not exist."""
    folder = FOLDER / lang / "LC_MESSAGES"
    found = _read(folder / "canopy.po", lang)
    for path in sorted(folder.glob("*.po")):
        if path.stem != "canopy":
            found.add_fallback(_read(path, lang))
    return found


def _read(path: Path, lang: str) -> GNUTranslations:
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=lang))
    compiled.seek(0)
    return GNUTranslations(compiled)


def within(session: Callable[[], MutableMapping[str, object] | None]) -> None:
    """Say where a session that runs keeps its language: what it returns, None outside of one."""
    _sessions[:] = [session]


def _session() -> MutableMapping[str, object] | None:
    return _sessions[0]() if _sessions else None


def language() -> str:
    """The language of the session that asks; outside of one, what ``speak`` has set."""
    found = _session()
    return _outside.get() if found is None else str(found.get(_KEY, "en"))


def speak(lang: str) -> None:
    """Set the language of this session, or of this call outside of one."""
    if lang not in LANGUAGES:
        raise ValueError(f"no language {lang!r}: there are {', '.join(LANGUAGES)}")
    found = _session()
    if found is None:
        _outside.set(lang)
    else:
        found[_KEY] = lang


def _(text: str) -> str:
    """A text in the reader's language."""
    return catalogue(language()).gettext(text)


def _n(one: str, many: str, count: int) -> str:
    """A text that depends on a count, in the reader's language; the caller puts the count in."""
    return catalogue(language()).ngettext(one, many, count)


def message(text: object) -> str:
    """A message of what is refused or wrong, in the reader's language."""
    return in_language(str(text), language())


def preferred(accepted: str, default: str) -> str:
    """The best language for an Accept-Language header.

    >>> preferred("fr, zh-TW;q=0.8, en;q=0.9", "zh")
    'en'
    """
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")):
        tag, _semicolon, quality = part.strip().partition(";")
        known = tag.strip().lower().partition("-")[0]
        if known in LANGUAGES:
            ranked.append((-_quality(quality), place, known))
    return min(ranked)[2] if ranked else default


def _quality(written: str) -> float:
    name, _equals, number = written.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0
