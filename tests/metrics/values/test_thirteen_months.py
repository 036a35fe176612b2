"""Every indicator has a value in each of the last 13 complete months of a demo bank, any seed."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sqlalchemy import Connection, select

from data.contract import CONTRACT
from data.demo import DemoSettings, make_demo
from data.engines import open_warehouse
from data.engines.differences import append
from data.engines.warehouse import frame
from data.period import Period
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.reader import LiveReader
from data.points.refresh import refresh
from data.points.tables import PREDICTED_LTV
from data.slice import Slice
from metrics.values.evaluation import evaluate_periods
from tests.metrics.scorecard.opened import Opened, opened

SEEDS = range(1, 11 if os.environ.get("CI") == "true" else 4)
UNTIL = date(2026, 10, 31)


def months(last: str = "2026-10") -> list[Period]:
    """The 13 months that end with one."""
    found = [Period.parse(last)]
    while len(found) < 13:
        found.append(found[-1].previous())
    return found


def missing(bank: Opened) -> set[tuple[str, str]]:
    """(month, indicator) without a value."""
    names = list(bank.setup.tree.indicators)
    reader = LiveReader(bank.connection, bank.setup.store)
    found = evaluate_periods(reader, bank.setup, names, Slice(months()[0]), months())
    return {
        (str(month), name)
        for month, values in zip(months(), found, strict=True)
        for name, value in zip(names, values.value[0], strict=True)
        if np.isnan(value)
    }


def of_equal_worth(connection: Connection, _clock: Clock, last: date, _full: bool) -> None:
    """A prediction that needs no history: a bank of 300 has too few users to fit one."""
    user = CONTRACT.tables["dim_user"]
    new = frame(connection, select(user.c.user_id).where(user.c.registered_at.is_not(None)))
    size = len(new)
    rows = pa.table(
        {
            "user_id": pa.array(new["user_id"].tolist(), pa.string()),
            "ltv_cny": pa.array([Decimal(100)] * size, pa.decimal128(18, 2)),
            "fitted_on": pa.array([last] * size, pa.date32()),
        }
    )
    append(connection, PREDICTED_LTV, rows)


def test_the_shared_bank_has_all_but_a_prediction(demo: Opened) -> None:
    assert {name for _, name in missing(demo)} <= {"ltv_cac"}
    assert len(demo.setup.tree.indicators) == 78


@pytest.mark.parametrize("seed", SEEDS)
def test_a_small_bank_of_any_seed_has_all_78(seed: int, tmp_path: Path) -> None:
    warehouse = open_warehouse(f"ducklake:///{tmp_path / 'lake'}")
    settings = DemoSettings(users=300, until=UNTIL, seed=seed)
    make_demo(warehouse, settings, lambda _share, _text: None, tmp_path / "truth.json")
    refresh(warehouse, load_catalogue(), Clock(settings.zone), predict=of_equal_worth)
    warehouse.engine.dispose()
    with opened(f"ducklake:///{tmp_path / 'lake'}") as bank:
        assert not missing(bank)
