"""Reading YAML configuration: every problem located, all of them reported at once.

What a person wrote is a `Written` model (pydantic); what the program works with is resolved from
it elsewhere. `read` returns the model together with the place of every key, so that later checks
("this point does not exist") can name file and line as well.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from data.problem_words import allowed_values, expected_words, found_words
from data.yaml_source import KeyPath, Source, SourceProblem, parse_yaml

M = TypeVar("M", bound=BaseModel)

LARGEST_FILE = 4_000_000  # bytes


class Written(BaseModel):
    """Base of the models of configuration as written: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place of a configuration file.

    >>> print(Problem("config.yaml", 12, "weights.mau", "'abc'", "a number", None))
    config.yaml:12: weights.mau: found 'abc', expected a number
    >>> print(Problem("a.yaml", 3, "themes[0].tga", "unknown key 'tga'", "tag or w", "tag"))
    a.yaml:3: themes[0].tga: found unknown key 'tga', expected tag or w; did you mean tag?
    """

    file: str
    line: int | None
    key: str
    found: str
    expected: str
    nearest: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        key = f"{self.key}: " if self.key else ""
        hint = f"; did you mean {self.nearest}?" if self.nearest else ""
        return f"{place}: {key}found {self.found}, expected {self.expected}{hint}"


class ConfigurationError(Exception):
    """Configuration that cannot be used; `problems` holds all that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Located(Generic[M]):
    """A validated model and where each of its keys was written."""

    value: M
    file: str
    source: Source

    def line(self, path: KeyPath) -> int | None:
        """Line (from 1) of a key path such as ``("themes", 0, "w")``; the nearest parent's line
        where the key itself was not written."""
        return self.source.line(path)


def read(path: Path, model: type[M]) -> Located[M]:
    """The file at `path`, validated as `model`; raises ConfigurationError with all problems."""
    return read_all([path], model)[0]


def read_all(paths: Iterable[Path], model: type[M]) -> list[Located[M]]:
    """All files validated as `model`; raises ConfigurationError with all problems of all files."""
    results = [attempt(path, model) for path in paths]
    problems = [problem for _, found in results for problem in found]
    if problems:
        raise ConfigurationError(problems)
    return [document for document, _ in results if document is not None]


def attempt(path: Path, model: type[M]) -> tuple[Located[M] | None, tuple[Problem, ...]]:
    """The file, or what is wrong with it: for callers that gather problems of several models."""
    file = _shown(path)
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= LARGEST_FILE else None
    except OSError as error:
        near = nearest_name(path.name, _neighbours(path))
        found = error.strerror or type(error).__name__
        return None, (Problem(file, None, "", found.lower(), "a readable file", near),)
    if raw is None:
        expected = f"at most {LARGEST_FILE} bytes"
        return None, (Problem(file, None, "", f"a file of {size} bytes", expected),)
    return attempt_bytes(raw, file, model)


def attempt_partly(path: Path, model: type[M]) -> tuple[Located[M] | None, tuple[Problem, ...]]:
    """Like `attempt`, for a model every key of which may be left out: one that is wrong counts so.

    Thus what can be checked of the rest is told together with what is wrong with it.
    """
    return attempt_mended(path, model, _without_wrong_keys)


def attempt_mended(
    path: Path, model: type[M], mend: Callable[[Any, Sequence[KeyPath]], Any]
) -> tuple[Located[M] | None, tuple[Problem, ...]]:
    """Like `attempt`; with problems the model is that of `mend(data, places of the problems)`.

    None together with problems where the text is no data, or where mending did not help.
    """
    document, problems = attempt(path, model)
    if document is not None or any(not problem.key for problem in problems):
        return document, problems
    source = parse_yaml(path.read_text(encoding="utf-8-sig"))
    if source.problems:
        return None, problems
    data = mend(source.data, [key_path(problem.key) for problem in problems])
    return _validated(replace(source, data=data), _shown(path), model)[0], problems


def _without_wrong_keys(data: Any, wrong: Sequence[KeyPath]) -> Any:
    names = {place[0] for place in wrong}
    written = data if isinstance(data, dict) else {}
    return {key: value for key, value in written.items() if key not in names}


