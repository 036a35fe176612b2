"""Points of all sources gathered in a temporary table, and written to the kept tables at once.

In a warehouse of files a statement costs more than the rows of a day: whatever the number of
sources, what is stale is deleted once and what is new inserted once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    false,
    func,
    insert,
    literal,
    or_,
    select,
)

from data.points.catalogue import Source
from data.points.kept import Layout, dimensions, kept_name
from data.points.relations.span import Run, Span
from data.points.statement import daily_points

MOST_ROWS = 4_000_000
SETS = (False, True)


def create_stage(connection: Connection, meta: MetaData) -> Table:
    """The temporary table: a row a source, day and dimensions of either set."""
    names = dict.fromkeys(name for by in SETS for name in dimensions(by_segment=by))
    kept = meta.tables[kept_name(by_segment=False)]
    points = [c for c in kept.columns if c.name not in {"source", "day", *names}]
    stage = Table(
        "stage_points",
        MetaData(),
        Column("source", String),
        Column("day", Date),
        *(Column(name, String) for name in names),
        Column("set_number", Integer),
        *(Column(column.name, column.type) for column in points),
        prefixes=["TEMPORARY"],
    )
    stage.create(connection)
    return stage


def gather(
    connection: Connection, stage: Table, layout: Layout, source: Source, span: Span
) -> None:
    """Add the points of a source for the days of the span, from one SELECT."""
    rows = daily_points(source, span).subquery("rows")
    kept = layout[source.name]
    same = [column for column in rows.columns if column.name not in kept]
    query = select(
        literal(source.name).label("source"),
        *same,
        *(rows.c[name].label(column) for name, column in kept.items()),
    )
    names = ["source", *(column.name for column in same), *kept.values()]
    connection.execute(insert(stage).from_select(names, query))


def is_large(connection: Connection, stage: Table) -> bool:
    """True when what was gathered should be written before more is."""
    rows = connection.execute(select(func.count()).select_from(stage)).scalar_one()
    return int(rows) >= MOST_ROWS


def delete_stale(
    connection: Connection, meta: MetaData, runs: Mapping[str, tuple[Run, ...]]
) -> None:
    """Take away the kept points of the days, by source, that are made anew."""
    for by_segment in SETS:
        table = meta.tables[kept_name(by_segment=by_segment)]
        connection.execute(table.delete().where(_stale(table, runs)))


def _stale(table: Table, runs: Mapping[str, tuple[Run, ...]]) -> ColumnElement[bool]:
    together: dict[tuple[Run, ...], list[str]] = {}
    for source, days in runs.items():
        if days:
            together.setdefault(days, []).append(source)
    if not together:
        return false()
    every = [run for days in together for run in days]
    parts = [
        and_(table.c.source.in_(names), or_(*(table.c.day.between(*run) for run in days)))
        for days, names in together.items()
    ]
    whole = table.c.day.between(min(run[0] for run in every), max(run[1] for run in every))
    return and_(whole, or_(*parts))


def write(connection: Connection, meta: MetaData, stage: Table) -> None:
    """Write what was gathered to the kept tables, by source and day, and forget it."""
    for by_segment in SETS:
        table = meta.tables[kept_name(by_segment=by_segment)]
        names = [column.name for column in table.columns]
        chosen: list[Any] = [stage.c[name] for name in names]
        part = select(*chosen).where(stage.c.set_number == int(by_segment))
        ordered = part.order_by(stage.c.source, stage.c.day)
        connection.execute(insert(table).from_select(names, ordered))
    connection.execute(stage.delete())
