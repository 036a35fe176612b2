"""Coherence: each identity kept and broken, and what cannot be checked."""

from __future__ import annotations

import math

import pytest

from metrics.targets.coherence import FACTS, IDENTITIES, Identity, check

TARGETS = {
    "dau": 1_200_000.0,
    "dau_share": 12.0,
    "mau": 4_800_000.0,
    "stickiness": 25.0,
    "registered_users": 9_500_000.0,
    "new_users": 700_000.0,
    "fee_income": 135e6,
    "fee_growth": 35.0,
    "cac": 30.0,
    "ltv_cac": 3.0,
    "txn_amount": 25e9,
    "txn_share": 25.0,
    "txn_count": 3.5 * 12 * 4.8e6,
    "txn_per_mau": 3.5,
    "arpu": 9.0,
}
KNOWN = {
    "customers": 10e6,
    "users_at_start": 9e6,
    "closures_last_year": 200_000.0,
    "fee_income_last_year": 100e6,
    "bank_txn_amount": 100e9,
    "net_interest": 9 * 12 * 4.8e6 - 135e6,
    "acquisition_spend": 21e6,
    "ltv_predicted": 90.0,
}


def test_targets_that_agree_give_no_finding() -> None:
    found = check(TARGETS, KNOWN)
    assert found.findings == ()
    assert found.unchecked == ()


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda identity: identity.id)
def test_each_identity_is_named_when_it_is_broken(identity: Identity) -> None:
    name = identity.name
    numbers = TARGETS if name in TARGETS else KNOWN
    broken = {**numbers, name: numbers[name] * 1.5}
    found = check(*((broken, KNOWN) if numbers is TARGETS else (TARGETS, broken)))
    finding = next(f for f in found.findings if f.identity == identity.id)
    assert finding.difference == pytest.approx(50)
    assert finding.names[0] == name
    assert "50.0" in finding.zh
    assert "高出" in finding.zh
    assert "50.0% above" in finding.en
    assert name in finding.en


def test_the_words_name_both_numbers_and_the_tolerance() -> None:
    found = check({**TARGETS, "stickiness": 20.0}, KNOWN).findings
    assert [finding.en for finding in found] == [
        "stickiness: target 20, but DAU ÷ MAU gives 25: 20.0% below (tolerance 1%)"
    ]
    assert found[0].zh == "stickiness：目标为 20，而日活 ÷ 月活得 25，低于 20.0%（容差 1%）"


def test_differences_within_the_tolerance_pass() -> None:
    assert not check({**TARGETS, "stickiness": 25.2}, KNOWN).findings
    assert check({**TARGETS, "stickiness": 25.3}, KNOWN).findings
    assert not check({**TARGETS, "arpu": 9.8}, KNOWN).findings
    assert check({**TARGETS, "arpu": 10.0}, KNOWN).findings


def test_user_months_may_be_given() -> None:
    found = check(TARGETS, {**KNOWN, "user_months": 40e6})
    assert {finding.identity for finding in found.findings} == {"txn_per_mau", "arpu"}


def test_what_is_missing_leaves_its_identities_unchecked() -> None:
    found = check({**TARGETS, "dau": math.nan}, {})
    missing = {one.identity: one.missing for one in found.unchecked}
    assert missing["daily_share"] == ("dau", "customers")
    assert missing["stickiness"] == ("dau",)
    assert "txn_per_mau" not in missing


def test_a_zero_leaves_nothing_to_compare_with() -> None:
    found = check({**TARGETS, "mau": 0.0, "cac": 0.0}, KNOWN)
    unchecked = {one.identity for one in found.unchecked}
    assert unchecked == {"stickiness", "ltv_cac", "txn_per_mau", "arpu", "acquisition_spend"}


def test_an_unknown_fact_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown facts clients: expected customers"):
        check(TARGETS, {"clients": 1.0})
    assert len(set(FACTS)) == len(FACTS)
