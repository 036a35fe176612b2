"""Loads that the daily points do not hold yet are counted; a refused or an idle one is none."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from data.engines import Warehouse
from data.ingest import LoadRefusedError, load, pending_loads
from data.points.tables import BASE, REFRESHED

ZONE = "Asia/Shanghai"


def _file(folder: Path, delay: int) -> Path:
    file = folder / "sync_day.csv"
    file.write_text(f"day,link,delay_min\n2026-10-01,a,{delay}\n")
    return file


def _count(lake: Warehouse) -> int:
    with lake.reading() as connection:
        return pending_loads(connection)


@pytest.mark.usefixtures("in_process")
def test_what_was_loaded_since_the_last_refresh(lake: Warehouse, tmp_path: Path) -> None:
    assert _count(lake) == 0
    first = load(lake, [_file(tmp_path, 1)], zone=ZONE, who="t")
    assert _count(lake) == 1
    lake.create(BASE)
    with lake.writing() as connection:
        row = {
            "sequence": 1,
            "finished_at": datetime.fromisoformat("2026-10-02"),
            "declarations": "x",
        }
        connection.execute(insert(REFRESHED).values(loads_until=first.sequence, **row))
    assert _count(lake) == 0
    load(lake, [_file(tmp_path, 1)], zone=ZONE, who="t")
    (tmp_path / "sync_day.csv").write_text("nothing\n")
    with pytest.raises(LoadRefusedError):
        load(lake, [tmp_path / "sync_day.csv"], zone=ZONE, who="t")
    assert _count(lake) == 0, "nothing changed"
    load(lake, [_file(tmp_path, 2)], zone=ZONE, who="t")
    assert _count(lake) == 1
