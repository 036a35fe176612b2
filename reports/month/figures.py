"""A table of some indicators: value, comparisons, target, score, and why a number is missing."""

from __future__ import annotations

from collections.abc import Sequence

from reports.book import Cell, Column, Page, Table, Value
from reports.month import parts
from reports.month.facts import Facts
from words.i18n import _


def figures(page: Page, facts: Facts, names: Sequence[str]) -> Table:
    """Indicators of the score card, those that the tree has, in the order given."""
    columns = (
        parts.texts("name", _("Indicator")),
        parts.number("value", _("Value")),
        parts.number("before", _("Month before")),
        parts.change("change", _("Change")),
        parts.number("year", _("Last year")),
        parts.change("change_year", _("Change")),
        parts.number("target", _("Target")),
        parts.score("score", _("Score")),
        Column("band", _("Status")),
        parts.texts("unit", _("Unit")),
        parts.texts("why", _("Remark"), 10),
    )
    known = [one for one in names if one in facts.tree.indicators]
    return page.table(columns, [_figure(facts, one) for one in known])


def _figure(facts: Facts, name: str) -> Sequence[Value | Cell]:
    tree, now = facts.tree, facts.card.node(name, facts.branch)
    then = parts.value_of(parts.of_card(facts.before, name, facts.branch))
    year = parts.value_of(parts.of_card(facts.year_ago, name, facts.branch))
    return (
        parts.node_link(tree, name),
        parts.value_cell(tree, name, now.value),
        parts.value_cell(tree, name, then),
        parts.change_cell(tree, name, now.value, then),
        parts.value_cell(tree, name, year),
        parts.change_cell(tree, name, now.value, year),
        parts.value_cell(tree, name, now.target),
        now.score,
        parts.status(tree, now),
        parts.unit_cell(tree, name),
        parts.why_cell(now),
    )
