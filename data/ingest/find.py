"""Which files a call names, and which table each one is for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.contract import CONTRACT
from data.ingest.layout import SUFFIXES, kind_of
from data.ingest.refusal import Refusal, nearest

_PART = r"(?:[-_.](?:part|full|[a-z]?\d+))*"


@dataclass(frozen=True)
class Found:
    """A file: ``name`` is how reports call it, ``digest`` its SHA-256, ``stamp`` (size, mtime)."""

    path: Path
    name: str
    digest: str
    stamp: tuple[int, int]


def list_files(paths: Iterable[Path]) -> tuple[list[Path], list[Refusal]]:
    """All files named, folders opened up (hidden files left out), in order of name."""
    found: list[Path] = []
    problems: list[Refusal] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(entry for entry in path.rglob("*") if entry.is_file())
            found += [entry for entry in inside if not _hidden(entry.relative_to(path))]
        elif path.is_file():
            found.append(path)
        else:
            problems.append(Refusal(str(path), "there is no such file or folder"))
    if not found and not problems:
        problems.append(Refusal(", ".join(map(str, paths)), "there are no files in it"))
    return list(dict.fromkeys(found)), problems


def identify(path: Path, name: str) -> Found:
    """The file with its digest and stamp."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Found(path, name, digest, stamp(path))


def stamp(path: Path) -> tuple[int, int]:
    """Size and time of change: if they differ after reading, the file was written meanwhile."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def names_of(paths: Sequence[Path]) -> dict[Path, str]:
    """How reports call each file: its name, with folders where two share it.

    >>> sorted(names_of([Path("a/x.csv"), Path("b/x.csv"), Path("a/y.csv")]).values())
    ['a/x.csv', 'b/x.csv', 'y.csv']
    """
    names = [path.name for path in paths]
    return {path: path.name if names.count(path.name) == 1 else path.as_posix() for path in paths}


def table_of(path: Path) -> str:
    """The table that a file is for, by its name; ValueError says what is expected.

    >>> table_of(Path("txn-2026-10.parquet")), table_of(Path("user_month_2026_10.csv.gz"))
    ('txn', 'user_month')
    """
    stem = path.name.lower()
    for suffix in SUFFIXES:
        stem = stem.removesuffix(suffix)
    for table in sorted(CONTRACT.tables, key=len, reverse=True):
        if re.fullmatch(re.escape(table) + _PART, stem):
            return table
    base = re.sub(r"[-_.\d]+$", "", stem)
    hint = nearest(base, CONTRACT.tables) or "."
    raise ValueError(
        f"its name {path.name[:80]!r} is no table of the contract{hint} "
        "Name it like its table, such as txn.csv or txn-2026-10.parquet, or use a mapping"
    )


def unusable(path: Path) -> str | None:
    """Why a file cannot be taken by its name alone, or None."""
    if kind_of(path) is None:
        return f"Canopy takes {', '.join(SUFFIXES)}: export it as one of them, or use a mapping"
    try:
        table_of(path)
    except ValueError as error:
        return str(error)
    return None


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
