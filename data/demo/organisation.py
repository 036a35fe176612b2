"""The bank's organisation: head office, a branch in each province, sub-branches in the bigger
ones."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from data.demo.columns import Ints, Numbers, dates, numbers, table, texts
from data.demo.timeline import EPOCH

PLACES = Path(__file__).with_name("places.csv")
SMALL_BANK = 2_000
OPENED = (date(2010, 1, 1) - EPOCH).days
_DISTRICTS = (("城中", "Central"), ("高新", "High-tech"))


@dataclass(frozen=True)
class Node:
    """A node of the organisation; ``weight`` is its share of customers, 0 above the leaves."""

    branch_id: str
    parent_id: str | None
    level: str
    name_zh: str
    name_en: str
    province: str | None
    city: str | None
    longitude: float
    latitude: float
    weight: float = 0.0


@dataclass(frozen=True)
class Organisation:
    """All nodes; ``leaves`` index them in order, ``province_of`` gives each leaf's province
    place."""

    nodes: tuple[Node, ...]
    leaf_ids: tuple[str, ...]
    province_ids: tuple[str, ...]
    province_of: Ints
    weights: Numbers

    def leaf(self, name_zh: str) -> int:
        """Place of the leaf whose Chinese name begins so, or of the heaviest leaf."""
        names = {node.branch_id: node.name_zh for node in self.nodes}
        found = [i for i, key in enumerate(self.leaf_ids) if names[key].startswith(name_zh)]
        return found[0] if found else int(np.argmax(self.weights))

    def arrow(self) -> pa.Table:
        """Rows of ``dim_branch``."""
        nodes = self.nodes
        opened = np.full(len(nodes), OPENED)
        return table(
            branch_id=texts([n.branch_id for n in nodes]),
            parent_id=texts([n.parent_id for n in nodes]),
            level=texts([n.level for n in nodes]),
            name_zh=texts([n.name_zh for n in nodes]),
            name_en=texts([n.name_en for n in nodes]),
            province=texts([n.province for n in nodes]),
            city=texts([n.city for n in nodes]),
            longitude=numbers(np.array([n.longitude for n in nodes])),
            latitude=numbers(np.array([n.latitude for n in nodes])),
            valid_from=dates(opened),
            valid_to=dates(opened, np.zeros(len(nodes), dtype=bool)),
        )


def make_organisation(users: int) -> Organisation:
    """The tree of a bank with so many customers; a small one has one leaf a province.

    >>> len(make_organisation(400).leaf_ids)
    34
    """
    nodes = [Node("B00", None, "总行", "总行", "Head Office", None, None, 116.41, 39.90)]
    with PLACES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for place, row in enumerate(rows, start=1):
        nodes.extend(_province(place, row, deep=users >= SMALL_BANK))
    leaves = [node for node in nodes if node.weight]
    provinces = [node.branch_id for node in nodes if node.level == "一级分行"]
    return Organisation(
        nodes=tuple(nodes),
        leaf_ids=tuple(node.branch_id for node in leaves),
        province_ids=tuple(provinces),
        province_of=np.array([provinces.index(node.branch_id[:3]) for node in leaves]),
        weights=np.array([node.weight for node in leaves]),
    )


def _province(place: int, row: dict[str, str], *, deep: bool) -> Iterator[Node]:
    key = f"B{place:02d}"
    cities = [city.split(":") for city in row["cities"].split("|") if city] if deep else []
    x, y, weight = float(row["longitude"]), float(row["latitude"]), float(row["weight"])
    yield Node(
        key, "B00", "一级分行", f"{row['short']}分行", f"{row['en']} Branch", row["province"],
        None, x, y, 0.0 if cities else weight,
    )  # fmt: skip
    sizes = [1.0 / (i + 1.5) for i in range(len(cities))]
    for i, (zh, en) in enumerate(cities):
        share = weight * sizes[i] / sum(sizes)
        yield from _city(f"{key}{i + 1:02d}", key, row, (zh, en), (x, y), i, share)


def _city(
    key: str,
    parent: str,
    row: dict[str, str],
    name: tuple[str, str],
    centre: tuple[float, float],
    place: int,
    weight: float,
) -> Iterator[Node]:
    reach = 0.25 if row["province"].endswith("市") else 1.1
    x = round(centre[0] + reach * math.cos(2.4 * place + 0.6), 2)
    y = round(centre[1] + 0.7 * reach * math.sin(2.4 * place + 0.6), 2)
    split = place == 0 and weight > 2.5
    yield Node(
        key, parent, "二级分行" if place < 2 else "支行",
        name[0] + ("分行" if place < 2 else "支行"),
        f"{name[1]} {'Branch' if place < 2 else 'Sub-branch'}",
        row["province"], name[0], x, y, 0.0 if split else weight,
    )  # fmt: skip
    for i, (zh, en) in enumerate(_DISTRICTS if split else ()):
        yield Node(
            f"{key}{i + 1:02d}", key, "支行", f"{name[0]}{zh}支行", f"{name[1]} {en} Sub-branch",
            row["province"], name[0], x + 0.05 * (i + 1), y, weight * (0.6, 0.4)[i],
        )  # fmt: skip
