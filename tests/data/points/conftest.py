"""The tiny bank in a DuckLake, refreshed once a session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.contract import CONTRACT
from data.engines import Warehouse, open_warehouse
from data.engines.differences import append
from data.points.catalogue import Catalogue, load_catalogue
from data.points.clock import Clock
from data.points.read import Store, open_store
from data.points.refresh import refresh
from tests.data.points.bank import Frames, tiny_bank, to_arrow
from tests.data.points.rows import Truth

THOROUGH = os.environ.get("CI") == "true"
"""The whole matrix of windows, dimensions and moments; a part of it at a desk."""


@dataclass(frozen=True)
class Bank:
    """A refreshed warehouse with what reading it needs."""

    warehouse: Warehouse
    store: Store


def fill(warehouse: Warehouse, frames: Frames) -> None:
    """Write the frames into the contract's tables."""
    warehouse.create(CONTRACT)
    with warehouse.writing() as connection:
        for name, frame in frames.items():
            if len(frame):
                append(connection, CONTRACT.tables[name], to_arrow(name, frame))


def refreshed(warehouse: Warehouse, catalogue: Catalogue) -> Bank:
    """The bank after a refresh."""
    refresh(warehouse, catalogue, Clock())
    with warehouse.reading() as connection:
        return Bank(warehouse, open_store(connection, catalogue, Clock()))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped declarations."""
    return load_catalogue()


@pytest.fixture(scope="session")
def truth() -> Truth:
    """The tiny bank, worked out a second time."""
    return Truth(tiny_bank())


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Iterator[Bank]:
    """The tiny bank, refreshed in full."""
    folder: Path = tmp_path_factory.mktemp("lake")
    warehouse = open_warehouse(f"ducklake:///{folder}")
    fill(warehouse, tiny_bank())
    yield refreshed(warehouse, catalogue)
    warehouse.engine.dispose()
