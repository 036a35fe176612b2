"""The last step of a workbook: values beside formulas, a digest, and a file that is never half.

openpyxl writes formulas without values, so that what does not calculate (previews, data frames)
would show nothing. Canopy knows the values: they are put into the sheets' XML.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import zipfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

Known = Mapping[str, float | str | None]
_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)><f>(.*?)</f><v ?/></c>', re.DOTALL)
_CELL = rb'<c r="%s"[^>]*?(?:/>|>.*?</c>)'
_TYPE = re.compile(rb' t="\w+"')
_NUMBER = re.compile(rb"<v>(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)</v>")
DIGITS = 10
"""Of a number with decimals that count in the digest: the last bits of a forecast vary by run."""
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of all parts of the file: equal content gives equal bytes."""


def finished(
    raw: bytes,
    sheets: Sequence[str],
    values: Mapping[str, Known],
    stamps: Mapping[str, Collection[str]],
) -> tuple[bytes, str]:
    """The workbook with its formulas' values by sheet and cell, and its content's digest.

    The digest (SHA-256) leaves out the document properties and the cells of ``stamps``, and takes
    numbers with decimals to ten digits.
    """
    target, hashed = BytesIO(), hashlib.sha256()
    with (
        zipfile.ZipFile(BytesIO(raw)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as parts,
    ):
        for name in sorted(source.namelist(), key=_first):
            content = source.read(name)
            sheet = _sheet_of(name, sheets)
            if sheet is not None:
                content = _with_values(content, values.get(sheet, {}))
            parts.writestr(zipfile.ZipInfo(name, MOMENT), content, zipfile.ZIP_DEFLATED)
            if not name.startswith("docProps/"):
                hashed.update(name.encode())
                hashed.update(_rounded(_without(content, stamps.get(sheet or "", ()))))
    return target.getvalue(), hashed.hexdigest()


def replace_file(path: Path, raw: bytes) -> None:
    """Put the bytes at the path in one step; what was there stays until all is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o640)
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _first(name: str) -> tuple[bool, str]:
    """Readers expect the list of parts first."""
    return name != "[Content_Types].xml", name


def _sheet_of(name: str, sheets: Sequence[str]) -> str | None:
    found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
    return sheets[int(found[1]) - 1] if found else None


def _with_values(content: bytes, values: Known) -> bytes:
    if not values:
        return content

    def written(found: re.Match[bytes]) -> bytes:
        value = values.get(found[1].decode())
        if value is None:
            return found[0]
        kind = b' t="str"' if isinstance(value, str) else b""
        shown = escape(value) if isinstance(value, str) else repr(float(value))
        rest = _TYPE.sub(b"", found[2]) + kind
        head = b'<c r="' + found[1] + b'"' + rest + b"><f>" + found[3] + b"</f>"
        return head + b"<v>" + shown.encode() + b"</v></c>"

    return _FORMULA.sub(written, content)


def _without(content: bytes, stamps: Collection[str]) -> bytes:
    for cell in stamps:
        content = re.sub(_CELL % cell.encode(), b"", content, count=1, flags=re.DOTALL)
    return content


def _rounded(content: bytes) -> bytes:
    """Cells' numbers with decimals to ten digits.

    >>> _rounded(b"<v>3528443.069979092</v><v>12345678901234</v>")
    b'<v>3528443.07</v><v>12345678901234</v>'
    """

    def written(found: re.Match[bytes]) -> bytes:
        whole = found[1].lstrip(b"-").isdigit()
        return found[0] if whole else b"<v>%s</v>" % f"{float(found[1]):.{DIGITS}g}".encode()

    return _NUMBER.sub(written, content)
