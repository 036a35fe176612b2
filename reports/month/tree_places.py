"""Where each node of the tree stands in the workbook: rows of two pages, letters of their columns.

Formulas of one page name cells of the other, so that all places are known before anything is
written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from metrics.scorecard import ScoreCard
from metrics.scoring.inputs import ModuleParts
from metrics.tree.tree import ROOT, Tree
from reports.book.page import LEFT
from reports.book.tables import Column, Table

HEAD = 5
"""Row of the heads of the tree's table."""


@dataclass(frozen=True)
class Line:
    """A row of the tree: a node, or a module (4) that an indicator's score is made from."""

    node: str
    level: int
    part: tuple[int, int] | None = None


@dataclass(frozen=True)
class Sheet:
    """A page's title and its table, for addresses from this page and from others."""

    title: str
    table: Table
    row: Mapping[str, int]

    def at(self, node: str, column: str) -> str:
        """A cell's address within its own page."""
        return f"{self.table.letter(column)}{self.row[node]}"

    def from_afar(self, node: str, column: str) -> str:
        """A cell's address as another page writes it."""
        return f"'{self.title}'!{self.at(node, column)}"

    def span(self, column: str) -> str:
        """All cells of a column."""
        return self.table.span(column)


@dataclass(frozen=True)
class Lines:
    """The rows of the tree, each node before what is below it."""

    card: ScoreCard
    scope: int

    @property
    def tree(self) -> Tree:
        """The tree of the card."""
        return self.card.tree

    @cached_property
    def all(self) -> tuple[Line, ...]:
        """All rows."""
        return tuple(self._below(ROOT, 0))

    @cached_property
    def leaves(self) -> tuple[Line, ...]:
        """Indicators and the modules that scores are made from."""
        return tuple(line for line in self.all if line.level >= 3)

    def children(self, node: str) -> tuple[str, ...]:
        """What a node's score is made from; modules for an indicator that is scored by them."""
        if node in self._parts:
            part = self.card.inputs.parts[self._parts[node]]
            return tuple(f"{node}@{module}" for module in self._modules(part))
        return self.card.inputs.tree.children[node]

    def part_at(self, leaf: str) -> int:
        """Number of the modules' numbers of an indicator; KeyError where it has none."""
        return self._parts[leaf]

    def part_of(self, line: Line) -> tuple[ModuleParts, int]:
        """The numbers that a module's line is made from, and its column in them."""
        if line.part is None:
            raise KeyError(line.node)
        return self.card.inputs.parts[line.part[0]], line.part[1]

    @cached_property
    def _parts(self) -> Mapping[str, int]:
        return {part.leaf: at for at, part in enumerate(self.card.inputs.parts)}

    def _modules(self, part: ModuleParts) -> tuple[str, ...]:
        by = self.tree.indicators[part.leaf].scored_by_modules
        return () if by is None else by.modules

    def _below(self, node: str, level: int) -> Iterator[Line]:
        yield Line(node, level)
        for at, child in enumerate(self.children(node)):
            if "@" in child:
                yield Line(child, level + 1, (self._parts[node], at))
            else:
                yield from self._below(child, level + 1)


def sheet_of(title: str, head: int, columns: tuple[Column, ...], lines: tuple[Line, ...]) -> Sheet:
    """A page's table of one row a line, as it will stand below the row ``head``.

    >>> lines = (Line("total", 0), Line("users", 1))
    >>> found = sheet_of("Tree", 5, (Column("name", "Name"), Column("score", "Score")), lines)
    >>> found.at("users", "score"), found.from_afar("total", "score")
    ('C7', "'Tree'!C6")
    """
    table = Table(title, head, head + 1, head + len(lines), columns, LEFT)
    return Sheet(title, table, {line.node: head + 1 + at for at, line in enumerate(lines)})
