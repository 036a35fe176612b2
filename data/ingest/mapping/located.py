"""YAML that remembers its lines, so that every problem is told with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from data.ingest.refusal import Refusal, nearest


@dataclass(frozen=True)
class Place:
    """Where something is written."""

    file: str
    line: int
    key: str

    def problem(self, found: str, expected: str, valid: Sequence[str] = ()) -> Refusal:
        """A problem at this place, with the nearest of the valid names."""
        near = nearest(found, valid)
        return Refusal(
            f"{self.file}:{self.line}",
            f"{self.key}: found {found[:120]!r}, expected {expected}{near}",
        )


@dataclass(frozen=True)
class Located:
    """A YAML file: its content and, for a path of keys, its line."""

    file: str
    content: Any

    def place(self, keys: Sequence[str | int]) -> Place:
        """The place of a path of keys; where a key is not there, that of its parent."""
        node, line = self.content, 1
        shown = []
        for key in keys:
            if isinstance(key, int) and not isinstance(node, list):
                continue  # one part written without its list
            shown.append(str(key))
            try:
                at = node.lc.item(key) if isinstance(key, int) else node.lc.key(key)
                line, node = at[0] + 1, node[key]
            except (KeyError, IndexError, AttributeError, TypeError):
                node = None
        return Place(self.file, line, ".".join(shown))

    def told(self, error: ValidationError, names: Sequence[str]) -> list[Refusal]:
        """Every problem that pydantic found, with file, line, key, found and expected."""
        return [self._one(dict(problem), names) for problem in error.errors()]

    def _one(self, problem: dict[str, Any], names: Sequence[str]) -> Refusal:
        keys = tuple(problem["loc"])
        place = self.place(keys)
        kind = problem["type"]
        if kind == "extra_forbidden":
            return place.problem(str(keys[-1]), "one of the keys of docs/mappings.md", names)
        if kind == "missing":
            return place.problem("nothing", "this key, which is required")
        expected = problem["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        return place.problem(str(problem["input"]), expected)


def read_located(path: Path) -> Located | Refusal:
    """The file's content with lines, or why it is no YAML."""
    try:
        content = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        return Refusal(path.name, f"it is not YAML: {' '.join(str(error).split())[:300]}")
    return Located(path.name, content)
