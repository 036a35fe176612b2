"""Warehouses by URL, and all that differs between engines."""

from data.engines.warehouse import Warehouse, WarehouseError, open_warehouse

__all__ = ["Warehouse", "WarehouseError", "open_warehouse"]
