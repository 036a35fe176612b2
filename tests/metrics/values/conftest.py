"""The tiny hand-made bank, refreshed once, with the shipped tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from data.engines import open_warehouse
from data.points.catalogue import load_catalogue
from metrics.tree import load_tree
from metrics.values import Setup
from tests.conftest import DemoBank
from tests.data.points.bank import tiny_bank
from tests.data.points.conftest import fill, refreshed
from tests.data.points.rows import Truth
from tests.metrics.scorecard.opened import Opened, opened


@dataclass(frozen=True)
class Tiny:
    """A connection to the tiny bank, what reading needs, and its second definitions."""

    connection: Connection
    setup: Setup
    truth: Truth


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    """The tiny bank."""
    catalogue = load_catalogue()
    warehouse = open_warehouse(f"ducklake:///{tmp_path_factory.mktemp('tiny_values')}")
    fill(warehouse, tiny_bank())
    store = refreshed(warehouse, catalogue).store
    setup = Setup(store, load_tree(None, catalogue.points))
    with warehouse.reading() as connection:
        yield Tiny(connection, setup, Truth(tiny_bank()))
    warehouse.engine.dispose()


@pytest.fixture(scope="session")
def demo(demo_bank: DemoBank) -> Iterator[Opened]:
    """The shared demo bank."""
    with opened(demo_bank.url) as found:
        yield found
