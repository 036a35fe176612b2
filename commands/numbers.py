"""Commands that answer with numbers of single indicators: tree, value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
import pandas as pd
from sqlalchemy import Connection

from commands.options import PERIOD, Call, FilterType, common, slice_of, told_pending
from commands.shown import depth_first, number_or_none, show_json, show_table
from data.configuration import nearest_name
from data.filter_values import check_values
from data.period import Period
from data.slice import DIMENSIONS, Slice
from metrics.cockpit import Cockpit, load_definitions, open_cockpit
from metrics.tree import Tree
from metrics.values import Values, evaluate
from metrics.values.reasons import Reason


@click.command()
@common()
def tree(call: Call) -> None:
    """The indicator tree as configured: perspectives, themes, indicators, module KPIs, points."""
    found = load_definitions(call.settings)
    nodes = [_node(found.tree, name) for name in (*found.tree.nodes(), *found.tree.module_kpis())]
    if call.as_json:
        counted = {
            "perspectives": len(found.tree.perspectives),
            "themes": len(found.tree.themes),
            "indicators": len(found.tree.indicators),
            "modules": len(found.tree.modules),
            "points": len(found.catalogue.points),
        }
        show_json({**counted, "nodes": nodes})
        return
    name, known = f"name_{call.lang}", {node["id"]: node for node in nodes}
    rows = [
        [f"{'  ' * node['level']}{node['id']}", node[name], node["unit"], node["effective_weight"]]
        for node in (known[key] for key in depth_first(found.tree) if "@" not in key)
    ]
    show_table(
        [
            call.words("node", "节点"),
            call.words("name", "名称"),
            call.words("unit", "单位"),
            call.words("weight %", "权重%"),
        ],
        rows,
    )


def _node(tree: Tree, name: str) -> dict[str, Any]:
    leaf = tree.indicators.get(name.partition("@")[0])
    below = {point for one in tree.leaves(name) for point in _points(tree, one)}
    return {
        "id": name,
        "level": tree.level(name),
        "parent": tree.parent(name),
        "name_zh": tree.name(name, "zh"),
        "name_en": tree.name(name, "en"),
        "unit": None if leaf is None else leaf.unit,
        "better": None if leaf is None else leaf.better,
        "weight": tree.weight(name),
        "effective_weight": tree.effective_weight(name),
        "points": sorted(below),
    }


def _points(tree: Tree, leaf: str) -> frozenset[str]:
    return tree.indicators[leaf.partition("@")[0]].formula.points


@click.command()
@click.argument("indicator")
@click.option("--period", type=PERIOD, required=True, help="2026, 2026-Q3, 2026-10, A..B …")
@click.option("--by", multiple=True, type=click.Choice(DIMENSIONS), help="Split by; repeatable.")
@click.option("--filter", "filters", multiple=True, type=FilterType(), help="Keep; repeatable.")
@click.option("--branch", default="", help="A branch with all below it. [default: the bank]")
@common()
def value(
    call: Call,
    indicator: str,
    period: Period,
    by: tuple[str, ...],
    filters: tuple[tuple[str, str], ...],
    branch: str,
) -> None:
    """The value of INDICATOR (or of a module KPI, such as mau@transfer) in a period."""
    cockpit = open_cockpit(call.settings)
    tree = cockpit.setup.tree
    name, kept = _indicator(tree, indicator)
    _require_one_module(indicator, kept, by, filters)
    about = slice_of(period, branch, (*filters, *kept))
    with cockpit.warehouse.reading() as connection:
        check_values(connection, about, {"module": tuple(tree.modules)})
        dimensions = tuple(dict.fromkeys(by))
        rows = _answered(connection, cockpit, name, about, dimensions, call.lang)
        pending = told_pending(call, connection)
    if call.as_json:
        unit = tree.indicators[name].unit
        said = {"indicator": indicator, "unit": unit, "period": str(period)}
        limits = {"branch": about.branch, "filters": {k: list(v) for k, v in about.filters}}
        state = {"as_of": _as_of(cockpit), "pending_loads": pending}
        show_json({**said, **limits, "by": list(by), **state, "rows": rows})
        return
    _show_values(call, tree, name, dimensions, rows)


def _require_one_module(
    asked: str,
    kept: Sequence[tuple[str, str]],
    by: Sequence[str],
    filters: Sequence[tuple[str, str]],
) -> None:
    """A module KPI is about its module alone; usage error where another one is asked for."""
    if not kept:
        return
    others = [
        value for name, value in filters if name == "module" and ("module", value) not in kept
    ]
    if others or "module" in by:
        name = asked.partition("@")[0]
        what = f"--filter module={others[0]}" if others else "--by module"
        raise click.UsageError(
            f"{asked} is about one module, so {what} contradicts it: ask for {name} instead"
        )


def _answered(
    connection: Connection, cockpit: Cockpit, name: str, about: Slice, by: Sequence[str], lang: str
) -> list[dict[str, Any]]:
    """A row a group; where groups cannot be told apart, a row without names that says why."""
    setup = cockpit.setup
    found = evaluate(connection, setup, [name], about, by)
    rows = _rows(found, name, lang)
    if not by or any(row.get("branch") for row in rows):
        return rows
    unnamed = pd.DataFrame({dimension: [""] for dimension in by})
    nobody = _rows(evaluate(connection, setup, [name], about, by, unnamed), name, lang)[0]
    nobody |= dict.fromkeys(by)
    if nobody["reason"] is not None and not rows:
        return [nobody]
    points = [
        setup.store.catalogue.points[one] for one in setup.tree.indicators[name].formula.points
    ]
    if "branch" in by and not all("branch" in point.split_by for point in points):
        why = Reason("not_by_branch").words(lang)
        return [*rows, {**nobody, "value": None, "reason": why}]
    return rows


def _indicator(tree: Tree, asked: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The indicator and the filter that a module KPI stands for; usage error if there is none."""
    known = (*tree.indicators, *tree.module_kpis())
    if asked not in known:
        near = nearest_name(asked, known)
        hint = f"; did you mean {near}?" if near else ""
        raise click.UsageError(f"there is no indicator {asked!r}{hint}")
    name, at, module = asked.partition("@")
    return name, (("module", module),) if at else ()


