"""Loading a bank's files into the warehouse, and erasing a customer from it.

Names are imported when first used: the limited process that reads untrusted files needs few.

>>> from data.ingest import LoadRefusedError
>>> LoadRefusedError.__module__
'data.ingest.refusal'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.ingest.erasure import ErasureReport, erase_users
    from data.ingest.loading import load
    from data.ingest.parse import Limits
    from data.ingest.pending import pending_loads
    from data.ingest.refusal import LoadRefusedError, Refusal
    from data.ingest.report import FileReport, LoadReport, UnknownReference
    from data.ingest.tables import INGEST
    from data.ingest.touched import touched_since

_HOMES = {
    "ErasureReport": "erasure",
    "FileReport": "report",
    "INGEST": "tables",
    "Limits": "parse",
    "LoadRefusedError": "refusal",
    "LoadReport": "report",
    "Refusal": "refusal",
    "UnknownReference": "report",
    "erase_users": "erasure",
    "load": "loading",
    "pending_loads": "pending",
    "touched_since": "touched",
}

__all__ = [
    "INGEST",
    "ErasureReport",
    "FileReport",
    "Limits",
    "LoadRefusedError",
    "LoadReport",
    "Refusal",
    "UnknownReference",
    "erase_users",
    "load",
    "pending_loads",
    "touched_since",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"data.ingest.{_HOMES[name]}"), name)
