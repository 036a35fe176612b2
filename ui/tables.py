"""How tables are shown: written figures stand at the right, negative ones have a minus sign."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from words.numbers import MINUS, MISSING

Told: TypeAlias = pd.DataFrame | Styler
_FIGURE = re.compile(r"[−+±<>≤≥~-]?\s?[¥$]?\d")
_DAY = re.compile(r"\d{4}(-|年|Q|$)")


def figures_right(table: pd.DataFrame) -> dict[str, Any]:
    """A column configuration that puts written figures at the right, days and words not.

    >>> found = figures_right(pd.DataFrame({"a": ["5,355 users", "—"], "b": ["2026-10", None]}))
    >>> list(found)
    ['a']
    """
    return {
        str(name): st.column_config.TextColumn(alignment="right")
        for name, column in table.items()
        if _written(column)
    }


def _written(column: pd.Series[Any]) -> bool:
    said = [one for one in column.tolist() if isinstance(one, str) and one not in ("", MISSING)]
    return bool(said) and all(_FIGURE.match(one) and not _DAY.match(one) for one in said)


def minus(table: pd.DataFrame, formats: Mapping[str, str] | None = None) -> Told:
    """A table whose negative numbers are written as in texts: −1.5, not -1.5; still sorted as such.

    ``formats`` by column are those of Python (``+.1f``); a column of numbers without one, where
    nothing is negative, stays as the browser writes it.

    >>> "−1.5</td>" in minus(pd.DataFrame({"a": [-1.5, 0.0]}), {"a": "+.1f"}).to_html()
    True
    """
    said: dict[Any, str | Callable[[object], str] | None] = {
        name: written(spec) for name, spec in (formats or {}).items() if name in table.columns
    }
    for name, column in table.items():
        numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        if name not in said and numeric and bool((column < 0).any()):
            said[name] = written("")
    if not said or not table.columns.is_unique or not table.index.is_unique:
        return table
    return table.style.format(said, na_rep=MISSING)


def written(spec: str) -> Callable[[Any], str]:
    """What writes a number by a format of Python; '' for up to four decimals.

    >>> written("+.1f")(-1.49), written("+.1f")(0.01), written("")(-12.5), written(",.0f")(1234)
    ('−1.5', '±0', '−12.5', '1,234')
    """

    def write(value: Any) -> str:
        if pd.isna(value):
            return MISSING
        told = format(value, spec) if spec else f"{value:,.4f}".rstrip("0").rstrip(".")
        if not told.strip("+-0.,%"):
            return "±0" if spec.startswith("+") else told.removeprefix("-")
        return told.replace("-", MINUS)

    return write
