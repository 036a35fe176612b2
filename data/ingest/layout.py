"""How a file is written: its kind, and for text its delimiter, quotes, encoding and header."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from data.ingest.refusal import BadFileError

Kind = Literal["csv", "parquet", "xlsx"]

SUFFIXES: dict[str, Kind] = {
    ".csv": "csv", ".csv.gz": "csv", ".parquet": "parquet", ".xlsx": "xlsx",
}  # fmt: skip
ENCODINGS = ("utf-8", "gb18030", "latin-1")

_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"PAR1", "parquet"),
    (b"PARE", "encrypted parquet"),
    (b"PK\x03\x04", "xlsx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted or old workbook"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "pdf"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)
_ADVICE = {
    "encrypted parquet": "it is encrypted: write it without encryption",
    "encrypted or old workbook": (
        "it is protected by a password or in the old .xls form: save it as .xlsx without a password"
    ),
    "UTF-16 text": "it is UTF-16 text: save it as CSV UTF-8",
}


@dataclass(frozen=True)
class Layout:
    """How one file is to be read. ``columns`` names them where there is no header.

    ``missing`` lists texts that mean an empty cell; ``quote`` is empty where nothing is quoted.
    """

    kind: Kind
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    header: bool = True
    columns: tuple[str, ...] = ()
    missing: tuple[str, ...] = ("",)


def kind_of(path: Path) -> Kind | None:
    """The kind that the name claims, or None for a name that Canopy does not take.

    >>> kind_of(Path("txn_2026_10.CSV.gz")), kind_of(Path("notes.docx"))
    ('csv', None)
    """
    name = path.name.lower()
    return next((kind for suffix, kind in SUFFIXES.items() if name.endswith(suffix)), None)


def is_gzip(path: Path) -> bool:
    """Whether the file's first bytes say gzip, whatever its name."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def check_sign(path: Path, kind: Kind) -> None:
    """Raise BadFileError where the file's first bytes contradict the kind that it claims."""
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise BadFileError("it is empty: export it again")
    found = next((name for sign, name in _SIGNS if start.startswith(sign)), "text")
    expected = {"csv": ("text", "gzip"), "parquet": ("parquet",), "xlsx": ("xlsx",)}[kind]
    if found not in expected:
        advice = _ADVICE.get(found, f"its content is {found}: export it again or name it rightly")
        raise BadFileError(f"it claims to be {kind}, but {advice}")
