"""Keeping a warehouse small and quick: merging small files, letting old snapshots go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, literal_column, select, text

from data.engines.warehouse import Warehouse


@dataclass(frozen=True)
class Upkeep:
    """What was done; None where the engine has no such thing."""

    snapshots_expired: int | None
    files_before: int | None
    files_after: int | None


def maintain(warehouse: Warehouse, *, keep_days: float) -> Upkeep:
    """Merge small files and let go of snapshots older than ``keep_days`` and of their files.

    Readers keep their snapshot while it is younger than that. On a server: VACUUM and statistics.
    Safe to repeat and to kill: each step is a transaction of its own.
    """
    if warehouse.engine.dialect.name == "duckdb":
        return _maintain_lake(warehouse, keep_days)
    engine = warehouse.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM (ANALYZE)"))
    return Upkeep(None, None, None)


def _maintain_lake(warehouse: Warehouse, keep_days: float) -> Upkeep:
    limit = datetime.now(UTC) - timedelta(days=keep_days)
    with warehouse.reading() as connection:
        files, snapshots = _files(connection), _snapshots(connection)
    steps = (
        "CALL ducklake_merge_adjacent_files('lake')",
        "CALL ducklake_expire_snapshots('lake', older_than => CAST(:limit AS TIMESTAMPTZ))",
        "CALL ducklake_cleanup_old_files('lake', older_than => CAST(:limit AS TIMESTAMPTZ))",
        "CALL ducklake_delete_orphaned_files('lake', older_than => CAST(:limit AS TIMESTAMPTZ))",
    )
    for step in steps:
        with warehouse.writing() as connection:
            given = {"limit": limit.isoformat()} if ":limit" in step else {}
            connection.execute(text(step), given).close()
    with warehouse.reading() as connection:
        return Upkeep(snapshots - _snapshots(connection), files, _files(connection))


def _snapshots(connection: Connection) -> int:
    found = select(func.count()).select_from(text("ducklake_snapshots('lake')"))
    return int(connection.execute(found).scalar_one())


def _files(connection: Connection) -> int:
    total: Select[Any] = select(func.sum(literal_column("file_count"))).select_from(
        text("ducklake_table_info('lake')")
    )
    return int(connection.execute(total).scalar() or 0)
