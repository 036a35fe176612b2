"""Where a point comes from: its statement, and the columns of the contract that this reads.

Nothing is declared twice: the columns are found by following the statement that makes the point
down to the tables of a bank, through user-days and whatever else a refresh keeps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlalchemy import Alias, FromClause, Join, Select, Subquery, Table, distinct, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.sql.elements import ClauseElement, ColumnClause

from data.contract import CONTRACT
from data.points.aggregates import condition
from data.points.catalogue import Catalogue, Point, Source
from data.points.clock import Clock
from data.points.relations import BUILDERS
from data.points.relations.span import Span
from data.points.statement import points_by
from data.points.tables import ACTIVE_DAY, PREDICTED_LTV, REPORT_LIMIT, USER_DAY, VISITOR
from data.points.user_days import user_days

ColumnName: TypeAlias = tuple[str, str]
"""Table and column of the contract."""

_ANY = Span(Clock("UTC"), date(2026, 1, 1), date(2026, 1, 31))
_DIALECT = make_url("postgresql+psycopg://").get_dialect()()
_COMPILER: Any = _DIALECT.statement_compiler(_DIALECT, None)
_COLUMN_OF = {"branch": "branch_id"}
_WORKED_OUT: Mapping[str, tuple[ColumnName, ...]] = {
    VISITOR.name: (("event", "visitor_id"), ("event", "user_id"), ("event", "occurred_at")),
    PREDICTED_LTV.name: (
        ("dim_user", "registered_at"), ("txn", "user_id"), ("txn", "occurred_at"),
        ("txn", "amount_cny"), ("txn", "status"), ("txn", "fee_cny"),
    ),
    REPORT_LIMIT.name: (("calendar_day", "day"), ("calendar_day", "workday")),
}  # fmt: skip
"""What kept tables are worked out from where that is more than one statement."""


@dataclass(frozen=True)
class Origin:
    """What a point reads: ``value`` for the number itself, ``splits`` more for a dimension."""

    value: frozenset[ColumnName]
    splits: Mapping[str, frozenset[ColumnName]]


def point_by_day(source: Source, point: Point, span: Span) -> Select[Any]:
    """The point by day, straight from the facts; of distinct users from one row a user and day."""
    if source.build != "distinct":
        return points_by(source, span, ("day",), {}, (point,))
    day = USER_DAY.c.day
    users = func.count(distinct(USER_DAY.c.user_id)).label(point.name)
    return select(users).where(span.holds_day(day), condition(USER_DAY, point.where))


def origins(catalogue: Catalogue) -> Mapping[str, Origin]:
    """The columns of the contract behind every point, by its name.

    >>> from data.points.catalogue import load_catalogue
    >>> found = origins(load_catalogue())["closures"]
    >>> sorted(found.value)
    [('dim_user', 'closed_at'), ('dim_user', 'registered_at'), ('dim_user', 'user_id')]
    >>> sorted(found.splits["channel"])
    [('dim_user', 'channel')]
    """
    found: dict[str, Origin] = {}
    for source in catalogue.sources:
        splits = {one: _read(source, source.points[0], one) for one in sorted(source.split_by)}
        for point in source.points:
            value = _read(source, point)
            more = {name: splits[name] - value for name in sorted(point.split_by)}
            found[point.name] = Origin(value, MappingProxyType(more))
    return MappingProxyType(found)


@lru_cache
def relation_sql(build: str) -> str:
    """The SQL of a relation, or of user-days, for a fixed span: equal while it means the same.

    >>> relation_sql("closure").splitlines()[0].startswith("SELECT dim_user.user_id")
    True
    """
    query = BUILDERS[build](_ANY) if build in BUILDERS else user_days(_ANY)
    return str(query.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


def _read(source: Source, point: Point, split: str = "") -> frozenset[ColumnName]:
    by = ("day", _COLUMN_OF.get(split, split)) if split else ("day",)
    following = _Following()
    if source.build == "distinct":
        following.columns(USER_DAY.c[name] for name in ("user_id", *by))
        following.expressions([condition(USER_DAY, point.where)])
    else:
        query = points_by(source, _ANY, by, {}, (point,))
        following.statement(query, range(len(query.selected_columns)))
    return frozenset(following.found)


@lru_cache
def _of_user_day(name: str) -> frozenset[ColumnName]:
    """What a column of the user-days is made from."""
    following, query = _Following(), user_days(_ANY)
    following.statement(query, [list(query.selected_columns.keys()).index(name)])
    return frozenset(following.found)


@dataclass
class _Following:
    """Walks statements from what is selected down to tables; each place is looked at once."""

    found: set[ColumnName] = field(default_factory=set)
    seen: set[tuple[int, str]] = field(default_factory=set)
    kept_alive: list[object] = field(default_factory=list)
    """Ids are only good while their objects live."""

    def statement(self, query: Select[Any], selected: Collection[int]) -> None:
        """The columns of these places, and whatever decides which rows there are."""
        self.kept_alive.append(query)
        columns = list(query.selected_columns)
        self.expressions(columns[place] for place in selected)
        self.expressions(_conditions(query))
        for one in _froms(query):
            self.rows(one)

    def rows(self, source: FromClause) -> None:
        """What makes the rows of a source there or not; an outer side does not."""
        if isinstance(source, Join):
            self.rows(source.left)
            if not source.isouter:
                self.rows(source.right)
                self.expressions((source.onclause,) if source.onclause is not None else ())
            else:
                self.outer(source)
        elif isinstance(source, Subquery) and self._first(source, ""):
            self.inside(source, ())

    def outer(self, join: Join) -> None:
        """An outer side counts as soon as something of it is read."""
        names = join.right.c.keys()
        if any((id(join.right), name) in self.seen for name in names):
            self.rows(join.right)
            self.expressions((join.onclause,) if join.onclause is not None else ())

    def expressions(self, parts: Iterable[ClauseElement]) -> None:
        """Every column that expressions name, and every statement inside of them."""
        for part in parts:
            for one in _leaves(part):
                if isinstance(one, Select):
                    self.statement(one, _chosen(one))
                else:
                    self.columns((one,))

    def columns(self, columns: Iterable[Any]) -> None:
        """A column of a table, or one that a statement makes."""
        for column in columns:
            owner = column.table
            if owner is None or not self._first(owner, column.name):
                continue
            if isinstance(owner, Alias):
                owner = owner.element
            if isinstance(owner, Table):
                self.table_column(owner, column.name)
            elif isinstance(owner, Subquery):
                self.inside(owner, (column.name,))

    def inside(self, source: Subquery, names: Iterable[str]) -> None:
        """The statement of a subquery, as far as some of its columns need it."""
        query = source.element
        if isinstance(query, Select):
            keys = list(query.selected_columns.keys())
            self.statement(query, [keys.index(name) for name in names])

    def table_column(self, table: Table, name: str) -> None:
        """A column of the contract; of a kept table, what it is made from."""
        if table.name in CONTRACT.tables:
            self.found.add((table.name, name))
        elif table is ACTIVE_DAY:
            self.columns((USER_DAY.c[name],))
        elif table is USER_DAY:
            self.found |= _of_user_day(name)
        else:
            self.found.update(_WORKED_OUT[table.name])
            if table is VISITOR and name == "app":
                self.found.add(("event", "app"))

    def _first(self, owner: object, name: str) -> bool:
        key = (id(owner), name)
        self.kept_alive.append(owner)
        new = key not in self.seen
        self.seen.add(key)
        return new


# SQLAlchemy tells in public what a statement selects, not what it groups by or selects from without
# compiling it for no engine in particular, which Canopy's own constructs refuse.


def _conditions(query: Select[Any]) -> list[ClauseElement]:
    """WHERE, GROUP BY and HAVING."""
    grouped, having = query._group_by_clauses, query._having_criteria  # noqa: SLF001 - see above
    parts = (query.whereclause, *grouped, *having)
    return [part for part in parts if part is not None]


def _froms(query: Select[Any]) -> Iterable[FromClause]:
    """What a statement selects from, joins put together."""
    made: Any = query._compile_state_factory(query, _COMPILER)  # noqa: SLF001 - see above
    found: Iterable[FromClause] = made._get_display_froms()  # noqa: SLF001 - see above
    return found


def _chosen(query: Select[Any]) -> Collection[int]:
    """All that a statement inside an expression selects; of EXISTS (SELECT *) nothing."""
    columns = list(query.selected_columns)
    return [at for at, one in enumerate(columns) if getattr(one, "name", "*") != "*"]


def _leaves(part: ClauseElement) -> Iterator[Any]:
    """Columns of some table and whole statements, wherever they stand in an expression."""
    if isinstance(part, Select) or (isinstance(part, ColumnClause) and part.table is not None):
        yield part
        return
    for child in part.get_children():
        if isinstance(child, ClauseElement):
            yield from _leaves(child)
