"""Which splits, filters, grains, comparisons and charts are defined for which indicators.

All follows from what is declared: the dimensions of the points behind a formula, what is known at
month-ends only, which modules an indicator has, where targets exist. What is not defined is
refused with its reason, never answered with a number that means something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from data.period import PeriodError
from data.points.catalogue import Point
from data.slice import DIMENSIONS, FILTER_DIMENSIONS, SEGMENT_DIMENSIONS
from metrics.decomposition.records import Refused
from metrics.explore.charted import not_charted
from metrics.explore.costs import MOST_COUNTED, counted_apart
from metrics.explore.nodes import parted
from metrics.explore.timeline import compared, finer, pieces, worth_comparing
from metrics.explore.view import (
    AGAINST,
    CHARTS,
    GRAINS,
    TARGET,
    UNSORTED,
    Against,
    Chart,
    Grain,
    Sort,
    View,
)
from metrics.tree.records import Indicator
from metrics.values.evaluation import Setup
from metrics.values.reasons import Reason

Part: TypeAlias = Literal["show", "by", "filter", "grain", "against", "as"]
MOST_PIECES = (400, 130, 36)
"""Periods of a series by the number of dimensions beside it: more can be neither read nor shown."""
_NAMES: Mapping[str, tuple[str, str]] = {
    "branch": ("机构", "branch"),
    "module": ("模块", "module"),
    "app": ("端", "App"),
    "channel": ("渠道", "channel"),
    "tier": ("客户层级", "tier"),
    "age_band": ("年龄段", "age"),
    "new_user": ("新老用户", "new or existing"),
}


@dataclass(frozen=True)
class Undefined:
    """One part of a view that is not defined: its code among the codes of ``key``, and why."""

    key: Part
    code: str
    why: Refused


class UndefinedError(ValueError):
    """A view that is not defined; ``problems`` holds everything that is not."""

    def __init__(self, problems: tuple[Undefined, ...]) -> None:
        self.problems = problems
        super().__init__(self.words("en"))

    def words(self, lang: str) -> str:
        """Every reason, a line each, zh or en."""
        return "\n".join(one.why.words(lang) for one in self.problems)


@dataclass(frozen=True)
class Offered:
    """By code what may be chosen next to the rest of a view; None, or why it may not."""

    indicators: Mapping[str, Refused | None]
    by: Mapping[str, Refused | None]
    filters: Mapping[str, Refused | None]
    grains: Mapping[Grain, Refused | None]
    comparisons: Mapping[Against, Refused | None]
    charts: Mapping[Chart, Refused | None]


def offered(setup: Setup, view: View) -> Offered:
    """What may be chosen for a view, each part judged beside all the others."""
    free = {name: replace(view, by=_beside(view, name)) for name in DIMENSIONS}
    nodes = (*setup.tree.indicators, *setup.tree.module_kpis())
    return Offered(
        {node: not_added(setup, view, node) for node in nodes},
        {name: not_by(setup, free[name], name) for name in DIMENSIONS},
        {name: not_filtered(setup, view, name) for name in FILTER_DIMENSIONS},
        {grain: not_grain(setup, view, grain) for grain in GRAINS},
        {one: not_against(setup, view, one) for one in AGAINST},
        {one: not_charted(setup.tree, view, one) for one in CHARTS},
    )


def _beside(view: View, name: str) -> tuple[str, ...]:
    """The dimensions of a view with another one among them, the last making room."""
    return view.by if name in view.by else (*view.by[:1], name)


def undefined(setup: Setup, view: View) -> tuple[Undefined, ...]:
    """Everything about a view that is not defined; nothing: ``answer`` answers it."""
    checks: list[tuple[Part, str, Refused | None]] = [
        ("show", node, not_shown(setup, view, node)) for node in view.indicators
    ]
    checks += [("by", name, not_by(setup, view, name)) for name in view.by]
    filters = [name for name in FILTER_DIMENSIONS if name in view.about.segment]
    checks += [("filter", name, not_filtered(setup, view, name)) for name in filters]
    checks.append(("grain", view.grain, not_grain(setup, view, view.grain)))
    checks += [("against", one, not_against(setup, view, one)) for one in view.comparisons]
    checks.append(("as", view.chart, not_charted(setup.tree, view, view.chart)))
    return tuple(Undefined(key, code, why) for key, code, why in checks if why is not None)


def mended(setup: Setup, view: View) -> tuple[View, tuple[Undefined, ...]]:
    """A view without what is not defined in it, and what was left out.

    Indicators and filters say what the numbers are about: a view that is wrong in these is not
    mended but refused with UndefinedError.
    """
    left_out: list[Undefined] = []
    for key in ("by", "grain", "against", "as"):
        wrong = [one for one in undefined(setup, view) if one.key == key]
        gone = {one.code for one in wrong}
        left_out += wrong
        if key == "by":
            view = replace(view, by=tuple(one for one in view.by if one not in gone))
        elif key == "grain" and wrong:
            view = replace(view, grain="")
        elif key == "against":
            kept = tuple(one for one in view.comparisons if one not in gone)
            view = replace(view, comparisons=kept, sort=_sorted_by(view, kept))
        elif wrong:
            view = replace(view, chart="table")
    still = undefined(setup, view)
    if still:
        raise UndefinedError(still)
    return view, tuple(left_out)


def _sorted_by(view: View, kept: tuple[Against, ...]) -> Sort:
    gone = view.sort.against and view.sort.against not in kept
    return UNSORTED if gone else view.sort


def dimensions_of(setup: Setup, node: str) -> frozenset[str]:
    """What an indicator or a module KPI can be split and filtered by: what all its points can."""
    name, module = parted(node)
    points = _points(setup, setup.tree.indicators[name])
    found = frozenset(DIMENSIONS).intersection(*(point.split_by for point in points))
    return found - {"module"} if module else found


def not_shown(setup: Setup, view: View, node: str) -> Refused | None:
    """Why an indicator has no value in the scope of a view, whatever it is split by."""
    name, module = parted(node)
    if name in setup.switched_off:
        return _named(setup, node, Reason("switched_off"))
    for point in _points(setup, setup.tree.indicators[name]):
        for table in point.tables:
            if not setup.store.coverage.has(table):
                return _named(setup, node, Reason("needs_table", table))
    if module and "module" in {*view.by, *view.about.segment}:
        return _said(
            setup, node, "只涉及一个模块，不能再按模块拆分或筛选",
            "is about one module: it cannot be split or filtered by module",
        )  # fmt: skip
    below_bank = view.about.branch or view.about.rights.subtree
    if below_bank and "branch" not in dimensions_of(setup, node):
        return _said(setup, node, "未按机构记录，只有全行数据", "is known for the whole bank only")
    return None


def not_added(setup: Setup, view: View, node: str) -> Refused | None:
    """Why an indicator cannot be shown with the splits, filters and grain that a view has."""
    alone = replace(view, indicators=(node,))
    checks = [not_shown(setup, alone, node)]
    checks += [not_by(setup, alone, name) for name in (*view.by, *view.about.segment)]
    checks.append(not_grain(setup, alone, view.grain))
    return _first(iter(checks))


def not_by(setup: Setup, view: View, name: str) -> Refused | None:
    """Why a view cannot be split by a dimension."""
    return _first(_cannot(setup, node, name) for node in view.indicators)


def not_filtered(setup: Setup, view: View, name: str) -> Refused | None:
    """Why a view cannot be filtered by a dimension."""
    return not_by(setup, view, name)


def _cannot(setup: Setup, node: str, name: str) -> Refused | None:
    if name in dimensions_of(setup, node):
        return None
    if parted(node)[1] and name == "module":
        zh, en = "只涉及一个模块，不能再按模块拆分", "is about one module already"
    else:
        chinese, english = _NAMES[name]
        zh, en = f"未按{chinese}记录", f"is not recorded by {english}"
    return _said(setup, node, zh, en)


def not_grain(setup: Setup, view: View, grain: Grain) -> Refused | None:
    """Why a view cannot be shown as a series of a grain."""
    if not grain:
        return None
    if not finer(grain, view.about.period):
        return Refused("粒度须小于所选期间", "the grain has to be finer than the period")
    most = MOST_PIECES[len(view.by)]
    count = len(pieces(view.about.period, grain, setup.store.coverage.last_known))
    if count > most:
        return Refused(
            f"时间点过多（{count} 个，最多 {most} 个）：请选更粗的粒度或更短的期间",
            f"too many points in time ({count}, at most {most}): "
            "choose a coarser grain or a shorter period",
        )
    series = replace(view, grain=grain)
    return _first(_coarser(setup, node, series) for node in view.indicators)


def _coarser(setup: Setup, node: str, view: View) -> Refused | None:
    points = _points(setup, setup.tree.indicators[parted(node)[0]])
    if view.grain in ("day", "week") and any(point.monthly for point in points):
        return _said(setup, node, "只有月末数据", "is known at month-ends only")
    return _many(setup, node, view)


def _many(setup: Setup, node: str, view: View) -> Refused | None:
    """Why a series would take too long: its combination is not kept and its periods are many."""
    if counted_apart(setup, view, node) > MOST_COUNTED:
        return _said(
            setup, node, f"的这一组合须逐期从明细计数，一次最多 {MOST_COUNTED} 期：请选更粗的粒度",
            f"is counted from single rows for this combination, at most {MOST_COUNTED} periods "
            "at once: choose a coarser grain",
        )  # fmt: skip
    return None


def not_against(setup: Setup, view: View, against: Against) -> Refused | None:
    """Why a view cannot be held against a comparison."""
    if against == TARGET:
        return _first(no_target(setup, node, view) for node in view.indicators)
    if against not in worth_comparing(view):
        return Refused("与“上一期间”相同", "the same as the previous period")
    first = setup.store.coverage.first_day
    latest = pieces(view.about.period, view.grain, setup.store.coverage.last_known)[-1]
    try:
        other = compared(view, against, latest)
    except PeriodError:
        return Refused("对比期间超出日历范围", "what it would be compared with is out of reach")
    if _before(other.last, first):
        return Refused(f"没有 {other} 的数据", f"there are no data of {other}")
    held = replace(view, comparisons=tuple(dict.fromkeys((*view.comparisons, against))))
    return _first(_many(setup, node, held) for node in view.indicators) if view.grain else None


def _before(day: date, first: date | None) -> bool:
    return first is not None and day < first


def no_target(setup: Setup, node: str, view: View) -> Refused | None:
    """Why an indicator has no target where the view looks: only scopes and their modules have."""
    split = {*view.by, *view.about.segment}
    if split & {*SEGMENT_DIMENSIONS, "app"}:
        return Refused("客群没有目标，只有机构和模块有", "a segment has no target")
    name, _module = parted(node)
    modules = setup.tree.indicators[name].modules
    asked = view.about.segment.get("module", ())
    if len(asked) > 1:
        return Refused("多个模块合计没有目标", "several modules together have no target")
    strange = [one for one in asked if one not in modules] or ("module" in split and not modules)
    if strange:
        return _said(setup, node, "没有模块目标", "has no targets by module")
    return None


def _points(setup: Setup, indicator: Indicator) -> tuple[Point, ...]:
    points = setup.store.catalogue.points
    return tuple(points[name] for name in sorted(indicator.formula.points))


def _named(setup: Setup, node: str, why: Reason) -> Refused:
    return _said(setup, node, why.words("zh"), why.words("en"), "：", ": ")


def _said(setup: Setup, node: str, zh: str, en: str, *between: str) -> Refused:
    """A reason that begins with the name of the indicator."""
    colon_zh, colon_en = between or ("", " ")
    tree = setup.tree
    return Refused(
        f"{tree.name(node, 'zh')}{colon_zh}{zh}", f"{tree.name(node, 'en')}{colon_en}{en}"
    )


def _first(found: Iterator[Refused | None]) -> Refused | None:
    return next((one for one in found if one is not None), None)
