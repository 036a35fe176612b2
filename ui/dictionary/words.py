"""Words of the dictionary: kinds of entries, roles in lineage, ways of aggregating."""

from __future__ import annotations

from data.points.catalogue import Point
from metrics.lineage.entries import Kind
from metrics.lineage.graph import Reached, Role
from words.i18n import _
from words.names import dimension_words


def kinds() -> dict[Kind, str]:
    """The groups of the dictionary, in order."""
    return {
        "perspective": _("Perspectives"),
        "theme": _("Themes"),
        "indicator": _("Indicators"),
        "module": _("Module KPIs"),
        "point": _("Data points"),
        "table": _("Tables"),
        "column": _("Columns"),
        "red_line": _("Red lines"),
        "rule": _("Warning rules"),
        "experiment": _("Experiments"),
    }


def kind(one: Kind) -> str:
    """One thing of a kind."""
    return {
        "perspective": _("Perspective"),
        "theme": _("Theme"),
        "indicator": _("Indicator"),
        "module": _("Module KPI"),
        "point": _("Data point"),
        "table": _("Table"),
        "column": _("Column"),
        "red_line": _("Red line"),
        "rule": _("Warning rule"),
        "experiment": _("Experiment"),
    }[one]


def effect(one: Reached) -> str:
    """What is lost of an entry when what feeds it is missing."""
    role: dict[Role, str] = {
        "value": _("no value"),
        "score": _("score incomplete"),
        "target": _("no target"),
        "watched": _("not watched"),
        "split": _("no split by {dimensions}"),
    }
    return role[one.role].format(dimensions=_dimensions(one))


def use(one: Reached) -> str:
    """What an entry is used for by what it feeds."""
    role: dict[Role, str] = {
        "value": _("makes the value"),
        "score": _("makes the score"),
        "target": _("makes the target"),
        "watched": _("is watched"),
        "split": _("splits by {dimensions}"),
    }
    return role[one.role].format(dimensions=_dimensions(one))


def _dimensions(one: Reached) -> str:
    return _(", ").join(map(dimension_words, one.dimensions))


def aggregate(point: Point) -> str:
    """How a point's rows become a number, in the words of its declaration."""
    columns = ", ".join(point.columns)
    said = {
        "count": _("number of rows"),
        "sum": _("sum of {columns}"),
        "of": _("distribution of {columns}"),
        "columns": _("sums of the buckets {columns}"),
    }[point.aggregate]
    return said.format(columns=columns)
