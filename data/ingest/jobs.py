"""What the limited process is asked to do, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from fnmatch import fnmatch
from typing import Any

from data.ingest.find import Found, identify, table_of
from data.ingest.layout import Layout, kind_of
from data.ingest.mapping import Mapping, find_mapping, read_mapping
from data.ingest.refusal import LoadRefusedError, Refusal


def file_job(number: int, file: Found, zone: str, encoding: str) -> dict[str, Any]:
    """A file in the contract's form."""
    return {
        "number": number,
        "path": str(file.path.resolve()),
        "file": file.name,
        "table": table_of(file.path),
        "zone": zone,
        "layout": asdict(Layout(kind_of(file.path) or "csv", encoding=encoding)),
    }


def mapping_job(name: str, found: list[Found], zone: str) -> dict[str, Any]:
    """All files of a call by a mapping; its file joins ``found``, files that it ignores leave it.

    Raises LoadRefusedError for a mapping with problems and for sources without files.
    """
    mapping = read_mapping(find_mapping(name))
    used = [file for file in found if mapping.source_of(file.name) is not None]
    problems = [
        Refusal(mapping.path.name, f"source {source.name}: no file is named like {source.files}")
        for source in mapping.sources
        if not any(source.takes(file.name) for file in used)
    ]
    problems += [
        Refusal(file.name, f"mapping {mapping.name} has no source for it: take it out of the call")
        for file in found
        if file not in used and not _ignored(mapping, file)
    ]
    if problems:
        raise LoadRefusedError(problems)
    found[:] = [*used, identify(mapping.path, mapping.path.name)]
    return {
        "mapping": str(mapping.path.resolve()),
        "file": ", ".join(file.name for file in used),
        "files": [[file.name, str(file.path.resolve())] for file in used],
        "zone": mapping.zone or zone,
        "spans": {
            table: [day.isoformat() if day else None for day in span]
            for table, span in mapping.coverage.items()
        },
    }


def _ignored(mapping: Mapping, file: Found) -> bool:
    return any(fnmatch(file.path.name, glob) for glob in mapping.ignore)
