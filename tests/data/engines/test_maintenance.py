"""Maintenance merges small files and leaves the data, and whoever reads them, alone."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import func, select

from data.contract import CONTRACT
from data.engines import open_warehouse
from data.engines.differences import append
from data.engines.maintenance import maintain

MODULE = CONTRACT.tables["dim_content"]


def test_small_files_are_merged_and_nothing_is_lost(tmp_path: Path) -> None:
    warehouse = open_warehouse(f"ducklake:///{tmp_path}")
    warehouse.create(CONTRACT)
    for number in range(12):
        # More rows than are kept in the catalogue itself.
        names = [f"C{number}-{i}" for i in range(400)]
        with warehouse.writing() as connection:
            append(connection, MODULE, pa.table({"content_id": names, "format": ["image"] * 400}))
    count = select(func.count()).select_from(MODULE)
    reader = open_warehouse(f"ducklake:///{tmp_path}", read_only=True)
    with reader.reading() as connection:
        assert connection.scalar(count) == 4800
    report = maintain(warehouse)
    with reader.reading() as connection:
        assert connection.scalar(count) == 4800
    assert report.files_merged >= 10
    assert report.snapshots_expired == 0  # none is old enough
    with warehouse.reading() as connection:
        assert connection.scalar(count) == 4800
    assert maintain(warehouse).files_merged == 0
    for opened in (reader, warehouse):
        opened.engine.dispose()


def test_less_than_a_day_is_refused(tmp_path: Path) -> None:
    warehouse = open_warehouse(f"ducklake:///{tmp_path}")
    with pytest.raises(ValueError, match="at least one day"):
        maintain(warehouse, 0)
    warehouse.engine.dispose()
