"""The declared data points, as far as the tree needs them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from data.yaml_source import parse_yaml
from metrics.tree import PointInfo, Tree, load_tree

DECLARATIONS = Path(__file__).parents[3] / "data" / "points" / "declarations"


@dataclass(frozen=True)
class Declared:
    """A point's kind and the dimensions that it can be split by."""

    adds: str
    split_by: frozenset[str]


@pytest.fixture(scope="session")
def points() -> dict[str, PointInfo]:
    declared: dict[str, PointInfo] = {}
    for path in sorted(DECLARATIONS.glob("*.yaml")):
        for source in parse_yaml(path.read_text("utf-8")).data.values():
            split_by = frozenset(source["split_by"])
            for name, point in source["points"].items():
                declared[name] = Declared(point["adds"], split_by)
    return declared


@pytest.fixture(scope="session")
def tree(points: dict[str, PointInfo]) -> Tree:
    return load_tree(None, points)
