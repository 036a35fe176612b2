"""A table as a chart: lines, bars, a heat map, the map of China, dots of two indicators."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
import pydeck as pdk
import streamlit as st

from metrics.explore.records import Cell, Table
from metrics.explore.view import TARGET
from reports.explore.finding import leading, told_change
from reports.explore.pivot import figure, goodness
from reports.explore.words import (
    Names,
    change_heading,
    indicator_of,
    piece_words,
    quantity,
    whole_piece,
    with_unit,
)
from ui import charts
from ui import map as china
from ui.charts import Dot, Line, Unit
from ui.charts.few_ticks import in_lines
from ui.frame import Here
from ui.load.map import provinces_of
from ui.map import Key, Region
from ui.provinces import code_of
from ui.theme import palette
from words.i18n import _, language

MOST_LINES, MOST_BARS, MOST_PARTS = 8, 16, 6
MOST_ABOVE, MOST_IN_LINES = 3, 8
AROUND_CHINA = pdk.ViewState(longitude=104.3, latitude=32.5, zoom=2.25, min_zoom=2, max_zoom=6)
MOST_HEAT_ROWS, MOST_HEAT_COLUMNS = 24, 16
HEIGHT, MAP_HEIGHT = 330, 420
Member = tuple[str, str | None]
"""A name and the code of a row or column."""


def small(table: Table, names: Names) -> go.Figure | None:
    """The chart of a view on a page of many; None where it is a table or a map."""
    if table.view.chart in ("table", "map"):
        return None
    return built(table, names)[0].update_layout(height=250)


def built(table: Table, names: Names) -> tuple[go.Figure, str | None]:
    """The figure of a table, and what is not shown in it."""
    builders = {"line": _lines, "bar": _bars, "heat": _heat, "scatter": _scatter}
    return builders[table.view.chart](table, names)


def unit_of(names: Names, node: str) -> Unit:
    """The unit of an axis."""
    found = indicator_of(names.tree, node)
    return Unit(found.unit, found.unit_zh if language() == "zh" else found.unit_en)


def _members(table: Table, names: Names, most: int) -> tuple[list[Member], str | None]:
    """Rows to draw: as the table stands where the reader sorted it, else the largest first."""
    view = table.view
    if not view.by:
        return [(_("Total"), None)], None
    node, rows = view.indicators[0], list(table.rows)
    if (not view.sort.by and view.by[0] in ("branch", "module")) or len(rows) > most:
        known = {row: table.at(node, row).value for row in rows}
        rows.sort(key=lambda row: -(known[row] or 0.0) if known[row] is not None else math.inf)
    note = None
    if len(rows) > most:
        note = _("{count} of {all} drawn, the largest; the table has all.").format(
            count=most, all=len(rows)
        )
    return [(names.value(view.by[0], row), row) for row in rows[:most]], note


def _lines(table: Table, names: Names) -> tuple[go.Figure, str | None]:
    view, when = table.view, table.periods
    node = view.indicators[0]
    if view.by:
        rows, note = _members(table, names, MOST_LINES)
        drawn = [
            Line(name, [table.at(node, row, period=one).value for one in when])
            for name, row in rows
        ]
    else:
        note = None
        drawn = [
            Line(names.indicator(one), [table.at(one, period=p).value for p in when])
            for one in view.indicators
        ]
        if len(view.indicators) == 1:
            drawn += [_other(table, node, against) for against in view.comparisons]
    axis = [whole_piece(one, view.grain) for one in when]
    figure = charts.lines(axis, drawn, unit_of(names, node), height=HEIGHT)
    return _roomy(figure, len(drawn)), note


def _roomy(figure: go.Figure, series: int) -> go.Figure:
    """A long legend below the chart: above it would stand on the unit of the axis."""
    if series > MOST_ABOVE:
        below = {"y": -0.16, "yanchor": "top", "x": 0, "xanchor": "left"}
        figure.update_layout(legend=below, height=HEIGHT + 40)
    return figure


def _other(table: Table, node: str, against: str) -> Line:
    """What a line is compared with, as a line of its own."""
    cells = [table.at(node, period=one) for one in table.periods]
    found = [next((c for c in cell.compared if c.against == against), None) for cell in cells]
    values = [None if one is None else one.value for one in found]
    heading = change_heading(against, in_points=False)
    name = heading.rpartition("（")[0] or heading.rpartition(" (")[0]
    return Line(name, values, "target" if against == TARGET else "compared")


def _bars(table: Table, names: Names) -> tuple[go.Figure, str | None]:
    view = table.view
    node, unit = view.indicators[0], unit_of(names, view.indicators[0])
    if len(view.by) == 1 and not view.grain and len(view.indicators) == 1:
        rows, note = _members(table, names, MOST_BARS)
        values = [table.at(node, row).value for _name, row in rows]
        look = palette()
        grey = [table.at(node, row).small for _name, row in rows]
        figure = charts.bars(
            [name for name, _row in rows],
            values,
            axis=with_unit(names.indicator(node), unit.words),
            colours=[look.compared if one else look.accent for one in grey],
        )
        return figure, note
    labels, parts, note = _grouped(table, names)
    additive = node in table.adds and len(view.indicators) == 1
    figure = charts.stacked(labels, parts, unit, grouped=not additive, height=HEIGHT)
    if len(labels) <= MOST_IN_LINES:
        in_lines(figure, labels)
    return _roomy(figure, len(parts)), note


def _grouped(
    table: Table, names: Names
) -> tuple[list[str], dict[str, list[float | None]], str | None]:
    """Columns by label, and their parts: two of dimension, dimension, time and indicators."""
    view = table.view
    several = len(view.indicators) > 1
    node = view.indicators[0]
    if view.grain and not view.by:
        labels = [piece_words(one, view.grain) for one in table.periods]
        return labels, {
            names.indicator(one): [table.at(one, period=p).value for p in table.periods]
            for one in view.indicators
        }, None  # fmt: skip
    rows, note = _members(table, names, MOST_BARS)
    if several and view.by:
        return [name for name, _row in rows], {
            names.indicator(one): [table.at(one, row).value for _name, row in rows]
            for one in view.indicators
        }, note  # fmt: skip
    if several:
        labels = [names.indicator(one) for one in view.indicators]
        return labels, {_("Value"): [table.at(one).value for one in view.indicators]}, None
    if view.grain:
        rows, note = _members(table, names, MOST_PARTS)
        labels = [piece_words(one, view.grain) for one in table.periods]
        return labels, {
            name: [table.at(node, row, period=p).value for p in table.periods]
            for name, row in rows
        }, note  # fmt: skip
    columns = table.columns[:MOST_PARTS]
    if len(table.columns) > MOST_PARTS:
        note = _("Only the first {count} parts are drawn; the table has all.").format(
            count=MOST_PARTS
        )
    return [name for name, _row in rows], {
        names.value(view.by[1], column): [table.at(node, row, column).value for _n, row in rows]
        for column in columns
    }, note  # fmt: skip


def _heat(table: Table, names: Names) -> tuple[go.Figure, str | None]:
    view, node = table.view, table.view.indicators[0]
    rows, note = _members(table, names, MOST_HEAT_ROWS)
    if view.grain:
        pieces = table.periods[-MOST_HEAT_COLUMNS:]
        if len(pieces) < len(table.periods):
            note = _("The last {count} pieces of time are drawn; the table has all.").format(
                count=len(pieces)
            )
        columns = [piece_words(one, view.grain) for one in pieces]
        values = [[_fit(table.at(node, row, period=p)) for p in pieces] for _name, row in rows]
    else:
        there = table.columns[:MOST_HEAT_COLUMNS]
        columns = [names.value(view.by[1], one) for one in there]
        values = [[_fit(table.at(node, row, one)) for one in there] for _name, row in rows]
    height = max(HEIGHT, 60 + 26 * len(rows))
    figure = charts.heat(
        [name for name, _row in rows], columns, values, unit_of(names, node), height=height
    )
    return figure, note


def _fit(cell: Cell) -> float | None:
    """A value that may be compared: chance gets no colour."""
    return None if cell.small else cell.value


def _scatter(table: Table, names: Names) -> tuple[go.Figure, str | None]:
    across, up = table.view.indicators
    dots, left_out = [], 0
    for row in table.rows:
        x, y = table.at(across, row), table.at(up, row)
        if x.value is None or y.value is None or x.small or y.small:
            left_out += 1
            continue
        dots.append(Dot(names.value(table.view.by[0], row), x.value, y.value))
    units = unit_of(names, across), unit_of(names, up)
    figure = charts.scatter(
        dots, *units, height=HEIGHT + 60,
        x_title=with_unit(names.indicator(across), units[0].words),
        y_title=with_unit(names.indicator(up), units[1].words),
        x_line=table.at(across).value, y_line=table.at(up).value,
    )  # fmt: skip
    note = _("The dotted lines are the values of the whole.")
    if left_out:
        note += " " + _("{count} without both values, or of fewer than 5, are left out.").format(
            count=left_out
        )
    return figure, note


def show_map(here: Here, table: Table, names: Names, finding: str, key: str) -> None:
    """Provinces by how their branch moved, or by the third of the values that they are in."""
    placed = provinces_of(here.token, here.view.scope.rights)
    node, against = table.view.indicators[0], leading(table)
    legend, classed = _classes(table, names)
    regions: dict[str, Region] = {}
    for row in table.rows:
        code, cell = code_of(placed.get(row, "")), table.at(node, row)
        if code is None or code in regions or cell.value is None:
            continue
        step = told_change(names, node, None if against is None else cell.against(against))
        said = f"{names.value('branch', row)}: {quantity(names.tree, node, cell.value)}"
        found = legend[classed[row]]
        lines = (said, *(() if step is None else (step,)), f"{found.sign} {found.word}")
        regions[code] = Region(code, found.colour, found.sign, lines, row)
    if not regions:
        st.info(_("No branch of this scope lies in a province of the map."))
        return
    _draw_map(regions, key, finding, legend)


def _draw_map(regions: Mapping[str, Region], key: str, finding: str, legend: Sequence[Key]) -> None:
    """The map; a click on a province makes its branch the scope."""

    def pick() -> None:
        chosen = st.session_state[key].selection.objects.get(china.LAYER, [])
        region = regions.get(chosen[0]["properties"]["adcode"]) if chosen else None
        if region is not None:
            st.session_state["branch"] = region.branch

    drawn = china.deck(regions)
    drawn.initial_view_state = AROUND_CHINA
    st.pydeck_chart(drawn, height=MAP_HEIGHT, on_select=pick, key=key, alt=finding)
    st.html(china.legend_html([*legend, Key(palette().bands["none"], "○", _("no data"))]))


def _classes(table: Table, names: Names) -> tuple[list[Key], dict[str, int]]:
    """Classes with colour, sign and word, and the class of each row."""
    look, node, against = palette(), table.view.indicators[0], leading(table)
    if against is not None:
        indicator = indicator_of(names.tree, node)
        legend = [
            Key(look.bands["act"], "■", _("worse")),
            Key(look.compared, "◆", _("unchanged or neither")),
            Key(look.bands["excellent"], "●", _("better")),
        ]
        return legend, {
            row: 1
            + goodness(
                indicator.better,
                figure(table.at(node, row).against(against), in_points=indicator.unit == "%"),
            )
            for row in table.rows
        }
    return _thirds(table, node)


def _thirds(table: Table, node: str) -> tuple[list[Key], dict[str, int]]:
    look = palette()
    legend = [
        Key(look.sequential[1], "▽", _("lowest third")),
        Key(look.sequential[2], "◇", _("middle third")),
        Key(look.sequential[3], "▲", _("highest third")),
    ]
    known = sorted(_values(table, node))
    return legend, {
        row: min(2, 3 * sum(one < value for one in known) // max(1, len(known)))
        for row in table.rows
        if (value := table.at(node, row).value) is not None
    }


def _values(table: Table, node: str) -> Sequence[float]:
    return [value for row in table.rows if (value := table.at(node, row).value) is not None]
