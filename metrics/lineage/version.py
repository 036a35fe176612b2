"""The version of an indicator's definition (口径): a short digest of what makes its number.

It holds the formula as parsed, how a period's value is made, the unit, and of every point in the
formula the declaration, that of its source, and the SQL of the relation behind it. Names,
descriptions, owners, weights and targets are no part of it: they change without the number. Equal
versions mean the same calculation, in every bank, on every engine and in every process.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from data.points.catalogue import Catalogue, Point, Source
from data.points.origin import relation_sql
from metrics.formula import Node, Number, Term
from metrics.tree import Tree

LENGTH = 8
_OF_POINT = (
    "adds", "aggregate", "columns", "bounds", "lag", "cumulative", "monthly", "spread",
)  # fmt: skip
_OF_SOURCE = ("name", "table", "build", "day", "user", "place", "module", "app")


def definition_version(tree: Tree, catalogue: Catalogue, indicator: str) -> str:
    """Eight hexadecimal digits; a module KPI has the version of its indicator.

    Raises KeyError for what is no indicator.

    >>> from data.settings import read_settings
    >>> from metrics.cockpit import load_definitions
    >>> found = load_definitions(read_settings())
    >>> one = definition_version(found.tree, found.catalogue, "mau")
    >>> one == definition_version(found.tree, found.catalogue, "mau@transfer"), len(one)
    (True, 8)
    """
    leaf = tree.indicators[indicator.partition("@")[0]]
    points = (catalogue.points[name] for name in sorted(leaf.formula.points))
    written = {
        "formula": _expression(leaf.formula.root),
        "over_time": leaf.over_time,
        "unit": leaf.unit,
        "points": {one.name: _point(one, catalogue.source_of(one.name)) for one in points},
    }
    text = json.dumps(written, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:LENGTH]


def _expression(node: Node) -> list[Any]:
    if isinstance(node, Number):
        return ["number", node.value]
    if isinstance(node, Term):
        return [node.function, node.point, node.argument]
    return [node.sign, _expression(node.left), _expression(node.right)]


def _point(point: Point, source: Source) -> Mapping[str, Any]:
    relation = "user_days" if source.build in ("activity", "distinct") else source.build
    return {
        **{name: getattr(point, name) for name in _OF_POINT},
        "where": dict(point.where),
        "source": {name: getattr(source, name) for name in _OF_SOURCE},
        "relation": None if relation is None else relation_sql(relation),
    }
