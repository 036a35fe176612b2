"""Search over the dictionary, in both languages, ranked, forgiving a slip of the keyboard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from metrics.lineage.entries import KINDS, Entry

LONGEST = 100
"""Characters of a query that are read."""
CLOSE_ENOUGH, CLOSE_CHINESE = 0.74, 0.65
"""Of two words: the share of letters in common (Ratcliff and Obershelp) from which one is meant;
of three Chinese characters one may be another."""
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_LESS = {"module": 15.0, "column": 4.0}
"""Taken off the rank of kinds with many entries of one name, so that they hide nothing."""
_EXACT, _BEGINS, _HOLDS, _WORDS, _SLIP, _ABOUT = 100.0, 80.0, 65.0, 55.0, 40.0, 20.0


@dataclass(frozen=True)
class Hit:
    """An entry that was found; ``rank`` is larger for a better match, 100 for the very name."""

    key: str
    rank: float


def folded(text: str) -> str:
    """Text as it is compared: width, case and compatible forms do not matter.

    >>> folded("ＭＡＵ　Retention")
    'mau retention'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class _Indexed:
    key: str
    place: int
    less: float
    names: tuple[str, ...]
    words: frozenset[str]
    about: str


class Index:
    """Made once for all entries; a query reads nothing else.

    >>> one = Entry("mau", "indicator", "mau", "月活跃用户", "Monthly active users", "去重计数", "")
    >>> index = Index([one])
    >>> [hit.key for text in ("MAU", "月活", "montly activ") for hit in index.search(text)]
    ['mau', 'mau', 'mau']
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(_indexed(entry) for entry in entries)

    def search(self, query: str, at_most: int = 60) -> tuple[Hit, ...]:
        """The best entries for a query, best first; none for an empty one."""
        asked = folded(query[:LONGEST])
        words = _WORD.findall(asked)
        if not words:
            return ()
        ranked = [(_rank(one, asked, words), one) for one in self._entries]
        hits = [(max(rank - one.less, 1.0), one) for rank, one in ranked if rank > 0]
        if not any(rank >= _WORDS for rank, _one in ranked):
            hits += self._slips(words)
        best: Mapping[str, tuple[float, _Indexed]] = {
            one.key: (rank, one) for rank, one in sorted(hits, key=lambda hit: hit[0])
        }
        found = sorted(best.values(), key=lambda hit: (-round(hit[0], 1), hit[1].place))
        return tuple(Hit(one.key, rank) for rank, one in found[:at_most])

    def _slips(self, words: list[str]) -> list[tuple[float, _Indexed]]:
        """Entries every word of the query is close to some word of, where nothing is closer."""
        every = {word for one in self._entries for word in one.words}
        near = {word: {one: r for one in every if (r := _alike(word, one))} for word in words}
        found = []
        for one in self._entries:
            best = [
                max((near[word].get(own, 0.0) for own in one.words), default=0) for word in words
            ]
            if all(best):
                found.append((_SLIP * sum(best) / len(best), one))
        return found


def _indexed(entry: Entry) -> _Indexed:
    names = (entry.id, entry.id.replace("_", " "), entry.name_zh, entry.name_en, *entry.aliases)
    told = tuple(dict.fromkeys(folded(name) for name in names if name))
    words = frozenset(word for name in told for word in _WORD.findall(name))
    about = folded(f"{entry.about_zh} {entry.about_en} {entry.more}")
    return _Indexed(
        entry.key, KINDS.index(entry.kind), _LESS.get(entry.kind, 0.0), told, words, about
    )


def _rank(one: _Indexed, asked: str, words: list[str]) -> float:
    """By the best of an entry's names: a shorter one is more wholly meant."""
    best = 0.0
    for name in one.names:
        if name == asked:
            return _EXACT
        share = min(len(asked) / len(name), 1.0)
        if name.startswith(asked):
            best = max(best, _BEGINS + 10 * share)
        elif asked in name:
            best = max(best, _HOLDS + 10 * share)
    if best:
        return best
    told = " ".join(one.names)
    if all(word in told for word in words):
        return _WORDS
    return _ABOUT if all(word in one.about or word in told for word in words) else 0.0


def _alike(word: str, other: str) -> float:
    """How like two words are, 0 below the limit; very short ones have to be the same.

    >>> _alike("流存率", "次日留存率") > 0, _alike("retenton", "retention") > 0
    (True, True)
    """
    if word > "\u3400":
        size = len(word)
        parts = (other[at : at + size] for at in range(max(len(other) - size, 0) + 1))
        limit = CLOSE_CHINESE if size > 2 else 1.0
        return max(_ratio(word, part, limit) for part in parts)
    return _ratio(word, other, 1.0 if min(len(word), len(other)) < 3 else CLOSE_ENOUGH)


def _ratio(word: str, other: str, limit: float) -> float:
    matcher = SequenceMatcher(None, word, other, autojunk=False)
    if matcher.real_quick_ratio() < limit or matcher.quick_ratio() < limit:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= limit else 0.0
