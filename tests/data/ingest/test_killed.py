"""A load that is killed leaves the old data whole, and who reads meanwhile never sees a mix."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data.contract import CONTRACT
from data.engines import open_warehouse
from data.ingest import load
from data.ingest.tables import LOAD_RECORD

ZONE = "Asia/Shanghai"
ROOT = Path(__file__).resolve().parents[3]
ROWS = 400
LOADER = """
import sys
from data.engines import open_warehouse
from data.ingest import load
warehouse = open_warehouse(sys.argv[1])
print("ready", flush=True)
for version in sys.argv[2:]:
    load(warehouse, [version], zone="Asia/Shanghai", who="robot")
"""


def _version(folder: Path, number: int) -> Path:
    """Two tables that belong together: every value is the version's number."""
    inside = folder / f"v{number}"
    inside.mkdir(parents=True, exist_ok=True)
    surveys = "".join(f"Q{n},2026-10-01,nps,{number % 10}\n" for n in range(ROWS))
    days = "".join(f"2026-10-01,L{n},{number % 10}\n" for n in range(ROWS))
    (inside / "survey.csv").write_text("survey_id,answered_at,kind,score\n" + surveys)
    (inside / "sync_day.csv").write_text("day,link,delay_min\n" + days)
    return inside


def _seen(url: str) -> set[tuple[int, int]]:
    """All (survey score, delay, count) of one consistent view, and whether the record agrees."""
    warehouse = open_warehouse(url, read_only=True)
    survey, sync = CONTRACT.tables["survey"], CONTRACT.tables["sync_day"]
    both = select(survey.c.score, func.count()).group_by(survey.c.score)
    other = select(sync.c.delay_min, func.count()).group_by(sync.c.delay_min)
    with warehouse.reading() as connection, connection.begin():
        found = {(int(value), int(count)) for value, count in connection.execute(both)}
        found |= {(int(value), int(count)) for value, count in connection.execute(other)}
        loads = connection.execute(select(func.max(LOAD_RECORD.c.sequence))).scalar_one()
    warehouse.engine.dispose()
    assert loads >= 1
    return found


KILLS = 10 if os.environ.get("CI") == "true" else 3


def _start(url: str, *versions: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", LOADER, url, *map(str, versions)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as said:
        assert said.readline() == "ready\n"
    return process


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"ducklake:///{tmp_path / 'lake'}"
    warehouse = open_warehouse(url)
    load(warehouse, [_version(tmp_path, 1)], zone=ZONE, who="robot")
    warehouse.engine.dispose()
    return url


def test_killed_at_any_moment_the_old_or_the_new_is_whole(url: str, tmp_path: Path) -> None:
    whole = 1
    moments = random.Random(5)
    for number in (2 + turn % 7 for turn in range(KILLS)):
        process = _start(url, _version(tmp_path, number))
        time.sleep(moments.uniform(0.0, 1.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = _seen(url)
        assert found in ({(whole, ROWS)}, {(number, ROWS)})
        whole = next(iter(found))[0]
    warehouse = open_warehouse(url)
    report = load(warehouse, [_version(tmp_path, 9)], zone=ZONE, who="robot")
    warehouse.engine.dispose()
    assert report.changed == 2 * ROWS
    assert _seen(url) == {(9, ROWS)}


def test_a_reader_never_sees_a_mix(url: str, tmp_path: Path) -> None:
    versions = [_version(tmp_path, number) for number in range(2, 4)]
    process = _start(url, *versions)
    seen = []
    while process.poll() is None:
        seen.append(_seen(url))
    assert process.returncode == 0
    seen.append(_seen(url))
    assert all(len(view) == 1 and next(iter(view))[1] == ROWS for view in seen)
    order = [next(iter(view))[0] for view in seen]
    assert order == sorted(order)
    assert order[-1] == 3
    assert len(seen) > 2
