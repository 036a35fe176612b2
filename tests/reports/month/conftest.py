"""The shared demo bank, opened once for all sheets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened, opened


@pytest.fixture(scope="session")
def demo(demo_bank: DemoBank) -> Iterator[Opened]:
    """The demo bank; for reading only."""
    with opened(demo_bank.url) as found:
        yield found
