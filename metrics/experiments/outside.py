"""Experiments from a table: counts by variant, or one row per user; no register, no warehouse.

The same analysis with the same refusals. A table of counts has a row per variant (and metric) with
``users`` and ``conversions``, or a column of conversions per metric. A table of user rows has
``user``, ``variant`` and a column per metric; ``NAME_before`` is the metric's covariate, and
``exposed_at`` tells the days.
"""

from __future__ import annotations

import pandas as pd

from data.configuration import nearest_name
from metrics.experiments.asked import ALIASES, Asked, Outside, TableError, require_options
from metrics.experiments.cells import Flaw
from metrics.experiments.counted_table import counted_table
from metrics.experiments.user_table import user_table

__all__ = ["Asked", "Outside", "TableError", "read_outside"]


def read_outside(table: pd.DataFrame, asked: Asked | None = None) -> Outside:
    """The table as plan, arms and enrolment. The index holds the rows' lines in their file.

    Raises TableError with every flaw and its line.

    >>> counts = pd.DataFrame(
    ...     {"variant": ["A", "B"], "users": ["1000", "1010"], "conversions": ["100", "130"]}
    ... )
    >>> found = read_outside(counts)
    >>> found.form, [arm.users for arm in found.arms], found.plan.metrics[0].id
    ('counts', [1000, 1010], 'conversions')
    """
    wanted = asked or Asked()
    require_options(wanted)
    names = {str(one).strip().lower(): str(one) for one in table.columns}
    places = {
        what: names[alias]
        for what, aliases in ALIASES.items()
        for alias in reversed(aliases)
        if alias in names
    }
    if "variant" not in places:
        near = nearest_name("variant", list(names))
        raise TableError([Flaw("no_variant", about=near or "")])
    if "user" in places:
        return user_table(table, wanted, places)
    if "users" not in places:
        raise TableError([Flaw("no_users")])
    return counted_table(table, wanted, places)
