"""The entries of the data dictionary: everything with a definition, under one key each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from data.contract import CONTRACT
from metrics.cockpit import Definitions
from metrics.warnings.rules import Rule

Kind: TypeAlias = Literal[
    "perspective", "theme", "indicator", "module", "point", "table", "column", "red_line", "rule",
    "experiment",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Entry:
    """One thing with a definition; nodes of the tree have their id as key, others their kind too.

    ``aliases`` are other words for it, ``more`` what else it can be found by (owner, formula).
    """

    key: str
    kind: Kind
    id: str
    name_zh: str
    name_en: str
    about_zh: str
    about_en: str
    aliases: tuple[str, ...] = ()
    more: str = ""

    def name(self, lang: str) -> str:
        """The name in a language, zh or en."""
        return self.name_zh if lang == "zh" else self.name_en

    def about(self, lang: str) -> str:
        """The definition in a language, zh or en."""
        return self.about_zh if lang == "zh" else self.about_en


@dataclass(frozen=True)
class Used:
    """An experiment as far as the dictionary names it: what its metrics are made of."""

    id: str
    name_zh: str
    name_en: str
    hypothesis: str
    points: tuple[str, ...]


def key_of(kind: Kind, name: str) -> str:
    """The key of an entry.

    >>> key_of("indicator", "aum"), key_of("point", "aum"), key_of("column", "txn.fraud")
    ('aum', 'point:aum', 'column:txn.fraud')
    """
    bare = kind in ("perspective", "theme", "indicator", "module")
    return name if bare else f"{kind}:{name}"


def entries(
    found: Definitions,
    rules: Iterable[Rule] = (),
    experiments: Iterable[Used] = (),
    aliases: Mapping[str, tuple[str, ...]] | None = None,
) -> Mapping[str, Entry]:
    """Every entry by its key, kind by kind; ``aliases`` are other words by id of a node.

    >>> from data.settings import read_settings
    >>> from metrics.cockpit import load_definitions
    >>> made = entries(load_definitions(read_settings()))
    >>> made["mau"].name_en, made["table:txn"].about_en
    ('Monthly active users', 'a transaction')
    """
    known = aliases or {}
    every = (
        *_nodes(found, known),
        *_module_kpis(found),
        *_points(found),
        *_tables(),
        *_red_lines(found),
        *(_rule(one) for one in rules),
        *(
            Entry(
                key_of("experiment", one.id), "experiment", one.id, one.name_zh or one.name_en,
                one.name_en or one.name_zh, one.hypothesis, one.hypothesis,
            )
            for one in experiments
        ),
    )  # fmt: skip
    ordered = sorted(every, key=lambda one: KINDS.index(one.kind))
    return {one.key: one for one in ordered}


def resolve(made: Mapping[str, Entry], text: str) -> str | None:
    """The key that a text of an address means: a key, or the id of the first kind that has it.

    >>> one = Entry("point:d1_due", "point", "d1_due", "", "", "", "")
    >>> resolve({one.key: one}, "d1_due"), resolve({one.key: one}, "d2_due")
    ('point:d1_due', None)
    """
    if text in made:
        return text
    return next((key for kind in KINDS if (key := key_of(kind, text)) in made), None)


def _nodes(found: Definitions, aliases: Mapping[str, tuple[str, ...]]) -> Iterator[Entry]:
    tree = found.tree
    for one in tree.perspectives.values():
        below = [tree.themes[theme] for theme in tree.children(one.id)]
        said_zh, said_en = "、".join(t.name_zh for t in below), ", ".join(t.name_en for t in below)
        yield Entry(
            one.id, "perspective", one.id, one.name_zh, one.name_en, said_zh, said_en,
            aliases.get(one.id, ()),
        )  # fmt: skip
    for theme in tree.themes.values():
        inside = [tree.indicators[leaf] for leaf in tree.children(theme.id)]
        said_zh, said_en = (
            "、".join(i.name_zh for i in inside),
            ", ".join(i.name_en for i in inside),
        )
        yield Entry(
            theme.id, "theme", theme.id, theme.name_zh, theme.name_en, said_zh, said_en,
            aliases.get(theme.id, ()),
        )  # fmt: skip
    for leaf in tree.indicators.values():
        more = f"{leaf.owner_zh} {leaf.owner_en} {leaf.formula.text}"
        yield Entry(
            leaf.id, "indicator", leaf.id, leaf.name_zh, leaf.name_en,
            leaf.description_zh, leaf.description_en, aliases.get(leaf.id, ()), more,
        )  # fmt: skip


def _module_kpis(found: Definitions) -> Iterator[Entry]:
    tree = found.tree
    for node in tree.module_kpis():
        leaf = tree.indicators[node.partition("@")[0]]
        yield Entry(
            node, "module", node, tree.name(node, "zh"), tree.name(node, "en"),
            leaf.description_zh, leaf.description_en,
        )  # fmt: skip


def _points(found: Definitions) -> Iterator[Entry]:
    for source in found.catalogue.sources:
        for point in source.points:
            yield Entry(
                key_of("point", point.name), "point", point.name, point.name_zh, point.name_en,
                source.about_zh, source.about_en, more=" ".join(point.tables),
            )  # fmt: skip


def _tables() -> Iterator[Entry]:
    for table in CONTRACT.tables.values():
        zh, en = table.info["meaning_zh"], table.info["meaning"]
        yield Entry(key_of("table", table.name), "table", table.name, zh, en, zh, en)
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            yield Entry(
                key_of("column", name), "column", name, column.info["meaning_zh"],
                column.info["meaning"], zh, en, (column.name,),
            )  # fmt: skip


def _red_lines(found: Definitions) -> Iterator[Entry]:
    for line in found.tree.red_lines.values():
        yield Entry(
            key_of("red_line", line.id), "red_line", line.id, line.name_zh, line.name_en,
            line.description_zh, line.description_en, more=line.formula.text,
        )  # fmt: skip


def _rule(rule: Rule) -> Entry:
    return Entry(
        key_of("rule", rule.id), "rule", rule.id, rule.name_zh, rule.name_en,
        rule.action_zh, rule.action_en,
    )  # fmt: skip
