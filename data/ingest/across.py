"""Checks that look at more than one column of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bools = npt.NDArray[np.bool_]
Columns = Mapping[str, pa.Array]
Check = tuple[str, Callable[[Columns], pa.Array], str]

_ORDERED_DAYS = "is before it began"


def _less(later: str, earlier: str) -> Callable[[Columns], pa.Array]:
    return lambda rows: pc.less(rows[later], rows[earlier])


def _csat_outside(rows: Columns) -> pa.Array:
    outside = pc.or_(pc.less(rows["score"], 1), pc.greater(rows["score"], 5))
    return pc.and_kleene(pc.equal(rows["kind"], "csat"), outside)


CHECKS: dict[str, tuple[Check, ...]] = {
    "survey": (("score", _csat_outside, "is outside 1 to 5, the range of kind csat"),),
    "api_interval": (
        ("good_minutes", _less("minutes", "good_minutes"), "is more than minutes"),
        ("errors", _less("calls", "errors"), "is more than calls"),
    ),
    "dim_branch": (("valid_to", _less("valid_to", "valid_from"), _ORDERED_DAYS),),
    "dim_campaign": (("ends_on", _less("ends_on", "starts_on"), _ORDERED_DAYS),),
    "competitor_value": (
        ("period_to", _less("period_to", "period_from"), _ORDERED_DAYS),
        ("high", _less("high", "low"), "is below low"),
    ),
}


def cross_checks(table: str, columns: Columns) -> list[tuple[str, Bools, Callable[[str], str]]]:
    """Rows that contradict themselves: the column to name, a mask, and how to say it of a value.

    Scales of surveys: 2-indicator-tree.md, nps 0–10 and csat 1–5.
    """
    found = []
    for column, test, words in CHECKS.get(table, ()):
        flags = pc.fill_null(test(columns), False).to_numpy(zero_copy_only=False)
        rows = np.asarray(flags, dtype=bool)
        if rows.any():
            found.append((column, rows, _worded(words)))
    return found


def _worded(words: str) -> Callable[[str], str]:
    return lambda shown: f"{shown} {words}"
