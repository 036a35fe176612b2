"""Publishing weight sets and baselines: the only way in, where the tree is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from data.configuration import nearest_name
from data.state import (
    Baseline,
    State,
    WeightSet,
    publish_baselines,
    publish_weights,
)
from metrics.scorecard.build import curve_of
from metrics.scoring.leaf import needs_review
from metrics.tree.tree import ROOT, Tree

HUNDRED = Decimal(100)
EXACT = Decimal("0.000001")


class PublishingError(ValueError):
    """What was handed in does not fit the tree: ``problems``, all of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class Goal(Protocol):
    """What a baseline says, drafted or kept."""

    @property
    def indicator(self) -> str:
        """Its indicator."""

    @property
    def branch_id(self) -> str | None:
        """Its branch; None: the bank."""

    @property
    def module(self) -> str | None:
        """Its module; None: all."""

    @property
    def base(self) -> Decimal | None:
        """What scores 60, in the indicator's unit."""

    @property
    def target(self) -> Decimal | None:
        """What scores 100, in the indicator's unit."""


def weight_problems(tree: Tree, weights: Mapping[str, Decimal]) -> tuple[str, ...]:
    """All that keeps weights (per cent of the parent, by node) from being a full assignment.

    >>> from metrics.tree import load_tree
    >>> from data.points.catalogue import load_catalogue
    >>> tree = load_tree(None, load_catalogue().points)
    >>> own = {node: Decimal(str(tree.weight(node))) for node in tree.nodes() if node != ROOT}
    >>> weight_problems(tree, own)
    ()
    >>> print(*weight_problems(tree, own | {"risk": Decimal(30), "rsk": Decimal(1)}), sep="; ")
    no node 'rsk' in the tree; did you mean 'risk'?; the children of 'total' weigh 110, not 100
    """
    wanted = [node for node in tree.nodes() if node != ROOT]
    found = [_unknown("node", name, wanted) for name in weights if name not in wanted]
    found += [f"{node!r} has no weight" for node in wanted if node not in weights]
    found += [
        f"{node!r} weighs {weights[node]:f}, expected 0 to 100"
        for node in wanted
        if node in weights and not 0 <= weights[node] <= HUNDRED
    ]
    return (*found, *_sums(tree, weights))


def _sums(tree: Tree, weights: Mapping[str, Decimal]) -> Iterator[str]:
    for parent in tree.nodes():
        children = tree.children(parent) if parent not in tree.indicators else ()
        if not children or any(child not in weights for child in children):
            continue
        total = sum((weights[child] for child in children), Decimal(0))
        if abs(total - HUNDRED) > EXACT:
            yield f"the children of {parent!r} weigh {total.normalize():f}, not 100"


def baseline_problems(
    tree: Tree, branches: Collection[str], goals: Sequence[Goal]
) -> tuple[str, ...]:
    """All that is wrong with baselines: unknown names, targets no better than their base."""
    return tuple(problem for goal in goals for problem in _goal_problems(tree, branches, goal))


def _goal_problems(tree: Tree, branches: Collection[str], goal: Goal) -> Iterator[str]:
    if goal.indicator not in tree.indicators:
        yield _unknown("indicator", goal.indicator, tree.indicators)
        return
    indicator = tree.indicators[goal.indicator]
    if goal.branch_id is not None and goal.branch_id not in branches:
        yield _unknown("branch", goal.branch_id, branches)
    if goal.module is not None and goal.module not in indicator.modules:
        named = _unknown("module", goal.module, indicator.modules)
        yield f"{goal.indicator}: {named}"
    if goal.base is None or goal.target is None:
        return
    if needs_review(float(goal.base), float(goal.target), curve_of(indicator)).item():
        yield (
            f"{goal.indicator}: the target {goal.target.normalize():f} is not better than the base "
            f"{goal.base.normalize():f} ({indicator.better})"
        )


def _unknown(kind: str, name: str, known: Collection[str]) -> str:
    nearest = nearest_name(name, known)
    hint = "" if nearest is None else f"; did you mean {nearest!r}?"
    where = " in the tree" if kind in ("node", "indicator") else ""
    return f"no {kind} {name!r}{where}{hint}"


def publish_weight_set(
    state: State, tree: Tree, seen: WeightSet, *, by: str, two_people: bool = False
) -> WeightSet:
    """Publish a submitted weight set that is a full assignment; PublishingError with all problems.

    Raises StateError where the set's life so far does not allow it.
    """
    problems = weight_problems(tree, seen.by_node())
    if problems:
        raise PublishingError(problems)
    return publish_weights(state, seen, by=by, two_people=two_people)


def publish_typed_goals(
    state: State,
    tree: Tree,
    branches: Collection[str],
    seen: Sequence[Baseline],
    *,
    by: str,
    two_people: bool = False,
) -> tuple[Baseline, ...]:
    """Publish submitted baselines that fit the tree and the organisation, all of them or none.

    Raises PublishingError with all problems, StateError where their life does not allow it.
    """
    problems = baseline_problems(tree, branches, seen)
    if problems:
        raise PublishingError(problems)
    return publish_baselines(state, seen, by=by, two_people=two_people)
