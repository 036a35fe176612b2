"""Loading a bank's files into the warehouse, and erasing a customer from it."""

from data.ingest.erasure import ErasureReport, erase_users
from data.ingest.loading import load
from data.ingest.parse import Limits
from data.ingest.refusal import LoadRefusedError, Refusal
from data.ingest.report import FileReport, LoadReport, UnknownReference
from data.ingest.tables import INGEST
from data.ingest.touched import touched_since

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
    "touched_since",
]
