"""The shared demo bank, opened once, and a fresh state database for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.state import State, open_state
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened, opened


@pytest.fixture(scope="session")
def demo(demo_bank: DemoBank) -> Iterator[Opened]:
    """The demo bank; for reading only."""
    with opened(demo_bank.url) as found:
        yield found


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """An empty state database."""
    with open_state(f"sqlite:///{tmp_path / 'state.db'}") as found:
        yield found
