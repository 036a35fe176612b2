"""Weights as they are kept: exact decimals that add up to 100 at every parent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal

from metrics.tree.tree import Tree

PLACES = 4
HUNDRED = Decimal(100)


def exact_percent(weights: Mapping[str, float], places: int = PLACES) -> dict[str, Decimal]:
    """Weights of siblings brought to exactly 100, rounded by largest remainder.

    Proportions are kept; a weight of 0 stays 0. ValueError where nothing weighs anything or a
    weight is negative.

    >>> {name: str(one) for name, one in exact_percent({"a": 1, "b": 1, "c": 1}, 2).items()}
    {'a': '33.34', 'b': '33.33', 'c': '33.33'}
    """
    given = {name: Decimal(repr(float(weight))) for name, weight in weights.items()}
    total = sum(given.values(), Decimal(0))
    if total <= 0 or any(weight < 0 for weight in given.values()):
        raise ValueError("weights have to be 0 or more, and some above 0")
    step = Decimal(1).scaleb(-places)
    wanted = {name: weight * HUNDRED / total for name, weight in given.items()}
    kept = {name: weight.quantize(step, ROUND_FLOOR) for name, weight in wanted.items()}
    left = int((HUNDRED - sum(kept.values(), Decimal(0))) / step)
    by_rest = sorted(kept, key=lambda name: kept[name] - wanted[name])
    for name in by_rest[:left]:
        kept[name] += step
    return kept


def exact_set(tree: Tree, weights: Mapping[str, float]) -> dict[str, Decimal]:
    """Weights of all nodes but the root, exact at every parent; what is not named is the tree's.

    Siblings that all weigh 0 keep the tree's own proportions: their parent weighs nothing.
    """
    found: dict[str, Decimal] = {}
    for parent in tree.nodes():
        children = tree.children(parent) if tree.level(parent) < 3 else ()
        if not children:
            continue
        some = {child: float(weights.get(child, tree.weight(child))) for child in children}
        own = {child: tree.weight(child) for child in children}
        found |= exact_percent(some if sum(some.values()) > 0 else own)
    return found
