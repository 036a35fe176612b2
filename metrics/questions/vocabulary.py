"""The phrases that a question may hold: names of the tree, modules and branches, words.yaml."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from metrics.explore.view import Known
from metrics.questions.folding import Folded, chinese, folded, latin
from metrics.questions.records import Said
from metrics.questions.written import Words, WrittenWords
from metrics.tree import Tree

Kind: TypeAlias = Literal[
    "node", "value", "branch", "dimension", "comparison", "grain", "unit", "trend", "change",
    "chart", "sort", "scope", "by", "and", "versus", "filler",
]  # fmt: skip
_GAP = " -_/·,'"
"""What may stand between the words of a phrase, and where Chinese characters were set apart."""
_SUFFIXES_ZH = ("分行", "支行", "营业部", "网点")
_SUFFIXES_EN = (" sub-branch", " branch", " outlet")
_IN_BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")


class Named(Protocol):
    """A branch as far as a question can name it; ``depth`` is 0 at the top."""

    @property
    def id(self) -> str: ...

    @property
    def name_zh(self) -> str: ...

    @property
    def name_en(self) -> str: ...

    @property
    def parent(self) -> str: ...

    @property
    def depth(self) -> int: ...


@dataclass(frozen=True)
class Meaning:
    """One thing that a phrase may mean: ``code`` of ``kind``, a value of ``dimension``."""

    kind: Kind
    code: str = ""
    dimension: str = ""


@dataclass
class _Place:
    """A place in the tree of phrases: what follows by character, and what ends here."""

    following: dict[str, _Place] = field(default_factory=dict)
    meanings: dict[Meaning, None] = field(default_factory=dict)


@dataclass(frozen=True)
class Phrase:
    """A phrase that was found up to ``end``, with everything that it may mean."""

    end: int
    meanings: tuple[Meaning, ...]


class Vocabulary:
    """All phrases, found by longest match; made once for a tree, its words and a bank."""

    def __init__(self, words: WrittenWords, known: Known, branches: Iterable[Named] = ()) -> None:
        self._root = _Place()
        self._said: dict[Meaning, Said] = {}
        self._names: dict[str, Meaning] = {}
        self._branches: dict[str, Named] = {}
        self._leaves = frozenset(known.tree.indicators)
        self._add_nodes(words, known.tree)
        self._add_modules(words, known.tree)
        self._add_dimensions(words, known.values)
        self._add_words(words)
        self._add_branches(branches, known.branches)

    def said(self, meaning: Meaning) -> Said:
        """How Canopy names a meaning; its code where no word is known."""
        return self._said.get(meaning, Said(meaning.code, meaning.code))

    def leaf(self, node: str) -> bool:
        """Whether a node is an indicator."""
        return node in self._leaves

    def depth(self, branch: str) -> int:
        """How far below the top a branch is."""
        return self._branches[branch].depth if branch in self._branches else 0

    def above(self, branch: str) -> tuple[str, ...]:
        """The branches above one, nearest first."""
        found: list[str] = []
        here = self._branches.get(branch)
        while here is not None and here.parent not in ("", *found):
            found.append(here.parent)
            here = self._branches.get(here.parent)
        return tuple(found)

    @property
    def names(self) -> Mapping[str, Meaning]:
        """Every phrase that names something, for what is like a word that was not understood."""
        return self._names

    def phrases(self, text: Folded, at: int) -> Iterator[Phrase]:
        """Every phrase that begins at a place of a question.

        A phrase of Latin letters begins and ends where a word does and may be a plural; between
        Chinese characters spaces do not count.
        """
        for end, place in _walks(self._root, text.text, at):
            stop = _stopped(text, at, end) if place.meanings else None
            if stop is not None:
                yield Phrase(stop, tuple(place.meanings))

    def _add(self, phrase: str, meaning: Meaning) -> None:
        text = _bare(phrase)
        if not text:
            return
        place = self._root
        for character in text:
            place = place.following.setdefault(character, _Place())
        place.meanings.setdefault(meaning)
        if meaning.kind in ("node", "value", "branch", "dimension"):
            self._names.setdefault(text, meaning)

    def _there(self, phrase: str) -> bool:
        place: _Place | None = self._root
        for character in _bare(phrase):
            place = place.following.get(character) if place else None
        return bool(place and place.meanings)

    def _add_nodes(self, words: WrittenWords, tree: Tree) -> None:
        shorter: list[tuple[str, Meaning]] = []
        for node in (*tree.indicators, *tree.themes, *tree.perspectives):
            meaning = Meaning("node", node)
            zh, en = tree.name(node, "zh"), tree.name(node, "en")
            self._said[meaning] = Said(zh, en)
            own = words.nodes.get(node)
            for phrase in (node, *_variants(zh), *_variants(en), *(_both(own) if own else ())):
                self._add(phrase, meaning)
            if zh.endswith("率") and len(zh) > 3:
                shorter.append((zh.removesuffix("率"), meaning))
        for phrase, meaning in shorter:
            if not self._there(phrase):
                self._add(phrase, meaning)

    def _add_modules(self, words: WrittenWords, tree: Tree) -> None:
        for module in tree.modules.values():
            meaning = Meaning("value", module.id, "module")
            self._said[meaning] = Said(module.name_zh, module.name_en)
            own = words.modules.get(module.id)
            for phrase in (module.name_zh, module.name_en, *(_both(own) if own else ())):
                self._add(phrase, meaning)

    def _add_dimensions(self, words: WrittenWords, values: Mapping[str, Collection[str]]) -> None:
        for name, said in words.dimensions.items():
            self._add_all(said, Meaning("dimension", name))
        for dimension, there in values.items():
            if dimension == "module":
                continue
            for code in there:
                own = words.values.get(dimension, {}).get(code)
                meaning = Meaning("value", code, dimension)
                if own is None:
                    self._add(code, meaning)
                else:
                    self._add_all(own, meaning)

    def _add_all(self, said: Words, meaning: Meaning) -> None:
        self._said.setdefault(meaning, Said(said.zh[0], said.en[0]))
        for phrase in _both(said):
            self._add(phrase, meaning)

    def _add_words(self, words: WrittenWords) -> None:
        coded: tuple[tuple[Kind, Mapping[str, Words]], ...] = (
            ("comparison", words.comparisons),
            ("grain", words.grains),
            ("unit", words.units),
            ("chart", words.charts),
            ("sort", {name: getattr(words.sorts, name) for name in type(words.sorts).model_fields}),
        )
        for kind, by_code in coded:
            for code, said in by_code.items():
                self._add_all(said, Meaning(kind, code))
        single: tuple[tuple[Kind, Words], ...] = (
            ("trend", words.trend), ("change", words.change), ("scope", words.scope),
            ("by", words.markers.by), ("and", words.markers.and_),
            ("versus", words.markers.versus), ("filler", words.fillers),
        )  # fmt: skip
        for kind, said in single:
            self._add_all(said, Meaning(kind))

    def _add_branches(self, branches: Iterable[Named], permitted: Collection[str]) -> None:
        for one in branches:
            if one.id not in permitted:
                continue
            meaning = Meaning("branch", one.id)
            self._said[meaning] = Said(one.name_zh or one.id, one.name_en or one.name_zh or one.id)
            self._branches[one.id] = one
            for phrase in (one.id, *_places(one)):
                self._add(phrase, meaning)


def _both(words: Words) -> tuple[str, ...]:
    return (*words.zh, *words.en)


def _bare(phrase: str) -> str:
    """A phrase without gaps between Chinese characters, one space for each other gap.

    >>> _bare("Day-1  retention"), _bare("次日 留存")
    ('day 1 retention', '次日留存')
    """
    text = "".join(" " if one in _GAP else one for one in folded(phrase).text.replace("'", ""))
    text = " ".join(text.split())
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", text)


def _variants(name: str) -> Iterator[str]:
    """A name, the same without what stands in brackets, and what stands there.

    >>> list(_variants("用户黏性（DAU/MAU）"))
    ['用户黏性（DAU/MAU）', '用户黏性', 'DAU/MAU']
    """
    yield name
    if _IN_BRACKETS.search(name):
        yield _IN_BRACKETS.sub("", name)
        yield from _IN_BRACKETS.findall(name)


def _places(branch: Named) -> Iterator[str]:
    """A branch's names, with and without what says that it is a branch."""
    zh, en = branch.name_zh, branch.name_en
    yield zh
    yield en
    for suffix in _SUFFIXES_ZH:
        place = zh.removesuffix(suffix)
        if place != zh and len(place) > 1:
            yield from (place, f"{place}市", f"{place}省")
    for suffix in _SUFFIXES_EN:
        if en.lower().endswith(suffix) and len(en) - len(suffix) > 2:
            yield en[: -len(suffix)]
            return


