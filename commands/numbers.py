"""Commands that answer with numbers of single indicators: tree, value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from commands.options import PERIOD, Call, FilterType, common, slice_of
from commands.shown import depth_first, number_or_none, show_json, show_table
from data.configuration import nearest_name
from data.period import Period
from data.slice import DIMENSIONS
from metrics.cockpit import Cockpit, load_definitions, open_cockpit
from metrics.tree import Tree
from metrics.values import Values, evaluate


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
    about = slice_of(period, branch, (*filters, *kept))
    with cockpit.warehouse.reading() as connection:
        found = evaluate(connection, cockpit.setup, [name], about, tuple(dict.fromkeys(by)))
    rows = _rows(found, name, call.lang)
    if call.as_json:
        unit = tree.indicators[name].unit
        said = {"indicator": indicator, "unit": unit, "period": str(period)}
        limits = {"branch": about.branch, "filters": {k: list(v) for k, v in about.filters}}
        show_json({**said, **limits, "by": list(by), "as_of": _as_of(cockpit), "rows": rows})
        return
    _show_values(call, tree, name, found, rows)


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
    call: Call, tree: Tree, name: str, found: Values, rows: Sequence[dict[str, Any]]
) -> None:
    leaf = tree.indicators[name]
    unit = leaf.unit_zh if call.lang == "zh" else leaf.unit_en
    click.echo(f"{tree.name(name, call.lang)} ({unit})")
    dimensions = [str(dimension) for dimension in found.groups.columns]
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
