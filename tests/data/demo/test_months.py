"""However small the bank and whatever the seed, each of the last months has every fact it needs."""

from __future__ import annotations

import pandas as pd
import pytest

from data.demo.settings import DemoSettings
from tests.data.demo.bank import UNTIL, Bank
from tests.data.demo.months import FACTS, YEAR_BEFORE

MONTHS = pd.date_range("2025-10-31", "2026-10-31", freq="ME")


def _gaps(bank: Bank) -> list[str]:
    gaps = []
    for fact, query in FACTS.items():
        found = bank.ask(query).set_index("month")["n"].astype(float)
        found.index = pd.to_datetime(found.index)
        wanted = MONTHS.union(MONTHS - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0))
        months = wanted if fact in YEAR_BEFORE else MONTHS
        gaps += [f"{fact} {m:%Y-%m}" for m in months if not found.get(m, 0) > 0]
    return gaps


@pytest.mark.parametrize("seed", range(10))
def test_a_tiny_bank_has_every_fact_in_every_month(seed: int) -> None:
    assert _gaps(Bank(DemoSettings(users=400, until=UNTIL, seed=seed))) == []


def test_a_bank_that_ends_with_a_month_has_every_fact(bank: Bank) -> None:
    assert _gaps(bank) == []
    whole = DemoSettings(users=300, until=MONTHS[-1].date())
    assert _gaps(Bank(whole)) == []
