"""The balanced tree of the specification: 5 perspectives, 25 themes, 78 indicators."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from metrics.weights.tree import WeightNode


@pytest.fixture(scope="session")
def balanced() -> tuple[WeightNode, ...]:
    """All nodes from the root down."""
    with Path(__file__).with_name("balanced.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            WeightNode(row["id"], row["parent"] or None, float(row["weight"]), row["tag"] or None)
            for row in csv.DictReader(file)
        )
