"""The worked example of docs/scoring.md is what the code works out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from metrics.scorecard.build import curve_of
from metrics.scoring.inputs import RedLine, ScoreInputs
from metrics.scoring.leaf import Curve, leaf_score
from metrics.scoring.rollup import score
from metrics.scoring.score_tree import ScoreTree
from tests.metrics.scorecard.books import TREE, book, scopes

TEXT = (Path(__file__).parents[3] / "docs" / "scoring.md").read_text("utf-8")
JANUARY = [(date(2026, 1, 1), date(2026, 1, 31))]
YEAR = [(date(2026, 1, 1), date(2026, 12, 31))]
CORE = {"registered_users": 10, "new_users": 20, "mau": 30, "dau": 20, "dau_share": 20}


def told(number: float, places: int = 0) -> bool:
    """Whether the document gives the number in bold."""
    return f"**{number:,.{places}f}".replace(",", " ") in TEXT


def test_goals_of_new_users() -> None:
    indicator = TREE.indicators["new_users"]
    year, january = book().of(indicator, YEAR), book().of(indicator, JANUARY)
    for number in (year.target[0], year.base[0], january.target[0], january.base[0]):
        assert told(float(number))
    assert told(float(january.target[scopes().row["N1"]]))


def test_the_score_of_new_users() -> None:
    indicator = TREE.indicators["new_users"]
    goals = book().of(indicator, JANUARY)
    found = leaf_score(45_000, goals.base[0], goals.target[0], curve_of(indicator))
    assert found == pytest.approx(88.5, abs=0.05)
    assert told(float(found), 1)


def test_the_score_of_core_users() -> None:
    assert {
        one.id: one.weight for one in TREE.indicators.values() if one.theme == "core_users"
    } == CORE
    tree = ScoreTree.of({"core_users": None, **dict.fromkeys(CORE, "core_users")})
    scores = np.array([[100.0, 88.5, 70.0, 80.0, np.nan]])
    line = (scores, np.full((1, 5), 60.0), np.full((1, 5), 100.0))
    inputs = ScoreInputs(tree, (Curve("up"),) * 5, *line, np.isfinite(scores), CORE)
    found = score(inputs)
    assert told(float(found.score[0, 0]), 1)
    assert found.coverage[0, 0] == 80
    assert "coverage **80 %**" in TEXT


def test_the_caps_of_a_leak() -> None:
    caps = dict(TREE.red_lines["data_leak"].caps)
    assert caps == {"compliance": 60, "total": 80}
    tree = ScoreTree.of(
        {"total": None, "compliance": "total", "others": "total", "pass": "compliance",
         "growth": "others"}
    )  # fmt: skip
    values = np.array([[92.0, 83.1]])
    goals = (np.full((1, 2), 60.0), np.full((1, 2), 100.0))
    weights = {"compliance": 10.0, "others": 90.0, "pass": 100.0, "growth": 100.0}
    line = RedLine("data_leak", tuple(caps.items()))
    inputs = ScoreInputs(
        tree, (Curve("up"),) * 2, values, *goals, np.ones((1, 2), bool), weights, (line,),
        np.array([[True]]),
    )  # fmt: skip
    found = score(inputs)
    assert found.at(0, "compliance") == 60
    assert found.uncapped[0, 0] == pytest.approx(84, abs=0.05)
    assert (found.at(0, "total") or 0) <= 80
