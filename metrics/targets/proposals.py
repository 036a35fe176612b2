"""Proposals for base and target from data: last year's value and growth, or the peers' spread.

Nothing is proposed from too little: then there is a reason in words instead of numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

KNOWN_DAYS = 360
"""Days of a year that have to be loaded before the year stands for itself."""
FEWEST_PEERS = 5
Why = Literal["", "no_value", "days", "peers", "sizes", "band", "sign"]


@dataclass(frozen=True)
class Proposal:
    """A base and target with what they came from; both None with ``why`` where there is none.

    ``evidence`` are (name, value) in the indicator's unit; ``used`` of ``wanted`` were there
    (days of a year, or peers).
    """

    base: float | None
    target: float | None
    evidence: tuple[tuple[str, float], ...] = ()
    used: int = 0
    wanted: int = 0
    why: Why = ""


def by_growth(last_year: float | None, days: int, growth: float, better: str) -> Proposal:
    """Base: last year's value; target: that value ``growth`` per cent better.

    Last year's value is the indicator of the whole year, worked out as it always is: an average of
    daily users is the year's average, an amount its sum, a stock its last day.

    >>> by_growth(200.0, 365, 25.0, "up").target, by_growth(4.0, 365, 25.0, "down").target
    (250.0, 3.0)
    >>> by_growth(200.0, 120, 10.0, "up").why
    'days'
    """
    if better == "band":
        return Proposal(None, None, why="band")
    if last_year is None or not math.isfinite(last_year):
        return Proposal(None, None, (), days, KNOWN_DAYS, "no_value")
    evidence = (("last_year", last_year),)
    if days < KNOWN_DAYS:
        return Proposal(None, None, evidence, days, KNOWN_DAYS, "days")
    factor = 1 + growth / 100 if better == "up" else 1 - growth / 100
    target = last_year * factor
    if last_year <= 0 or target < 0 or growth <= 0:
        return Proposal(None, None, evidence, days, KNOWN_DAYS, "sign")
    return Proposal(last_year, target, evidence, days, KNOWN_DAYS)


def by_peers(
    values: Mapping[str, float | None],
    better: str,
    *,
    divided: bool,
    low: float = 50.0,
    high: float = 75.0,
) -> Proposal:
    """Base and target: what ``low`` and ``high`` per cent of the peers do not exceed in goodness.

    ``divided``: the indicator is an amount that grows with a branch's size; peers say nothing then.

    >>> rates = {"B1": 1.0, "B2": 2.0, "B3": 3.0, "B4": 4.0, "B5": 5.0}
    >>> found = by_peers(rates, "up", divided=False)
    >>> found.base, found.target
    (3.0, 4.0)
    >>> by_peers(rates, "down", divided=False).target
    2.0
    """
    if better == "band":
        return Proposal(None, None, why="band")
    if divided:
        return Proposal(None, None, why="sizes")
    known = {
        name: value for name, value in values.items() if value is not None and math.isfinite(value)
    }
    evidence = tuple(sorted(known.items(), key=lambda pair: (pair[1], pair[0])))
    if len(known) < FEWEST_PEERS:
        return Proposal(None, None, evidence, len(known), FEWEST_PEERS, "peers")
    at = (low, high) if better == "up" else (100 - low, 100 - high)
    base, target = (float(np.percentile(list(known.values()), one)) for one in at)
    if base == target:
        return Proposal(None, None, evidence, len(known), FEWEST_PEERS, "sign")
    return Proposal(base, target, evidence, len(known), FEWEST_PEERS)
