"""Rules that propose to move weights towards what misses its path; nothing moves silently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from metrics.weights.tree import EXACT, WeightNode, checked, children_of, path_of

Weights = dict[str, float]


@dataclass(frozen=True)
class MissRule:
    """Who misses its path ``periods`` times in a row gains up to ``points`` from its siblings.

    Points, ``least`` and ``most`` are per cent of the parent: no giver falls below ``least``, no
    gainer rises above ``most``. A protected node (in these perspectives, or with these tags)
    gives only to indicators with these tags and to themes and perspectives in these perspectives.
    """

    periods: int = 3
    points: float = 5.0
    least: float = 5.0
    most: float = 60.0
    perspectives: tuple[str, ...] = ("risk", "compliance")
    tags: tuple[str, ...] = ("compliance", "fraud", "credit_quality", "stability", "operations")

    def __post_init__(self) -> None:
        """Refuse bounds that make no sense; ValueError names all of them."""
        wrong = []
        if self.periods < 1:
            wrong.append(f"periods is {self.periods}, expected 1 or more")
        if not 0 < self.points <= 100:
            wrong.append(f"points is {self.points}, expected above 0 to 100")
        if not 0 <= self.least <= self.most <= 100:
            wrong.append(
                f"least {self.least} and most {self.most}, expected 0 <= least <= most <= 100"
            )
        if wrong:
            raise ValueError("; ".join(wrong))


@dataclass(frozen=True)
class WeightMove:
    """A node that gains, how many points of its parent, and from which siblings."""

    node: str
    points: float
    given_by: tuple[tuple[str, float], ...]
    reason: str


@dataclass(frozen=True)
class RuleProposal:
    """A proposed tree with its moves and, for those who missed without gaining, the reasons.

    ``nodes`` is None where nothing moves; ``reason`` says why, or sums the moves up.
    """

    nodes: tuple[WeightNode, ...] | None
    moves: tuple[WeightMove, ...]
    declined: tuple[tuple[str, str], ...]
    reason: str


def propose_moves(
    nodes: Iterable[WeightNode], missed: Mapping[str, int], rule: MissRule
) -> RuleProposal:
    """The weights after the rule, as a proposal; the tree given stays as it is.

    ``missed`` has the number of periods in a row, up to now, in which a node missed its path.
    Siblings that miss too do not give. ValueError for ids that are not in the tree.

    >>> tree = [WeightNode("total", None, 100), WeightNode("a", "total", 50),
    ...     WeightNode("b", "total", 30), WeightNode("c", "total", 20)]
    >>> found = propose_moves(tree, {"a": 3}, MissRule())
    >>> [node.weight for node in found.nodes], found.moves[0].given_by
    ([100, 55.0, 27.0, 18.0], (('b', 3.0), ('c', 2.0)))
    """
    tree = checked(nodes)
    strange = sorted(set(missed) - {node.id for node in tree})
    if strange:
        raise ValueError(f"not in the tree: {', '.join(strange)}")
    weights: Weights = {node.id: node.weight for node in tree}
    moves: list[WeightMove] = []
    declined = [
        (node.id, "has no siblings")
        for node in tree
        if node.parent is None and missed.get(node.id, 0) >= rule.periods
    ]
    for gainers, givers in _groups(tree, missed, rule):
        found = _shift(weights, gainers, givers, missed, rule)
        moves += found
        declined += _declined(gainers, found, givers, weights, rule)
    if not moves:
        return RuleProposal(None, (), tuple(declined), _why_nothing(missed, rule))
    proposed = tuple(replace(node, weight=weights[node.id]) for node in tree)
    summary = "; ".join(move.reason for move in moves)
    return RuleProposal(proposed, tuple(moves), tuple(declined), summary)


def _groups(
    tree: Sequence[WeightNode], missed: Mapping[str, int], rule: MissRule
) -> list[tuple[list[str], list[str]]]:
    """Gainers and who may give to them, by parent: first those that are growth, then the rest."""
    safe = {node.id for node in tree if _protected(node, tree, rule)}
    growth = {n.id for n in tree if n.tag not in rule.tags and (n.tag or n.id not in safe)}
    groups = []
    for siblings in children_of(tree).values():
        ids = sorted(node.id for node in siblings)
        late = [name for name in ids if missed.get(name, 0) >= rule.periods]
        others = [name for name in ids if name not in late]
        free = [name for name in others if name not in safe]
        groups.append(([name for name in late if name in growth], free))
        groups.append(([name for name in late if name not in growth], others))
    return [(gainers, givers) for gainers, givers in groups if gainers]


def _protected(node: WeightNode, tree: Sequence[WeightNode], rule: MissRule) -> bool:
    path = path_of(node, tree)
    return node.tag in rule.tags or (bool(path) and path[0] in rule.perspectives)


def _shift(
    weights: Weights,
    gainers: Sequence[str],
    givers: Sequence[str],
    missed: Mapping[str, int],
    rule: MissRule,
) -> list[WeightMove]:
    """Move the points among these siblings, in place, and tell what moved."""
    wishes = {name: min(rule.points, max(0.0, rule.most - weights[name])) for name in gainers}
    wanted = sum(wishes.values())
    spare = {name: max(0.0, weights[name] - rule.least) for name in givers}
    moving = min(wanted, sum(spare.values()))
    if moving <= EXACT:
        return []
    parts = _in_proportion({name: weights[name] for name in givers}, spare, moving)
    for name, part in parts.items():
        weights[name] -= part
    moves = []
    for name in gainers:
        share = wishes[name] / wanted
        if share > 0:
            weights[name] += moving * share
            given = tuple((giver, part * share) for giver, part in parts.items() if part > 0)
            moves.append(WeightMove(name, moving * share, given, ""))
    return [replace(move, reason=_reason(move, missed)) for move in moves]


def _in_proportion(base: Weights, spare: Weights, amount: float) -> Weights:
    """``amount`` taken in proportion to ``base``, no more than ``spare`` from anyone."""
    taken = dict.fromkeys(base, 0.0)
    left = amount
    open_to = [name for name in base if spare[name] > 0]
    while left > EXACT * 1e-3 and open_to:
        total = sum(base[name] for name in open_to)
        asked = {name: left * base[name] / total for name in open_to}
        full = [name for name in open_to if taken[name] + asked[name] >= spare[name]]
        for name in full or open_to:
            part = spare[name] - taken[name] if full else asked[name]
            taken[name] += part
            left -= part
        if not full:
            break
        open_to = [name for name in open_to if name not in full]
    return taken


def _reason(move: WeightMove, missed: Mapping[str, int]) -> str:
    givers = ", ".join(f"{name} {part:.2f}" for name, part in move.given_by)
    return f"{move.node} missed its path {missed[move.node]} times: +{move.points:.2f} ({givers})"


def _declined(
    gainers: Sequence[str],
    moves: Sequence[WeightMove],
    givers: Sequence[str],
    weights: Weights,
    rule: MissRule,
) -> list[tuple[str, str]]:
    moved = {move.node for move in moves}
    found = []
    for name in gainers:
        if name in moved:
            continue
        if weights[name] >= rule.most:
            found.append((name, f"weighs {weights[name]:g} already, the most is {rule.most:g}"))
        elif not givers:
            found.append((name, "no sibling may give: they miss their path too or are protected"))
        else:
            found.append((name, f"its siblings are at their least weight, {rule.least:g}"))
    return found


def _why_nothing(missed: Mapping[str, int], rule: MissRule) -> str:
    if not any(times >= rule.periods for times in missed.values()):
        return f"nothing missed its path {rule.periods} times in a row"
    return "nothing may move: see the reasons of each node"
