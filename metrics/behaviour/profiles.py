"""What a segment is and does against the rest of its scope."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from metrics.behaviour.intervals import Lift, Share, lift, share
from metrics.behaviour.rows import rows


@dataclass(frozen=True)
class Trait:
    """A module used or a value of a dimension: its share in the segment and in the rest."""

    trait: str
    value: str
    chosen: Share
    rest: Share
    lift: Lift


@dataclass(frozen=True)
class Profile:
    """Traits by how far their lift lies from 1, beyond chance first; people on both sides."""

    chosen: int
    rest: int
    traits: tuple[Trait, ...]


def profile(counted: pd.DataFrame, smallest: int = 5) -> Profile:
    """The frame of ``data.behaviour.features.profile``.

    Empty where either side has fewer than ``smallest`` people. A trait of fewer than that on both
    sides together is left out.
    """
    found = {(str(r.trait), str(r.value), int(r.chosen)): int(r.users) for r in rows(counted)}
    chosen, rest = found.get(("", "", 1), 0), found.get(("", "", 0), 0)
    if min(chosen, rest) < smallest:
        return Profile(chosen, rest, ())
    keys = sorted({key[:2] for key in found if key[0] and key[1]})
    traits = []
    for trait, value in keys:
        here, there = found.get((trait, value, 1), 0), found.get((trait, value, 0), 0)
        if here + there >= smallest:
            ratio = lift(here, chosen, there, rest)
            traits.append(Trait(trait, value, share(here, chosen), share(there, rest), ratio))
    return Profile(chosen, rest, tuple(sorted(traits, key=_interest)))


def _interest(one: Trait) -> tuple[bool, float, str, str]:
    """Beyond chance first; then by the gap in percentage points."""
    gap = abs((one.chosen.value or 0.0) - (one.rest.value or 0.0))
    return (not one.lift.differs, -gap, one.trait, one.value)
