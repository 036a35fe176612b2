"""Scores and splits worked out slowly, one scope and one node at a time, to compare with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from metrics.scoring.inputs import ScoreInputs
from metrics.scoring.leaf import Curve, leaf_score
from metrics.scoring.split import FACTORS


@dataclass(frozen=True)
class Side:
    """One scope of the inputs as plain dictionaries."""

    value: dict[str, tuple[float, ...]]
    goal: dict[str, tuple[tuple[float, float], ...]]
    starts: dict[str, tuple[float, ...]]
    here: dict[str, tuple[bool, ...]]
    weight: dict[str, float]
    cap: dict[str, float]


def side(inputs: ScoreInputs, scope: int) -> Side:
    value: dict[str, tuple[float, ...]] = {}
    goal: dict[str, tuple[tuple[float, float], ...]] = {}
    starts: dict[str, tuple[float, ...]] = {}
    here: dict[str, tuple[bool, ...]] = {}
    for i, leaf in enumerate(inputs.tree.leaves):
        part = next((p for p in inputs.parts if p.leaf == leaf), None)
        if part is None:
            value[leaf] = (inputs.value[scope, i].item(),)
            goal[leaf] = ((inputs.base[scope, i].item(), inputs.target[scope, i].item()),)
            starts[leaf] = (1.0,)
        else:
            value[leaf] = tuple(part.value[scope].tolist())
            goal[leaf] = tuple(
                zip(part.base[scope].tolist(), part.target[scope].tolist(), strict=True)
            )
            starts[leaf] = tuple(part.weight[scope].tolist())
        here[leaf] = tuple(
            bool(inputs.present[scope, i])
            and not math.isnan(leaf_score(v, *g, curve_of(inputs, leaf)).item())
            and s > 0
            for v, g, s in zip(value[leaf], goal[leaf], starts[leaf], strict=True)
        )
    weight = {n: float(np.broadcast_to(w, inputs.scopes)[scope]) for n, w in inputs.weights.items()}
    cap = {n: inputs.caps()[scope, inputs.tree.position[n]].item() for n in inputs.tree.ids}
    return Side(value, goal, starts, here, weight, cap)


def curve_of(inputs: ScoreInputs, leaf: str) -> Curve:
    part = next((p for p in inputs.parts if p.leaf == leaf), None)
    return part.curve if part else inputs.curves[inputs.tree.leaves.index(leaf)]


def coverage(inputs: ScoreInputs, of: Side, node: str) -> float:
    """Share of leaf weight with data, by summing over the leaves below."""
    children = inputs.tree.children[node]
    if not children:
        return 100.0 * any(of.here[node])
    total = sum(of.weight[c] for c in children)
    return sum(of.weight[c] * coverage(inputs, of, c) for c in children) / total if total else 0.0


def has_score(inputs: ScoreInputs, of: Side, node: str) -> bool:
    children = inputs.tree.children[node]
    if not children:
        return any(of.here[node])
    if not any(has_score(inputs, of, c) and of.weight[c] > 0 for c in children):
        return False
    return coverage(inputs, of, node) >= inputs.minimum_coverage - 1e-9


def node_score(
    inputs: ScoreInputs, five: tuple[Side, ...], node: str, other: dict[int, Side]
) -> float:
    """Score of a node with each factor from its own side."""
    values, goals, weights, counts, caps = five
    children = inputs.tree.children[node]
    if not children:
        parts = []
        for k, here in enumerate(counts.here[node]):
            if here:
                v = values if values.here[node][k] else other[id(values)]
                g = goals if goals.here[node][k] else other[id(goals)]
                points = leaf_score(v.value[node][k], *g.goal[node][k], curve_of(inputs, node))
                parts.append((v.starts[node][k], points.item()))
        mean = sum(w * s for w, s in parts) / sum(w for w, _ in parts)
        return min(mean, caps.cap[node])
    counted = [c for c in children if has_score(inputs, counts, c)]
    source = weights if sum(weights.weight[c] for c in counted) > 0 else counts
    total = sum(source.weight[c] for c in counted)
    mean = sum(
        source.weight[c] / total * node_score(inputs, five, c, other)
        for c in counted
        if source.weight[c] > 0
    )
    return min(mean, caps.cap[node])


def slow_score(inputs: ScoreInputs, scope: int, node: str) -> float | None:
    s = side(inputs, scope)
    if not has_score(inputs, s, node):
        return None
    return node_score(inputs, (s,) * 5, node, {id(s): s})


def slow_split(a: ScoreInputs, b: ScoreInputs, scope: int, node: str) -> dict[str, float] | None:
    """The mean over all 120 explicit orders of changing the five factors."""
    old, new = side(a, scope), side(b, scope)
    if not (has_score(a, old, node) and has_score(b, new, node)):
        return None
    other = {id(old): new, id(new): old}
    known: dict[frozenset[str], float] = {}

    def outcome(changed: frozenset[str]) -> float:
        if changed not in known:
            five = tuple(new if factor in changed else old for factor in FACTORS)
            known[changed] = node_score(a, five, node, other)
        return known[changed]

    parts = dict.fromkeys(FACTORS, 0.0)
    orders = list(permutations(FACTORS))
    for order in orders:
        for i, factor in enumerate(order):
            step = outcome(frozenset(order[: i + 1])) - outcome(frozenset(order[:i]))
            parts[factor] += step / len(orders)
    return parts