def _walks(root: _Place, text: str, at: int) -> Iterator[tuple[int, _Place]]:
    """Every place of the tree of phrases that the text from ``at`` on leads to, with its end."""
    place: Any = root
    here = at
    while here < len(text):
        character = text[here]
        following = place.following.get(character)
        if following is None and character in _GAP and here > at:
            beyond = here
            while beyond < len(text) and text[beyond] in _GAP:
                beyond += 1
            following = place.following.get(" ") if character != "'" else None
            if following is None and beyond < len(text):
                apart = character == "'" or (chinese(text[here - 1]) and chinese(text[beyond]))
                following = place if apart else None
            here = beyond - 1
        if following is None:
            return
        place = following
        here += 1
        yield here, place


def _stopped(text: Folded, at: int, end: int) -> int | None:
    """Where a phrase ends, a plural's ending included; None where it is a part of a word."""
    letters = text.text
    if not (text.edge(at) and text.edge(end)):
        return None
    if at and latin(letters[at]) and latin(letters[at - 1]):
        return None
    if not latin(letters[end - 1]):
        return None if letters[end - 1] in _GAP else end
    for plural in ("", "'s", "s", "es"):
        after = end + len(plural)
        inside = letters[end:after] == plural
        if inside and (after == len(letters) or not latin(letters[after])) and text.edge(after):
            return after
    return None
