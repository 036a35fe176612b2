"""Which charts can show a view: how many dimensions, periods, indicators and units each takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from metrics.decomposition.records import Refused
from metrics.explore.nodes import parted
from metrics.explore.view import Chart, View
from metrics.tree.tree import Tree


def not_charted(tree: Tree, view: View, chart: Chart) -> Refused | None:
    """Why a view cannot be shown as a chart."""
    if chart == "table":
        return None
    return _SHAPES[chart](tree, view)


def _line(tree: Tree, view: View) -> Refused | None:
    if not view.grain:
        return Refused("折线图需要时间粒度", "a line needs a grain: values over time")
    if len(view.by) > 1:
        return Refused("折线图最多一个维度", "a line takes one dimension at most")
    if view.by and len(view.indicators) > 1:
        return Refused(
            "按维度拆分时折线图只能有一个指标", "a line by a dimension takes one indicator"
        )
    return _one_unit(tree, view)


def _bar(tree: Tree, view: View) -> Refused | None:
    axes = len(view.by) + bool(view.grain) + (len(view.indicators) > 1)
    if axes == 0:
        return Refused("只有一个数，请先选择维度或时间粒度", "a single number: choose a dimension")
    if axes > 2:
        return Refused("条形图最多两个维度", "bars take two dimensions at most")
    return _one_unit(tree, view)


def _heat(_tree: Tree, view: View) -> Refused | None:
    if len(view.indicators) > 1:
        return Refused("热力图只能有一个指标", "a heat map takes one indicator")
    if len(view.by) + bool(view.grain) != 2:
        return Refused(
            "热力图需要两个维度，或一个维度加时间粒度",
            "a heat map needs two dimensions, or one and a grain",
        )
    return None


def _map(_tree: Tree, view: View) -> Refused | None:
    if view.by != ("branch",) or view.grain or len(view.indicators) > 1:
        return Refused(
            "地图只用于一个指标按机构拆分", "a map shows one indicator by branch, of one period"
        )
    return None


def _scatter(_tree: Tree, view: View) -> Refused | None:
    if len(view.indicators) != 2 or len(view.by) != 1 or view.grain:
        return Refused(
            "散点图需要两个指标和一个维度", "a scatter needs two indicators and one dimension"
        )
    return None


_SHAPES: Mapping[Chart, Callable[[Tree, View], Refused | None]] = {
    "line": _line,
    "bar": _bar,
    "heat": _heat,
    "map": _map,
    "scatter": _scatter,
}


def _one_unit(tree: Tree, view: View) -> Refused | None:
    units = {tree.indicators[parted(node)[0]].unit for node in view.indicators}
    if len(units) > 1:
        return Refused(
            "指标单位不同，不能画在同一坐标轴上", "the indicators have different units: no one axis"
        )
    return None
