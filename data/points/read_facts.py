"""Sums of points by combinations outside the kept tables: straight from the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection

from data.engines.warehouse import frame
from data.points.catalogue import Point, Source
from data.points.pieces import windows_of
from data.points.relations.span import Span
from data.points.statement import points_by
from data.points.wants import Want
from data.slice import Slice

if TYPE_CHECKING:
    from data.points.read import Store

Floats = npt.NDArray[np.float64]


def read_facts(
    connection: Connection,
    store: Store,
    source: Source,
    wants: Sequence[Want],
    by: Sequence[str],
    about: Slice,
) -> tuple[pd.DataFrame, Floats]:
    """Rows by branch and ``by``, with all values, then the rows that each was added over."""
    names = _numbered(store, wants)
    found = _from_facts(connection, store, source, names, by, about)
    return found, _values_and_rows(found, names)


def _numbered(store: Store, wants: Sequence[Want]) -> dict[Want, list[str]]:
    widths = {want: len(store.catalogue.points[want.point].kept_columns) for want in wants}
    return {
        want: [f"w{number}_{i}" for i in range(widths[want])] for number, want in enumerate(wants)
    }


def _values_and_rows(found: pd.DataFrame, names: Mapping[Want, Sequence[str]]) -> Floats:
    """All values, then, for each of them, the number of rows that it was added over."""
    parts = [found[[n for ns in names.values() for n in ns]].to_numpy(dtype=np.float64)]
    for ns in names.values():
        rows = found[_rows_of(ns)] if _rows_of(ns) in found else pd.Series(0.0, found.index)
        parts.append(np.repeat(rows.to_numpy(dtype=np.float64)[:, None], len(ns), axis=1))
    return np.hstack(parts)


def _from_facts(
    connection: Connection,
    store: Store,
    source: Source,
    names: Mapping[Want, Sequence[str]],
    by: Sequence[str],
    about: Slice,
) -> pd.DataFrame:
    """The same aggregates by any dimensions, one statement for all wants of the same days."""
    keys = ["branch_id", *(name for name in by if name != "branch")]
    columns = [name for ns in names.values() for name in (*ns, _rows_of(ns))]
    parts = [pd.DataFrame(columns=[*keys, *columns])]
    for (first, last), wanted in _same_days(names, store).items():
        points = {want.point: store.catalogue.points[want.point] for want, _ in wanted}
        span = Span(store.clock, first, last)
        query = points_by(source, span, keys, about.segment, list(points.values()))
        found = frame(connection, query)
        parts += [_renamed(found, keys, points[w.point], names[w], share) for w, share in wanted]
    whole = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    return whole.reindex(columns=[*keys, *columns])


def _same_days(
    names: Mapping[Want, Sequence[str]], store: Store
) -> dict[tuple[date, date], list[tuple[Want, float]]]:
    found: dict[tuple[date, date], list[tuple[Want, float]]] = {}
    for want in names:
        for first, last, share in windows_of(want, store.catalogue.points[want.point], store):
            found.setdefault((first, last), []).append((want, share))
    return found


def _renamed(
    found: pd.DataFrame, keys: Sequence[str], point: Point, names: Sequence[str], share: float
) -> pd.DataFrame:
    part = found[list(keys)].copy()
    for column, name in zip(point.kept_columns, names, strict=True):
        part[name] = found[column].astype(np.float64) * share
    matched = point.matched_column
    known = not point.may_be_unknown
    part[_rows_of(names)] = 0 if known else 1 if matched is None else found[matched]
    return part


def _rows_of(names: Sequence[str]) -> str:
    return f"rows_{names[0]}"
