"""From a question in words to a view: what each word does beside the others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from metrics.explore.defined import undefined
from metrics.explore.view import Known
from metrics.questions.folding import LONGEST, Folded, folded
from metrics.questions.nearest import near
from metrics.questions.reading import Part, read
from metrics.questions.records import Ambiguous, Asked, Kind, NotUnderstood, Said, Understood
from metrics.questions.tokens import tokens
from metrics.questions.viewing import viewed
from metrics.questions.vocabulary import Vocabulary
from metrics.values import Setup


def understand(
    question: str, vocabulary: Vocabulary, known: Known, last_day: date, setup: Setup | None = None
) -> Asked:
    """What a question asks for. Never raises, whatever the text.

    ``last_day`` is the bank's last day with data: "last month" is the one before it. Without a
    period the one of ``known`` is taken. With ``setup`` the problems also say what is not defined
    for the indicators. The view has the reader's rights of ``known``.

    >>> from data.period import Period
    >>> from data.settings import read_settings
    >>> from metrics.cockpit import load_definitions
    >>> from metrics.questions.written import load_words
    >>> tree = load_definitions(read_settings()).tree
    >>> known = Known(tree, (), {"channel": ("ad", "wechat")}, Period.parse("2026-10"))
    >>> words = Vocabulary(load_words(None, tree), known)
    >>> asked = understand("9月 次日留存 按渠道 同比", words, known, date(2026, 11, 21))
    >>> asked.view.indicators, asked.view.by, asked.view.comparisons, str(asked.view.about.period)
    (('retention_d1',), ('channel',), ('year',), '2026-09')
    """
    text = folded(question)
    cut = tokens(text, vocabulary, last_day)
    parts = read(cut, vocabulary)
    made = viewed(parts, vocabulary, known, last_day)
    problems = list(made.problems)
    if made.view is not None and setup is not None:
        wrong = (one.why for one in undefined(setup, made.view))
        problems += [Said(why.words("zh"), why.words("en")) for why in wrong]
    return Asked(
        question,
        made.view,
        tuple(_understood(text, question, part) for part in parts if part.kind != "unknown"),
        (*_missed(text, question, parts, vocabulary), *_beyond(question)),
        tuple(made.assumed),
        tuple(_ambiguous(text, question, parts)),
        tuple(problems),
        made.limit,
    )


def _understood(text: Folded, question: str, part: Part) -> Understood:
    start, end = text.span(part.start, part.end)
    kind: Kind = "link" if part.kind == "unknown" else part.kind
    return Understood(start, end, question[start:end], kind, part.meaning)


def _missed(
    text: Folded, question: str, parts: Iterable[Part], vocabulary: Vocabulary
) -> Iterable[NotUnderstood]:
    for part in parts:
        if part.kind == "unknown":
            start, end = text.span(part.start, part.end)
            found = near(text.text[part.start : part.end], vocabulary)
            yield NotUnderstood(start, end, question[start:end], found)


def _beyond(question: str) -> Iterable[NotUnderstood]:
    """What is beyond the characters that are read."""
    if len(question) > LONGEST:
        yield NotUnderstood(LONGEST, len(question), question[LONGEST:])


def _ambiguous(text: Folded, question: str, parts: Iterable[Part]) -> Iterable[Ambiguous]:
    for part in parts:
        if part.candidates:
            start, end = text.span(part.start, part.end)
            yield Ambiguous(question[start:end], part.candidates)
