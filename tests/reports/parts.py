"""What is inside of a workbook's file: its XML parts, formulas and links to elsewhere."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"


def parts_of(raw: bytes) -> dict[str, bytes]:
    """All parts by name."""
    with zipfile.ZipFile(BytesIO(raw)) as file:
        return {name: file.read(name) for name in file.namelist()}


def trees_of(raw: bytes) -> dict[str, ET.Element]:
    """All XML parts; ParseError for one that is not well-formed."""
    return {
        name: ET.fromstring(content)  # noqa: S314 our own file
        for name, content in parts_of(raw).items()
        if name.endswith((".xml", ".rels"))
    }


def formulas_in(raw: bytes) -> list[str]:
    """The formulas of all cells."""
    return [
        formula.text or ""
        for name, tree in trees_of(raw).items()
        if name.startswith("xl/worksheets/")
        for formula in tree.iter(f"{MAIN}f")
    ]


def ways_out(raw: bytes) -> Iterator[str]:
    """Whatever leads out of the file: external parts, external relations, names, macros."""
    for name, tree in trees_of(raw).items():
        if "externalLink" in name or "vba" in name or "connections" in name:
            yield name
        for relation in tree.iter(f"{RELATIONS}Relationship"):
            if relation.get("TargetMode") == "External":
                yield f"{name}: {relation.get('Target')}"
