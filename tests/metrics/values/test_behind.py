"""How many stand behind a ratio: the same as its divisor, over the same days and groups."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.engines import open_warehouse
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import open_store
from data.slice import Slice
from metrics.formula import parse
from metrics.tree import load_tree
from metrics.values import Setup, evaluate
from metrics.values.behind import COUNTED, behind, divisor
from tests.conftest import DemoBank

CATALOGUE = load_catalogue()
TREE = load_tree(None, CATALOGUE.points)
ABOUT = Slice.of("2026-10")


def divided(name: str) -> set[str]:
    found = divisor(TREE.indicators[name].formula, CATALOGUE)
    return set() if found is None else set(found.points)


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("retention_d1", {"d1_due"}),
        ("stickiness", {"active_users"}),
        ("ltv_cac", {"ltv_users"}),
        ("share_of_voice", {"voice_own", "voice_peers"}),
        ("npl_ratio", set()),
        ("dau", set()),
        ("fee_income", set()),
    ],
)
def test_what_an_indicator_is_divided_by(name: str, points: set[str]) -> None:
    assert divided(name) == points


@given(st.sampled_from(sorted(TREE.indicators)))
def test_a_divisor_is_counted_and_belongs_to_a_ratio(name: str) -> None:
    found = divided(name)
    assert not found or TREE.indicators[name].formula.divides
    assert {CATALOGUE.points[point].unit for point in found} <= COUNTED


def test_the_outermost_counted_divisor_is_meant() -> None:
    found = divisor(parse("(fee_income / d1_due) / registrations"), CATALOGUE)
    assert found is not None
    assert found.points == {"registrations"}


def test_it_counts_what_the_ratio_divides_by(demo_bank: DemoBank) -> None:
    with open_warehouse(demo_bank.url, read_only=True).reading() as connection:
        made = Setup(open_store(connection, CATALOGUE, Clock()), TREE)
        counted = behind(connection, made, "retention_d1", ABOUT, ("branch",))
        values = evaluate(connection, made, ["retention_d1"], ABOUT, ("branch",))
        assert behind(connection, made, "npl_ratio", ABOUT, ("branch",)) is None
    assert counted is not None
    due = dict(zip(counted.groups["branch"], counted.value[:, 0], strict=True))
    share = dict(zip(values.groups["branch"], values.value[:, 0], strict=True))
    assert set(due) == set(share)
    some = [one for one in due if due[one] > 0]
    assert some
    for one in some:  # a share of so many is a whole number of them
        kept = share[one] * due[one] / 100
        assert kept == pytest.approx(round(kept), abs=1e-6)
    assert all(share[one] != share[one] for one in due if not due[one])
