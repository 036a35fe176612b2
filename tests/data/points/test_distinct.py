"""Distinct users, counted by changes, directly and as sets: the same, whoever moves branch."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import Connection, select

from data.contract import CONTRACT
from data.engines import Warehouse, open_warehouse
from data.engines.differences import append
from data.points import distinct as counting
from data.points.branches import build_ancestors
from data.points.catalogue import Catalogue
from data.points.clock import Clock
from data.points.distinct import MONTH, TRAILING, build_distinct
from data.points.kept import kept_metadata
from data.points.relations.span import Span
from data.points.tables import DISTINCT, FLAGS, REPORT_LIMIT, USER_DAY
from data.points.user_days import build_active_days
from tests.data.points.bank import PARENTS, tiny_bank, to_arrow
from tests.data.points.days import end_of_month
from tests.data.points.expected import nodes_of

FIRST, LAST = date(2026, 1, 10), date(2026, 4, 12)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
Row = tuple[date, str, str, str, str, bool]


def wandering(seed: int) -> list[Row]:
    """User-days: day, user, branch, module, tier, advanced; every third user moves."""
    dice = random.Random(seed)
    found = []
    for number in range(30):
        habit = dice.choice([0.03, 0.1, 0.4])
        homes = dice.sample(["B0101", "B0102", "B0201", "B01", "GONE"], 2)
        moves = dice.choice(DAYS) if number % 3 == 0 else LAST
        for day in DAYS:
            if dice.random() < habit:
                home = homes[day > moves]
                tier = "vip" if dice.random() < 0.5 else "basic"
                modules = dice.sample(["transfer", "wealth", ""], dice.choice([1, 2]))
                who = f"U{number}"
                found += [(day, who, home, module, tier, module == "wealth") for module in modules]
    return found


def keep(connection: Connection, rows: list[Row]) -> None:
    """Write user-days."""
    append(
        connection,
        USER_DAY,
        pa.table(
            {
                "day": [r[0] for r in rows],
                "user_id": [r[1] for r in rows],
                "app": ["app"] * len(rows),
                "module": [r[3] for r in rows],
                "branch_id": [r[2] for r in rows],
                "channel": ["branch"] * len(rows),
                "tier": [r[4] for r in rows],
                "age_band": ["25_34"] * len(rows),
                "new_user": ["existing"] * len(rows),
                **{name: [r[5] for r in rows] for name in FLAGS},
                **{
                    column.name: [1] * len(rows)
                    for column in USER_DAY.columns
                    if column.type.python_type is int
                },
            }
        ),
    )
    build_active_days(connection, Span(Clock(), FIRST, LAST))


@pytest.fixture
def warehouse(tmp_path: Path, catalogue: Catalogue) -> Warehouse:
    """A warehouse with branches, a calendar and nobody."""
    made = open_warehouse(f"ducklake:///{tmp_path}")
    for metadata in (CONTRACT, kept_metadata(catalogue)):
        made.create(metadata)
    with made.writing() as connection:
        append(
            connection,
            CONTRACT.tables["dim_branch"],
            to_arrow("dim_branch", tiny_bank()["dim_branch"]),
        )
        build_ancestors(connection)
        append(connection, REPORT_LIMIT, pa.table({"day": DAYS, "due_day": DAYS}))
    return made


def by_sets(rows: list[Row], dimension: str, point: str) -> dict[tuple[int, date, str, str], int]:
    """Users by length, day, node and value, from sets."""
    found: dict[tuple[int, date, str, str], set[str]] = {}
    for day, user, branch, module, tier, advanced in rows:
        if point == "advanced_users" and not advanced:
            continue
        value = {"": "", "module": module, "tier": tier}[dimension]
        ends = [(n, day + timedelta(days=k)) for n in (1, *TRAILING) for k in range(n)]
        for length, end in [*ends, (MONTH, end_of_month(day))]:
            if length == MONTH or end <= LAST:
                for node in nodes_of(branch):
                    found.setdefault((length, end, node, value), set()).add(user)
    return {key: len(users) for key, users in found.items()}


def kept(
    connection: Connection, dimension: str, point: str
) -> dict[tuple[int, date, str, str], int]:
    """What was kept of it."""
    rows = connection.execute(
        select(DISTINCT).where(DISTINCT.c.dimension == dimension, DISTINCT.c.point == point)
    )
    return {(row.length, row.day, row.branch_id, row.value): row.users for row in rows}


def check(connection: Connection, rows: list[Row]) -> None:
    """Everything kept equals its sets."""
    for dimension, point in (("", "active_users"), ("module", "active_users"),
                             ("tier", "active_users"), ("", "advanced_users")):  # fmt: skip
        got = kept(connection, dimension, point)
        lengths = {key[0] for key in got}
        should = by_sets(rows, dimension, point)
        assert got == {key: n for key, n in should.items() if key[0] in lengths}
        assert {30, MONTH} <= lengths


@pytest.mark.parametrize("seed", [1])
def test_counted_by_changes_equals_sets(
    warehouse: Warehouse, catalogue: Catalogue, seed: int
) -> None:
    rows = wandering(seed)
    with warehouse.writing() as connection:
        keep(connection, rows)
        build_distinct(connection, catalogue.by_name["active"].points, FIRST, LAST)
        check(connection, rows)


def test_counted_directly_and_by_changes_are_the_same(
    warehouse: Warehouse, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = catalogue.by_name["active"].points
    first, last = date(2026, 2, 20), date(2026, 3, 4)
    with warehouse.writing() as connection:
        keep(connection, wandering(3))
        build_distinct(connection, points, first, last)
        changes = kept(connection, "", "active_users")
        monkeypatch.setattr(counting, "FEW_DAYS", 1000)
        build_distinct(connection, points, first, last)
        assert kept(connection, "", "active_users") == changes != {}


def test_a_part_of_a_month_done_again_leaves_the_whole_month(
    warehouse: Warehouse, catalogue: Catalogue
) -> None:
    """Found: a late day whose windows ended within the next month cut that month short."""
    rows, points = wandering(4), catalogue.by_name["active"].points
    with warehouse.writing() as connection:
        keep(connection, rows)
        build_distinct(connection, points, FIRST, LAST)
        build_distinct(connection, points, date(2026, 1, 20), date(2026, 2, 3))
        check(connection, rows)


def test_a_node_has_at_most_the_users_of_its_children_and_exactly_when_nobody_moves(
    warehouse: Warehouse, catalogue: Catalogue
) -> None:
    rows = wandering(5)
    stay = [row for row in rows if int(row[1][1:]) % 3]
    points = catalogue.by_name["active"].points
    gaps = []
    for chosen in (rows, stay):
        with warehouse.writing() as connection:
            connection.execute(USER_DAY.delete())
            keep(connection, chosen)
            build_distinct(connection, points, FIRST, LAST)
            counts = kept(connection, "", "active_users")
            gaps.append(_gaps(counts, chosen))
    assert all(gap >= 0 for gap in gaps[0]) and any(gap > 0 for gap in gaps[0])
    assert all(gap == 0 for gap in gaps[1]) and gaps[1]


def _gaps(counts: dict[tuple[int, date, str, str], int], rows: list[Row]) -> list[int]:
    """Sum over the children, own users of the node included, less the node's count."""
    found = []
    for (length, day, node, value), users in counts.items():
        children = [child for child, parent in PARENTS.items() if parent == node and node]
        if length == 30 and children:
            inside = {r[1] for r in rows if r[2] == node and 0 <= (day - r[0]).days < 30}
            below = sum(counts.get((length, day, child, value), 0) for child in children)
            found.append(below + len(inside) - users)
    return found
