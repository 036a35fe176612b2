"""From the tree's files to the resolved `Tree`, checked as a whole at start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from data.configuration import ConfigurationError
from metrics.formula import parse
from metrics.tree.documents import Documents, read_documents
from metrics.tree.goals import goal_problems, resolved_goal
from metrics.tree.meaning import meaning_problems, resolved_modules
from metrics.tree.mending import follows
from metrics.tree.records import (
    BandLimits,
    Bands,
    Indicator,
    Module,
    Name,
    Perspective,
    PointInfo,
    RedLine,
    ScoreBand,
    ScoredByModules,
    Theme,
    Vocabulary,
)
from metrics.tree.structure import structure_problems
from metrics.tree.tree import Tree
from metrics.tree.written import (
    IndicatorWritten,
    Names,
    PerspectiveWritten,
    RedLineWritten,
    ScoreBandWritten,
    ThemeWritten,
)


class _WithId(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=_WithId)


def load_tree(folder: Path | None, points: Mapping[str, PointInfo]) -> Tree:
    """The tree of a folder (None: the shipped one; a folder may hold some of the files only).

    `points` are the data points that exist, by id. Raises ConfigurationError with all problems of
    all files: of the files each for itself and of what they say together.
    """
    documents = read_documents(folder)
    together = (
        *structure_problems(documents),
        *meaning_problems(documents, points),
        *goal_problems(documents),
    )
    later = (problem for problem in together if not follows(problem, documents.mended))
    problems = list(dict.fromkeys((*documents.problems, *later)))
    if problems:
        raise ConfigurationError(problems)
    return _resolved(documents)


def _resolved(documents: Documents) -> Tree:
    written = [document.value.perspective for document in documents.perspectives]
    perspectives = [_perspective(item) for item in written]
    themes = [_theme(theme, file.perspective) for _, file, theme in documents.themes()]
    indicators = [
        _indicator(indicator, theme, file.perspective, documents)
        for _, file, theme, indicator in documents.indicators()
    ]
    return Tree(
        perspectives=_by_id(perspectives),
        themes=_by_id(themes),
        indicators=_by_id(indicators),
        modules=_by_id(_modules(documents)),
        red_lines=_by_id(_red_line(line) for line in documents.red_lines.value.red_lines),
        bands=_bands(documents),
        vocabulary=_vocabulary(documents),
    )


def _by_id(records: Iterable[R]) -> Mapping[str, R]:
    return MappingProxyType({record.id: record for record in records})


def _perspective(written: PerspectiveWritten) -> Perspective:
    name = written.name
    return Perspective(written.id, name.zh, name.en, written.weight, written.cap)


def _theme(written: ThemeWritten, perspective: PerspectiveWritten) -> Theme:
    name = written.name
    return Theme(written.id, name.zh, name.en, perspective.id, written.weight)


def _indicator(
    written: IndicatorWritten,
    theme: ThemeWritten,
    perspective: PerspectiveWritten,
    documents: Documents,
) -> Indicator:
    words = documents.vocabulary.value
    unit, owner = written.unit_words or words.units[written.unit], words.owners[written.owner]
    band = written.band
    return Indicator(
        id=written.id,
        name_zh=written.name.zh,
        name_en=written.name.en,
        description_zh=written.description.zh,
        description_en=written.description.en,
        owner=written.owner,
        owner_zh=owner.zh,
        owner_en=owner.en,
        unit=written.unit,
        unit_zh=unit.zh,
        unit_en=unit.en,
        better=written.better,
        theme=theme.id,
        perspective=perspective.id,
        weight=written.weight,
        tag=written.tag,
        formula=parse(written.formula),
        over_time=written.over_time,
        modules=resolved_modules(written.modules, documents),
        base=resolved_goal(written.base),
        target=resolved_goal(written.target),
        standard=written.standard,
        path="none" if written.standard else written.path or "seasonal",
        curve=written.curve,
        band=None if band is None else BandLimits(band.full, band.outer),
        cap=perspective.cap,
        scored_by_modules=_scored_by(written, documents),
        may_be_off=written.may_be_off,
    )


def _scored_by(written: IndicatorWritten, documents: Documents) -> ScoredByModules | None:
    scoring = written.scored_by_modules
    if scoring is None:
        return None
    return ScoredByModules(resolved_modules(scoring.modules, documents), scoring.weighted_by)


def _modules(documents: Documents) -> list[Module]:
    return [
        Module(item.id, item.name.zh, item.name.en, item.scene, item.grade, item.team)
        for item in documents.modules.value.modules
    ]


def _red_line(written: RedLineWritten) -> RedLine:
    return RedLine(
        id=written.id,
        name_zh=written.name.zh,
        name_en=written.name.en,
        description_zh=written.description.zh,
        description_en=written.description.en,
        formula=parse(written.formula),
        over_time=written.over_time,
        above=written.breached.above,
        below=written.breached.below,
        caps=MappingProxyType(dict(written.caps)),
    )


def _bands(documents: Documents) -> Bands:
    written = documents.bands.value
    return Bands(tuple(map(_band, written.leaves)), tuple(map(_band, written.parents)))


def _band(written: ScoreBandWritten) -> ScoreBand:
    name = written.name
    return ScoreBand(written.id, written.at_least, name.zh, name.en, written.sign)


def _vocabulary(documents: Documents) -> Vocabulary:
    written = documents.vocabulary.value
    return Vocabulary(
        root=_name(written.root),
        units=_names(written.units),
        directions=_names(written.directions),
        tags=_names(written.tags),
        over_time=_names(written.over_time),
        owners=_names(written.owners),
    )


def _names(written: Mapping[str, Names]) -> Mapping[str, Name]:
    return MappingProxyType({key: _name(names) for key, names in written.items()})


def _name(written: Names) -> Name:
    return Name(written.zh, written.en)
