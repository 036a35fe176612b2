"""The two kept point tables, and which of their columns holds which point.

All sources share them, one by module and one by segment: a refresh writes each once, and a reading
of the whole tree is a few statements. A source's counts lie in ``count_0``, ``count_1`` …, its
money in ``money_0`` …, its measured quantities in ``measure_0`` …, so that the tables are as wide
as the widest source and not as all points together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Float,
    MetaData,
    Numeric,
    String,
    Table,
    select,
)
from sqlalchemy.types import TypeEngine

from data.engines.differences import append, clear
from data.points.catalogue import Catalogue, Point, Source
from data.points.tables import BASE, KEPT_COLUMN, MONEY_PLACES
from data.slice import SEGMENT_DIMENSIONS

Layout = Mapping[str, Mapping[str, str]]
"""By source: the column of the kept tables that holds a point's column."""


def layout_of(catalogue: Catalogue) -> Layout:
    """Where the points of a catalogue are kept: each source counts its columns from 0."""
    return {source.name: columns_of(source) for source in catalogue.sources if _is_kept(source)}


def columns_of(source: Source) -> Mapping[str, str]:
    """The column of the kept tables that holds each of a source's columns."""
    used: Counter[str] = Counter()
    found: dict[str, str] = {}
    for point in source.points:
        for name in point.all_columns:
            kind = _kind(point, name)
            found[name] = f"{kind}_{used[kind]}"
            used[kind] += 1
    return found


def _kind(point: Point, column: str) -> str:
    if point.aggregate != "sum" or column == point.matched_column:
        return "count"
    return "money" if point.unit == "CNY" else "measure"


def _type(column: str) -> TypeEngine[Any]:
    if column.startswith("count_"):
        return BigInteger()
    # More places than cents: shares of a campaign's spend add up to its cents again.
    return Numeric(38, MONEY_PLACES) if column.startswith("money_") else Float()


def _is_kept(source: Source) -> bool:
    return source.points[0].adds != "distinct"


def dimensions(*, by_segment: bool) -> tuple[str, ...]:
    """The dimensions of a kept table besides source and day."""
    if by_segment:
        return ("branch_id", *SEGMENT_DIMENSIONS, "app")
    return ("branch_id", "module", "app")


def kept_name(*, by_segment: bool) -> str:
    """The name of the kept table of either set of dimensions."""
    return "kept_segment" if by_segment else "kept_module"


def kept_metadata(catalogue: Catalogue) -> MetaData:
    """The metadata of everything kept, the two point tables included."""
    meta = MetaData()
    for table in BASE.sorted_tables:
        table.to_metadata(meta)
    for by_segment in (False, True):
        Table(
            kept_name(by_segment=by_segment),
            meta,
            Column("source", String, primary_key=True),
            Column("day", Date, primary_key=True, autoincrement=False),
            *(Column(n, String, primary_key=True) for n in dimensions(by_segment=by_segment)),
            *(Column(n, _type(n)) for n in point_columns(catalogue, by_segment=by_segment)),
        )
    return meta


def point_columns(catalogue: Catalogue, *, by_segment: bool) -> tuple[str, ...]:
    """The columns of a kept table that hold points: as many of a kind as the widest source has."""
    layout = layout_of(catalogue)
    chosen = [layout[s.name] for s in catalogue.sources if _is_kept(s)]
    if by_segment:
        chosen = [layout[s.name] for s in catalogue.sources if _is_kept(s) and s.by_segment]
    names = {name for columns in chosen for name in columns.values()}
    return tuple(sorted(names, key=lambda name: (name.split("_")[0], int(name.split("_")[1]))))


def keep_layout(connection: Connection, catalogue: Catalogue) -> None:
    """Write down which column holds which point, where that has changed."""
    layout = layout_of(catalogue)
    if read_layout(connection) == layout:
        return
    rows = [(s, point, kept) for s, found in layout.items() for point, kept in found.items()]
    clear(connection, KEPT_COLUMN)
    if rows:
        columns = zip(KEPT_COLUMN.columns.keys(), zip(*rows, strict=True), strict=True)
        append(connection, KEPT_COLUMN, pa.table({name: list(found) for name, found in columns}))


def read_layout(connection: Connection) -> Layout:
    """Which column holds which point, as the last refresh left it."""
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(select(KEPT_COLUMN)):
        found.setdefault(row.source, {})[row.point_column] = row.kept_column
    return found
