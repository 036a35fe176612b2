"""What the tests of self-service share: the demo bank, opened to be asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened, opened


@pytest.fixture(scope="session")
def demo(demo_bank: DemoBank) -> Iterator[Opened]:
    """The shared demo bank."""
    with opened(demo_bank.url) as found:
        yield found
