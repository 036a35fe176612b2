"""The limited process: what it leaves behind, and how its end is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from data.ingest import LoadRefusedError
from data.ingest.parse import Limits, parse, scratch_folder

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_typed_rows_lie_in_a_private_folder_that_goes(temporary: Path) -> None:
    with scratch_folder() as folder:
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_what_a_killed_load_left_is_removed_by_the_next(temporary: Path) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True
    )
    dead = temporary / f"canopy-load-{int(gone.stdout)}-x"
    alive = temporary / f"canopy-load-{os.getppid()}-x"
    other = temporary / "canopy-load-notes"
    for folder in (dead, alive, other):
        folder.mkdir()
    with scratch_folder():
        assert not dead.exists()
        assert alive.exists()
        assert other.exists()


@pytest.mark.parametrize(("blocks", "refused"), [("2000", False), ("20", True)])
def test_a_stricter_limit_than_canopys_own_stays(
    tmp_path: Path, blocks: str, *, refused: bool
) -> None:
    """Where the shell gives less (``ulimit -f``), the process reads within that."""
    rows = "".join(f"{n},{n:0100d}\n" for n in range(500))
    (tmp_path / "dim_branch.csv").write_text("branch_id,name_zh\n" + rows)
    job = {
        "number": 0, "path": str(tmp_path / "dim_branch.csv"), "file": "dim_branch.csv",
        "table": "dim_branch", "zone": "UTC", "layout": {"kind": "csv"},
    }  # fmt: skip
    work = {"jobs": [job], "memory": 6 << 30, "seconds": 60, "file_size": 64 << 30}
    asked, results = tmp_path / "jobs.json", tmp_path / "results.jsonl"
    asked.write_text(json.dumps(work))
    child = [sys.executable, "-m", "data.ingest.child", str(asked), str(results)]
    limited = ["sh", "-c", 'ulimit -f "$0" && exec "$@"', blocks, *child]
    done = subprocess.run(limited, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(results.read_text())
    assert ("refused" in found) == refused
    if refused:
        assert "the most that a file may take here: split it" in found["refused"][0][1]


def test_a_process_that_fails_names_the_file_it_was_reading(tmp_path: Path) -> None:
    (tmp_path / "dim_branch.csv").write_text("branch_id,name_zh\n1,a\n", encoding="utf-8")
    job = {
        "number": 0, "path": str(tmp_path / "dim_branch.csv"), "file": "dim_branch.csv",
        "table": "dim_branch", "zone": "UTC", "layout": {"kind": "csv"},
    }  # fmt: skip
    broken = {**job, "file": "second.csv", "table": "no_such_table"}
    with pytest.raises(LoadRefusedError) as refused:
        parse([job, broken], tmp_path, Limits())
    (problem,) = refused.value.problems
    assert problem.file == "second.csv"
    assert "the process that read it failed (KeyError: 'no_such_table')" in problem.message
