"""The resolved tree and the way around it: root `total`, down to module KPIs `mau@transfer`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from metrics.tree.records import (
    Bands,
    Indicator,
    Module,
    Perspective,
    RedLine,
    Theme,
    Vocabulary,
)

ROOT = "total"


@dataclass(frozen=True)
class Tree:
    """All levels, each mapping in the order of the specification.

    A node is `total`, the id of a perspective, theme or indicator, or `indicator@module`. What is
    asked about a node that does not exist raises KeyError with its name.
    """

    perspectives: Mapping[str, Perspective]
    themes: Mapping[str, Theme]
    indicators: Mapping[str, Indicator]
    modules: Mapping[str, Module]
    red_lines: Mapping[str, RedLine]
    bands: Bands
    vocabulary: Vocabulary

    def level(self, node: str) -> int:
        """0 for the root, 1 perspective, 2 theme, 3 indicator, 4 module KPI."""
        if node == ROOT:
            return 0
        for level, nodes in enumerate((self.perspectives, self.themes, self.indicators), start=1):
            if node in nodes:
                return level
        indicator, at, module = node.partition("@")
        if at and indicator in self.indicators and module in self.indicators[indicator].modules:
            return 4
        raise KeyError(node)

    def parent(self, node: str) -> str | None:
        """The node above; None for the root."""
        level = self.level(node)
        if level == 4:
            return node.partition("@")[0]
        if level == 3:
            return self.indicators[node].theme
        if level == 2:
            return self.themes[node].perspective
        return ROOT if level == 1 else None

    def children(self, node: str) -> tuple[str, ...]:
        """The nodes right below, in order."""
        level = self.level(node)
        if level == 0:
            return tuple(self.perspectives)
        if level == 1:
            return tuple(key for key, theme in self.themes.items() if theme.perspective == node)
        if level == 2:
            return tuple(key for key, leaf in self.indicators.items() if leaf.theme == node)
        if level == 3:
            return tuple(f"{node}@{module}" for module in self.indicators[node].modules)
        return ()

    def leaves(self, node: str) -> tuple[str, ...]:
        """The indicators (level 3) at or under a node; a module KPI is its own leaf."""
        if self.level(node) >= 3:
            return (node,)
        return tuple(leaf for child in self.children(node) for leaf in self.leaves(child))

    def path(self, node: str) -> tuple[str, ...]:
        """The nodes from the root down to this one, both included."""
        above = self.parent(node)
        return (node,) if above is None else (*self.path(above), node)

    def weight(self, node: str) -> float:
        """Weight in per cent of the parent; 100 for the root.

        A module KPI has 0: it is scored for itself and carries no share of its indicator.
        """
        level = self.level(node)
        if level == 1:
            return self.perspectives[node].weight
        if level == 2:
            return self.themes[node].weight
        if level == 3:
            return self.indicators[node].weight
        return 100.0 if level == 0 else 0.0

    def effective_weight(self, node: str) -> float:
        """Weight in per cent of the total: the product of the weights along the path."""
        above = self.parent(node)
        return 100.0 if above is None else self.effective_weight(above) * self.weight(node) / 100

    def name(self, node: str, lang: str) -> str:
        """The node's name, zh or en; a module KPI names its indicator and its module."""
        level = self.level(node)
        if level == 0:
            return self.vocabulary.root.in_(lang)
        if level == 4:
            indicator, _, module = node.partition("@")
            return f"{self.name(indicator, lang)} · {_name(self.modules[module], lang)}"
        if level == 3:
            return _name(self.indicators[node], lang)
        return _name(self.themes[node] if level == 2 else self.perspectives[node], lang)

    def nodes(self) -> tuple[str, ...]:
        """Every node of levels 0 to 3, parents first."""
        return (ROOT, *self.perspectives, *self.themes, *self.indicators)

    def module_kpis(self) -> tuple[str, ...]:
        """Every node of level 4, in the order of its indicators."""
        return tuple(node for leaf in self.indicators for node in self.children(leaf))


def _name(record: Perspective | Theme | Indicator | Module, lang: str) -> str:
    return record.name_zh if lang == "zh" else record.name_en
