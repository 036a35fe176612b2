"""Groups with too few people behind them: their values are told, and not ranked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from metrics.peers import FEWEST_USERS
from metrics.scorecard import ScoreCard
from metrics.values.behind import FEWEST
from ui import load
from ui.address import with_filter
from ui.frame import Here
from words import numbers
from words.i18n import _, _n
from words.text import plain

SIZE_OF = "registered_users"
MOST_NAMED = 6
Few = Mapping[str, float]
"""Groups that are not ranked, with how many are behind each."""


def branches(here: Here, card: ScoreCard, node: str, ids: Sequence[str]) -> Few:
    """Branches whose number for a node is chance: ratios of fewer than five of what they divide by.

    Where that is not counted, and for scores above indicators, users decide, as in the ranking.
    """
    if here.tree.level(node) < 3:
        return _small(card, ids, FEWEST_USERS)
    indicator, _at, module = node.partition("@")
    if not here.tree.indicators[indicator].formula.divides:
        return {}
    everybody = replace(here.view, segment=())
    about = with_filter(everybody, "module", (module,) if module else ()).slice
    found = load.behind(here.token, indicator, about, ("branch",))
    if found is None:
        return _small(card, ids, FEWEST)
    counts = dict(zip(found.groups["branch"].tolist(), found.value[:, 0].tolist(), strict=True))
    return few_of({one: counts.get(one, math.nan) for one in ids})


def _small(card: ScoreCard, ids: Sequence[str], fewest: int) -> Few:
    users = {one: card.node(SIZE_OF, one).value for one in ids}
    known = {one: math.nan if count is None else count for one, count in users.items()}
    return few_of(known, fewest)


def few_of(counts: Mapping[str, float], fewest: int = FEWEST) -> Few:
    """Those of which fewer than ``fewest`` are known to be.

    >>> few_of({"a": 2.0, "b": 5.0, "c": float("nan")})
    {'a': 2.0}
    """
    return {name: count for name, count in counts.items() if count < fewest}


def least(*, leaf: bool) -> int:
    """How many have to stand behind a number of an indicator, or behind a score above it."""
    return FEWEST if leaf else FEWEST_USERS


def mark(count: float | None) -> str:
    """What a table says of a group that is not compared.

    >>> mark(2.0)
    'too few: 2'
    """
    return _("too few: {count}").format(count=numbers.number(count, 0))


def words(few: Few, names: Mapping[str, str], fewest: int = FEWEST) -> str:
    """Who is left out of a ranking and why, in a sentence; '' for nobody."""
    if not few:
        return ""
    listed = sorted(few, key=lambda one: (few[one], names[one]))
    said = [_("{name} ({count})").format(name=plain(names[one], 40),
                                         count=numbers.number(few[one], 0))
            for one in listed[:MOST_NAMED]]  # fmt: skip
    told = _(", ").join(said) + ("…" if len(listed) > MOST_NAMED else "")
    return _n(
        "{count} is too small to compare, with fewer than {least} behind its number: {told}",
        "{count} are too small to compare, with fewer than {least} behind their numbers: {told}",
        len(few),
    ).format(count=len(few), least=fewest, told=told)
