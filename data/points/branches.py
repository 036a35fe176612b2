"""The organisation as a tree: every branch with the nodes above it."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
from sqlalchemy import Connection, select

from data.contract import CONTRACT
from data.engines.differences import append
from data.points.tables import ANCESTOR

WHOLE_BANK = ""


def build_ancestors(connection: Connection) -> None:
    """Keep every branch with itself, the nodes above it and the whole bank."""
    branch = CONTRACT.tables["dim_branch"]
    rows = connection.execute(select(branch.c.branch_id, branch.c.parent_id))
    parents = {row.branch_id: row.parent_id for row in rows}
    pairs = [(start, node) for start in ("", *parents) for node in above(start, parents)]
    if {(row.branch_id, row.node) for row in connection.execute(select(ANCESTOR))} == {*pairs}:
        return
    connection.execute(ANCESTOR.delete())
    names, nodes = zip(*pairs, strict=True)
    append(connection, ANCESTOR, pa.table({"branch_id": list(names), "node": list(nodes)}))


def above(branch: str, parents: Mapping[str, str | None]) -> list[str]:
    """The branch, the nodes above it, and '' for the whole bank; a cycle ends where it closes.

    >>> above("B0101", {"B0101": "B01", "B01": "HQ", "HQ": None})
    ['B0101', 'B01', 'HQ', '']
    """
    found: list[str] = []
    node: str | None = branch
    while node and node not in found:
        found.append(node)
        node = parents.get(node)
    return [*found, WHOLE_BANK]
