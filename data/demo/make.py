"""Write a demo bank into a warehouse, all or nothing, and its truth beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, delete

from data.contract import CONTRACT
from data.demo.generate import generate
from data.demo.settings import DemoSettings
from data.demo.world import Effect, World
from data.engines import Warehouse
from data.engines.differences import append

FLUSH_ROWS = 2_000_000


@dataclass(frozen=True)
class Truth:
    """What a demo bank is known to hold: its settings, its rows, and the planted effects by
    name."""

    users: int
    first: date
    until: date
    seed: int
    zone: str
    rows: dict[str, int]
    effects: dict[str, Effect]

    def write(self, path: Path) -> None:
        """Write as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        said = json.dumps(asdict(self), ensure_ascii=False, indent=2, default=str)
        path.write_text(said + "\n", encoding="utf-8")


def read_truth(path: Path) -> Truth:
    """A truth file as written by ``Truth.write``; raises ValueError when it is something else."""
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if not {"effects", "rows", "first", "until"} <= raw.keys():
        raise ValueError(f"{path} is not a truth file: keys found {sorted(raw)}")
    effects = {
        name: Effect(**{**effect, "indicators": tuple(effect["indicators"])})
        for name, effect in raw.pop("effects").items()
    }
    first, until = (date.fromisoformat(raw.pop(name)) for name in ("first", "until"))
    return Truth(**raw, first=first, until=until, effects=effects)


class _Buffer:
    """Collects rows by table and writes them in big pieces, in the order in which they came."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: dict[str, list[pa.Table]] = {}
        self.rows: dict[str, int] = dict.fromkeys(CONTRACT.tables, 0)

    def put(self, name: str, rows: pa.Table) -> None:
        """Take rows of a table; write them once there are enough."""
        self.rows[name] += rows.num_rows
        waiting = self._waiting.setdefault(name, [])
        waiting.append(rows)
        if sum(part.num_rows for part in waiting) >= FLUSH_ROWS:
            self._write(name)

    def _write(self, name: str) -> None:
        parts = self._waiting.pop(name)
        rows = pa.concat_tables(parts).unify_dictionaries()
        append(self._connection, CONTRACT.tables[name], rows)

    def flush(self) -> None:
        """Write all that still waits."""
        for name in list(self._waiting):
            self._write(name)


def make_demo(
    warehouse: Warehouse,
    settings: DemoSettings,
    progress: Callable[[float, str], None],
    truth_path: Path | None = None,
) -> Truth:
    """Replace the content of every contract table by a demo bank, in one transaction.

    ``progress`` is told the share done and the month; ``truth_path`` names the JSON file to write
    (only after the data are committed). Killed at any moment, the old data stay whole.
    """
    warehouse.create(CONTRACT)
    with warehouse.writing() as connection:
        for table in CONTRACT.sorted_tables:
            connection.execute(delete(table))
        buffer = _Buffer(connection)
        world = generate(settings, buffer.put, progress)
        progress(0.97, "commit")
        buffer.flush()
    truth = truth_of(world, buffer.rows)
    if truth_path is not None:
        truth.write(truth_path)
    progress(1.0, "done")
    return truth


def truth_of(world: World, rows: dict[str, int]) -> Truth:
    """The truth about a bank that was made."""
    settings = world.settings
    return Truth(
        users=settings.users,
        first=settings.first,
        until=settings.until,
        seed=settings.seed,
        zone=settings.zone,
        rows=rows,
        effects={effect.name: effect for effect in world.effects},
    )
