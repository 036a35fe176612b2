"""Brings the catalogues up to date with the texts of the sources: ``make texts``.

A folder of ui/ or reports/ has a catalogue of its own name for the texts that only it and its
screen show; all others are in ``canopy.po``. English texts stand for themselves; a new Chinese
one is left empty for a person to write, and a test names it until then.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from words.i18n import FOLDER, LANGUAGES

ROOT = Path(__file__).parent.parent
SHARED = "canopy"
FLOORS = ("reports", "ui")
KEYWORDS: Mapping[str, tuple[int, ...] | None] = {"_": None, "_n": (1, 2)}
Text = str | tuple[str, ...]
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
"""In every header: the day of an update says nothing and would change every catalogue."""


def domains() -> tuple[str, ...]:
    """Names of the catalogues: the shared one, and one for each folder of a screen."""
    inside = (path for floor in FLOORS for path in (ROOT / floor).iterdir())
    folders = {path.name for path in inside if (path / "__init__.py").exists()}
    return (SHARED, *sorted(folders - {"load", "charts"}))


def domain_of(path: Path) -> str:
    """The catalogue that a source's texts belong to.

    >>> domain_of(ROOT / "ui" / "strip.py")
    'canopy'
    """
    parts = path.relative_to(ROOT).parts
    name = path.stem if parts[0] == "pages" else parts[1] if parts[0] in FLOORS else SHARED
    return name if name in domains() else SHARED


def sources() -> list[Path]:
    """Every file that may show a text."""
    folders = (ROOT / "words", *(ROOT / floor for floor in FLOORS), ROOT / "pages")
    return sorted([ROOT / "app.py", *(path for one in folders for path in one.rglob("*.py"))])


def texts() -> dict[Text, str]:
    """Every text of the sources with its catalogue; one of several folders is shared."""
    found: dict[Text, str] = {}
    for path in sources():
        domain = domain_of(path)
        for text in _texts_of(path):
            found[text] = domain if found.get(text, domain) == domain else SHARED
    return found


def _texts_of(path: Path) -> Iterator[Text]:
    for _line, message, _comments, _context in extract_from_file("python", path, KEYWORDS):
        yield message if isinstance(message, str) else tuple(message)


def update(domain: str, lang: str, found: Mapping[Text, str], known: Mapping[str, str]) -> int:
    """Write one catalogue; returns the number of texts that nobody has translated yet.

    ``known`` are translations of other catalogues: a text that moves keeps its own.
    """
    path = FOLDER / lang / "LC_MESSAGES" / f"{domain}.po"
    before = read(path, lang)
    after = Catalog(
        locale=lang,
        header_comment="# Texts of Canopy.",
        project="Canopy",
        version="0.1",
        msgid_bugs_address="none",
        last_translator="Canopy",
        language_team=lang,
        creation_date=WRITTEN,
        revision_date=WRITTEN,
        fuzzy=False,
    )
    empty = 0
    for text in sorted((t for t, name in found.items() if name == domain), key=str):
        old = before.get(text if isinstance(text, str) else text[0])
        string = old.string if old is not None and old.string else _first(text, lang, known)
        empty += not string
        after.add(text, string)
    with path.open("wb") as target:
        write_po(target, after, width=100, omit_header=False, sort_output=True)
    return empty


def _first(text: Text, lang: str, known: Mapping[str, str]) -> str | tuple[str, ...]:
    if lang == "en":
        return text
    return known.get(text if isinstance(text, str) else text[0], "")


def read(path: Path, lang: str) -> Catalog:
    """A catalogue as it is, empty where there is none."""
    if not path.exists():
        return Catalog(locale=lang)
    with path.open("rb") as source:
        return read_po(source, locale=lang)


def _known(lang: str) -> dict[str, str]:
    found = {}
    for path in sorted((FOLDER / lang / "LC_MESSAGES").glob("*.po")):
        for message in read(path, lang):
            if message.id and isinstance(message.string, str):
                found[message.id if isinstance(message.id, str) else message.id[0]] = message.string
    return found


def main(wanted: list[str]) -> int:
    """Update the catalogues named, or all; exit code 1 when Chinese texts are missing."""
    found, empty = texts(), 0
    for lang in LANGUAGES:
        known = _known(lang)
        for domain in wanted or domains():
            empty += update(domain, lang, found, known)
    print(f"{empty} texts without a translation")
    return int(empty > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
