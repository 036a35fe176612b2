"""The shipped tree is the specified one, and every node can be reached and named."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from metrics.formula import Floats, Term
from metrics.tree import Goal, Indicator, Tree

EXPECTED = Path(__file__).with_name("expected_tree.txt").read_text("utf-8").splitlines()


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.lstrip("# ").split("|")]


def _goal(text: str) -> Goal:
    words = text.split()
    if len(words) == 2:
        return Goal(words[0], float(words[1]))  # type: ignore[arg-type]  # checked by equality
    if text == "start_of_year_plus":
        return Goal("start_of_year_plus", None, "new_users_less_closures")
    return Goal("number", float(text))


def _level_4(indicator: Indicator) -> str:
    return {0: "no", 2: "some"}.get(len(indicator.modules), "yes")


def test_perspectives_are_the_specified_ones(tree: Tree) -> None:
    rows = [_cells(line) for line in EXPECTED if line.startswith("# ")]
    found = [[p.id, p.name_zh, f"{p.weight:g}"] for p in tree.perspectives.values()]
    assert found == rows
    assert len(rows) == 5


def test_themes_are_the_specified_ones(tree: Tree) -> None:
    rows = [_cells(line) for line in EXPECTED if line.startswith("## ")]
    found = [[t.id, t.name_zh, f"{t.weight:g}"] for t in tree.themes.values()]
    assert found == rows
    assert len(rows) == 25


def test_indicators_are_the_specified_ones(tree: Tree) -> None:
    rows = [_cells(line) for line in EXPECTED if not line.startswith("#")]
    assert len(rows) == len(tree.indicators) == 78
    for row, (key, i) in zip(rows, tree.indicators.items(), strict=True):
        ident, zh, en, unit, better, over_time, level_4, tag, weight, base, target, std = row
        assert (key, i.id, i.name_zh, i.name_en) == (ident, ident, zh, en)
        assert (i.unit, i.better, i.over_time, i.tag) == (unit, better, over_time, tag), key
        assert i.weight == float(weight), key
        assert _level_4(i) == level_4, key
        assert (i.base, i.target) == (_goal(base), _goal(target)), key
        assert i.standard is (std == "std"), key


def test_indicators_stand_under_their_themes(tree: Tree) -> None:
    theme = perspective = ""
    for line in EXPECTED:
        first = _cells(line)[0]
        if line.startswith("## "):
            theme = first
        elif line.startswith("# "):
            perspective = first
        else:
            assert tree.path(first) == ("total", perspective, theme, first)


def test_counts_by_perspective(tree: Tree) -> None:
    assert [len(tree.leaves(p)) for p in tree.perspectives] == [18, 18, 16, 14, 12]
    assert [len(tree.children(p)) for p in tree.perspectives] == [5] * 5


def test_caps_follow_the_perspective(tree: Tree) -> None:
    assert [p.cap for p in tree.perspectives.values()] == [120, 120, 100, 110, 100]
    caps = {p.id: p.cap for p in tree.perspectives.values()}
    assert all(i.cap == caps[i.perspective] for i in tree.indicators.values())


def test_effective_weights_add_up_at_every_node(tree: Tree) -> None:
    for node in tree.nodes():
        leaves = [tree.effective_weight(leaf) for leaf in tree.leaves(node)]
        assert sum(leaves) == pytest.approx(tree.effective_weight(node), abs=1e-9)
    assert tree.effective_weight("mau") == pytest.approx(25 * 0.30 * 0.30)
    assert tree.effective_weight("total") == 100


def test_a_module_kpi_is_a_node_of_level_4(tree: Tree) -> None:
    node = "mau@transfer"
    assert tree.level(node) == 4
    assert tree.parent(node) == "mau"
    assert tree.children(node) == ()
    assert tree.leaves(node) == (node,)
    assert tree.weight(node) == tree.effective_weight(node) == 0
    assert tree.name(node, "zh") == "月活跃用户（MAU） · 转账汇款"
    assert tree.name(node, "en") == "Monthly active users · Transfer"


def test_levels_names_and_parents_of_the_upper_nodes(tree: Tree) -> None:
    assert [tree.level(n) for n in ("total", "risk", "fraud", "fraud_rate")] == [0, 1, 2, 3]
    assert [tree.name(n, "zh") for n in ("total", "risk", "fraud")] == ["总分", "风险控制", "欺诈"]
    assert [tree.parent(n) for n in ("total", "risk", "fraud")] == [None, "total", "risk"]
    assert tree.children("total") == tuple(tree.perspectives)


@pytest.mark.parametrize("node", ["", "maus", "mau@", "mau@nowhere", "arpu@transfer", "@transfer"])
def test_an_unknown_node_is_an_error(tree: Tree, node: str) -> None:
    with pytest.raises(KeyError) as caught:
        tree.level(node)
    assert caught.value.args == (node,)


def test_module_kpis_only_where_they_have_a_meaning(tree: Tree) -> None:
    indicators = tree.indicators
    assert indicators["dwell_minutes"].modules == ("community", "wealth")
    assert indicators["disclosure_reach"].modules == ("wealth", "robo_advice", "insurance")
    assert len(indicators["mau"].modules) == len(tree.modules) == 16
    for name in ("txn_amount", "txn_count", "fee_income", "scene_risk_rate", "fraud_rate"):
        assert not {"account", "ai_service", "community"} & set(indicators[name].modules)
    assert len(tree.module_kpis()) == len(set(tree.module_kpis()))


def test_basic_modules(tree: Tree) -> None:
    basic = tuple(m.id for m in tree.modules.values() if m.grade == "basic")
    assert basic == ("transfer", "account", "bill_payment", "qr_payment")
    scoring = tree.indicators["task_completion"].scored_by_modules
    assert scoring is not None
    assert scoring.modules == basic
    assert scoring.weighted_by == "tasks_started"


def test_curves_and_paths(tree: Tree) -> None:
    curves = {i.id: i.curve for i in tree.indicators.values() if i.curve != "linear"}
    assert curves == {"dwell_minutes": "band", "availability": "downtime", "data_leaks": "step"}
    band = tree.indicators["dwell_minutes"].band
    assert band is not None
    assert (band.full, band.outer) == ((6, 9), (4, 11))
    for i in tree.indicators.values():
        assert (i.path == "none") is i.standard


def test_only_robo_advice_may_be_switched_off(tree: Tree) -> None:
    assert [i.id for i in tree.indicators.values() if i.may_be_off] == ["advisory_share"]


def test_every_indicator_is_described_owned_and_measured_in_both_languages(tree: Tree) -> None:
    for i in tree.indicators.values():
        texts = (i.name_zh, i.name_en, i.description_zh, i.description_en)
        assert all(texts), i.id
        assert all((i.owner_zh, i.owner_en, i.unit_zh, i.unit_en)), i.id
        assert i.description_zh.count("。") >= 2, i.id
        assert i.description_en.count(". ") >= 1, i.id
        assert i.description_en.endswith("."), i.id
    described = [i.description_en for i in tree.indicators.values()]
    assert len(set(described)) == 78


def test_words_cover_what_indicators_use(tree: Tree) -> None:
    words = tree.vocabulary
    for i in tree.indicators.values():
        assert i.better in words.directions
        assert i.over_time in words.over_time
        assert i.tag in words.tags
        assert i.owner in words.owners
    assert {m.team for m in tree.modules.values()} <= set(words.owners)


def test_red_lines_are_the_specified_ones(tree: Tree) -> None:
    lines = {key: (line.above, line.below, dict(line.caps)) for key, line in tree.red_lines.items()}
    assert lines == {
        "data_leak": (0, None, {"compliance": 60, "total": 80}),
        "availability_floor": (None, 99.9, {"stability": 60}),
        "npl_limit": (2, None, {"credit_quality": 60}),
        "unreviewed_campaign": (0, None, {"marketing_review": 60}),
        "overdue_rectification": (0, None, {"regulatory": 60}),
        "overdue_suspicious_report": (0, None, {"aml": 60}),
    }


def test_bands_are_the_specified_ones(tree: Tree) -> None:
    assert [b.at_least for b in tree.bands.leaves] == [100, 80, 60, 0]
    assert [b.at_least for b in tree.bands.parents] == [95, 85, 70, 0]
    for bands in (tree.bands.leaves, tree.bands.parents):
        assert [b.id for b in bands] == ["excellent", "good", "watch", "act"]
        assert len({b.sign for b in bands}) == 4


def test_the_tree_is_frozen(tree: Tree) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        tree.indicators["mau"].weight = 50  # type: ignore[misc]
    with pytest.raises(TypeError):
        tree.indicators["mau"] = tree.indicators["dau"]  # type: ignore[index]
    with pytest.raises(TypeError):
        tree.red_lines["data_leak"].caps["total"] = 100  # type: ignore[index]


def _value(tree: Tree, indicator: str, held: dict[str, float]) -> float:
    formula = tree.indicators[indicator].formula
    assert {f"{t.function}:{t.point}" for t in formula.calls} == set(held)
    return float(formula.evaluate(lambda t: np.array(held[f"{t.function}:{t.point}"])))


def test_formulas_by_hand(tree: Tree) -> None:
    days = {"user_days:active_users": 3000.0, "days:": 30.0}
    assert _value(tree, "dau", days) == 100
    assert _value(tree, "stickiness", {**days, "total:active_users": 400.0}) == 25
    fees = {"total:fee_income": 135.0, "year_ago:fee_income": 100.0}
    assert _value(tree, "fee_growth", fees) == pytest.approx(35)
    nps = {"total:nps_promoters": 60.0, "total:nps_detractors": 10.0, "total:nps_answers": 100.0}
    assert _value(tree, "nps", nps) == 50
    held = {
        "total:ltv_predicted": 900.0,
        "total:ltv_users": 10.0,
        "total:acquisition_spend": 600.0,
        "total:registrations": 20.0,
    }
    assert _value(tree, "ltv_cac", held) == 3
    dwell = {"total:dwell_ms": 1_260_000.0, "user_days:active_users": 3.0}
    assert _value(tree, "dwell_minutes", dwell) == 7
    loss = {"total:fraud_loss": 56.0, "total:judged_amount": 1_000_000.0}
    assert _value(tree, "fraud_loss_rate", loss) == pytest.approx(0.56)


def _held(values: dict[Term, float], term: Term) -> Floats:
    return np.array(values[term])


def test_every_formula_is_nan_where_a_point_is_missing(tree: Tree) -> None:
    for i in tree.indicators.values():
        for missing in i.formula.calls:
            held = {term: np.nan if term == missing else 2.0 for term in i.formula.calls}
            value = i.formula.evaluate(partial(_held, held))
            assert np.isnan(value), (i.id, missing)
