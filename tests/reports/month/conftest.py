"""The shared demo bank, opened once for all sheets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data.state import State, open_state
from reports.month.facts import Facts, Shared, share
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened, opened
from tests.reports.month.filled import MONTH, facts_of, filled_state


@pytest.fixture(scope="session")
def demo(demo_bank: DemoBank) -> Iterator[Opened]:
    """The demo bank; for reading only."""
    with opened(demo_bank.url) as found:
        yield found


@pytest.fixture(scope="session")
def state(
    tmp_path_factory: pytest.TempPathFactory, demo: Opened, demo_bank: DemoBank
) -> Iterator[State]:
    """A state with warnings, comments, drafts and decided experiments; for reading only."""
    found = filled_state(tmp_path_factory.mktemp("state"), demo, demo_bank.truth)
    yield found
    found.close()


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """A state in which nothing happened yet."""
    with open_state(f"sqlite:///{tmp_path_factory.mktemp('bare')}/state.db") as found:
        yield found


@pytest.fixture(scope="session")
def shared(demo: Opened, state: State) -> Shared:
    """What the workbooks of all scopes for October 2026 have in common."""
    return share(demo.connection, demo.setup, state, MONTH)


@pytest.fixture(scope="session")
def facts(demo: Opened, state: State, shared: Shared) -> Facts:
    """What the workbook of the whole bank for October 2026 tells."""
    return facts_of(demo, state, shared)
