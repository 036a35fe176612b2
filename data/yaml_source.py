"""YAML text as plain data with the line of every key, read safely.

Only data: explicit tags, merge keys and aliases that grow beyond bounds are problems, and so are
duplicate keys. Keys are always text. Nothing is raised for bad input; it is listed in `problems`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

KeyPath: TypeAlias = tuple[str | int, ...]

DEEPEST = 40  # levels
LARGEST = 100_000  # values, aliases counted each time they are used
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str")}
_DATE_TAG = "tag:yaml.org,2002:timestamp"
_COLLECTION_TAGS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


@dataclass(frozen=True)
class SourceProblem:
    """What is wrong with the text itself, before any model looks at it."""

    line: int
    path: KeyPath
    found: str
    expected: str


@dataclass(frozen=True)
class Source:
    """Plain data (dict, list, str, int, float, bool, None) and the line (from 1) of each path."""

    data: Any
    lines: Mapping[KeyPath, int]
    problems: tuple[SourceProblem, ...]

    def line(self, path: KeyPath) -> int | None:
        """The path's line, or that of the nearest parent that was written."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None

    def value(self, path: KeyPath) -> Any:
        """The plain value at a path; None where nothing was written."""
        here = self.data
        for part in path:
            if isinstance(here, dict):
                here = here.get(str(part))
            elif isinstance(here, list) and isinstance(part, int) and part < len(here):
                here = here[part]
            else:
                return None
        return here


@dataclass
class _Walk:
    """Turns composed nodes into plain data, noting lines and problems on the way."""

    constructor: Any
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[SourceProblem] = field(default_factory=list)
    seen: int = 0

    def plain(self, node: Any, path: KeyPath) -> Any:
        self.seen += 1
        self.lines.setdefault(path, node.start_mark.line + 1)
        if self.seen > LARGEST:
            if self.seen == LARGEST + 1:
                self._add(node, (), "aliases or values without end", f"at most {LARGEST} values")
            return None
        if len(path) > DEEPEST:
            self._add(node, path[:3], "nested too deeply", f"at most {DEEPEST} levels")
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            self._check_tag(node, path)
            return [self.plain(item, (*path, at)) for at, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: Any, path: KeyPath) -> dict[str, Any]:
        self._check_tag(node, path)
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._add(key_node, path, "a key that is a list or a mapping", "a name as key")
                continue
            key = str(key_node.value)
            place = (*path, key)
            if key_node.tag == "tag:yaml.org,2002:merge":
                self._add(key_node, place, "a merge key '<<'", "the keys written out")
            elif key in data:
                first = self.lines[place]
                self._add(key_node, place, "the same key again", f"it once (line {first})")
            else:
                self.lines[place] = key_node.start_mark.line + 1
                data[key] = self.plain(value_node, place)
        return data

    def _scalar(self, node: Any, path: KeyPath) -> Any:
        if str(node.tag) not in _PLAIN_TAGS | {_DATE_TAG}:
            self._add(node, path, f"the tag {node.tag}", "plain data without tags")
            return None
        try:
            value = self.constructor.construct_object(node)
        except (ValueError, ArithmeticError, YAMLError):
            self._add(node, path, repr(node.value), "a number or date that exists")
            return None
        if isinstance(value, float) and not math.isfinite(value):
            self._add(node, path, repr(node.value), "a finite number")
            return None
        return value.isoformat() if isinstance(value, dt.date) else value

    def _check_tag(self, node: Any, path: KeyPath) -> None:
        if str(node.tag) not in _COLLECTION_TAGS:
            self._add(node, path, f"the tag {node.tag}", "plain data without tags")

    def _add(self, node: Any, path: KeyPath, found: str, expected: str) -> None:
        line = node.start_mark.line + 1
        self.problems.append(SourceProblem(line, path, found, expected))


def parse_yaml(text: str) -> Source:
    """The text's data, lines and problems.

    >>> source = parse_yaml("weights:\\n  mau: 30\\n")
    >>> source.data, source.line(("weights", "mau"))
    ({'weights': {'mau': 30}}, 2)
    >>> parse_yaml("a: 1\\na: 2\\n").problems[0].expected
    'it once (line 1)'
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = DEEPEST
    yaml.composer.warn_double_anchors = False  # the later one counts, as YAML says
    try:
        node = yaml.compose(text)
    except YAMLError as error:
        return Source(None, {}, (_unreadable(text, error),))
    if node is None:
        return Source(None, {}, (SourceProblem(1, (), "an empty file", "keys with values"),))
    walk = _Walk(yaml.constructor)
    data = walk.plain(node, ())
    return Source(data, walk.lines, tuple(walk.problems))


def _unreadable(text: str, error: Exception) -> SourceProblem:
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, int(error.position)) + 1
        return SourceProblem(line, (), "a control character", "printable text")
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 1
    if isinstance(error, MaxDepthExceededError):
        return SourceProblem(line, (), "nested too deeply", f"at most {DEEPEST} levels")
    if isinstance(error, MarkedYAMLError) and "'\\t'" in (error.problem or ""):
        return SourceProblem(line, (), "a tab", "spaces for indentation")
    problem = getattr(error, "problem", None) or type(error).__name__
    return SourceProblem(line, (), f"YAML that cannot be read ({problem})", "valid YAML")
