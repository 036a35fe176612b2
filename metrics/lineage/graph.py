"""Lineage in both directions: what feeds an entry, and what breaks when it is late or missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

from data.points.origin import Origin, origins
from metrics.cockpit import Definitions
from metrics.lineage.entries import Kind, Used, key_of
from metrics.tree import Goal, Indicator, Tree
from metrics.warnings.rules import Rule

Role: TypeAlias = Literal["value", "score", "target", "watched", "split"]
"""What one does for the other: makes its number, its score, its target, is watched by it, or only
splits it by a dimension; in this order of weight."""
ROLES: tuple[Role, ...] = get_args(Role)

_CUSTOMERS, _CLOSURES, _NEW_USERS = "point:bank_customers", "point:closures", "new_users"


@dataclass(frozen=True)
class Link:
    """``below`` feeds ``above`` (keys of entries); ``dimensions`` for what only splits."""

    below: str
    above: str
    role: Role
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reached:
    """An entry at the other end of one link or more, with the weightiest role of all ways there.

    ``steps`` is the number of links of the shortest way.
    """

    key: str
    role: Role
    steps: int
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lineage:
    """All links by each of their ends, and the dimensions that each indicator can be split by."""

    below: Mapping[str, tuple[Link, ...]]
    above: Mapping[str, tuple[Link, ...]]
    splits: Mapping[str, frozenset[str]]

    def feeds(self, key: str) -> tuple[Reached, ...]:
        """Everything that an entry is made from, nearest first."""
        return self._reached(key, self.below, up=False)

    def breaks(self, key: str) -> tuple[Reached, ...]:
        """Everything that is wrong or missing when an entry is late or missing, nearest first."""
        return self._reached(key, self.above, up=True)

    def _reached(
        self, start: str, links: Mapping[str, tuple[Link, ...]], *, up: bool
    ) -> tuple[Reached, ...]:
        """Breadth first; a way has the least weighty role of its links, an entry the weightiest."""
        found: dict[str, Reached] = {}
        level = [Reached(start, "value", 0)]
        own = self.splits.get(start.partition("@")[0])
        while level:
            following: list[Reached] = []
            for here in level:
                for link in links.get(here.key, ()):
                    one = self._up(here, link) if up else _down(here, link, own)
                    before = None if one is None else found.get(one.key)
                    if one is None or one.key == start or not _weightier(one, before):
                        continue
                    found[one.key] = one if before is None else replace(one, steps=before.steps)
                    following.append(one)
            level = following
        return tuple(sorted(found.values(), key=lambda one: one.steps))

    def _up(self, here: Reached, link: Link) -> Reached | None:
        """One link up. What only splits stops at indicators; of a module KPI it is the value."""
        key, steps = link.above, here.steps + 1
        role = max(here.role, link.role, key=ROLES.index)
        if role != "split":
            return Reached(key, role, steps)
        if link.role == "split":
            return Reached(key, role, steps, link.dimensions)
        own = self.splits.get(key.partition("@")[0], frozenset())
        dimensions = tuple(one for one in here.dimensions if one in own)
        if not dimensions or link.role != "value":
            return None
        if "@" in key and "module" in dimensions:
            return Reached(key, "value", steps)
        return Reached(key, role, steps, dimensions)


def lineage(
    found: Definitions, rules: Iterable[Rule] = (), experiments: Iterable[Used] = ()
) -> Lineage:
    """The lineage of everything that is declared.

    >>> from data.settings import read_settings
    >>> from metrics.cockpit import load_definitions
    >>> made = lineage(load_definitions(read_settings()))
    >>> [(one.key, one.role) for one in made.feeds("npl_ratio") if one.key.startswith("table")]
    [('table:loan_month', 'value'), ('table:dim_user', 'split'), ('table:user_month', 'split')]
    >>> {one.key: one.role for one in made.breaks("column:dim_user.birth_year")}["under25_share"]
    'value'
    """
    read = origins(found.catalogue)
    tree = found.tree
    links = [
        *_to_points(found, read),
        *(link for leaf in tree.indicators.values() for link in _to_indicator(leaf, tree)),
        *_up_the_tree(found),
        *_red_lines(found),
        *(
            Link(key_of("table" if rule.kind == "late" else "indicator", one),
                 key_of("rule", rule.id), "watched")
            for rule in rules for one in rule.members
        ),
        *(
            Link(key_of("point", point), key_of("experiment", one.id), "value")
            for one in experiments for point in one.points if point in found.catalogue.points
        ),
    ]  # fmt: skip
    below: dict[str, list[Link]] = defaultdict(list)
    above: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        below[link.above].append(link)
        above[link.below].append(link)
    return Lineage(
        {key: tuple(kept) for key, kept in below.items()},
        {key: tuple(kept) for key, kept in above.items()},
        {leaf.id: _splits(found, leaf) for leaf in found.tree.indicators.values()},
    )


def _splits(found: Definitions, leaf: Indicator) -> frozenset[str]:
    """The dimensions that every point of an indicator can be split by."""
    points = [found.catalogue.points[name].split_by for name in leaf.formula.points]
    return frozenset.intersection(*points)


def _to_points(found: Definitions, read: Mapping[str, Origin]) -> Iterator[Link]:
    for point in found.catalogue.points.values():
        origin, key = read[point.name], key_of("point", point.name)
        tables = {*point.tables, *(table for table, _column in origin.value)}
        yield from (Link(key_of("table", name), key, "value") for name in sorted(tables))
        yield from (_column(one, key, "value") for one in sorted(origin.value))
        splits: dict[tuple[Kind, str], list[str]] = defaultdict(list)
        for dimension, columns in origin.splits.items():
            for table, column in columns:
                splits["column", f"{table}.{column}"].append(dimension)
                if table not in tables and dimension not in splits["table", table]:
                    splits["table", table].append(dimension)
        for (kind, name), dimensions in sorted(splits.items()):
            if dimensions:
                yield Link(key_of(kind, name), key, "split", tuple(sorted(dimensions)))


def _column(column: tuple[str, str], above: str, role: Role) -> Link:
    return Link(key_of("column", ".".join(column)), above, role)


def _to_indicator(leaf: Indicator, tree: Tree) -> Iterator[Link]:
    for point in sorted(leaf.formula.points):
        yield Link(key_of("point", point), leaf.id, "value")
    if leaf.scored_by_modules is not None:
        yield Link(key_of("point", leaf.scored_by_modules.weighted_by), leaf.id, "score")
    wanted = dict.fromkeys(key for goal in (leaf.base, leaf.target) for key in _of_goal(goal, tree))
    yield from (Link(key, leaf.id, "target") for key in wanted)


def _of_goal(goal: Goal, tree: Tree) -> tuple[str, ...]:
    """What a goal is worked out from besides the indicator's own past."""
    if goal.form in ("scaled", "of_customers"):
        return (_CUSTOMERS,)
    if goal.form != "start_of_year_plus":
        return ()
    return (*_of_goal(tree.indicators[_NEW_USERS].target, tree), _CLOSURES)


def _up_the_tree(found: Definitions) -> Iterator[Link]:
    tree = found.tree
    for node in tree.nodes():
        above = tree.parent(node)
        if above is not None:
            yield Link(node, above, "score")
    for node in tree.module_kpis():
        yield Link(node.partition("@")[0], node, "value")


def _red_lines(found: Definitions) -> Iterator[Link]:
    for line in found.tree.red_lines.values():
        key = key_of("red_line", line.id)
        yield from (Link(key_of("point", one), key, "value") for one in sorted(line.formula.points))
        yield from (Link(key, node, "score") for node in line.caps)


def _down(here: Reached, link: Link, own: frozenset[str] | None) -> Reached | None:
    """One link down; of what splits only the dimensions ``own`` of where the way began."""
    role = max(here.role, link.role, key=ROLES.index)
    dimensions = link.dimensions
    if link.role == "split" and here.role != "value":
        return None
    if own is not None and dimensions:
        dimensions = tuple(one for one in dimensions if one in own)
        if not dimensions:
            return None
    return Reached(link.below, role, here.steps + 1, dimensions if role == "split" else ())


def _weightier(one: Reached, other: Reached | None) -> bool:
    return other is None or ROLES.index(one.role) < ROLES.index(other.role)
