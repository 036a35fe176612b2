"""Keeping a warehouse quick: small files merged, old snapshots and dead rows let go.

A DuckLake's snapshots stay readable for the days kept, and files go only when no snapshot that is
kept names them. A commit waits for readers that are inside a transaction, up to a minute.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from data.engines.warehouse import Warehouse

KEEP_DAYS = 7


@dataclass(frozen=True)
class MaintenanceReport:
    """What was done: small files merged away, snapshots expired, files deleted, tables vacuumed."""

    files_merged: int = 0
    snapshots_expired: int = 0
    files_deleted: int = 0
    tables_vacuumed: int = 0


def maintain(warehouse: Warehouse, keep_days: int = KEEP_DAYS) -> MaintenanceReport:
    """Maintain the warehouse; snapshots of the last ``keep_days`` days stay.

    Raises ValueError for less than a day: a reader may still be on an older snapshot.
    """
    if keep_days < 1:
        raise ValueError(f"keep_days is {keep_days}: keep at least one day")
    if warehouse.engine.dialect.name == "duckdb":
        return _maintain_lake(warehouse, keep_days)
    return _vacuum(warehouse)


def _maintain_lake(warehouse: Warehouse, keep_days: int) -> MaintenanceReport:
    older = f"older_than => now() - INTERVAL {int(keep_days)} DAY"
    before = _files(warehouse)
    with warehouse.writing() as connection:
        connection.execute(text("CALL ducklake_merge_adjacent_files('lake')"))
    merged = before - _files(warehouse)
    with warehouse.writing() as connection:
        expired = connection.execute(text(f"CALL ducklake_expire_snapshots('lake', {older})"))
        snapshots = len(expired.fetchall())
    with warehouse.writing() as connection:
        cleaned = connection.execute(text(f"CALL ducklake_cleanup_old_files('lake', {older})"))
        deleted = len(cleaned.fetchall())
    return MaintenanceReport(max(0, merged), snapshots, deleted)


def _files(warehouse: Warehouse) -> int:
    with warehouse.reading() as connection:
        found = connection.execute(text("SELECT sum(file_count) FROM ducklake_table_info('lake')"))
        return int(found.scalar() or 0)


def _vacuum(warehouse: Warehouse) -> MaintenanceReport:
    names = sorted(warehouse.tables())
    quote = warehouse.engine.dialect.identifier_preparer.quote
    with warehouse.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in names:
            connection.execute(text(f"VACUUM (ANALYZE) {quote(name)}"))
    return MaintenanceReport(tables_vacuumed=len(names))
