"""The limited process that reads untrusted files: ``python -m data.ingest.child JOBS RESULTS``.

Reads jobs (JSON), writes typed rows as Arrow files and one line of JSON for each job as it ends.
It can neither take more memory or time than it was given, nor outlive the process that started
it. What only some jobs need is imported when they come, so that most start at once.
"""

from __future__ import annotations

import ctypes
import errno
import json
import resource
import signal
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from data.contract import CONTRACT
from data.ingest.layout import Layout, check_sign
from data.ingest.parquet_file import read_parquet
from data.ingest.parsed import write_parsed
from data.ingest.plain_text import read_text
from data.ingest.raw import Chunk
from data.ingest.refusal import BadFileError, LoadRefusedError

_DIE_WITH_PARENT = 1


def limit_self(memory: int, seconds: int, file_size: int) -> None:
    """Bound this process for good: bytes of memory, seconds of CPU, bytes a file."""
    _bound(resource.RLIMIT_AS, memory, memory)
    _bound(resource.RLIMIT_CPU, seconds, seconds + 5)  # told first, then killed
    _bound(resource.RLIMIT_FSIZE, file_size, file_size)
    _bound(resource.RLIMIT_CORE, 0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)


def _too_large() -> str:
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return f"its rows take more than {most >> 20} MB, the most that a file may take here: split it"


def _bound(kind: int, soft: int, hard: int) -> None:
    """Set a limit, or keep the stricter one that this process was started under."""
    _soft, given = resource.getrlimit(kind)
    most = hard if given == resource.RLIM_INFINITY else min(hard, given)
    resource.setrlimit(kind, (min(soft, most), most))


def read_chunks(path: Path, layout: Layout, table: str, scratch: Path) -> Iterator[Chunk]:
    """The rows of one file by its layout. Raises BadFileError with what to do."""
    check_sign(path, layout.kind)
    if layout.kind == "parquet":
        return read_parquet(path)
    if layout.kind == "xlsx":
        from data.ingest.workbook import read_workbook

        return read_workbook(path, table)
    return read_text(path, layout, scratch)


def _clock(job: dict[str, Any]) -> datetime | None:
    """When the load began (UTC), as the job says."""
    return datetime.fromisoformat(job["now"]) if job.get("now") else None


def layout_of(written: dict[str, Any]) -> Layout:
    """A layout out of JSON."""
    lists: dict[str, Any] = {
        key: tuple(written[key]) for key in ("columns", "missing") if key in written
    }
    return Layout(**{**written, **lists})


def run_job(job: dict[str, Any], scratch: Path) -> dict[str, Any]:
    """One job's result: ``parsed`` with the rows of ``joined`` files, or ``refused``."""
    try:
        if job.get("as_is"):
            return _as_is(job, scratch)
        return _map(job, scratch) if "mapping" in job else _take(job, scratch)
    except BadFileError as refused:
        return {"refused": [[job["file"], str(refused)]]}
    except LoadRefusedError as refused:
        return {"refused": [[problem.file, problem.message] for problem in refused.problems]}
    except MemoryError:
        return {"refused": [[job["file"], "it needs more memory than a file may take: split it"]]}
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        return {"refused": [[job["file"], _too_large()]]}


def _take(job: dict[str, Any], scratch: Path) -> dict[str, Any]:
    """A file in the contract's form."""
    layout = layout_of(job["layout"])
    chunks = read_chunks(Path(job["path"]), layout, job["table"], scratch)
    table = CONTRACT.tables[job["table"]]
    target = scratch / str(job["number"])
    parsed = write_parsed(chunks, table, job["file"], job["zone"], target, _clock(job))
    return {"parsed": [parsed.as_json()]}


def _as_is(job: dict[str, Any], scratch: Path) -> dict[str, Any]:
    """A file of any columns, all cells as text."""
    from data.ingest.as_is_child import write_as_is

    chunks = read_chunks(Path(job["path"]), layout_of(job["layout"]), "", scratch)
    return {"parsed": [], "as_is": write_as_is(chunks, scratch / "as_is.arrow")}


def _map(job: dict[str, Any], scratch: Path) -> dict[str, Any]:
    """A bank's own files, by a mapping."""
    from data.ingest.mapping import map_files, read_mapping

    def read(path: Path, layout: Layout, table: str) -> Iterator[Chunk]:
        return read_chunks(path, layout, table, scratch)

    files = [(name, Path(path)) for name, path in job["files"]]
    mapped = map_files(read_mapping(Path(job["mapping"])), files, read)
    parsed = []
    for place, one in enumerate(mapped.tables):
        table, target = CONTRACT.tables[one.table], scratch / f"mapped-{place}"
        found = write_parsed(one.chunks, table, one.file, job["zone"], target, _clock(job))
        parsed.append(found.as_json())
    return {"parsed": parsed, "rows": mapped.rows}


def main(jobs_path: str, results_path: str) -> None:
    """Limit this process, then do the jobs in order."""
    work: dict[str, Any] = json.loads(Path(jobs_path).read_text(encoding="utf-8"))
    limit_self(work["memory"], work["seconds"], work["file_size"])
    scratch = Path(results_path).parent
    with Path(results_path).open("w", encoding="utf-8") as results:
        for job in work["jobs"]:
            results.write(json.dumps(run_job(job, scratch)) + "\n")
            results.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
