"""The pivot table: figures by unit, changes by what they mean, totals bold, cells to click."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from metrics.explore.records import Cell, Place
from metrics.explore.view import Sort
from reports.explore.pivot import (
    Head,
    Line,
    Pivot,
    change_words,
    digits_of,
    figure,
    goodness,
)
from reports.explore.words import Names, indicator_of
from ui.explore.codes import CONTROLS
from ui.theme import palette
from words import numbers

ROW_HEIGHT = 30
TALLEST = 430
LABEL_WIDTH, LABEL = 150, "label"


def show(laid: Pivot, names: Names, key: str) -> None:
    """Draw the table. A click on a cell chooses it, one on a heading sorts the rows."""

    def pick() -> None:
        columns = st.session_state[key].selection.columns
        head = next((one for one in laid.heads if columns and one.key == columns[0]), None)
        if head is not None and head.column is None and head.period is None:
            st.session_state[CONTROLS["sort"]] = turned(laid, head).code

    st.dataframe(
        dressed(frame(laid, names), laid, names), key=key, hide_index=True,
        on_select=pick, row_height=ROW_HEIGHT,
        selection_mode=["single-cell", "single-column"], column_config=_columns(laid),
        height=min(TALLEST, ROW_HEIGHT * (len(laid.lines) + 2) + 3),
        placeholder=numbers.MISSING, lazy=False,
    )  # fmt: skip


def still(laid: Pivot, names: Names, key: str, tallest: int) -> None:
    """The table to read only, as high as it needs to be up to ``tallest`` pixels."""
    st.dataframe(
        dressed(frame(laid, names), laid, names), key=key, hide_index=True, row_height=ROW_HEIGHT,
        column_config=_columns(laid), placeholder=numbers.MISSING, lazy=False,
        height=min(tallest, ROW_HEIGHT * (len(laid.lines) + 2) + 3),
    )  # fmt: skip


def place_of(laid: Pivot, chosen: tuple[int, str]) -> Place | None:
    """The place of a cell that was clicked; None for one that is not there any more."""
    row, column = chosen
    head = next((one for one in laid.heads if one.key == column), None)
    if head is None or row >= len(laid.lines):
        return None
    return laid.place(laid.lines[row], head)


def turned(laid: Pivot, head: Head) -> Sort:
    """The order that a click on a heading asks for: the largest first, then the smallest."""
    now = laid.table.view.sort
    wanted = Sort(head.indicator, head.against or "", down=True)
    return Sort(wanted.by, wanted.against) if now == wanted else wanted


def frame(laid: Pivot, names: Names) -> pd.DataFrame:
    """The numbers: a column a heading, a row a line; changes as they are shown."""
    rows = [
        [_number(laid.cell(line, head), head, names) for head in laid.heads] for line in laid.lines
    ]
    return pd.DataFrame(rows, columns=[one.key for one in laid.heads], dtype="float64")


def _number(cell: Cell | None, head: Head, names: Names) -> float | None:
    if cell is None:
        return None
    if head.kind == "value":
        return cell.value
    if head.kind == "share":
        return cell.share
    in_points = indicator_of(names.tree, head.indicator).unit == "%"
    return figure(cell.against(head.against), in_points=in_points) if head.against else None


def dressed(data: pd.DataFrame, laid: Pivot, names: Names) -> Any:
    """The table with labels, words and colours, as pandas' Styler; its headings are keys."""
    labelled = data.copy()
    for number in range(len(laid.axes)):
        labelled.insert(number, f"{LABEL}{number}", [line.labels[number] for line in laid.lines])
    above = [("", f"{LABEL}{number}") for number in range(len(laid.axes))]
    labelled.columns = pd.MultiIndex.from_tuples(
        [*above, *((one.above, one.key) for one in laid.heads)]
    )
    said: dict[Any, Any] = {
        (head.above, head.key): _words(head, names, data[head.key].dropna().tolist())
        for head in laid.heads
    }
    styles = pd.DataFrame(
        [[_style(line, head, laid, names) for head in (*([None] * len(above)), *laid.heads)]
         for line in laid.lines],
        columns=labelled.columns,
    )  # fmt: skip
    styled = labelled.style.format(said, na_rep=numbers.MISSING)
    return styled.apply(lambda _data: styles, axis=None)


def _words(head: Head, names: Names, values: Sequence[float]) -> Callable[[float], str]:
    indicator = indicator_of(names.tree, head.indicator)
    if head.kind == "share":
        return lambda value: numbers.number(value, 1)
    if head.kind == "value":
        digits = digits_of(values, indicator.unit)
        return lambda value: numbers.number(value, digits)
    places = 2 if indicator.unit == "%" else 1
    return lambda value: change_words(value, goodness(indicator.better, value), places)


def _style(line: Line, head: Head | None, laid: Pivot, names: Names) -> str:
    look = palette()
    cell = None if head is None else laid.cell(line, head)
    told = f"background-color: {look.grid}; font-weight: 700; " if line.total else ""
    if head is None or cell is None:
        return told
    if cell.small:
        return f"{told}color: {look.muted}"
    if head.kind == "change" and head.against is not None:
        indicator = indicator_of(names.tree, head.indicator)
        step = figure(cell.against(head.against), in_points=indicator.unit == "%")
        good = goodness(indicator.better, step)
        colour = {1: look.good, -1: look.bad, 0: look.muted}[good]
        return f"{told}color: {colour}"
    return told


def _columns(laid: Pivot) -> dict[Any, Any]:
    kind = st.column_config.Column
    found: dict[Any, Any] = {one.key: kind(one.label) for one in laid.heads}
    for number, axis in enumerate(laid.axes):
        found[f"{LABEL}{number}"] = kind(axis, width=LABEL_WIDTH, pinned=True)
    return found
