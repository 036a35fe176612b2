"""Timing and the record of a run."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """One benchmark: seconds of the work and of its reference, and what the ratio must not pass."""

    id: str
    work: str
    reference: str
    seconds: float
    reference_seconds: float
    ratio: float
    limit: float

    @property
    def kept(self) -> bool:
        """True when the ratio is within its limit."""
        return self.ratio <= self.limit

    def __str__(self) -> str:
        sign = "kept" if self.kept else "MISSED"
        return (
            f"{self.id}: {self.seconds:.2f} s against {self.reference_seconds:.2f} s = "
            f"{self.ratio:.3f} (limit {self.limit:g}) {sign}: {self.work} / {self.reference}"
        )


def compared(
    name: str, work: str, reference: str, seconds: float, against: float, limit: float
) -> Measured:
    """The record of one comparison."""
    return Measured(name, work, reference, seconds, against, seconds / against, limit)


def timed(action: Callable[[], object], repeats: int = 1) -> float:
    """Median seconds of ``repeats`` runs."""
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def write(path: Path, results: list[Measured], size: dict[str, int]) -> None:
    """Keep a run with the machine that it ran on."""
    machine = {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    content = {"machine": machine, "size": size, "results": [asdict(one) for one in results]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
