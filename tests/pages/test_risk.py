"""The Risk screen: every part, planted effects, numbers that are those of the indicators."""

from __future__ import annotations

import pandas as pd
import pytest

from data.engines import open_warehouse
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import open_store
from data.points.wants import Reason
from data.slice import Slice
from metrics.risk.service import Budget
from metrics.values import Setup, evaluate
from tests.conftest import DemoBank
from tests.pages.conftest import Open, chosen, sound
from ui import load
from ui.load import risk

PARTS = ("events", "loans", "interfaces", "voices")


def test_every_part_opens(screen: Open) -> None:
    test = screen("risk", lang="en")
    first = sound(test)
    assert any("never scored" in one.proto.help for one in test.markdown)
    assert "as of" in first
    said = {name: chosen(test, "risk_part", name) for name in PARTS}
    assert "of 20 classes" in said["events"]
    assert "non" in said["loans"].lower()
    assert "Slowest" in said["interfaces"]
    assert "mentions" in said["voices"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_branch_a_segment_and_an_empty_period(screen: Open, lang: str) -> None:
    branch = sound(screen("risk", lang=lang, branch="B01", tier="vip,wealth"))
    assert {"zh": "未按机构记录", "en": "Not recorded by branch"}[lang] in branch
    assert "2019" in sound(screen("risk", lang=lang, period="2019-03"))


def test_the_planted_outage_and_burst_are_said(screen: Open, demo_bank: DemoBank) -> None:
    effects = {one.name: one for one in demo_bank.truth.effects.values()}
    outage = sound(screen("risk", lang="en", period=str(effects["outage"].start)[:7]))
    assert "of them in Transfer" in outage
    burst = sound(screen("risk", lang="en", period="2026-08-11..2026-08-15"))
    assert "most in QR payment" in burst


def test_numbers_are_those_of_the_indicators(
    demo_bank: DemoBank, state_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANOPY_WAREHOUSE", demo_bank.url)
    monkeypatch.setenv("CANOPY_STATE", state_url)
    token, about = load.now().token, Slice.of("2026-08")
    names = ["fraud_rate", "availability", "npl_ratio"]
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    with warehouse.reading() as connection:
        made = Setup(open_store(connection, load_catalogue(), Clock()), load.definitions().tree)
        fraud, availability, _npl = evaluate(connection, made, names, about).value[0]
    rows = risk.fraud(token, about)
    assert isinstance(rows, pd.DataFrame)
    assert 10_000 * float(rows["fraud"].sum()) / rows["judged"].sum() == pytest.approx(fraud)
    budget = risk.budget(token, about, 99.99)
    assert isinstance(budget, Budget)
    assert budget.availability == pytest.approx(availability)
    assert isinstance(risk.budget(token, Slice.of("2026-08", branch="B01"), 99.99), Reason)
