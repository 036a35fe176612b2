"""score, explain and close: their JSON, their tables, what they refuse."""

from __future__ import annotations

import re
from typing import Any

import pytest

from data.period import Period
from metrics.scorecard import ScoreCard, score_cards
from tests.cli.conftest import Run

KEYS = {"period", "score", "coverage", "weight_set", "as_of", "nodes"}
NODE_KEYS = {
    "id", "level", "value", "unit", "base", "target", "score", "coverage", "effective_weight",
    "reason",
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("quick_cards")


@pytest.fixture
def card(on_bank: Run) -> Any:
    return on_bank("score", "--period", "2026-10", "--json").json


def test_a_score_has_the_form_that_is_promised(card: Any) -> None:
    assert set(card) >= KEYS
    assert all(set(node) >= NODE_KEYS for node in card["nodes"])
    assert (card["period"], card["weight_set"], card["as_of"]) == (
        "2026-10",
        "balanced",
        "2026-11-10",
    )
    levels = [node["level"] for node in card["nodes"]]
    assert [levels.count(level) for level in range(4)] == [1, 5, 25, 78]
    assert card["score"] == card["nodes"][0]["score"]


def test_what_has_no_score_has_a_reason(card: Any) -> None:
    assert [
        node["id"] for node in card["nodes"] if node["score"] is None and not node["reason"]
    ] == []


def test_parents_are_the_weighted_means_of_their_children(card: Any) -> None:
    tops = [node for node in card["nodes"] if node["level"] == 1]
    mean = sum(node["score"] * node["effective_weight"] for node in tops) / 100
    assert card["uncapped"] == pytest.approx(mean)


def test_values_are_those_of_the_command_value(card: Any, on_bank: Run) -> None:
    nodes = {node["id"]: node for node in card["nodes"]}
    for name in ("mau", "txn_amount", "retention_d1", "mau@transfer"):
        alone = on_bank("value", name, "--period", "2026-10", "--json").json
        assert nodes[name]["value"] == pytest.approx(alone["rows"][0]["value"])


@pytest.mark.parametrize(
    ("period", "compare", "expected"),
    [
        ("2026-10", "previous", "2026-09"),
        ("2026-10", "start", "2025-12"),
        ("2026-11-10", "month_end", "2026-10-31"),
    ],
)
def test_what_stands_beside_is_the_other_periods_own(
    on_bank: Run, period: str, compare: str, expected: str
) -> None:
    both = on_bank("score", "--period", period, "--compare", compare, "--json").json
    assert both["compared_with"] == expected
    other = on_bank("score", "--period", expected, "--json").json
    for kind in ("score", "value"):
        before = {node["id"]: node["before"][kind] for node in both["nodes"]}
        after = {node["id"]: node[kind] for node in other["nodes"]}
        assert before == pytest.approx(after, nan_ok=True)
        assert any(before.values())


def test_other_weights_give_another_score(on_bank: Run, card: Any) -> None:
    other = on_bank("score", "--period", "2026-10", "--weights", "risk_tightening", "--json").json
    assert other["weight_set"] == "risk_tightening"
    assert other["score"] != card["score"]
    risk = next(node for node in other["nodes"] if node["id"] == "risk")
    assert risk["effective_weight"] == pytest.approx(35)


def test_a_branch_has_its_own_score(on_bank: Run, card: Any) -> None:
    branch = on_bank("score", "--period", "2026-10", "--branch", "B01", "--json").json
    assert branch["branch"] == "B01"
    assert branch["score"] != card["score"]


def test_the_weights_named_are_those_that_scored_the_scope(on_bank: Run, card: Any) -> None:
    branch = on_bank("score", "--period", "2026-10", "--branch", "B01", "--json").json
    sets = branch["weight_sets"]
    assert card["weight_sets"] == sets
    assert (card["weight_set"], branch["weight_set"]) == (sets["bank"], sets["branches"])
    assert sets["bank"] != sets["branches"]
    weights = [
        {node["id"]: node["weight"] for node in one["nodes"] if node["level"] == 1}
        for one in (card, branch)
    ]
    assert weights[0] != weights[1]


def test_a_score_for_people(on_bank: Run) -> None:
    said = on_bank("score", "--period", "2026-10", "--compare", "year", "--lang", "zh").out
    assert "月活跃用户（MAU）" in said
    assert "2025-10" in said.splitlines()[0]
    assert said.splitlines()[-1] == "2026-10 · balanced · 2026-11-10"


@pytest.mark.parametrize(
    ("before", "after"),
    [("2026-09", "2026-10"), ("2025-12", "2026-10"), ("2026-10-31", "2026-11-10")],
)
def test_an_explanation_adds_up(on_bank: Run, before: str, after: str) -> None:
    found = on_bank("explain", before, after, "--json").json
    assert (found["from"], found["to"]) == (before, after)
    scores = found["score"]
    assert found["change"] == pytest.approx(scores["to"] - scores["from"])
    for node in found["nodes"]:
        if node["parts"] is not None:
            assert sum(node["parts"].values()) == pytest.approx(node["change"])
        else:
            assert node["reason"]
    assert found["movers"][0]["points"] != 0
    listed = sum(one["points"] for one in (*found["movers"], *found["caps"]))
    assert listed == pytest.approx(found["change"]), "every mover is listed"
    assert (found["reason"], found["pending_loads"]) == (None, 0)


def test_an_explanation_for_people(on_bank: Run) -> None:
    said = on_bank("explain", "2026-09", "2026-10", "--lang", "en").out
    assert said.splitlines()[0].split() == [
        "total", "value", "target", "weight", "coverage", "red_line",
    ]  # fmt: skip
    assert re.fullmatch(
        r"and \d+ more indicators: [+-]\d+\.\d\d points together \(--json has all\)",
        said.splitlines()[-1],
    )


def test_what_has_no_score_is_not_explained_and_says_why(on_bank: Run) -> None:
    ran = on_bank("explain", "2019-01", "2026-10", "--lang", "en")
    assert (ran.code, ran.out) == (4, "")
    assert re.fullmatch(
        r"no score before: 2019-01 too little of it has data for a score "
        r"\(coverage \d\.\d %; not loaded: txn, event, .+\)\n",
        ran.err,
    )
    found = on_bank("explain", "2019-01", "2026-10", "--lang", "en", "--json")
    assert found.code == 4
    assert found.json["reason"] == ran.err.strip()
    assert (found.json["change"], found.json["parts"]) == (None, None)


def test_a_closed_month_is_issued_as_it_was_and_closed_again_with_a_reason_only(
    on_bank: Run, card: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANOPY_USER", "li")
    kept = on_bank("close", "2026-10", "--json").json
    assert (kept["period"], kept["version"], kept["closed_by"]) == ("2026-10", 1, "li")
    again = on_bank("score", "--period", "2026-10", "--as-closed", "--json").json
    assert again.pop("restated") == []
    assert again == card
    refused = on_bank("close", "2026-10")
    assert (refused.code, "closing it again needs a reason" in refused.err) == (4, True)
    second = on_bank("close", "2026-10", "--reason", "late rows", "--json").json
    assert (second["version"], second["reason"]) == (2, "late rows")


def test_what_changed_since_the_closing_is_told(
    on_bank: Run, card: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_bank("close", "2026-10", "--json")
    later = score_cards_of("2026-09")
    monkeypatch.setattr("commands.restating.score_cards", later)
    told = on_bank("score", "--period", "2026-10", "--as-closed", "--json").json
    mau = next(one for one in told["restated"] if one["id"] == "mau")
    values = {node["id"]: node["value"] for node in card["nodes"]}
    before = on_bank("value", "mau", "--period", "2026-09", "--json").json["rows"][0]["value"]
    assert (mau["closed"], mau["now"]) == (values["mau"], before)
    shown = on_bank("score", "--period", "2026-10", "--as-closed", "--lang", "zh").out
    assert "关账后重述" in shown


def score_cards_of(period: str) -> Any:
    """Cards of another period, as if late data had changed everything."""

    def other(connection: Any, setup: Any, state: Any, periods: Any) -> list[ScoreCard]:
        return score_cards(connection, setup, state, [Period.parse(period)])

    return other


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("score",), 2, "--period"),
        (("score", "--period", "2026-10", "--weights", "none"), 2, "profiles are balanced"),
        (("score", "--period", "2026-10", "--branch", "NOWHERE"), 2, "no branch 'NOWHERE'"),
        (("score", "--period", "2026-10", "--as-closed"), 4, "2026-10 is not closed"),
        (("score", "--period", "2026", "--as-closed", "--weights", "x"), 2, "stands alone"),
        (("explain", "2026-09"), 2, "Missing argument 'TO'"),
        (("explain", "2026-09", "2026-10", "--branch", "NOWHERE"), 2, "no branch 'NOWHERE'"),
        (("explain", "2026-09", "soon"), 2, "is not a period"),
        (("score", "--period", "0001-01", "--compare", "previous"), 2, "from 1900 to 2199"),
        (("score", "--period", "1900-01", "--compare", "previous"), 2, "from 1900 to 2199"),
        (("explain", "9999", "0001"), 2, "years run from 1900 to 2199"),
        (("close", "2026"), 4, "only a whole calendar month"),
        (("close", "2026-11"), 4, "not over in the data"),
    ],
)
def test_what_cannot_be_is_refused(
    on_bank: Run, arguments: tuple[str, ...], code: int, told: str
) -> None:
    ran = on_bank(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert "Traceback" not in ran.err
