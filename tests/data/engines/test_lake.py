"""The embedded warehouse: writers take turns, readers are not kept waiting, folders may move."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from data.contract import CONTRACT
from data.engines import Warehouse, WarehouseError, open_warehouse
from data.engines.differences import append, merge

MODULE = CONTRACT.tables["dim_module"]


def rows(name: str) -> pa.Table:
    """One module."""
    return pa.table(
        {"module": [name], "scene": ["wealth"], "grade": ["basic"], "name_zh": ["理财"]}
    )


def open_lake(folder: Path) -> Warehouse:
    """A warehouse with the one table that these tests use."""
    lake = open_warehouse(f"ducklake:///{folder}")
    with lake.writing() as connection:
        MODULE.create(connection)
    return lake


def count(lake: Warehouse) -> int:
    with lake.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(MODULE)).scalar_one())


def test_two_writers_take_turns_and_both_are_kept(tmp_path: Path) -> None:
    first = open_lake(tmp_path / "lake")
    second = open_warehouse(f"ducklake:///{tmp_path / 'lake'}")
    inside, late = threading.Event(), []

    def other() -> None:
        inside.wait(10)
        with second.writing() as connection:
            append(connection, MODULE, rows("b"))
            late.append("b")

    thread = threading.Thread(target=other)
    with first.writing() as connection:
        thread.start()
        append(connection, MODULE, rows("a"))
        inside.set()
        thread.join(0.5)
        assert not late, "the second writer went ahead of the first"
        assert count(open_warehouse(first.url, read_only=True)) == 0, "a reader saw half of it"
    thread.join(20)
    assert late == ["b"]
    assert count(first) == 2


def test_a_failed_transaction_leaves_nothing_and_gives_the_turn_back(tmp_path: Path) -> None:
    lake = open_lake(tmp_path / "lake")
    with pytest.raises(RuntimeError), lake.writing() as connection:
        append(connection, MODULE, rows("a"))
        raise RuntimeError("the process thought better of it")
    assert count(lake) == 0
    with lake.writing() as connection:
        assert merge(connection, MODULE, rows("a")) == 1
    assert count(lake) == 1


def test_a_moved_folder_is_read_where_it_is(tmp_path: Path) -> None:
    lake = open_lake(tmp_path / "here")
    with lake.writing() as connection:
        append(connection, MODULE, rows("a"))
    lake.engine.dispose()
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert count(open_warehouse(f"ducklake:///{tmp_path / 'there'}", read_only=True)) == 1


def test_merge_replaces_by_key_and_counts_what_changed(tmp_path: Path) -> None:
    lake = open_lake(tmp_path / "lake")
    both = pa.concat_tables([rows("a"), rows("b")])
    for expected in (2, 0):
        with lake.writing() as connection:
            assert merge(connection, MODULE, both) == expected
    corrected = both.set_column(3, "name_zh", pa.array(["理财", "基金"]))
    with lake.writing() as connection:
        assert merge(connection, MODULE, corrected) == 1
    with lake.reading() as connection:
        names = connection.execute(select(MODULE.c.name_zh).order_by(MODULE.c.module)).scalars()
        assert list(names) == ["理财", "基金"]


def test_a_reader_is_locked_down(tmp_path: Path) -> None:
    open_lake(tmp_path / "lake")
    reader = open_warehouse(f"ducklake:///{tmp_path / 'lake'}", read_only=True)
    for statement in (
        "SELECT * FROM read_text('/etc/hostname')",
        "SET enable_external_access = true",
        "INSERT INTO dim_module (module, scene, grade, name_zh) VALUES ('x', 'y', 'z', 'w')",
    ):
        refused = pytest.raises(DBAPIError, match=r"(?i)permission|disabled|locked|read-only")
        with refused, reader.reading() as connection:
            connection.exec_driver_sql(statement)


def test_a_warehouse_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="make one with `demo` or `load`"):
        open_warehouse(f"ducklake:///{tmp_path / 'nothing'}", read_only=True)
    with pytest.raises(WarehouseError, match="expected ducklake"):
        open_warehouse("mysql://host/bank")
