"""What each token of a question does, as the tokens around it decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from metrics.questions.periods import Found
from metrics.questions.records import Kind, Said
from metrics.questions.tokens import Token
from metrics.questions.vocabulary import Meaning, Vocabulary

Does: TypeAlias = Literal[
    "node", "value", "branch", "scope", "by", "period", "against", "against_period", "grain",
    "trend", "change", "chart", "sort", "sort_by", "link", "unknown",
]  # fmt: skip
_ORDER = (
    "node", "value", "dimension", "scope", "comparison", "grain", "trend", "chart", "sort",
    "change", "versus", "by", "and", "branch", "filler",
)  # fmt: skip
"""Which meaning is taken where nothing around it says otherwise."""
_DOES: dict[str, tuple[Does, Kind]] = {
    "node": ("node", "indicator"), "value": ("value", "filter"), "branch": ("branch", "branch"),
    "scope": ("scope", "branch"), "dimension": ("by", "dimension"), "grain": ("grain", "grain"),
    "unit": ("grain", "grain"), "comparison": ("against", "comparison"),
    "trend": ("trend", "grain"), "change": ("change", "comparison"), "chart": ("chart", "chart"),
    "sort": ("sort", "sort"),
}  # fmt: skip
_NOTHING = Said("", "")


@dataclass(frozen=True)
class Part:
    """A token with what it does: ``codes`` are ids, of a value its dimension and its code."""

    start: int
    end: int
    does: Does
    kind: Kind | Literal["unknown"]
    meaning: Said = field(default=_NOTHING)
    codes: tuple[str, ...] = ()
    period: Found | None = None
    count: int | None = None
    candidates: tuple[Said, ...] = ()


def read(cut: Sequence[Token], vocabulary: Vocabulary) -> tuple[Part, ...]:
    """A part for every token, in order."""
    reader = _Reader(cut, vocabulary)
    found: list[Part] = []
    for at in range(len(cut)):
        part = reader.part(at)
        touching = found and found[-1].end == part.start
        if touching and found[-1].does == part.does == "unknown":
            part = Part(found.pop().start, part.end, "unknown", "unknown")
        found.append(part)
    return tuple(found)


class _Reader:
    """Walks along the tokens and knows whether a "by" still holds."""

    def __init__(self, cut: Sequence[Token], vocabulary: Vocabulary) -> None:
        self.cut, self.vocabulary = cut, vocabulary
        self.splitting = self.just_by = False
        self.closed: set[int] = set()
        """Where a 相比 ends a comparison ("与去年相比") instead of beginning one."""

    def part(self, at: int) -> Part:
        """What the token at a place does."""
        token = self.cut[at]
        if not token.known:
            self.splitting = False
            return Part(token.start, token.end, "unknown", "unknown")
        if token.period is not None:
            self.splitting = False
            return self._period(at, token, token.period)
        if token.counted is not None:
            self.splitting = False
            said = self.vocabulary.said(Meaning("sort", token.counted.sort))
            told = Said(f"{said.zh} {token.counted.count}", f"{said.en} {token.counted.count}")
            return Part(
                token.start, token.end, "sort", "sort", told, (token.counted.sort,),
                count=token.counted.count,
            )  # fmt: skip
        return self._phrase(at, token)

    def _period(self, at: int, token: Token, found: Found) -> Part:
        """A period, or what the period is held against."""
        before, after = self._beside(at, -1), self._beside(at, 1)
        first = bool(found.relative) or not any(one.period for one in self.cut[:at])
        joined = before is not None and before.may_be("and") is not None
        behind = after is not None and after.may_be("versus") is not None
        paired = first and joined and behind
        ahead = before is not None and before.may_be("versus") and before.start not in self.closed
        if paired and after is not None:
            self.closed.add(after.start)
        if ahead or paired:
            told = Said(f"与 {found.period} 相比", f"against {found.period}")
            return Part(token.start, token.end, "against_period", "comparison", told, period=found)
        told = Said(str(found.period), str(found.period))
        return Part(token.start, token.end, "period", "period", told, period=found)

    def _phrase(self, at: int, token: Token) -> Part:
        meaning = self._chosen(at, token)
        if meaning is None:
            return self._joining(at, token)
        if meaning.kind not in _DOES:
            if meaning.kind != "filler":
                self.splitting = meaning.kind == "by" or (self.splitting and meaning.kind == "and")
                self.just_by = meaning.kind == "by"
            return self._link(token)
        does, kind = _DOES[meaning.kind]
        if meaning.kind == "node" and self.just_by:
            does = "sort_by"
        self.splitting = self.splitting and meaning.kind in ("dimension", "unit")
        self.just_by = False
        several = self._several(token, meaning)
        codes = tuple(one.code for one in several) if meaning.kind == "node" else (meaning.code,)
        if meaning.kind == "value":
            codes = (meaning.dimension, meaning.code)
        told = several if meaning.kind == "node" else (meaning,)
        return Part(
            token.start, token.end, does, kind, _listed([self._told(one) for one in told]), codes,
            candidates=self._candidates(at, token, meaning, several),
        )  # fmt: skip

    def _joining(self, at: int, token: Token) -> Part:
        """What repeats its neighbour joins words; a unit of time by itself says nothing."""
        if token.may_be("dimension") or self._period_beside(at):
            return self._link(token)
        return Part(token.start, token.end, "unknown", "unknown")

    def _period_beside(self, at: int) -> bool:
        beside = (self._beside(at, step) for step in (-1, 1))
        return any(one is not None and one.period is not None for one in beside)

    def _told(self, meaning: Meaning) -> Said:
        """A meaning by its name; of a value with its dimension."""
        said = self.vocabulary.said(meaning)
        if meaning.kind != "value":
            return said
        name = self.vocabulary.said(Meaning("dimension", meaning.dimension))
        return Said(f"{name.zh} = {said.zh}", f"{name.en} = {said.en}")

    def _link(self, token: Token) -> Part:
        return Part(token.start, token.end, "link", "link", Said("（连接词）", "(joins words)"))

    def _chosen(self, at: int, token: Token) -> Meaning | None:
        """The meaning that the tokens around leave; None for one that only joins others."""
        dimension, unit = token.may_be("dimension"), token.may_be("unit")
        if self.splitting and (dimension or unit):
            return dimension or unit
        node, value = token.may_be("node"), token.may_be("value")
        if node and value:
            return value if self._named_elsewhere(at) else node
        if dimension and not node and not value and self._said_beside(at, dimension.code):
            return None
        if unit and all(one.kind == "unit" for one in token.meanings):
            return None
        found = (token.may_be(kind) for kind in _ORDER)
        chosen = next((one for one in found if one is not None), None)
        if chosen is not None and chosen.kind == "branch":
            return self._highest(token)
        return chosen

    def _named_elsewhere(self, at: int) -> bool:
        """Whether another token can only be an indicator, and does not stand in a list with it."""
        joined = {self._over_and(at, -1), self._over_and(at, 1)}
        return any(
            one.may_be("node") and not one.may_be("value") and place not in joined
            for place, one in enumerate(self.cut)
            if place != at
        )

    def _over_and(self, at: int, step: int) -> int | None:
        """The place of what an "and" joins to the token at a place."""
        place = at + step
        if 0 <= place < len(self.cut) and self.cut[place].may_be("and"):
            return place + step
        return None

    def _said_beside(self, at: int, dimension: str) -> bool:
        """Whether a neighbour is a value of the dimension: "the wechat channel"."""
        for step in (-1, 1):
            beside = self._beside(at, step)
            if beside is None:
                continue
            if dimension == "branch" and beside.may_be("branch"):
                return True
            if any(one.kind == "value" and one.dimension == dimension for one in beside.meanings):
                return True
        return False

    def _beside(self, at: int, step: int) -> Token | None:
        """The next token that is more than a filler."""
        place = at + step
        while 0 <= place < len(self.cut):
            one = self.cut[place]
            if not one.known or any(meaning.kind != "filler" for meaning in one.meanings):
                return one
            if one.period or one.counted:
                return one
            place += step
        return None

    def _highest(self, token: Token) -> Meaning:
        """Of branches with one name that which is nearest to the top."""
        named = [one for one in token.meanings if one.kind == "branch"]
        return min(named, key=lambda one: self.vocabulary.depth(one.code))

    def _several(self, token: Token, chosen: Meaning) -> tuple[Meaning, ...]:
        """All that may be meant of the kind that was chosen; an indicator goes before a theme."""
        found = [one for one in token.meanings if one.kind == chosen.kind]
        if chosen.kind == "node":
            found = [one for one in found if self.vocabulary.leaf(one.code)] or found[:1]
        return tuple(found)

    def _candidates(
        self, at: int, token: Token, chosen: Meaning, several: tuple[Meaning, ...]
    ) -> tuple[Said, ...]:
        """Everything that might have been meant, where that is more than one thing."""
        kinds = ("node", "value", "branch")
        if chosen.kind not in kinds:
            return ()
        rest = [one for one in token.meanings if one.kind in kinds and one.kind != chosen.kind]
        if chosen.kind == "node" and not self._named_elsewhere(at):
            rest = []  # the only indicator of the question cannot be anything else
        every = dict.fromkeys((chosen, *several, *rest))
        return tuple(map(self._told, every)) if len(every) > 1 else ()


def _listed(said: Sequence[Said]) -> Said:
    return Said("、".join(one.zh for one in said), ", ".join(one.en for one in said))