def _as_of(cockpit: Cockpit) -> str | None:
    day = cockpit.setup.store.coverage.as_of
    return None if day is None else day.isoformat()


def _rows(found: Values, name: str, lang: str) -> list[dict[str, Any]]:
    column = found.column(name)
    groups = found.groups.to_dict("records") if len(found.groups.columns) else [{}]
    return [
        {
            **{str(key): str(text) for key, text in group.items()},
            "value": number_or_none(found.value[row, column]),
            "reason": _reason(found, row, column, lang),
            "covered_days": int(found.covered[column]),
            "days": int(found.days[column]),
        }
        for row, group in enumerate(groups)
    ]


def _reason(found: Values, row: int, column: int, lang: str) -> str | None:
    reason = found.reason[row, column]
    return None if reason is None else str(reason.words(lang))


def _show_values(
    call: Call, tree: Tree, name: str, dimensions: Sequence[str], rows: Sequence[dict[str, Any]]
) -> None:
    leaf = tree.indicators[name]
    unit = leaf.unit_zh if call.lang == "zh" else leaf.unit_en
    click.echo(f"{tree.name(name, call.lang)} ({unit})")
    head = [*dimensions, call.words("value", "数值"), call.words("days", "天数"), ""]
    show_table(
        head,
        [
            [
                *(row[d] for d in dimensions),
                row["value"],
                f"{row['covered_days']}/{row['days']}",
                row["reason"] or "",
            ]
            for row in rows
        ],
    )
