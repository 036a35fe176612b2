"""The parts of a view in the reader's language: one question, one name for each value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.period import Period, containing
from metrics.explore.nodes import parted
from metrics.explore.view import TARGET, Grain, View
from metrics.tree import Tree
from metrics.tree.records import Indicator
from words import numbers
from words.i18n import _, language
from words.names import comparison_words, dimension_words, kind_words, value_words
from words.text import plain

SAID_BY_ITSELF = frozenset({"ratio", "index", "score", "1–5"})
"""Units that have no word."""


@dataclass(frozen=True)
class Names:
    """Where names come from: the tree, and the names of branches by id (text from data)."""

    tree: Tree
    branches: Mapping[str, str]

    def indicator(self, node: str) -> str:
        """The name of an indicator or a module KPI."""
        return plain(self.tree.name(node, language()), 80)

    def value(self, dimension: str, value: str) -> str:
        """The name of a dimension's value; what the data leave empty is said so."""
        if not value:
            return _("not recorded")
        if dimension == "branch":
            return plain(self.branches.get(value, value), 60)
        if dimension == "module" and value in self.tree.modules:
            found = self.tree.modules[value]
            return plain(found.name_zh if language() == "zh" else found.name_en, 60)
        return value_words(dimension)(value)

    def scope(self, branch: str) -> str:
        """The name of a scope."""
        return self.value("branch", branch) if branch else _("Whole bank")


def indicator_of(tree: Tree, node: str) -> Indicator:
    """The indicator that a node is, or is a module's part of."""
    return tree.indicators[parted(node)[0]]


def unit_of(tree: Tree, node: str) -> str:
    """The unit in words; '' where there is none to say."""
    found = indicator_of(tree, node)
    if found.unit in SAID_BY_ITSELF:
        return ""
    return found.unit_zh if language() == "zh" else found.unit_en


def quantity(tree: Tree, node: str, value: float | None) -> str:
    """A value of an indicator with its unit."""
    found = indicator_of(tree, node)
    return numbers.quantity(
        value, found.unit, found.unit_zh if language() == "zh" else found.unit_en
    )


def against_words(against: str) -> str:
    """A comparison, the target among them."""
    return _("Target") if against == TARGET else comparison_words(against)


def change_heading(against: str, *, in_points: bool) -> str:
    """The heading of a change: what it is held against, with its unit.

    >>> change_heading("year", in_points=True)
    'vs last year (pp)'
    """
    told = {
        "previous": _("vs previous"),
        "year": _("vs last year"),
        "start": _("vs start of year"),
        "month_end": _("vs month-end"),
        "target": _("vs target"),
    }[against]
    return with_unit(told, "pp" if in_points else "%")


def with_unit(name: str, unit: str) -> str:
    """A name with its unit behind it; '' is none."""
    return _("{name} ({unit})").format(name=name, unit=unit) if unit else name


def piece_words(piece: Period, grain: Grain) -> str:
    """A piece of time; a week or month that is cut by the period is said to be a part.

    >>> piece_words(Period.parse("2026-10-26..2026-10-31"), "week")
    '2026 week 44 (part)'
    """
    if not grain or piece.kind == grain:
        return numbers.period(piece)
    whole = numbers.period(whole_piece(piece, grain))
    return _("{piece} (part)").format(piece=whole)


def whole_piece(piece: Period, grain: Grain) -> Period:
    """The whole week, month … that a piece is or is a part of."""
    return containing(piece.first, grain) if grain else piece


def split_words(view: View) -> str:
    """By what a view is split and over which pieces of time; '' for not at all."""
    parts = [dimension_words(name) for name in view.by]
    if view.grain:
        parts.append(kind_words(view.grain))
    return _(" and ").join(parts)


def about_words(names: Names, view: View) -> str:
    """Period, scope and segment of a view."""
    told = [numbers.period(view.about.period), names.scope(view.about.branch)]
    for dimension, values in view.about.filters:
        said = _(", ").join(names.value(dimension, value) for value in values)
        told.append(f"{dimension_words(dimension)} = {said}")
    return " · ".join(told)


def question(names: Names, view: View) -> str:
    """The whole view in one line of plain text.

    Chinese puts the split behind, too: 月活跃用户 · 按客户层级 · 2026年10月 · 全行.
    """
    shown = _(", ").join(names.indicator(node) for node in view.indicators)
    told = [shown]
    split = split_words(view)
    if split:
        told.append(_("by {split}").format(split=split))
    told.append(about_words(names, view))
    if view.comparisons:
        other = _(", ").join(against_words(one) for one in view.comparisons)
        told.append(_("against {other}").format(other=other))
    return " · ".join(told)
