"""What the tests of views in words and workbooks share: the demo bank, opened to be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from data.points.reader import LiveReader
from data.slice import Slice
from metrics.explore.records import Table
from metrics.explore.table import answer
from metrics.explore.view import View
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened, opened

ABOUT = Slice.of("2026-10")
Ask = Callable[..., Table]


@pytest.fixture(scope="session")
def bank(demo_bank: DemoBank) -> Iterator[Opened]:
    with opened(demo_bank.url) as found:
        yield found


@pytest.fixture(scope="session")
def ask(bank: Opened) -> Ask:
    """The table of a view of October: indicators, then whatever else a view says."""

    def asked(*indicators: str, about: Slice = ABOUT, **parts: object) -> Table:
        view = View(indicators, about, **parts)  # type: ignore[arg-type]  # parts of a view by name
        return answer(LiveReader(bank.connection, bank.setup.store), bank.setup, view)

    return asked
