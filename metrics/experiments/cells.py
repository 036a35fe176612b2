"""Cells of a table as numbers, and what is wrong with it, each with its line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

FlawKind = Literal[
    "no_variant", "no_users", "no_metric", "no_such_column", "no_such_metric", "no_such_arm",
    "one_arm", "many_arms", "arm_twice", "cell_missing", "users_differ", "more_than_users",
    "not_a_number", "not_a_count", "bad_moment", "bad_quantile", "bad_option", "counts_only",
]  # fmt: skip
TRUE = ("true", "t", "yes", "y", "是")
FALSE = ("false", "f", "no", "n", "否")
EMPTY = ("", "nan", "na", "n/a", "null", "none", "-")
MOST = 5


@dataclass(frozen=True)
class Flaw:
    """One thing wrong: ``found`` is the name or the cell, ``about`` what was expected or near it.

    >>> print(Flaw("not_a_number", "amount", "12x", 7))
    line 7: amount: '12x' is not a number
    """

    kind: FlawKind
    found: str = ""
    about: str = ""
    line: int | None = None

    @property
    def text(self) -> str:
        """What is wrong, without the line."""
        return _TEXTS[self.kind].format(found=self.found, about=self.about)

    def __str__(self) -> str:
        return self.text if self.line is None else f"line {self.line}: {self.text}"


_TEXTS: dict[FlawKind, str] = {
    "no_variant": "which variant a row belongs to is said by no column: name it variant",
    "no_users": "there is neither a column user_id (rows of users) nor users (a table of counts)",
    "no_metric": "the table has no column that can be a metric",
    "no_such_column": "the table has no column {found!r}: nearest or known are {about}",
    "no_such_metric": "the call has no metric {found!r}: nearest or known are {about}",
    "no_such_arm": "the table has no variant {found!r}: nearest or known are {about}",
    "one_arm": "two variants at least are expected, found: {about}",
    "many_arms": "{about} variants are more than can be compared: is this the right column?",
    "arm_twice": "variant {found!r} has more than one row{about}",
    "cell_missing": "variant {found!r} has no row for metric {about!r}",
    "users_differ": "variant {found!r}: its users for {about!r} differ from those of other metrics",
    "more_than_users": "more conversions than users in {found}: {about}",
    "not_a_number": "{found}: {about!r} is not a number",
    "not_a_count": "{found}: {about!r} is not a whole number of 0 or more",
    "bad_moment": "{found}: {about!r} is not a moment such as 2026-10-31T20:15:04+08:00",
    "bad_quantile": "{found!r} is not a quantile: write NAME@0.9",
    "bad_option": "the option {found} cannot have this value{about}",
    "counts_only": "{found!r} cannot be read from counts: send a row per user",
}


def numbers(column: pd.Series[str], *, whole: bool = False) -> tuple[pd.Series[float], list[Flaw]]:
    """The cells as numbers, true as 1 and false as 0, NaN for an empty one; and the first flaws.

    ``whole``: counts, of which none may be empty or negative.

    >>> numbers(pd.Series(["1", "TRUE", "", "-2.5"]))[0].tolist()
    [1.0, 1.0, nan, -2.5]
    >>> [str(one) for one in numbers(pd.Series(["3", "-1"], name="users"), whole=True)[1]]
    ["line 1: users: '-1' is not a whole number of 0 or more"]
    """
    text = column.astype("string").str.strip().str.lower()
    empty = text.isna() | text.isin(EMPTY)
    told = text.mask(text.isin(TRUE), "1").mask(text.isin(FALSE), "0").mask(empty)
    found = pd.to_numeric(told, errors="coerce").astype("float64")
    unread = found.isna() & ~empty
    bad = unread
    if whole:
        bad = unread | empty | (found < 0) | (found != np.floor(found)) | ~np.isfinite(found)
    kind: FlawKind = "not_a_count" if whole else "not_a_number"
    flaws = [
        Flaw(kind, str(column.name), str(value)[:40], int(str(line)))
        for line, value in column[bad].head(MOST).items()
    ]
    return found, flaws
