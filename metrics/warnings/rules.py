"""Warning rules as resolved: every name looked up, every limit in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from data.configuration import (
    ConfigurationError,
    Located,
    Problem,
    nearest_name,
    problem_at,
    read,
)
from data.contract import CONTRACT
from data.points.coverage import DAYLESS
from data.yaml_source import KeyPath
from metrics.tree import Tree
from metrics.warnings.written import (
    Kind,
    Watch,
    Worse,
    WrittenLimits,
    WrittenRule,
    WrittenRules,
)

SHIPPED = Path(__file__).with_name("rules.yaml")
OWN = "warnings.yaml"
LEVELS = (1, 2, 3)
Limits = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Rule:
    """A resolved rule; ``limits`` are (level, limit), the least grave first.

    ``members`` are indicators, or tables for kind "late". ``hours`` by level; ``owner`` is an id of
    the tree's vocabulary, '' for the owner of the indicator itself.
    """

    id: str
    name_zh: str
    name_en: str
    kind: Kind
    members: tuple[str, ...]
    worse: Worse
    limits: Limits
    watch: Watch
    confirm_days: int
    calm_days: int
    hours: Mapping[int, float]
    owner: str
    action_zh: str
    action_en: str

    def level(self, value: float) -> int:
        """The gravest level whose limit a value has crossed; 0 for none.

        >>> every = {1: 72.0, 2: 24.0, 3: 4.0}
        >>> limits = ((1, 60.0), (2, 30.0))
        >>> rule = Rule("r", "", "", "path", (), "below", limits, "bank", 1, 1, every, "", "", "")
        >>> rule.level(60.0), rule.level(59.9), rule.level(10.0)
        (0, 1, 2)
        """
        crossed = [
            level
            for level, limit in self.limits
            if (value < limit if self.worse == "below" else value > limit)
        ]
        return max(crossed, default=0)

    def limit(self, level: int) -> float:
        """The limit of a level; of level 0 (nothing crossed) the one that comes first."""
        return dict(self.limits).get(level, self.limits[0][1])


def load_rules(folder: Path | None, tree: Tree) -> Mapping[str, Rule]:
    """The rules by id; ConfigurationError with all problems.

    A bank's folder of tree files may hold a ``warnings.yaml``, which replaces the shipped rules.
    """
    own = None if folder is None else folder / OWN
    document = read(own if own is not None and own.exists() else SHIPPED, WrittenRules)
    problems = list(_problems(document, tree))
    if problems:
        raise ConfigurationError(problems)
    hours = document.value.hours
    by_level = MappingProxyType({1: hours.level_1, 2: hours.level_2, 3: hours.level_3})
    rules = [_resolved(written, tree, by_level) for written in document.value.rules]
    return MappingProxyType({rule.id: rule for rule in rules})


def dated_tables() -> tuple[str, ...]:
    """Tables of the contract that have days: what can be late."""
    return tuple(name for name in sorted(CONTRACT.tables) if name not in DAYLESS)


def _resolved(written: WrittenRule, tree: Tree, hours: Mapping[int, float]) -> Rule:
    late = written.kind == "late"
    asked = written.tables if late else written.indicators
    every = dated_tables() if late else tuple(tree.indicators)
    chosen = every if asked == "all" or asked is None else asked
    members = tuple(one for one in chosen if one not in written.excepted)
    return Rule(
        id=written.id,
        name_zh=written.name.zh,
        name_en=written.name.en,
        kind=written.kind,
        members=members,
        worse=_worse(written),
        limits=_limits(written.limits),
        watch=written.watch,
        confirm_days=written.confirm_days,
        calm_days=written.calm_days,
        hours=hours,
        owner=written.owner or "",
        action_zh=written.action.zh,
        action_en=written.action.en,
    )


def _worse(written: WrittenRule) -> Worse:
    """Scores are worse below their limit; a worsening and a delay are worse above it."""
    if written.worse is not None:
        return written.worse
    return "below" if written.kind == "path" else "above"


def _limits(written: WrittenLimits) -> Limits:
    found = (written.level_1, written.level_2, written.level_3)
    return tuple((n, one) for n, one in zip(LEVELS, found, strict=True) if one is not None)


def _problems(document: Located[WrittenRules], tree: Tree) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, rule in enumerate(document.value.rules):
        here: KeyPath = ("rules", at)
        if rule.id in seen:
            yield problem_at(document, (*here, "id"), expected="an id that is used once")
        seen.add(rule.id)
        yield from _keys(document, here, rule)
        yield from _names(document, here, rule, tree)
        yield from _order(document, here, rule)


def _keys(document: Located[WrittenRules], here: KeyPath, rule: WrittenRule) -> Iterator[Problem]:
    """Keys that a kind needs, or has no use for."""
    needed, idle = ("tables", "indicators") if rule.kind == "late" else ("indicators", "tables")
    if getattr(rule, needed) is None:
        expected = f"the key '{needed}' (a list, or all) for kind {rule.kind}"
        yield problem_at(document, here, found="nothing", expected=expected)
    if getattr(rule, idle) is not None:
        yield problem_at(document, (*here, idle), expected=f"'{needed}' for kind {rule.kind}")
    if rule.kind == "threshold" and rule.worse is None:
        expected = "the key 'worse' (above or below) for kind threshold"
        yield problem_at(document, here, found="nothing", expected=expected)
    if rule.kind != "threshold" and rule.worse is not None:
        yield problem_at(document, (*here, "worse"), expected="it for kind threshold only")


def _names(
    document: Located[WrittenRules], here: KeyPath, rule: WrittenRule, tree: Tree
) -> Iterator[Problem]:
    """Indicators, tables and owners that do not exist."""
    valid = {
        "indicators": (rule.indicators, tuple(tree.indicators), "an indicator of the tree"),
        "except": (rule.excepted, tuple(tree.indicators), "an indicator of the tree"),
        "tables": (rule.tables, dated_tables(), "a table of the contract that has days"),
    }
    for key, (asked, choices, what) in valid.items():
        for place, name in enumerate(asked if isinstance(asked, tuple) else ()):
            if name not in choices:
                problem = problem_at(document, (*here, key, place), expected=what)
                yield replace(problem, nearest=nearest_name(name, choices))
    owners = tuple(tree.vocabulary.owners)
    if rule.owner is not None and rule.owner not in owners:
        expected = f"an owner of the vocabulary: {', '.join(owners)}"
        yield problem_at(document, (*here, "owner"), expected=expected, choices=owners)


def _order(document: Located[WrittenRules], here: KeyPath, rule: WrittenRule) -> Iterator[Problem]:
    """Limits that are missing, or not graver at a graver level."""
    limits, place = _limits(rule.limits), (*here, "limits")
    if not limits:
        yield problem_at(document, place, expected="a limit for at least one level")
    numbers = [limit for _, limit in limits]
    in_order = sorted(set(numbers), reverse=_worse(rule) == "below")
    if numbers != in_order:
        way = "lower" if _worse(rule) == "below" else "higher"
        yield problem_at(document, place, expected=f"a {way} limit at each graver level")
