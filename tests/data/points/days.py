"""Days, missing values and dimensions, for the rows that are worked out a second time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np
import pandas as pd

Rows = list[dict[str, Any]]
SEGMENT = ("channel", "tier", "age_band", "new_user")


def local(moment: Any) -> Any:
    """The bank's day of a moment in UTC; None for none."""
    return None if missing(moment) else (moment + timedelta(hours=8)).date()


def missing(value: Any) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value))


def end_of_month(day: date) -> date:
    """The last day of the month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def before(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


class Facts(Protocol):
    """What rows are worked out from."""

    def records(self, table: str) -> Rows:
        """The rows of a contract table."""

    def by_user(self, rows: Iterable[dict[str, Any]]) -> Rows:
        """The rows with the dimensions of their users."""


def placed(row: dict[str, Any]) -> dict[str, Any]:
    dims = {name: row.get(name) or "" for name in ("module", "app")}
    return {**row, **dims, **dict.fromkeys(SEGMENT, ""), "branch": row.get("branch_id") or ""}


def since(moment: Any, day: date) -> bool:
    return moment is not None and local(moment) <= day
