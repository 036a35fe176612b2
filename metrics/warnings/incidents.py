"""One incident at the lowest common node instead of many warnings.

Branches: as long as all that is beyond its limit lies under one node, the incident is that
node's. Indicators: those of one theme that break the same rule in the same scope are one incident
of the theme.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data.period import month_end
from data.points.catalogue import Catalogue
from data.points.coverage import MONTHLY, Coverage
from metrics.scorecard import ScoreCard
from metrics.scorecard.scopes import Scopes
from metrics.tree import ROOT, Tree
from metrics.warnings.judge import BANK, Finding, findings
from metrics.warnings.rules import Rule

MOST_PARTS = 5


@dataclass(frozen=True)
class Part:
    """What belongs to an incident: a branch or a member beyond its limit, the worst first."""

    id: str
    value: float


@dataclass(frozen=True)
class Incident:
    """What a rule found, at the lowest common node.

    ``node`` is a node of the tree, ``branch`` the scope ('' is the bank). ``members`` are the
    indicators or tables, the worst first; ``value`` is that of the worst one and ``limit`` the one
    that it crossed. ``parts`` are the branches below the scope that are beyond it too.
    ``itself`` is False where only branches below the scope are.
    """

    rule: str
    node: str
    branch: str
    level: int
    members: tuple[str, ...]
    value: float
    limit: float
    parts: tuple[Part, ...] = ()
    itself: bool = True


def incidents(
    rule: Rule, card: ScoreCard, year_ago: ScoreCard | None = None, top: str = BANK
) -> tuple[Incident, ...]:
    """The incidents of a rule at or under a scope, the gravest first."""
    found = findings(rule, card, year_ago)
    alone = [
        one
        for name, by_branch in found.items()
        if (one := _of_indicator(rule, name, by_branch, card.scopes, top)) is not None
    ]
    return _by_theme(alone, card.tree, rule)


def unknown(rule: Rule, card: ScoreCard, year_ago: ScoreCard | None, top: str = BANK) -> set[str]:
    """Members that could not be judged in a scope."""
    found = findings(rule, card, year_ago)
    return {name for name, by_branch in found.items() if not by_branch[top].judged}


def _of_indicator(
    rule: Rule, name: str, found: Mapping[str, Finding], scopes: Scopes, top: str
) -> Incident | None:
    hit = {branch for branch, one in found.items() if one.level}
    if rule.watch == "bank" and top not in hit:
        return None
    where = lowest(scopes, hit, top)
    if where is None:
        return None
    worst_first = sorted(
        (found[one] for one in hit if one != where and _under(scopes, one, where)),
        key=lambda one: _gravity(rule, one),
        reverse=True,
    )
    itself = where in hit
    worst = found[where] if itself else worst_first[0]
    # Of branches one above the other the lower one says where it is.
    deepest = [
        one for one in worst_first if not any(_under(scopes, other, one.branch) for other in hit)
    ]
    parts = tuple(Part(one.branch, one.value or 0.0) for one in deepest[:MOST_PARTS])
    value = worst.value or 0.0
    return Incident(
        rule.id, name, where, worst.level, (name,), value, rule.limit(worst.level), parts, itself
    )


def _gravity(rule: Rule, one: Finding) -> tuple[int, float, str]:
    value = one.value or 0.0
    return one.level, value if rule.worse == "above" else -value, one.branch


def lowest(scopes: Scopes, hit: Iterable[str], top: str = BANK) -> str | None:
    """The lowest node at or under ``top`` under which every hit lies; None where none does.

    A node that is the whole bank itself counts as the bank.
    """
    inside = [scopes.row[one] for one in hit if one == top or _under(scopes, one, top)]
    if not inside:
        return None
    here = scopes.row[top]
    while True:
        below = [
            child
            for child in scopes.below.get(here, ())
            if any(one == child or _under(scopes, scopes.nodes[one], scopes.nodes[child])
                   for one in inside)
        ]  # fmt: skip
        if len(below) != 1 or _only_itself(here, inside):
            return _named(scopes, here)
        here = below[0]


def _only_itself(here: int, inside: Sequence[int]) -> bool:
    return list(inside) == [here]


def _named(scopes: Scopes, row: int) -> str:
    node, leaves = scopes.nodes[row], scopes.store.leaves
    if BANK not in leaves:  # a card cut to a reader's branches
        return node
    return BANK if node and leaves[node] >= leaves[BANK] - {BANK} else node


def _under(scopes: Scopes, node: str, above: str) -> bool:
    """Whether a node lies under another one."""
    if above == BANK:
        return node != BANK
    return node not in (BANK, above) and scopes.store.leaves[node] <= scopes.store.leaves[above]


def _by_theme(alone: Sequence[Incident], tree: Tree, rule: Rule) -> tuple[Incident, ...]:
    groups: dict[tuple[str, str], list[Incident]] = {}
    for one in alone:
        groups.setdefault((tree.indicators[one.node].theme, one.branch), []).append(one)
    merged = [_merged(theme, some, rule) for (theme, _), some in groups.items()]
    return tuple(sorted(merged, key=lambda one: (-one.level, one.branch, one.node)))


def _merged(theme: str, some: Sequence[Incident], rule: Rule) -> Incident:
    if len(some) == 1:
        return some[0]
    side = 1 if rule.worse == "above" else -1
    by_gravity = sorted(some, key=lambda one: (-one.level, -side * one.value, one.node))
    worst = by_gravity[0]
    members = tuple(one.node for one in by_gravity)
    return Incident(
        rule.id, theme, worst.branch, worst.level, members, worst.value, worst.limit, worst.parts,
        worst.itself,
    )  # fmt: skip


def late_incidents(
    rule: Rule, coverage: Coverage, catalogue: Catalogue, tree: Tree, yesterday: date
) -> tuple[Incident, ...]:
    """All late tables as one incident, at the lowest node whose indicators they feed.

    ``yesterday`` is the last day that could be complete. A table that was never loaded is not late.
    """
    behind = {name: days_behind(coverage, name, yesterday) for name in rule.members}
    late = [
        Finding(name, BANK, float(days), rule.level(float(days)))
        for name, days in behind.items()
        if days is not None
    ]
    worst_first = sorted(
        (one for one in late if one.level), key=lambda one: _gravity(rule, one), reverse=True
    )
    if not worst_first:
        return ()
    tables = tuple(one.member for one in worst_first)
    worst = worst_first[0]
    value = worst.value or 0.0
    node = common_node(tree, _fed(tables, catalogue, tree))
    return (Incident(rule.id, node, BANK, worst.level, tables, value, rule.limit(worst.level)),)


def days_behind(coverage: Coverage, table: str, yesterday: date) -> int | None:
    """Days between a table's last complete day and ``yesterday``; None: not loaded.

    A month-end table is held against the last month-end before.
    """
    last = coverage.last_day(table)
    if last is None:
        return None
    due = yesterday
    if table in MONTHLY:
        due = yesterday if yesterday == month_end(yesterday) else _month_end_before(yesterday)
        if last >= due:
            return 0
        return (yesterday - due).days
    return max(0, (due - last).days)


def _month_end_before(day: date) -> date:
    return date.fromordinal(day.replace(day=1).toordinal() - 1)


def _fed(tables: Sequence[str], catalogue: Catalogue, tree: Tree) -> list[str]:
    """Indicators that need one of the tables."""
    return [
        name
        for name, one in tree.indicators.items()
        if any(set(catalogue.points[point].tables) & set(tables) for point in one.formula.points)
    ]


def common_node(tree: Tree, nodes: Sequence[str]) -> str:
    """The lowest node of the tree that is above (or is) all of them; the root of nothing."""
    paths = [tree.path(node) for node in nodes]
    common = ROOT
    for step in zip(*paths, strict=False):
        if len(set(step)) > 1:
            break
        common = step[0]
    return common
