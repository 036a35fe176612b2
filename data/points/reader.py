"""Where a calculation gets its points: from the warehouse, recorded on the way, or replayed.

Closing a month records every answer that its score used; issuing it again replays them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Double, cast, func, select

from data.engines.warehouse import frame
from data.points.read import Store, read_points
from data.points.read_sums import kept_table
from data.points.wants import Answer, Reading, Reason, Want
from data.slice import Slice


class Reader(Protocol):
    """What a calculation may ask; ``store`` says what is covered."""

    @property
    def store(self) -> Store: ...

    def read(
        self, wants: Collection[Want], by: Sequence[str], about: Slice, groups: pd.DataFrame | None
    ) -> Reading:
        """The wants by group."""

    def daily(self, points: Sequence[str], first: date, last: date) -> pd.DataFrame:
        """Sums of flows of the whole bank by day: index of days, a column a point."""


@dataclass(frozen=True)
class LiveReader:
    """Reads from the warehouse."""

    connection: Connection
    store: Store

    def read(
        self, wants: Collection[Want], by: Sequence[str], about: Slice, groups: pd.DataFrame | None
    ) -> Reading:
        """The wants by group."""
        return read_points(self.connection, self.store, wants, by, about, groups)

    def daily(self, points: Sequence[str], first: date, last: date) -> pd.DataFrame:
        """One SELECT for all points; a day without rows is missing."""
        chosen = [self.store.catalogue.points[name] for name in points]
        layout = self.store.layout
        columns = {point.name: layout[point.source][point.name] for point in chosen}
        if not columns:
            return pd.DataFrame()
        kept = kept_table([*dict.fromkeys(columns.values())], by_segment=False)
        sums = [
            cast(func.sum(kept.c[name]), Double).label(name)
            for name in dict.fromkeys(columns.values())
        ]
        query = (
            select(kept.c.source, kept.c.day, *sums)
            .where(kept.c.source.in_(sorted({point.source for point in chosen})))
            .where(kept.c.day.between(first, last))
            .group_by(kept.c.source, kept.c.day)
        )
        rows = frame(self.connection, query)
        rows["day"] = pd.to_datetime(rows["day"])
        of = {source: own.set_index("day") for source, own in rows.groupby("source")}
        none = pd.Series(dtype=np.float64)
        found = {
            point.name: of[point.source][columns[point.name]] if point.source in of else none
            for point in chosen
        }
        return pd.DataFrame(found).sort_index()


@dataclass(frozen=True)
class RecordingReader:
    """Reads through another reader and keeps every answer, as plain data."""

    reader: Reader
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """The store of the reader behind."""
        return self.reader.store

    def read(
        self, wants: Collection[Want], by: Sequence[str], about: Slice, groups: pd.DataFrame | None
    ) -> Reading:
        """The wants by group, kept."""
        reading = self.reader.read(wants, by, about, groups)
        self.kept[read_key(wants, by, about)] = _plain(reading)
        return reading

    def daily(self, points: Sequence[str], first: date, last: date) -> pd.DataFrame:
        """Daily sums, kept."""
        found = self.reader.daily(points, first, last)
        self.kept[daily_key(points, first, last)] = {
            "days": [day.date().isoformat() for day in pd.DatetimeIndex(found.index)],
            "columns": {str(name): _numbers(found[name].to_numpy()) for name in found.columns},
        }
        return found


@dataclass(frozen=True)
class ReplayReader:
    """Answers from what a RecordingReader kept; KeyError for what was never asked."""

    store: Store
    kept: Mapping[str, Any]

    def read(
        self, wants: Collection[Want], by: Sequence[str], about: Slice, groups: pd.DataFrame | None
    ) -> Reading:
        """The answers kept for the same question."""
        return _reading(self.kept[read_key(wants, by, about)], wants)

    def daily(self, points: Sequence[str], first: date, last: date) -> pd.DataFrame:
        """The daily sums kept for the same question."""
        kept = self.kept[daily_key(points, first, last)]
        index = pd.DatetimeIndex(pd.to_datetime(kept["days"]))
        return pd.DataFrame(
            {name: np.array(values, dtype=np.float64) for name, values in kept["columns"].items()},
            index=index,
        )


def read_key(wants: Collection[Want], by: Sequence[str], about: Slice) -> str:
    """The key under which an answer is kept: the question itself."""
    asked = sorted(f"{w.point} {w.mode} {w.first} {w.last}" for w in wants)
    question = [asked, list(by), about.branch, about.filters, about.rights.subtree]
    text = json.dumps(question, ensure_ascii=False)
    return "read:" + hashlib.sha256(text.encode()).hexdigest()


def daily_key(points: Sequence[str], first: date, last: date) -> str:
    """The key under which daily sums are kept."""
    return f"daily:{','.join(sorted(points))}:{first}:{last}"


def _plain(reading: Reading) -> dict[str, Any]:
    groups = {str(name): reading.groups[name].tolist() for name in reading.groups.columns}
    return {
        "size": len(reading.groups),
        "groups": groups,
        "answers": [
            [
                [want.point, want.mode, want.first.isoformat(), want.last.isoformat()],
                _numbers(answer.values),
                [answer.covered, answer.days, answer.bank_only],
                None if answer.reason is None else [answer.reason.kind, answer.reason.about],
            ]
            for want, answer in reading.answers.items()
        ],
    }


def _numbers(values: Any) -> Any:
    """Floats as JSON numbers, missing ones as null; nested like the array."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 2:
        return [_numbers(row) for row in array]
    return [None if np.isnan(value) else float(value) for value in array]


def _reading(kept: Mapping[str, Any], wants: Collection[Want]) -> Reading:
    groups = pd.DataFrame(kept["groups"], index=range(kept["size"]))
    found: dict[Want, Answer] = {}
    for (point, mode, first, last), values, (covered, days, bank_only), reason in kept["answers"]:
        want = Want(point, mode, date.fromisoformat(first), date.fromisoformat(last))
        array = np.array(values, dtype=np.float64)
        why = None if reason is None else Reason(*reason)
        found[want] = Answer(array, covered, days, why, bank_only)
    return Reading(groups, {want: found[want] for want in wants})
