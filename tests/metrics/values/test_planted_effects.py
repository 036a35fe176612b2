"""What the demo bank is known to hold is what the indicators show."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from data.contract import CONTRACT
from data.period import Period
from data.points.reader import LiveReader
from data.slice import Slice
from metrics.formula import parse
from metrics.values import Values, evaluate
from metrics.values.evaluation import evaluate_terms
from metrics.values.windows import terms_of
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened


def value(
    demo: Opened, name: str, period: str | Period, branch: str = "", module: str = ""
) -> float:
    """One indicator of a scope and module."""
    filters = {"module": (module,)} if module else {}
    about = Slice.of(period, branch, **filters)
    return float(evaluate(demo.connection, demo.setup, [name], about).value[0, 0])


def by(demo: Opened, name: str, period: str, dimension: str) -> dict[str, float]:
    """One indicator by a dimension."""
    found = evaluate(demo.connection, demo.setup, [name], Slice.of(period), (dimension,))
    return dict(zip(found.groups[dimension], found.value[:, 0].tolist(), strict=True))


def point(demo: Opened, name: str, first: date, last: date) -> Values:
    """A point added over days, by branch."""
    store, days = demo.setup.store, Period(first, last)
    terms = terms_of(parse(name), "sum", days, store.catalogue, store.coverage)
    reader = LiveReader(demo.connection, store)
    return evaluate_terms(reader, [{name: terms}], Slice(days), ("branch",))[0]


def days_of(first: object, last: object, later: int = 0) -> Period:
    """The days of the truth file, moved by the time that something needs to mature."""
    back = timedelta(days=later)
    return Period(day(str(first)) + back, day(str(last)) + back)


def effect(bank: DemoBank, name: str) -> Any:
    """A planted effect."""
    return bank.truth.effects[name]


def day(text: str) -> date:
    """A day of the truth file."""
    return date.fromisoformat(str(text))


def test_activation_in_the_treated_provinces(demo: Opened, demo_bank: DemoBank) -> None:
    planted = effect(demo_bank, "activation_redesign")
    counted = dict.fromkeys(("activation_due", "activated"), 0.0)
    last = day(planted.stop) + timedelta(days=7)
    for wave in planted.where["waves"]:
        if wave["started_on"] is None:
            continue
        first = day(wave["started_on"]) + timedelta(days=7)
        for name in counted:
            found = point(demo, name, first, last)
            chosen = found.groups["branch"].isin(wave["branches"]).to_numpy()
            counted[name] += float(found.value[chosen, 0].sum())
    treated = planted.size["treated"]
    assert counted["activation_due"] == treated["new_users"]
    assert counted["activated"] == treated["activated"]
    assert treated["rate_pct"] > planted.size["untreated"]["rate_pct"]


@pytest.mark.parametrize("age", ["d1", "d7", "d30"])
def test_leaking_scenes_pull_retention_down(demo: Opened, demo_bank: DemoBank, age: str) -> None:
    whole = f"{demo_bank.truth.first}..{demo_bank.until}"
    for scene in ("travel", "healthcare", "government"):
        size = effect(demo_bank, f"leak_{scene}").size[age]
        assert size["rate_pct"] < value(demo, f"retention_{age}", whole) < size["others_rate_pct"]


def test_a_module_that_few_open(demo: Opened) -> None:
    users = by(demo, "mau", "2026-10", "module")
    basic = [users[m] for m in ("transfer", "account", "qr_payment")]
    assert users["bill_payment"] < 0.5 * min(basic)


def test_a_step_that_most_give_up(demo: Opened, demo_bank: DemoBank) -> None:
    done = by(demo, "task_completion", f"{demo_bank.truth.first}..{demo_bank.until}", "module")
    known = {module: rate for module, rate in done.items() if np.isfinite(rate)}
    assert min(known, key=lambda module: known[module]) == "insurance"


def test_the_return_of_a_campaign_with_a_holdout(demo: Opened, demo_bank: DemoBank) -> None:
    planted, idle = (effect(demo_bank, name) for name in ("campaign_lift", "campaign_no_lift"))
    campaign = CONTRACT.tables["dim_campaign"]
    mine = campaign.c.campaign_id == planted.where["campaign_id"]
    ends = demo.connection.execute(select(campaign.c.ends_on).where(mine)).scalar_one()
    ripe = days_of(ends, ends, 30)
    size = planted.size
    expected = size["incremental_cny"] / size["spend_cny"]
    assert value(demo, "marketing_roi", ripe) == pytest.approx(expected, abs=1e-3)
    assert expected > idle.size["incremental_cny"] / idle.size["spend_cny"]


def test_campaigns_without_a_review(demo: Opened, demo_bank: DemoBank) -> None:
    campaign = CONTRACT.tables["dim_campaign"]
    names = effect(demo_bank, "unreviewed_campaigns").where["campaign_ids"]
    query = select(campaign.c.starts_on).where(campaign.c.campaign_id.in_(names))
    starts = [row.starts_on for row in demo.connection.execute(query)]
    assert len(starts) == len(names)
    for start in starts:
        assert value(demo, "review_coverage", f"{start:%Y-%m}") < 100
        assert "unreviewed_campaign" in demo.cards(f"{start:%Y-%m}")[0].breached()


def test_a_fraud_burst(demo: Opened, demo_bank: DemoBank) -> None:
    planted = effect(demo_bank, "fraud_burst")
    ripe = days_of(planted.start, planted.stop, 30)
    rate = value(demo, "fraud_rate", ripe, module="qr_payment")
    assert rate > 10 * value(demo, "fraud_rate", "2026-06", module="qr_payment")
    assert value(demo, "scene_risk_rate", days_of(planted.start, planted.stop)) > value(
        demo, "scene_risk_rate", "2026-06"
    )
    before, after = (value(demo, "fraud_loss_rate", month) for month in ("2026-07", "2026-08"))
    assert after > before


def test_an_outage(demo: Opened, demo_bank: DemoBank) -> None:
    planted = effect(demo_bank, "outage")
    module = planted.where["module"]
    lost = planted.size["minutes"] - planted.size["good_minutes"]
    down = value(demo, "availability", str(planted.start), module=module)
    assert down == pytest.approx(100 * (1 - lost / 1440), abs=0.2)
    others = by(demo, "availability", str(planted.start), "module")
    assert min(others, key=lambda name: others[name]) == module
    calm = day(planted.start) - timedelta(days=7)
    errors = [value(demo, "api_error_rate", str(d), module=module) for d in (planted.start, calm)]
    assert errors[0] > 10 * errors[1]


def test_a_branch_that_games_registrations(demo: Opened, demo_bank: DemoBank) -> None:
    planted = effect(demo_bank, "gamed_registrations")
    branch, size = planted.where["branch_id"], planted.size
    registered = value(demo, "new_users", f"{planted.start}..{planted.stop}", branch)
    assert registered == size["registrations"] + size["other_registrations_there"]
    ripe = days_of(planted.start, planted.stop, 1)
    assert value(demo, "retention_d1", ripe, branch) == 0
    assert registered > 3 * value(demo, "new_users", "2026-05", branch)


def test_a_competitors_release(demo: Opened, demo_bank: DemoBank) -> None:
    planted = effect(demo_bank, "competitor_release")
    start, size = day(planted.start), planted.size
    while_out = Period(start, day(planted.stop))
    before = Period(start - timedelta(days=28), start - timedelta(days=1))
    assert value(demo, "search_index", while_out) == pytest.approx(size["search_index"], rel=1e-6)
    assert value(demo, "share_of_voice", while_out) == pytest.approx(
        size["share_of_voice_pct"], abs=1e-5
    )
    assert value(demo, "share_of_voice", before) == pytest.approx(
        size["share_of_voice_28_days_before_pct"], abs=1e-5
    )


def test_a_data_leak_caps_compliance_and_the_total(demo: Opened, demo_bank: DemoBank) -> None:
    month = f"{day(effect(demo_bank, 'data_leak').start):%Y-%m}"
    card = demo.cards(month)[0]
    assert card.node("data_leaks").value == 1
    assert card.node("data_leaks").score == 0
    assert "data_leak" in card.breached()
    for node, cap in (("compliance", 60), ("total", 80)):
        score, uncapped = card.node(node).score, card.node(node).uncapped
        assert score is not None
        assert uncapped is not None
        assert score <= cap
        assert score <= uncapped
    assert "data_leak" not in demo.cards("2026-06")[0].breached()
