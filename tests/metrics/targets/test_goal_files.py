"""Baselines as files: the same back, and every problem with its place; proposals from data."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from data.configuration import ConfigurationError
from data.points.catalogue import load_catalogue
from data.state.baselines import BaselineDraft
from metrics.targets.files import read_goals, to_excel, to_yaml
from metrics.targets.proposals import Proposal, by_growth, by_peers
from metrics.tree import load_tree

TREE = load_tree(None, load_catalogue().points)
GOALS = (
    BaselineDraft("nps", 2027, Decimal("30.5"), Decimal("50.0")),
    BaselineDraft("nps", 2027, None, Decimal("55.0"), "B01"),
)


def test_goals_come_back_from_both_kinds_of_files() -> None:
    years = [one.year for one in GOALS]
    assert read_goals(to_yaml(GOALS, years), "g.yaml", TREE, ["B01"]) == GOALS
    assert read_goals(to_excel(GOALS, years), "g.xlsx", TREE, ["B01"]) == GOALS


def test_every_problem_is_told_with_its_place() -> None:
    text = """baselines:
  - {indicator: nsp, year: 2027, base: 1, target: 2}
  - {indicator: nps, year: 2027, base: 9, target: 2}
  - {indicator: nps, year: 2027, target: 3}
  - {indicator: nps, year: 2027, target: 3, branch: B99}
"""
    with pytest.raises(ConfigurationError) as caught:
        read_goals(text.encode(), "g.yaml", TREE, ["B01"])
    places = [(one.line, one.found.partition(":")[0]) for one in caught.value.problems]
    assert [line for line, _found in places] == [2, 3, 4, 5]
    assert caught.value.problems[0].nearest == "nps"
    assert "not better than the base" in caught.value.problems[1].found


def test_peers_are_compared_as_numpy_does() -> None:
    rng = np.random.default_rng(5)
    values = {f"B{at}": float(value) for at, value in enumerate(rng.normal(50, 9, 17))}
    found = by_peers(values, "down", divided=False)
    drawn = np.array(list(values.values()))
    assert found.base == pytest.approx(np.median(drawn))
    assert found.target == pytest.approx(np.quantile(drawn, 0.25))


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (by_peers({"B1": 1.0, "B2": None}, "up", divided=False), "peers"),
        (by_peers(dict.fromkeys("abcdefg", 2.0), "up", divided=False), "sign"),
        (by_peers(dict.fromkeys("abcdefg", 2.0), "up", divided=True), "sizes"),
        (by_growth(None, 365, 5, "up"), "no_value"),
        (by_growth(10.0, 359, 5, "up"), "days"),
        (by_growth(-10.0, 365, 5, "up"), "sign"),
        (by_growth(10.0, 365, 150, "down"), "sign"),
        (by_growth(10.0, 365, 5, "band"), "band"),
    ],
)
def test_nothing_is_proposed_from_too_little(found: Proposal, why: str) -> None:
    assert (found.base, found.target, found.why) == (None, None, why)
