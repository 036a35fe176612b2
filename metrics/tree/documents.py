"""The tree's files, read and located; a bank's folder may replace any of the shipped ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from data.configuration import (
    ConfigurationError,
    Located,
    Problem,
    attempt_mended,
    key_path,
    nearest_name,
    problem_at,
)
from data.yaml_source import KeyPath, parse_yaml
from metrics.tree.mending import mended
from metrics.tree.written import (
    BandsFile,
    IndicatorWritten,
    ModulesFile,
    PerspectiveFile,
    RedLinesFile,
    ThemeWritten,
    VocabularyFile,
)

M = TypeVar("M", bound=BaseModel)

SHIPPED = Path(__file__).parent
PERSPECTIVES = ("user_scale", "business", "risk", "brand", "compliance")
FILES = (*PERSPECTIVES, "modules", "red_lines", "bands", "vocabulary")
BESIDE = ("warnings", "silence")
"""Files of a bank's folder that others read."""


@dataclass(frozen=True)
class Place:
    """A key path in a document, to be named in problems."""

    document: Located[Any]
    path: KeyPath = ()

    def at(self, *parts: str | int) -> Place:
        """The place further in."""
        return Place(self.document, (*self.path, *parts))

    def problem(
        self, expected: str, *, found: str | None = None, choices: Iterable[str] = ()
    ) -> Problem:
        """What is wrong here; the value written here is described where `found` is not given."""
        return problem_at(self.document, self.path, expected=expected, found=found, choices=choices)

    def __str__(self) -> str:
        return f"{self.document.file}:{self.document.line(self.path)}"


@dataclass(frozen=True)
class Documents:
    """All files of the tree as written; perspectives in the order of the specification.

    `problems` are those of the files each for itself; `mended` the places where, for further
    checks only, a shipped value stands for a wrong one, by file.
    """

    perspectives: tuple[Located[PerspectiveFile], ...]
    modules: Located[ModulesFile]
    red_lines: Located[RedLinesFile]
    bands: Located[BandsFile]
    vocabulary: Located[VocabularyFile]
    problems: tuple[Problem, ...] = ()
    mended: Mapping[str, Sequence[KeyPath]] = field(default_factory=dict)

    def themes(self) -> Iterator[tuple[Place, PerspectiveFile, ThemeWritten]]:
        """Every theme with its place and its file."""
        for document in self.perspectives:
            for at, theme in enumerate(document.value.themes):
                yield Place(document, ("themes", at)), document.value, theme

    def indicators(
        self,
    ) -> Iterator[tuple[Place, PerspectiveFile, ThemeWritten, IndicatorWritten]]:
        """Every indicator with its place, file and theme."""
        for place, file, theme in self.themes():
            for at, indicator in enumerate(theme.indicators):
                yield place.at("indicators", at), file, theme, indicator

    def module_groups(self) -> dict[str, tuple[str, ...]]:
        """Lists of modules by the names that stand for them: all, the grades, the groups."""
        modules = self.modules.value.modules
        groups = {"all": tuple(module.id for module in modules)}
        for grade in ("basic", "advanced"):
            groups[grade] = tuple(module.id for module in modules if module.grade == grade)
        return {**self.modules.value.groups, **groups}


def read_documents(folder: Path | None) -> Documents:
    """The files of `folder`, or the shipped ones where it has none.

    Raises ConfigurationError where a file cannot be read so far that others can be checked by it.
    """
    problems: list[Problem] = [] if folder is None else list(_strangers(folder))

    def read(name: str, model: type[M]) -> Located[M] | None:
        document, found = _attempt(_chosen(folder, name), name, model)
        problems.extend(found)
        return document

    perspectives = [read(name, PerspectiveFile) for name in PERSPECTIVES]
    modules, red_lines = read("modules", ModulesFile), read("red_lines", RedLinesFile)
    bands, vocabulary = read("bands", BandsFile), read("vocabulary", VocabularyFile)
    read_all = tuple(document for document in perspectives if document is not None)
    complete = len(read_all) == len(PERSPECTIVES)
    if not (complete and modules and red_lines and bands and vocabulary):
        raise ConfigurationError(problems)
    places: dict[str, list[KeyPath]] = {}
    for problem in problems:
        places.setdefault(problem.file, []).append(key_path(problem.key))
    return Documents(read_all, modules, red_lines, bands, vocabulary, tuple(problems), places)


def _attempt(
    path: Path, name: str, model: type[M]
) -> tuple[Located[M] | None, tuple[Problem, ...]]:
    def mend(data: Any, wrong: Sequence[KeyPath]) -> Any:
        shipped = parse_yaml((SHIPPED / f"{name}.yaml").read_text(encoding="utf-8"))
        return mended(data, wrong, shipped.data)

    return attempt_mended(path, model, mend)


def _chosen(folder: Path | None, name: str) -> Path:
    own = None if folder is None else folder / f"{name}.yaml"
    return own if own is not None and own.exists() else SHIPPED / f"{name}.yaml"


def _strangers(folder: Path) -> Iterator[Problem]:
    """Files that would be overlooked because of their names."""
    if not folder.is_dir():
        yield Problem(str(folder), None, "", "no such folder", "a folder of tree files")
        return
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        known = (*FILES, *BESIDE)
        if path.suffix != ".yaml" or path.stem not in known:
            expected = f"one of {', '.join(f'{name}.yaml' for name in known)}"
            near = nearest_name(path.stem, known)
            shown = f"{near}.yaml" if near else None
            yield Problem(str(path), None, "", f"the file {path.name}", expected, shown)
