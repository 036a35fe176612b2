"""The same facts on PostgreSQL give the same points, by every way of asking."""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import uuid4

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import create_engine, make_url, text

from data.engines import Warehouse, open_warehouse
from data.period import Period
from data.points.catalogue import Catalogue
from data.points.read import read_points
from data.points.wants import Want
from data.slice import Slice
from tests.data.points.bank import tiny_bank
from tests.data.points.conftest import Bank, fill, refreshed
from tests.data.points.test_every_point import can, mode_of

SERVER = os.environ.get("CANOPY_TEST_POSTGRES")
pytestmark = pytest.mark.skipif(
    not SERVER, reason="CANOPY_TEST_POSTGRES is unset: no PostgreSQL server to compare with"
)
WINDOWS = ("2026-03-15", "2026-W14", "2026-02", "2026-Q2")
SPLITS: tuple[tuple[str, ...], ...] = ((), ("branch",), ("module",), ("tier",), ("module", "tier"))


@pytest.fixture(scope="module")
def server() -> Iterator[Warehouse]:
    """A database of its own on the server."""
    url, name = make_url(SERVER or ""), f"canopy_points_{uuid4().hex[:8]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    warehouse = open_warehouse(url.set(database=name).render_as_string(hide_password=False))
    yield warehouse
    warehouse.engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()


@pytest.fixture(scope="module")
def other(server: Warehouse, catalogue: Catalogue) -> Bank:
    """The tiny bank on PostgreSQL."""
    fill(server, tiny_bank())
    return refreshed(server, catalogue)


@pytest.mark.parametrize("by", SPLITS, ids="-".join)
def test_every_point_is_the_same(
    bank: Bank, other: Bank, catalogue: Catalogue, by: tuple[str, ...]
) -> None:
    periods = [Period.parse(text_) for text_ in WINDOWS]
    wants = [
        Want(point.name, mode_of(point), period.first, period.last)
        for point in catalogue.points.values()
        for period in periods
        if can(point, by, "", {})
    ]
    about = Slice.of(WINDOWS[0])
    with bank.warehouse.reading() as here, other.warehouse.reading() as there:
        left = read_points(here, bank.store, wants, by, about)
        right = read_points(there, other.store, wants, by, about)
    pd.testing.assert_frame_equal(left.groups, right.groups, check_dtype=False)
    wrong = [
        (want, left.answers[want].values, right.answers[want].values)
        for want in wants
        if not _same(left.answers[want].values, right.answers[want].values)
    ]
    assert not wrong, "\n".join(map(str, wrong[:20]))


def _same(left: np.ndarray, right: np.ndarray) -> bool:
    return np.allclose(left, right, rtol=1e-12, atol=1e-6, equal_nan=True)
