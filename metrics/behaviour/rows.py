"""Rows of the small frames that come from the warehouse."""

from __future__ import annotations

from typing import Any

import pandas as pd


def rows(frame: pd.DataFrame) -> list[Any]:
    """The rows of a frame, each with its cells by name.

    >>> [row.users for row in rows(pd.DataFrame({"users": [3, 4]}))]
    [3, 4]
    """
    return list(frame.itertuples(index=False))
