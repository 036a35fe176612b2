"""What a reader should see first, under the name by which screens know it."""

from __future__ import annotations

from metrics.findings import (
    Missing,
    OffTarget,
    Verdict,
    difference,
    goodness,
    leaves_of,
    missing,
    off_target,
    verdict,
)

__all__ = [
    "Missing",
    "OffTarget",
    "Verdict",
    "difference",
    "goodness",
    "leaves_of",
    "missing",
    "off_target",
    "verdict",
]
