"""Everything that a record says, to see whether it says more than a reader may know."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import text

from data.engines import open_warehouse
from data.period import Period
from data.points.catalogue import Catalogue
from metrics.scoring.score_tree import ScoreTree
from metrics.tree import Tree

DEFINITIONS = (Tree, Catalogue, ScoreTree, Period)
"""What all readers know: nothing in them is of a branch."""


def texts(found: object) -> Iterator[str]:
    """Every text in a record, however deep, definitions apart."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, pd.DataFrame):
        yield from texts(found.columns.tolist())
        yield from texts(found.to_numpy(dtype=object).ravel().tolist())
    elif isinstance(found, np.ndarray):
        if found.dtype == object:
            yield from texts(found.ravel().tolist())
    elif isinstance(found, Mapping):
        yield from texts([*found.keys(), *found.values()])
    elif isinstance(found, list | tuple | set | frozenset):
        for one in found:
            yield from texts(one)
    elif is_dataclass(found) and not isinstance(found, DEFINITIONS):
        for one in fields(found):
            yield from texts(getattr(found, one.name))
    else:
        known = (int, float, date, np.generic, type, *DEFINITIONS)
        seen = found is None or callable(found) or isinstance(found, known)
        assert seen, f"nobody looked into a {type(found)}"


def outside(url: str, inside: Collection[str]) -> frozenset[str]:
    """Ids and names of the branches of a bank that are not inside."""
    with open_warehouse(url, read_only=True).reading() as connection:
        rows = connection.execute(text("SELECT branch_id, name_zh, name_en FROM dim_branch"))
        return frozenset(str(one) for row in rows if row[0] not in inside for one in row if one)
