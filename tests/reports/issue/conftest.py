"""The shared demo bank and a state database of one's own: what reports are issued from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.period import Period
from data.report_look import ReportLook
from data.state import State, open_state
from metrics.scorecard import score_cards
from metrics.scorecard.facts import YearFacts
from metrics.scorecard.rules import Profiles
from reports.issue.issue import Source
from reports.month.facts import Shared
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened, opened

OCTOBER = Period.parse("2026-10")


@pytest.fixture(scope="module")
def demo(demo_bank: DemoBank) -> Iterator[Opened]:
    """The demo bank; for reading only."""
    with opened(demo_bank.url) as found:
        yield found


@pytest.fixture(scope="module")
def empty_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """A state in which nothing was decided."""
    folder = tmp_path_factory.mktemp("empty")
    with open_state(f"sqlite:///{folder}/state.db") as found:
        yield found


@pytest.fixture(scope="module")
def october(demo: Opened, empty_state: State) -> Shared:
    """What all reports of October share while the month is open; of two months, for speed."""
    years: dict[int, YearFacts] = {}
    profiles = Profiles.of(demo.setup.tree)
    cards = score_cards(
        demo.connection, demo.setup, empty_state, [OCTOBER.previous(), OCTOBER],
        known=years, profiles=profiles,
    )  # fmt: skip
    return Shared(tuple(cards), None, years, profiles)


@pytest.fixture
def source(demo: Opened, october: Shared, tmp_path: Path) -> Iterator[Source]:
    """What reports are issued from, with an empty history."""
    with open_state(f"sqlite:///{tmp_path}/state.db") as state:
        yield Source(demo.connection, demo.setup, state, "1", ReportLook(), None, october)
