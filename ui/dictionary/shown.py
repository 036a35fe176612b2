"""Which screens show an indicator: those whose sources name it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from ui.sections import FOLDER, sections

ROOT = Path(__file__).parents[2]
OWN = "dictionary"
EVERYTHING = ("tree", "explore", "weights", "baselines")
"""Screens that show every indicator."""


def screens_of(indicator: str) -> tuple[tuple[str, str], ...]:
    """Path and title of each screen that shows an indicator, those that name it first.

    >>> [path for path, _title in screens_of("fraud_rate")][0]
    'pages/screens/risk.py'
    """
    titles = {one.name: (one.path, one.title) for group in sections(ROOT).values() for one in group}
    named = [name for name in titles if indicator in _names().get(name, ()) and name != OWN]
    order = dict.fromkeys((*named, *EVERYTHING))
    return tuple(titles[name] for name in order if name in titles)


@lru_cache
def _names() -> Mapping[str, frozenset[str]]:
    """By screen the texts that its sources hold."""
    found = {}
    for page in sorted((ROOT / FOLDER).glob("*.py")):
        parts = [page, *(ROOT / "ui" / page.stem).rglob("*.py")]
        parts += (ROOT / "metrics" / page.stem).rglob("*.py")
        found[page.stem] = frozenset(text for path in parts for text in _texts(path))
    return found


def _texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
