"""How tables are shown: figures that are written out with their unit stand at the right."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import streamlit as st

from words.numbers import MISSING

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
