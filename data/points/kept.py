"""The kept point tables of a catalogue: one or two a source, a row per day and dimensions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Date, Float, MetaData, Numeric, String, Table
from sqlalchemy.types import TypeEngine

from data.points.catalogue import Catalogue, Point, Source
from data.points.tables import BASE, MONEY_PLACES
from data.slice import SEGMENT_DIMENSIONS


def kept_metadata(catalogue: Catalogue) -> MetaData:
    """The metadata of everything kept, kept point tables included."""
    meta = MetaData()
    for table in BASE.sorted_tables:
        table.to_metadata(meta)
    for source in catalogue.sources:
        if source.points[0].adds != "distinct":
            _kept(meta, source, by_segment=False)
            if source.by_segment:
                _kept(meta, source, by_segment=True)
    return meta


def dimensions(*, by_segment: bool) -> tuple[str, ...]:
    """The dimensions of a kept table besides the day."""
    if by_segment:
        return ("branch_id", *SEGMENT_DIMENSIONS, "app")
    return ("branch_id", "module", "app")


def kept_name(source: Source, *, by_segment: bool) -> str:
    """The name of the kept table of ``source``."""
    return f"kept_{source.name}_{'segment' if by_segment else 'module'}"


def _kept(meta: MetaData, source: Source, *, by_segment: bool) -> Table:
    return Table(
        kept_name(source, by_segment=by_segment),
        meta,
        Column("day", Date, primary_key=True, autoincrement=False),
        *(Column(name, String, primary_key=True) for name in dimensions(by_segment=by_segment)),
        *(
            Column(name, _type(point, name))
            for point in source.points
            for name in point.all_columns
        ),
    )


def _type(point: Point, column: str) -> TypeEngine[Any]:
    if point.aggregate != "sum" or column == point.matched_column:
        return BigInteger()
    # More places than cents: shares of a campaign's spend add up to its cents again.
    return Numeric(38, MONEY_PLACES) if point.unit == "CNY" else Float()
