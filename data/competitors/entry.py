"""Writing down what somebody read about a competitor: loaded like a file, with its load record.

A figure or a release without a source is refused before anything is written.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from urllib.parse import urlsplit

from data.contract.vocabulary import EVIDENCE_GRADES, RELEASE_CHANGES, SCENES
from data.engines import Warehouse
from data.ingest import LoadReport, load

Missing = Literal[
    "provider", "competitor", "measure", "unit", "source", "value", "period", "bounds", "url",
    "grade", "feature", "scene", "change", "day",
]  # fmt: skip
LONGEST = 300


class EntryRefusedError(ValueError):
    """What was typed cannot be kept; ``fields`` are the ones to put right, all of them."""

    def __init__(self, fields: tuple[Missing, ...]) -> None:
        self.fields = fields
        super().__init__(f"not kept; to put right: {', '.join(fields)}")


@dataclass(frozen=True)
class NewFigure:
    """A figure as typed. Texts may hold anything; numbers may be missing."""

    provider: str
    first: date
    last: date
    competitor: str
    measure: str
    value: float | None
    unit: str
    source: str
    url: str = ""
    low: float | None = None
    high: float | None = None
    grade: str = ""

    def problems(self) -> tuple[Missing, ...]:
        """Fields that keep the figure from being kept.

        >>> day = date(2026, 1, 31)
        >>> NewFigure("Q", day, day, "peer", "mau", 1.0, "users", " ").problems()
        ('source',)
        """
        texts: tuple[tuple[Missing, str], ...] = (
            ("provider", self.provider), ("competitor", self.competitor),
            ("measure", self.measure), ("unit", self.unit), ("source", self.source),
        )  # fmt: skip
        found: list[Missing] = [name for name, text in texts if not _told(text)]
        if self.value is None or not isfinite(self.value):
            found.append("value")
        if self.last < self.first:
            found.append("period")
        if not self._ordered():
            found.append("bounds")
        if self.url and not _web(self.url):
            found.append("url")
        if self.grade and self.grade not in EVIDENCE_GRADES:
            found.append("grade")
        return tuple(found)

    def _ordered(self) -> bool:
        given = [x for x in (self.low, self.high) if x is not None]
        known = [x for x in (self.low, self.value, self.high) if x is not None and isfinite(x)]
        return all(isfinite(x) for x in given) and known == sorted(known)


@dataclass(frozen=True)
class NewRelease:
    """A release as typed."""

    day: date
    competitor: str
    scene: str
    feature: str
    change: str
    source: str

    def problems(self) -> tuple[Missing, ...]:
        """Fields that keep the release from being kept.

        >>> NewRelease(date(2026, 1, 31), "peer", "payment", "Pay", "new", "").problems()
        ('source',)
        """
        texts: tuple[tuple[Missing, str], ...] = (
            ("competitor", self.competitor), ("feature", self.feature), ("source", self.source),
        )  # fmt: skip
        found: list[Missing] = [name for name, text in texts if not _told(text)]
        if self.scene not in SCENES:
            found.append("scene")
        if self.change not in RELEASE_CHANGES:
            found.append("change")
        return tuple(found)


def _told(text: str) -> bool:
    return bool(text.strip()) and len(text) <= LONGEST


def _web(url: str) -> bool:
    parts = urlsplit(url.strip())
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def enter_figure(warehouse: Warehouse, typed: NewFigure, *, zone: str, who: str) -> LoadReport:
    """Keep a figure; the same provider, period, competitor and measure again corrects it.

    Raises EntryRefusedError for one without a source or with anything else missing.
    """
    _refuse(typed.problems())
    key = (typed.provider, typed.first, typed.last, typed.competitor, typed.measure)
    row = {
        "value_id": _id(*key),
        "provider": typed.provider,
        "period_from": typed.first,
        "period_to": typed.last,
        "competitor": typed.competitor,
        "measure": typed.measure,
        "value": typed.value,
        "low": typed.low,
        "high": typed.high,
        "unit": typed.unit,
        "source": typed.source,
        "url": typed.url,
        "grade": typed.grade,
    }
    return _loaded(warehouse, "competitor_value", row, zone, who)


def enter_release(warehouse: Warehouse, typed: NewRelease, *, zone: str, who: str) -> LoadReport:
    """Keep a release; the same day, competitor and feature again corrects it.

    Raises EntryRefusedError for one without a source or with anything else missing.
    """
    _refuse(typed.problems())
    row = {
        "release_id": _id(typed.day, typed.competitor, typed.feature),
        "released_on": typed.day,
        "competitor": typed.competitor,
        "scene": typed.scene,
        "feature": typed.feature,
        "change": typed.change,
        "source": typed.source,
    }
    return _loaded(warehouse, "competitor_release", row, zone, who)


def _refuse(problems: tuple[Missing, ...]) -> None:
    if problems:
        raise EntryRefusedError(problems)


def _id(*parts: object) -> str:
    told = "|".join(str(part).strip() for part in parts)
    return f"typed-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def _loaded(
    warehouse: Warehouse, table: str, row: Mapping[str, object], zone: str, who: str
) -> LoadReport:
    """Load one row by the way that files go: checks, transaction, record."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, list(row))
            writer.writeheader()
            writer.writerow({name: _cell(value) for name, value in row.items()})
        report = load(warehouse, [path], zone=zone, who=who)
    if report.quarantined:
        raise EntryRefusedError(("value",))
    return report


def _cell(value: object) -> str:
    return "" if value is None else str(value).strip()
