"""LibreOffice as an independent reader: it works workbooks out anew, from their formulas alone."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(
    OFFICE is None, reason="LibreOffice (soffice) is not installed: nothing works workbooks out"
)


def opened(raw: bytes, *, values: bool = False) -> Workbook:
    """A workbook's formulas, or the values beside them."""
    with warnings.catch_warnings():
        # LibreOffice writes extensions of conditional formats that openpyxl leaves out.
        warnings.filterwarnings("ignore", message=".*extension is not supported")
        return load_workbook(BytesIO(raw), data_only=values)


def without_values(book: Workbook) -> bytes:
    """The file with formulas and nothing beside them: a reader has to work them out."""
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def recalculated(folder: Path, files: Mapping[str, bytes]) -> dict[str, Workbook]:
    """The workbooks with the values that LibreOffice finds; one start for all of them."""
    given, found = folder / "given", folder / "found"
    given.mkdir()
    for name, raw in files.items():
        (given / f"{name}.xlsx").write_bytes(raw)
    command = [
        str(OFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
        "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(found),
        *map(str, sorted(given.iterdir())),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return {
        name: opened((found / f"{name}.xlsx").read_bytes(), values=True) for name in sorted(files)
    }
