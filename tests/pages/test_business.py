"""The Business screen: every part, numbers that are those of the indicators, states."""

from __future__ import annotations

import pandas as pd
import pytest

from data.engines import open_warehouse
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import open_store
from data.slice import Slice
from metrics.decomposition import SumChange
from metrics.values import Setup, evaluate
from tests.conftest import DemoBank
from tests.pages.conftest import Open, chosen, sound
from ui import load
from ui.load import business

PARTS = ("assets", "channels", "conversion", "customers", "scenes")


def test_every_part_opens(screen: Open) -> None:
    test = screen("business", lang="en")
    first = sound(test)
    assert "by the year" in first
    assert "against Sep 2026" in first
    said = {name: chosen(test, "business_part", name) for name in PARTS}
    assert "net new in Oct 2026" in said["assets"]
    assert "through other channels" in said["channels"]
    assert "limit" in said["conversion"].lower()
    assert "new user" in said["customers"]
    assert "What each scene adds" in said["scenes"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_branch_a_segment_and_an_empty_period(screen: Open, lang: str) -> None:
    sound(screen("business", lang=lang, branch="B01", tier="vip,wealth", compare="year"))
    text = sound(screen("business", lang=lang, period="2019-03"))
    assert "2019" in text


def test_numbers_are_those_of_the_indicators(
    demo_bank: DemoBank, state_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANOPY_WAREHOUSE", demo_bank.url)
    monkeypatch.setenv("CANOPY_STATE", state_url)
    token, about = load.now().token, Slice.of("2026-10")
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    names = ["txn_amount", "fee_income"]
    with warehouse.reading() as connection:
        made = Setup(open_store(connection, load_catalogue(), Clock()), load.definitions().tree)
        month = evaluate(connection, made, names, about).value[0]
        before = evaluate(connection, made, names, Slice.of("2026-09")).value[0]
        year = evaluate(connection, made, names, Slice.of("2026-01-01..2026-10-31")).value[0]
    products = business.products(token, about)
    assert isinstance(products, pd.DataFrame)
    assert [products["amount"].sum(), products["fees"].sum()] == pytest.approx(list(month))
    for i, (name, column) in enumerate(zip(names, ("amount", "fees"), strict=True)):
        kept = load.breakdown(token, name, about, ("module",))
        by_module = dict(zip(kept.groups["module"], kept.value[:, 0], strict=True))
        raw = products.groupby("module")[column].sum().to_dict()
        assert {m: v for m, v in by_module.items() if v} == pytest.approx(
            {m: v for m, v in raw.items() if v}
        )
        split = business.split(token, name, about, about.period.previous(), "module")
        assert isinstance(split, SumChange)
        assert (split.before, split.after) == pytest.approx((before[i], month[i]))
        reached = [step.actual for step in business.year_outlook(token, name, about).steps]
        assert max(one for one in reached if one is not None) == pytest.approx(year[i])
        series = business.monthly(token, (name,), about)[name]
        assert series[-1][1] == pytest.approx(month[i])
