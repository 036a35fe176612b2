"""One small bank for all tests of this folder, made once."""

from __future__ import annotations

import pytest

from data.demo.settings import DemoSettings
from tests.data.demo.bank import UNTIL, Bank


@pytest.fixture(scope="session")
def bank() -> Bank:
    """Two thousand customers, 26 months and a part of the next."""
    return Bank(DemoSettings(users=2_000, until=UNTIL))
