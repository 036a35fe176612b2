"""What distinct users are counted from: integers in temporary tables, so that no text is sorted.

A user who stays in one branch is one number, counted at his branch and from there at the nodes
above. A user who changed branch within the days is a number of its own at each of his nodes, so
that he is counted once at each. Rows of a number are thus simply counted.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Select,
    SmallInteger,
    String,
    Table,
    and_,
    func,
    insert,
    literal,
    select,
    union,
    union_all,
)
from sqlalchemy.types import Date

from data.points.tables import ACTIVE_DAY, ANCESTOR, FLAGS, USER_DAY

STAGES = MetaData()
USED_DIMENSIONS = ("module", "app")
FIXED_DIMENSIONS = ("channel", "tier", "age_band")


def _stage(name: str, *columns: Column[Any]) -> Table:
    """A temporary table of its own transaction."""
    return Table(name, STAGES, *columns, prefixes=["TEMPORARY"])


def _placed(name: str, *columns: Column[Any]) -> Table:
    """A stage whose rows are a number, at the place that it is counted at, on a day."""
    day, who, place = Column("day", Date), Column("who", BigInteger), Column("place", Integer)
    return _stage(name, day, who, place, *columns)


def _counted(name: str) -> Table:
    """A stage whose rows are users by length, split, day, place and value."""
    return _stage(
        name,
        *(Column(key, SmallInteger) for key in ("length", "split")),
        Column("day", Date),
        *(Column(key, Integer) for key in ("place", "value")),
        Column("users", BigInteger),
    )


WHO = _stage(
    "stage_who",
    *(Column(name, String) for name in ("user_id", "branch_id")),
    Column("who", BigInteger),
    Column("place", Integer),
    Column("node", String),
    Column("moved", Boolean),
)
"""The numbers of a user in a branch, each with the number of the place that it is counted at."""

NAME = _stage("stage_name", Column("name", String), Column("number", Integer))
"""Nodes and values of dimensions, numbered; '' is 0."""

NODE = _stage("stage_node", Column("place", Integer), Column("node", Integer))
"""The nodes that a place counts for."""

ACTIVE = _placed(
    "stage_active",
    *(Column(name, Integer) for name in FIXED_DIMENSIONS),
    *(Column(name, Boolean) for name in FLAGS),
)
"""A row per number and active day."""

USED = _placed("stage_used", *(Column(name, Integer) for name in USED_DIMENSIONS))
"""A row per number, active day, module and App."""

PART = _placed("stage_part", Column("value", Integer))
"""The rows of one split at a time."""

COUNT = _counted("stage_count")
"""Users at each place, before they are added up over the nodes."""

CHANGE = _counted("stage_change")
"""The same as changes from one day to the next."""


def fill_stages(connection: Connection, first: date, last: date) -> None:
    """Make the stages and fill them with the active days from ``first`` to ``last``."""
    STAGES.create_all(connection, checkfirst=False)
    inside = ACTIVE_DAY.c.day.between(first, last)
    for table, query in (
        (WHO, _numbered(inside)),
        (NAME, _names(first, last)),
        (NODE, _nodes()),
        (ACTIVE, _active(inside)),
        (USED, _used(first, last)),
    ):
        connection.execute(insert(table).from_select(table.columns.keys(), query))


def drop_stages(connection: Connection) -> None:
    """Forget the stages."""
    STAGES.drop_all(connection, checkfirst=False)


def _numbered(inside: Any) -> Select[Any]:
    """Users who stay by their branch, those who move by each node of each of their branches."""
    homes = select(ACTIVE_DAY.c.user_id, ACTIVE_DAY.c.branch_id).where(inside).distinct().subquery()
    several = func.count().over(partition_by=homes.c.user_id)
    users = select(homes, (several > 1).label("moved")).cte("users_at_home")
    node = func.coalesce(ANCESTOR.c.node, "").label("node")
    staying = select(users, users.c.branch_id.label("node")).where(~users.c.moved)
    moving = (
        select(users, node)
        .outerjoin(ANCESTOR, ANCESTOR.c.branch_id == users.c.branch_id)
        .where(users.c.moved)
    )
    both = union_all(staying, moving).subquery("both")
    who = func.dense_rank().over(order_by=(both.c.user_id, both.c.node))
    place = func.dense_rank().over(order_by=(both.c.moved, both.c.node))
    return select(both.c.user_id, both.c.branch_id, who, place, both.c.node, both.c.moved)


def _names(first: date, last: date) -> Select[Any]:
    dimensions = (*USED_DIMENSIONS, *FIXED_DIMENSIONS)
    columns = [USER_DAY.c[name] for name in dimensions]
    inside = USER_DAY.c.day.between(first, last)
    values = select(*columns).where(inside).distinct().cte("values_of_dimensions")
    found = [select(values.c[name].label("name")) for name in dimensions]
    names = union(select(literal("").label("name")), select(ANCESTOR.c.node), *found)
    every = names.subquery("names")
    return select(every.c.name, func.row_number().over(order_by=every.c.name) - 1)


def _nodes() -> Select[Any]:
    """Those who stay count for the nodes above; an unknown branch for the whole bank only."""
    places = select(WHO.c.place, WHO.c.node, WHO.c.moved).distinct().subquery("places")
    above = (
        select(places.c.place, func.coalesce(ANCESTOR.c.node, "").label("node"))
        .outerjoin(ANCESTOR, ANCESTOR.c.branch_id == places.c.node)
        .where(~places.c.moved)
    )
    own = select(places.c.place, places.c.node).where(places.c.moved)
    both = union_all(above, own).subquery("both")
    return select(both.c.place, NAME.c.number).join(NAME, NAME.c.name == both.c.node)


def _active(inside: Any) -> Select[Any]:
    days = ACTIVE_DAY.c
    names = {dimension: NAME.alias(f"name_of_{dimension}") for dimension in FIXED_DIMENSIONS}
    query = (
        select(
            days.day,
            WHO.c.who,
            WHO.c.place,
            *(names[dimension].c.number for dimension in FIXED_DIMENSIONS),
            *(days[flag] for flag in FLAGS),
        )
        .select_from(ACTIVE_DAY)
        .join(WHO, _same_user(ACTIVE_DAY))
        .where(inside)
    )
    for dimension, name in names.items():
        query = query.join(name, name.c.name == days[dimension])
    return query


def _used(first: date, last: date) -> Select[Any]:
    """User-days; a day's branch is the user's, so that a number has a module and App once."""
    names = {dimension: NAME.alias(f"name_of_{dimension}") for dimension in USED_DIMENSIONS}
    query = (
        select(
            USER_DAY.c.day,
            WHO.c.who,
            WHO.c.place,
            *(names[dimension].c.number for dimension in USED_DIMENSIONS),
        )
        .join(WHO, _same_user(USER_DAY))
        .where(USER_DAY.c.day.between(first, last))
    )
    for dimension, name in names.items():
        query = query.join(name, name.c.name == USER_DAY.c[dimension])
    return query


def _same_user(table: Table) -> Any:
    return and_(WHO.c.user_id == table.c.user_id, WHO.c.branch_id == table.c.branch_id)
