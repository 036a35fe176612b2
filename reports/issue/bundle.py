"""Several issued reports as one file."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from data.state import State
from data.state.reports import IssuedReport, fetch_reports
from reports.book.file import MOMENT


def bundle(state: State, issued: Sequence[IssuedReport], *, by: str) -> bytes:
    """A zip of reports as they were issued; ``by`` stands in the audit log for each of them."""
    target, taken = BytesIO(), set[str]()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as parts:
        for one, file in zip(issued, fetch_reports(state, issued, by=by), strict=True):
            name = _free(one.file_name, taken)
            parts.writestr(zipfile.ZipInfo(name, MOMENT), file)
    return target.getvalue()


def _free(name: str, taken: set[str]) -> str:
    """A name that no other file of the bundle has, whatever branches are called."""
    stem, ending, number, found = Path(name).stem, Path(name).suffix, 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{stem}-{number}{ending}"
    taken.add(found.casefold())
    return found


def newest_of(issued: Sequence[IssuedReport], language: str) -> tuple[IssuedReport, ...]:
    """The newest version of each scope in a language, of reports of one month, by branch."""
    found: dict[str, IssuedReport] = {}
    for one in sorted(issued, key=lambda one: one.number):
        if one.language == language:
            found[one.branch] = one
    return tuple(found[branch] for branch in sorted(found))