def attempt_bytes(
    raw: bytes, file: str, model: type[M]
) -> tuple[Located[M] | None, tuple[Problem, ...]]:
    """Like `attempt`, for text that is already in memory; `file` names it in messages."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{raw[error.start]:02x}"
        return None, (Problem(file, line, "", found, "text in UTF-8"),)
    source = parse_yaml(text)
    if source.problems:
        return None, tuple(_from_source(file, problem) for problem in source.problems)
    return _validated(source, file, model)


def problem_at(
    document: Located[Any],
    path: KeyPath,
    *,
    expected: str,
    found: str | None = None,
    choices: Iterable[str] = (),
) -> Problem:
    """A problem that a later check found at a key path; names the nearest of `choices`."""
    value = document.source.value(path)
    near = nearest_name(value, choices) if isinstance(value, str) else None
    said = found_words(value) if found is None else found
    return Problem(document.file, document.line(path), written_key(path), said, expected, near)


def nearest_name(name: str, choices: Iterable[str]) -> str | None:
    """The valid name most like `name`, or None if none is like it.

    >>> nearest_name("wieght", ["weight", "unit"])
    'weight'
    """
    matches = difflib.get_close_matches(name, list(choices), n=1, cutoff=0.55)
    return matches[0] if matches else None


def written_key(path: KeyPath) -> str:
    """A key path as a person would say it.

    >>> written_key(("themes", 0, "w"))
    'themes[0].w'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def key_path(key: str) -> KeyPath:
    """The path of a key as `written_key` says it.

    >>> key_path("themes[0].w")
    ('themes', 0, 'w')
    """
    parts = re.findall(r"[^.\[\]]+|\[\d+\]", key)
    return tuple(int(part[1:-1]) if part.startswith("[") else part for part in parts)


def _shown(path: Path) -> str:
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


def _neighbours(path: Path) -> list[str]:
    folder = path.parent
    return sorted(item.name for item in folder.iterdir()) if folder.is_dir() else []


def _from_source(file: str, problem: SourceProblem) -> Problem:
    return Problem(file, problem.line, written_key(problem.path), problem.found, problem.expected)


def _validated(
    source: Source, file: str, model: type[M]
) -> tuple[Located[M] | None, tuple[Problem, ...]]:
    # JSON mode lets a list become a tuple and text a date while it stays strict about numbers.
    text = json.dumps(source.data, ensure_ascii=False)
    try:
        value = model.model_validate_json(text)
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems = (_explained(detail, source, file, model) for detail in details)
        return None, tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0))
    return Located(value, file, source), ()


def _explained(detail: ErrorDetails, source: Source, file: str, model: type[BaseModel]) -> Problem:
    path = _placed(detail, source)
    kind, last = detail["type"], str(path[-1]) if path else ""
    line, key = source.line(path), written_key(path)
    if kind == "extra_forbidden":
        valid = list(_valid_keys(model, detail["loc"][:-1]))
        expected = f"one of {', '.join(valid)}"
        return Problem(
            file, line, key, f"unknown key '{last}'", expected, nearest_name(last, valid)
        )
    if kind == "missing":
        missed = path[-1]
        wanted = f"at least {missed + 1} items" if isinstance(missed, int) else f"the key '{last}'"
        return Problem(file, line, key, "nothing", wanted)
    value = last if detail["loc"][-1:] == ("[key]",) else source.value(path)
    near = nearest_name(value, allowed_values(detail)) if isinstance(value, str) else None
    return Problem(file, line, key, found_words(value), expected_words(detail), near)


def _placed(detail: ErrorDetails, source: Source) -> KeyPath:
    """The location without what pydantic adds to it (names of union members, "[key]")."""
    path: list[str | int] = []
    for part in detail["loc"]:
        here = source.value(tuple(path))
        if isinstance(here, list) and isinstance(part, int) and part < len(here):
            path.append(part)
        elif isinstance(here, dict) and str(part) in here:
            path.append(str(part))
    if detail["type"] == "missing":
        path.append(detail["loc"][-1])
    return tuple(path)


def _valid_keys(model: type[BaseModel], location: Sequence[str | int]) -> Iterator[str]:
    """Keys that the model allows at a location, in the order of their declaration."""
    candidates: list[Any] = [model]
    for part in location:
        stepped = [inner for kind in candidates for inner in _inside(kind, part)]
        candidates = stepped or candidates
    names = [name for kind in candidates for name in _fields(kind)]
    yield from dict.fromkeys(names)


def _fields(kind: Any) -> Mapping[str, Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {field.alias or name: field for name, field in kind.model_fields.items()}
    return {}


def _inside(kind: Any, part: str | int) -> list[Any]:
    """The types one step further in: a model's field, a list's items, a mapping's values."""
    field = _fields(kind).get(str(part))
    if field is not None:
        return _members(field.annotation)
    origin, arguments = get_origin(kind), get_args(kind)
    if not isinstance(origin, type) or not arguments:
        return []
    if issubclass(origin, Mapping):
        return _members(arguments[1])
    return _members(arguments[0]) if isinstance(part, int) else []


def _members(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if type(annotation) is type(int | str) or get_origin(annotation) is Union:
        return [member for inner in get_args(annotation) for member in _members(inner)]
    return [annotation]
