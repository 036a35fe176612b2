"""Mappings: how a bank's own files become tables of the contract, declared in YAML."""

from data.ingest.mapping.resolved import Mapping, find_mapping, read_mapping
from data.ingest.mapping.run import map_files

__all__ = ["Mapping", "find_mapping", "map_files", "read_mapping"]
