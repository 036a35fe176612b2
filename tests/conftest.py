"""What all tests share: a quiet environment, and one tiny demo bank made once for the whole run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import settings

from data import configuration
from data.demo import DemoSettings, Truth, make_demo, read_truth
from data.engines import open_warehouse
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.refresh import refresh
from data.yaml_source import parse_yaml
from metrics.ltv.prediction import predict_new_users

# How long an example takes depends on what else the machine does; it is no finding.
settings.register_profile("canopy", deadline=None)
settings.load_profile("canopy")

OVERRIDES = ("CANOPY_CONFIG", "CANOPY_DEBUG", "CANOPY_STATE", "CANOPY_USER", "CANOPY_WAREHOUSE")


@dataclass(frozen=True)
class DemoBank:
    """A refreshed demo bank of 400 customers and 26 whole months: for reading only.

    ``url`` opens the warehouse in ``folder``; ``until`` is its last day.
    """

    url: str
    folder: Path
    until: date
    truth: Truth


@pytest.fixture(scope="session", autouse=True)
def quiet_environment() -> Iterator[None]:
    """Tests see the shipped configuration, whatever the shell that runs them has set."""
    with pytest.MonkeyPatch.context() as patch:
        for name in OVERRIDES:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_reading() -> Iterator[None]:
    """The same YAML text is parsed once for all tests: most of the time of a short command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(configuration, "parse_yaml", lru_cache(maxsize=256)(parse_yaml))
        yield


@pytest.fixture(scope="session")
def demo_bank(tmp_path_factory: pytest.TempPathFactory) -> DemoBank:
    """The demo bank; processes that test side by side share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, until = shared / "demo_bank", date(2026, 11, 10)
    truth_file, done = folder / "truth.json", shared / "demo_bank.done"
    with (shared / "demo_bank.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _make(folder, until, truth_file)
            done.touch()
    return DemoBank(f"ducklake:///{folder}", folder, until, read_truth(truth_file))


def _make(folder: Path, until: date, truth_file: Path) -> None:
    warehouse = open_warehouse(f"ducklake:///{folder}")
    settings = DemoSettings(users=400, until=until)
    make_demo(warehouse, settings, lambda _share, _text: None, truth_file)
    refresh(warehouse, load_catalogue(), Clock(settings.zone), predict=predict_new_users)
    warehouse.engine.dispose()
