"""Runs a mapping over a bank's files, in an in-memory DuckDB inside the limited process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    DateTime,
    Float,
    Numeric,
    String,
    and_,
    case,
    cast,
    column,
    create_engine,
    func,
    literal,
    null,
    or_,
    select,
    table,
    text,
    true,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ColumnElement, Select, Subquery, TableClause
from sqlalchemy.types import TypeEngine

from data.ingest.mapping.files import (
    FAULT,
    MappedFiles,
    Reader,
    by_file,
    read_all,
    written_rows,
)
from data.ingest.mapping.formula import (
    Element,
    FormulaError,
    Scope,
    at_format,
    at_unit,
    build,
    lookup,
    template,
)
from data.ingest.mapping.located import Place
from data.ingest.mapping.resolved import FILE, LINE, Mapping, Part, Value, View
from data.ingest.raw import Reject
from data.ingest.refusal import LoadRefusedError

_HIDDEN = (LINE, FILE, FAULT)


def map_files(mapping: Mapping, files: Iterable[tuple[str, Path]], read: Reader) -> MappedFiles:
    """Run ``mapping`` over ``files`` (name, path). Raises LoadRefusedError with every problem."""
    counts: dict[str, int] = {}
    rejects: dict[str, list[Reject]] = {}
    sources = read_all(mapping, list(files), read, counts, rejects)
    engine = create_engine("duckdb:///:memory:")
    with engine.connect() as connection:
        connection.execute(text("SET enable_external_access = false"))
        runner = _Runner(connection, {})
        for name, rows in sources.items():
            runner.add(name, rows)
        for view in mapping.views:
            runner.add(view.name, runner.view(view))
        made = [(part, runner.part(part, mapping.path.name)) for part in mapping.parts]
    engine.dispose()
    return MappedFiles(by_file(made, rejects), counts)


class _Runner:
    """The relations made so far, by name, each a registered Arrow table."""

    def __init__(self, connection: Connection, relations: dict[str, TableClause]) -> None:
        self.connection = connection
        self.relations = relations

    def add(self, name: str, rows: pa.Table) -> None:
        """Make ``rows`` known under ``name``."""
        raw: Any = self.connection.connection.driver_connection
        registered = f"relation_{len(self.relations)}"
        raw.register(registered, rows)
        columns = [column(field.name, _sql_type(field.type)) for field in rows.schema]
        self.relations[name] = table(registered, *columns)

    def view(self, view: View) -> pa.Table:
        """The rows of a view."""
        base = self.relations[view.base].alias("base")
        columns: dict[str, Element] = dict(base.c.items())
        source: Any = base
        faults: list[Element] = [base.c[FAULT]]
        for number, join in enumerate(view.joins):
            other = self.relations[join.view].alias(f"joined_{number}")
            scope = Scope(columns)
            on = and_(
                *(
                    _found(scope, ours, view) == _found(Scope(dict(other.c.items())), theirs, view)
                    for ours, theirs in join.on.items()
                )
            )
            source = source.join(other, on, isouter=join.kind == "left")
            faults.append(other.c[FAULT])
            theirs = {f"{join.view}.{k}": v for k, v in other.c.items() if k not in _HIDDEN}
            columns |= theirs
        scope = Scope(columns)
        condition = _condition(view.where, scope)
        columns |= {name: _value(value, scope) for name, value in view.added.items()}
        columns[FAULT] = _first_of([*faults, *scope.faults])
        shown: list[Any] = [made.label(name) for name, made in columns.items()]
        query: Select[Any] = select(*shown).select_from(source).where(condition)
        return self._fetch(_reduced(query, view), view.place)

    def part(self, part: Part, mapping_file: str) -> pa.Table:
        """The rows of one part of a table, every value as text."""
        if part.base is None:
            return written_rows(part, mapping_file)
        base = self.relations[part.base]
        scope = Scope(dict(base.c.items()))
        condition = _condition(part.where, scope)
        columns = {name: cast(_value(value, scope), String) for name, value in part.columns.items()}
        fault = _first_of([base.c[FAULT], *scope.faults])
        shown: list[Any] = [made.label(name) for name, made in columns.items()]
        query = select(*shown, base.c[LINE], base.c[FILE], fault.label(FAULT)).where(condition)
        return self._fetch(query, part.place)

    def _fetch(self, query: Select[Any], place: Place) -> pa.Table:
        try:
            result: Any = self.connection.execution_options(duckdb_arrow=True).execute(query)
            found: pa.Table = result.arrow
        except DBAPIError as error:
            problem = place.problem(_short(error), "values that fit together")
            raise LoadRefusedError([problem]) from error
        return found


def _condition(where: Value | None, scope: Scope) -> Element:
    """Rows to keep; one whose condition cannot be read is kept too, as a fault."""
    if where is None:
        return true()
    own = Scope(scope.columns)
    condition = _value(where, own)
    scope.faults += own.faults
    return or_(condition, *(fault.is_not(None) for fault in own.faults))


def _reduced(query: Select[Any], view: View) -> Select[Any]:
    """The first row of each group, or one row a group, where the view asks for it."""
    if view.first is None and view.group is None:
        return query
    inner = query.subquery()
    scope = Scope(dict(inner.c.items()), grouped=view.group is not None)
    if view.first is not None:
        by, order = view.first
        place = func.row_number().over(
            partition_by=[_found(scope, name, view) for name in by],
            order_by=[_value(value, scope) for value in order],
        )
        numbered = select(*inner.c, place.label("_place")).subquery()
        kept = [made for name, made in numbered.c.items() if name != "_place"]
        return select(*kept).where(numbered.c["_place"] == 1)
    return _grouped(inner, view, scope)


def _grouped(inner: Subquery, view: View, scope: Scope) -> Select[Any]:
    by, values = view.group or ((), {})
    keys = [_found(scope, name, view) for name in by]
    made = [_value(value, scope).label(name) for name, value in values.items()]
    hidden = [
        func.min(inner.c[LINE]).label(LINE),
        func.min(inner.c[FILE]).label(FILE),
        func.max(inner.c[FAULT]).label(FAULT),
    ]
    return select(*keys, *made, *hidden).group_by(*keys)


def _value(value: Value, scope: Scope) -> Element:
    """The SQL of one value. Raises LoadRefusedError with its place."""
    try:
        return _made(value, scope)
    except FormulaError as error:
        raise LoadRefusedError([value.place.problem(error.found, error.expected)]) from error


def _made(value: Value, scope: Scope) -> Element:
    form = value.column
    if form.constant is not None:
        return literal(form.constant)
    if form.template is not None:
        return template(form.template, scope)
    if value.tree is None:
        raise FormulaError("nothing", "an expression")
    made = build(value.tree, scope)
    if form.lookup is not None:
        return lookup(made, form.values, form.otherwise, scope)
    if form.day is not None:
        return cast(at_format(made, form.format or "", scope), Date)
    if form.moment is not None:
        if form.unit:
            return at_unit(made, form.unit, scope)
        return at_format(made, form.format or "", scope)
    return made


def _found(scope: Scope, name: str, view: View) -> Element:
    try:
        return scope.column(name)
    except FormulaError as error:
        raise LoadRefusedError([view.place.problem(error.found, error.expected)]) from error


def _first_of(faults: list[ColumnElement[Any]]) -> Element:
    if len(faults) == 1:
        return case((faults[0].is_not(None), faults[0]), else_=null())
    return func.coalesce(*faults)


def _sql_type(kind: pa.DataType) -> TypeEngine[Any]:
    tests: list[tuple[Callable[[pa.DataType], bool], TypeEngine[Any]]] = [
        (pa.types.is_integer, BigInteger()),
        (pa.types.is_decimal, Numeric(28, 6)),
        (pa.types.is_floating, Float()),
        (pa.types.is_boolean, Boolean()),
        (pa.types.is_date, Date()),
        (pa.types.is_timestamp, DateTime()),
    ]
    return next((sql for test, sql in tests if test(kind)), String())


def _short(error: DBAPIError) -> str:
    return str(error.orig).splitlines()[0][:160]
