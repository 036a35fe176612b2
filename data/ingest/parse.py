"""Runs the limited process that reads untrusted files, and takes what it wrote."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.ingest.parsed import Parsed, parsed_of
from data.ingest.refusal import LoadRefusedError, Refusal

_ROOT = Path(__file__).resolve().parents[2]
_PREFIX = "canopy-load-"


@dataclass(frozen=True)
class Limits:
    """What reading the files of one call may take: bytes of memory, CPU seconds, bytes a file."""

    memory: int = 6 << 30
    seconds: int = 1800
    file_size: int = 64 << 30


@dataclass(frozen=True)
class ReadFiles:
    """What was read: typed rows on disk, and of a mapping how many rows each source file had."""

    parsed: list[Parsed]
    source_rows: dict[str, int]


def parse(jobs: Sequence[dict[str, Any]], scratch: Path, limits: Limits) -> ReadFiles:
    """Do ``jobs`` in a limited process. Raises LoadRefusedError for files that cannot be taken."""
    asked, results = scratch / "jobs.json", scratch / "results.jsonl"
    work = {
        "jobs": list(jobs),
        "memory": limits.memory,
        "seconds": limits.seconds,
        "file_size": limits.file_size,
    }
    asked.write_text(json.dumps(work), encoding="utf-8")
    code, said = _run(asked, results)
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    return gather(jobs, [json.loads(line) for line in lines], _ended(code, said, limits))


def gather(jobs: Sequence[dict[str, Any]], done: Sequence[dict[str, Any]], end: str) -> ReadFiles:
    """What the results of ``jobs`` add up to; ``end`` says why the first undone one is missing.

    Raises LoadRefusedError with every file that cannot be taken.
    """
    refused = [Refusal(file, why) for result in done for file, why in result.get("refused", ())]
    if len(done) < len(jobs):
        refused.append(Refusal(jobs[len(done)]["file"], end))
    if refused:
        raise LoadRefusedError(refused)
    rows = {name: count for result in done for name, count in result.get("rows", {}).items()}
    return ReadFiles([parsed_of(found) for result in done for found in result["parsed"]], rows)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A private folder for typed rows; folders left by processes that were killed are removed."""
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as folder:
        yield Path(folder)


def _run(asked: Path, results: Path) -> tuple[int, str]:
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(_ROOT),
        "PYTHONUTF8": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "2",
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "data.ingest.child", str(asked), str(results)]
    done = subprocess.run(  # noqa: S603  # our own interpreter and module, no shell
        command,
        cwd=asked.parent,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stderr.decode("utf-8", "replace")


def _ended(code: int, said: str, limits: Limits) -> str:
    if code == -signal.SIGXCPU:
        return f"reading it took more than {limits.seconds} s: split it"
    if code in (-signal.SIGKILL, -signal.SIGSEGV, -signal.SIGABRT) or "MemoryError" in said:
        return f"reading it took more than {limits.memory >> 30} GB of memory: split it"
    last = (said.strip().splitlines() or [f"code {code}"])[-1]
    return f"the process that read it failed ({last[:200]}): report this with the file"


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{_PREFIX}*"):
        owner = left.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and left.stat().st_uid == os.getuid() and not _alive(int(owner)):
            shutil.rmtree(left, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
