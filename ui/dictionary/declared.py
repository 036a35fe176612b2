"""What is declared of points, tables, columns, red lines and rules, as lines of facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column

from data.contract import CONTRACT
from data.points.catalogue import Point
from metrics.tree import RedLine
from metrics.warnings.rules import Rule
from ui import sentences
from ui.dictionary import words
from ui.frame import Here
from ui.load.dictionary import Dictionary
from words.i18n import _, _n, language
from words.names import adds_words, dimension_words, unit_words
from words.text import safe

Facts = Sequence[tuple[str, str]]


def of_point(here: Here, book: Dictionary, point: Point) -> Facts:
    """How a point is made and how it may be added up."""
    condition = ", ".join(f"{name} = {_wanted(value)}" for name, value in point.where.items())
    splits = sorted(point.split_by)
    lag = _n("{days} day after its own", "{days} days after its own", point.lag)
    return (
        (_("Unit"), safe(unit_words(point.unit))),
        (_("Made as"), safe(words.aggregate(point))),
        (_("Of rows with"), f"`{condition}`" if condition else ""),
        (_("Adds up as"), safe(adds_words(point.adds))),
        (_("Counted"), lag.format(days=point.lag) if point.lag else ""),
        (_("Tables"), _code(sorted(_tables(book, point)))),
        (_("Can be split by"), safe(_(", ").join(map(dimension_words, splits)))),
    )


def _tables(book: Dictionary, point: Point) -> set[str]:
    return {*point.tables, *(table for table, _column in book.origins[point.name].value)}


def _wanted(value: Any) -> str:
    if isinstance(value, dict):
        return " and ".join(f"{name} {limit}" for name, limit in value.items())
    return " | ".join(map(str, value)) if isinstance(value, list) else str(value)


def _code(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def of_table(name: str) -> Facts:
    """What one row is, and the key."""
    table = CONTRACT.tables[name]
    said = _meaning(table.info)
    return (
        (_("One row is"), safe(said)),
        (_("Key"), _code([column.name for column in table.primary_key])),
        (_("Columns"), str(len(table.columns))),
    )


def _meaning(info: Mapping[str, Any]) -> str:
    return str(info["meaning_zh" if language() == "zh" else "meaning"])


def of_column(name: str) -> Facts:
    """What a column holds and which values are taken."""
    table, _dot, column_name = name.partition(".")
    column: Column[Any] = CONTRACT.tables[table].columns[column_name]
    info = column.info
    values = info.get("values") or ()
    bounds = [f"{info[key]}" for key in ("low", "high") if info.get(key) is not None]
    return (
        (_("Table"), f"`{table}` · {safe(_meaning(CONTRACT.tables[table].info))}"),
        (_("Unit"), safe(unit_words(info["unit"]))),
        (_("Example"), f"`{info['example']}`"),
        (_("May be empty"), _("yes") if column.nullable else _("no")),
        (_("Data class"), safe(_data_class(info["data_class"]))),
        (_("Values"), _code(list(values))),
        (_("Bounds"), "–".join(bounds)),
    )


def _data_class(name: str) -> str:
    return {
        "public": _("public"),
        "internal": _("internal"),
        "personal": _("personal"),
        "sensitive": _("sensitive"),
    }.get(name, name)


def of_red_line(here: Here, line: RedLine) -> Facts:
    """When a red line is breached and what it caps."""
    zh = language() == "zh"
    names = {key: (p.name_zh if zh else p.name_en) for key, p in here.points.items()}
    limit = f"> {line.above:g}" if line.above is not None else f"< {line.below:g}"
    caps = [f"{sentences.name(here.tree, node)} ≤ {cap:g}" for node, cap in line.caps.items()]
    return (
        (_("Formula"), safe(line.formula.words(language(), names), 400)),
        (_("As written"), f"`{line.formula.text}`"),
        (_("Breached at"), safe(limit)),
        (_("Caps"), _(", ").join(caps)),
    )


def of_rule(here: Here, rule: Rule) -> Facts:
    """What a warning rule looks at, and its limits by level."""
    limits = [_("level {level}: {limit}").format(level=n, limit=f"{x:g}") for n, x in rule.limits]
    owner = here.tree.vocabulary.owners.get(rule.owner)
    return (
        (_("Fires when"), _("below the limit") if rule.worse == "below" else _("above the limit")),
        (_("Limits"), safe(_(", ").join(limits))),
        (_("Days in a row"), str(rule.confirm_days)),
        (_("Owner"), safe(owner.in_(language())) if owner else _("the indicator's owner")),
        (_("Watches"), str(len(rule.members))),
    )
