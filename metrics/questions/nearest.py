"""Names that are like a word which was not understood."""

from __future__ import annotations

from difflib import get_close_matches

from metrics.questions.folding import chinese
from metrics.questions.records import Said
from metrics.questions.vocabulary import Vocabulary

MOST = 3
_LATIN, _CHINESE = 0.74, 0.5
"""Shares of letters in common (Ratcliff and Obershelp) from which a name is worth asking about."""


def near(text: str, vocabulary: Vocabulary) -> tuple[Said, ...]:
    """At most three things whose names are like a text, the most alike first."""
    if not 1 < len(text) <= 40:
        return ()
    limit = _CHINESE if any(map(chinese, text)) else _LATIN
    matches = get_close_matches(text, vocabulary.names, n=MOST, cutoff=limit)
    found = dict.fromkeys(vocabulary.names[one] for one in matches)
    return tuple(vocabulary.said(one) for one in found)
