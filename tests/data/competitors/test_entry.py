"""What is typed about a competitor is kept with its record, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from data.competitors.entry import (
    EntryRefusedError,
    NewFigure,
    NewRelease,
    enter_figure,
    enter_release,
)
from data.competitors.records import figures, releases
from data.engines import Warehouse, open_warehouse
from data.ingest.tables import LOAD_RECORD

ZONE = "Asia/Shanghai"
GOOD = NewFigure(
    "QuestMobile", date(2026, 9, 1), date(2026, 9, 30), "农业银行", "mau", 1.5e8, "users",
    "2026年三季度报告, 第3页", "https://example.com/a?b=1", 1.4e8, 1.6e8, "B",
)  # fmt: skip
SHIPPED = NewRelease(date(2026, 9, 7), "peer", "payment", '扫码"秒"付', "new", "版本说明")


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Warehouse]:
    warehouse = open_warehouse(f"ducklake:///{tmp_path / 'lake'}")
    yield warehouse
    warehouse.engine.dispose()


def test_a_figure_is_kept_with_its_record_and_can_be_corrected(lake: Warehouse) -> None:
    report = enter_figure(lake, GOOD, zone=ZONE, who="li")
    assert (report.changed, report.quarantined) == (1, 0)
    enter_figure(lake, replace(GOOD, value=1.55e8, source="更正"), zone=ZONE, who="wang")
    enter_release(lake, SHIPPED, zone=ZONE, who="li")
    with lake.reading() as connection:
        (found,) = figures(connection)
        (shipped,) = releases(connection)
        records = connection.execute(select(LOAD_RECORD.c.who, LOAD_RECORD.c.table)).all()
    assert (found.value, found.source, found.low, found.grade) == (1.55e8, "更正", 1.4e8, "B")
    assert shipped.feature == '扫码"秒"付'
    assert sorted(records) == [
        ("li", "competitor_release"), ("li", "competitor_value"), ("wang", "competitor_value"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"source": ""}, ("source",)),
        ({"source": "   "}, ("source",)),
        ({"provider": "", "unit": ""}, ("provider", "unit")),
        ({"value": None}, ("value",)),
        ({"value": float("nan"), "low": None, "high": None}, ("value",)),
        ({"last": date(2026, 8, 1)}, ("period",)),
        ({"low": 1.7e8}, ("bounds",)),
        ({"url": "javascript:alert(1)"}, ("url",)),
        ({"grade": "E"}, ("grade",)),
        ({"competitor": "x" * 301}, ("competitor",)),
    ],
)
def test_a_figure_is_refused_before_anything_is_written(
    tmp_path: Path, change: dict[str, object], fields: tuple[str, ...]
) -> None:
    warehouse = open_warehouse(f"ducklake:///{tmp_path / 'untouched'}")
    with pytest.raises(EntryRefusedError) as refused:
        enter_figure(warehouse, replace(GOOD, **change), zone=ZONE, who="li")
    assert refused.value.fields == fields
    assert warehouse.tables() == set()


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"source": ""}, ("source",)),
        ({"feature": " "}, ("feature",)),
        ({"scene": "moon", "change": "better"}, ("scene", "change")),
    ],
)
def test_a_release_is_refused(change: dict[str, str], fields: tuple[str, ...]) -> None:
    assert replace(SHIPPED, **change).problems() == fields
