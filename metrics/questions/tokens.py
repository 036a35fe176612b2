"""A question cut into tokens: phrases, periods, counts, and what is neither.

Of all ways to cut it that is taken which leaves the fewest characters without a meaning and, of
these, has the fewest tokens. Thus 按年龄段 is not cut after 按年, and the longest name wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from metrics.questions.folding import Folded, chinese, latin, number_of
from metrics.questions.periods import Found, periods_at
from metrics.questions.vocabulary import Meaning, Vocabulary

_COUNT = (
    r"\s*(?P<count>\d{1,3}|[一二三四五六七八九十]{1,3}|"
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve)(?![a-z]))"
    r"(?!\d|\s*(?:个?月|天|日|周|季|年))(?:\s*[名家位个大])?"
)
_ENDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(f"(?:{words}){_COUNT}"), sort)
    for words, sort in (
        ("top|first|highest|前|最[高多大]的?前?", "highest"),
        ("best|最[好佳]的?", "best"),
        ("bottom|last|lowest|后|末|最[低少小]的?", "lowest"),
        ("worst|最[差糟]的?", "worst"),
    )
)
_WORD = re.compile(r"[a-z0-9]+(?:[.%][0-9]+)*")


@dataclass(frozen=True)
class Counted:
    """So many rows from an end of an order: ``sort`` is a code of words.yaml's sorts."""

    sort: str
    count: int


@dataclass(frozen=True)
class Token:
    """Folded characters from ``start`` to ``end``, with what they may mean; nothing: unknown."""

    start: int
    end: int
    meanings: tuple[Meaning, ...] = ()
    period: Found | None = None
    counted: Counted | None = None

    @property
    def known(self) -> bool:
        """Whether anything at all was found in these characters."""
        return bool(self.meanings or self.period or self.counted)

    def may_be(self, kind: str) -> Meaning | None:
        """The first meaning of a kind."""
        return next((one for one in self.meanings if one.kind == kind), None)


def tokens(text: Folded, vocabulary: Vocabulary, last: date) -> tuple[Token, ...]:
    """The tokens of a question in order; spaces and punctuation are left out."""
    size = len(text.text)
    best: list[tuple[int, int, Token | None]] = [(0, 0, None)] * (size + 1)
    for at in range(size - 1, -1, -1):
        if not _counts(text.text[at]):
            best[at] = (best[at + 1][0], best[at + 1][1], None)
            continue
        best[at] = _cheapest(text, vocabulary, at, last, best)
    return tuple(_chosen(text, best))


def _counts(character: str) -> bool:
    """Whether a character belongs to a word: neither a space nor punctuation."""
    return latin(character) or chinese(character) or character.isalnum()


def _cheapest(
    text: Folded,
    vocabulary: Vocabulary,
    at: int,
    last: date,
    best: list[tuple[int, int, Token | None]],
) -> tuple[int, int, Token | None]:
    """Unknown characters, tokens and the first token of the best way to cut from here."""
    unknown = Token(at, _unknown_end(text, at))
    missed, count, _first = best[unknown.end]
    found = (missed + unknown.end - at, count + 1, unknown)
    if not text.edge(at):
        return found
    for token in _every(text, vocabulary, at, last):
        missed, count, _first = best[token.end]
        if (missed, count + 1) <= found[:2] and text.edge(token.end):
            found = (missed, count + 1, token)
    return found


def _every(text: Folded, vocabulary: Vocabulary, at: int, last: date) -> Iterator[Token]:
    """Everything that begins here; of equally good ones the last is taken.

    Names of branches come first: they are text from data and take no other word's place.
    """
    phrases = [Token(at, one.end, one.meanings) for one in vocabulary.phrases(text, at)]
    yield from (one for one in phrases if _only_a_branch(one))
    if not (at and latin(text.text[at]) and latin(text.text[at - 1])):
        for pattern, sort in _ENDS:
            match = pattern.match(text.text, at)
            count = number_of(match["count"]) if match else None
            if match and count:
                yield Token(at, match.end(), counted=Counted(sort, count))
    for end, period in sorted(periods_at(text.text, at, last).items()):
        yield Token(at, end, period=period)
    yield from (one for one in phrases if not _only_a_branch(one))


def _only_a_branch(token: Token) -> bool:
    return all(one.kind == "branch" for one in token.meanings)


def _chosen(text: Folded, best: list[tuple[int, int, Token | None]]) -> Iterator[Token]:
    """The tokens of the best way, unknown ones that touch joined."""
    at, before = 0, None
    while at < len(text.text):
        token = best[at][2]
        if token is None:
            at += 1
            continue
        at = token.end
        if before is not None and _belongs(text, before, token):
            before = replace(before, end=token.end)
            continue
        if before is not None:
            yield before
        before = None if token.known else token
        if token.known:
            yield token
    if before is not None:
        yield before


def _belongs(text: Folded, before: Token, token: Token) -> bool:
    """Whether a token goes on with the unknown one before it.

    So does what touches it without a meaning, and the word "branch" behind a name: the name of a
    branch that the reader does not know, which is no wish to split by branch.
    """
    if not token.known:
        return before.end == token.start
    between = text.text[before.end : token.start].strip()
    found = token.may_be("dimension")
    return not between and found is not None and found.code == "branch"


def _unknown_end(text: Folded, at: int) -> int:
    """A whole Latin word, or one other character, never half of a written one."""
    match = _WORD.match(text.text, at)
    end = match.end() if match else at + 1
    while not text.edge(end):
        end += 1
    return end
