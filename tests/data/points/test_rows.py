"""Rows behind points: as many as the point counts, masked, withheld where people are few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from data.engines import open_warehouse
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import Store, open_store
from data.points.rows import PAGE, rows_behind
from data.slice import Rights, Slice, SliceError
from tests.conftest import DemoBank

MONTH = Period.parse("2026-10")
READER = Rights(rows=True)


@pytest.fixture(scope="module")
def opened(demo_bank: DemoBank) -> Iterator[tuple[Connection, Store]]:
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    with warehouse.reading() as connection:
        yield connection, open_store(connection, load_catalogue(), Clock())
    warehouse.engine.dispose()


def about(branch: str = "", rights: Rights = READER) -> Slice:
    return replace(Slice.of(MONTH, branch), rights=rights)


def test_rows_are_refused_without_the_right_and_outside_the_reach(
    opened: tuple[Connection, Store],
) -> None:
    point = "txn_amount" if "txn_amount" in opened[1].catalogue.points else "transactions"
    with pytest.raises(SliceError, match="not open to you"):
        rows_behind(*opened, point, about(rights=Rights()))
    with pytest.raises(SliceError):
        rows_behind(*opened, point, about("B02", Rights("B01", rows=True)))


def test_a_page_is_masked_and_every_branch_has_only_its_own(
    opened: tuple[Connection, Store],
) -> None:
    catalogue = opened[1].catalogue
    source = next(
        one for one in catalogue.sources if one.name == "transaction" or one.table == "txn"
    )
    point = next(one for one in source.points if one.aggregate == "count")
    whole = rows_behind(*opened, point.name, about())
    assert len(whole.cells) == min(PAGE, whole.total)
    user = whole.columns.index("user_id")
    assert all("*****" in row[user] for row in whole.cells)
    leaves = opened[1].leaves
    below = [node for node in leaves if node and len(leaves[node]) == 1]
    parts = [rows_behind(*opened, point.name, about(node)) for node in below]
    assert sum(one.total for one in parts) == whole.total
    for one in parts:
        assert one.withheld == (0 < (one.people or 0) < 5)
        assert not (one.withheld and one.cells)
