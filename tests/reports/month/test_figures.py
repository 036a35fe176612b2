"""Every figure that is an indicator is the one that screens and the command line show."""

from __future__ import annotations

import numpy as np
import pytest

from data.slice import Slice
from metrics.scorecard import ScoreCard
from metrics.values import evaluate
from reports.month import behaviour, business, executive, perspectives, risk
from reports.month.facts import Facts
from tests.metrics.scorecard.opened import Opened
from tests.reports.month.filled import MONTH
from tests.reports.month.shown import Figure, book_of, figures

SHEETS = (executive.write, perspectives.write, behaviour.write, business.write, risk.write)
EXACT = 1e-9


@pytest.fixture(scope="module")
def shown(facts: Facts) -> list[Figure]:
    """All figures of the sheets with indicators."""
    return list(figures(book_of(facts, SHEETS)))


def same(found: object, expected: float | None) -> bool:
    """A number as it is; what is missing is a dash, and nothing where a chart is drawn from it."""
    if expected is None or np.isnan(expected):
        return found in ("—", None)
    return isinstance(found, int | float) and found == pytest.approx(expected, rel=EXACT)


def side(card: ScoreCard | None, indicator: str, key: str, branch: str) -> float | None:
    """A number of an indicator in a card."""
    if card is None:
        return None
    found: float | None = getattr(card.node(indicator, branch), key)
    return found


def test_every_indicator_row_shows_the_score_card(facts: Facts, shown: list[Figure]) -> None:
    ids = {facts.tree.name(one, "en"): one for one in facts.tree.indicators}
    sides = {
        "Value": (facts.card, "value"),
        "Month before": (facts.before, "value"),
        "Last year": (facts.year_ago, "value"),
        "Target": (facts.card, "target"),
        "Score": (facts.card, "score"),
    }
    checked = []
    for one in shown:
        # The funnel is led by its stages, and goals of the year are another table.
        if one.linked and one.heading in sides and one.lead in ids:
            card, key = sides[one.heading]
            expected = side(card, ids[one.lead], key, "")
            assert same(one.value, expected), one
            checked.append((one.sheet, ids[one.lead], one.heading))
    named = {(name, heading) for _sheet, name, heading in checked}
    assert named == {(name, heading) for name in facts.tree.indicators for heading in sides}
    assert len(checked) > 5 * len(facts.tree.indicators)


@pytest.mark.parametrize("branch", ["", "B02"])
def test_the_card_shows_what_the_command_line_evaluates(
    demo: Opened, facts: Facts, branch: str
) -> None:
    names = list(facts.tree.indicators)
    found = evaluate(demo.connection, demo.setup, names, Slice.of(MONTH, branch))
    for column, name in enumerate(names):
        expected = facts.card.node(name, branch).value
        if expected is None:
            assert np.isnan(found.value[0, column]), name
        else:
            assert found.value[0, column] == pytest.approx(expected, rel=EXACT), name


def test_every_month_of_an_indicator_is_of_its_card(facts: Facts, shown: list[Figure]) -> None:
    cards = {f"{card.period.first:%Y-%m}": card for card in facts.cards}
    assert len(cards) == 13
    tree, checked = facts.tree, set()
    for one in shown:
        name = next((n for n in tree.indicators if is_heading(facts, n, one.heading)), None)
        if one.lead in cards and name is not None:
            assert same(one.value, side(cards[one.lead], name, "value", "")), one
            checked.add((name, one.lead))
    assert {"mau", "npl_ratio", "fraud_rate"} <= {name for name, _month in checked}
    assert len(checked) >= 20 * len(cards)


def is_heading(facts: Facts, indicator: str, heading: str) -> bool:
    """Whether a column is of an indicator: its name, with the unit where there is one."""
    found = facts.tree.indicators[indicator]
    return heading in (found.name_en, *(f"{found.name_en}, {u}" for u in (found.unit_en, "CNY")))


def test_scores_of_themes_and_months(facts: Facts, shown: list[Figure]) -> None:
    tree = facts.tree
    inner = {tree.name(one, "en"): one for one in tree.nodes() if tree.level(one) < 3}
    cards = {f"{card.period.first:%Y-%m}": card for card in facts.cards}
    count = 0
    for one in shown:
        if one.lead in cards and one.heading in inner:
            assert same(one.value, cards[one.lead].node(inner[one.heading]).score), one
            count += 1
        if one.lead in inner and one.heading == "Score" and one.value != "":
            assert same(one.value, facts.card.node(inner[one.lead]).score), one
            count += 1
    assert count > 13 * 31


def test_changes_are_in_points_for_shares_and_relative_for_others(
    facts: Facts, shown: list[Figure]
) -> None:
    assert facts.before is not None
    ids = {facts.tree.name(one, "en"): one for one in facts.tree.indicators}
    rows: dict[tuple[str, int], list[Figure]] = {}
    for one in shown:
        if one.linked and one.lead in ids and one.sheet in ("User scale", "Brand"):
            rows.setdefault((one.sheet, one.row), []).append(one)
    checked = 0
    for row in rows.values():
        name = ids[row[0].lead]
        now, then = (card.node(name).value for card in (facts.card, facts.before))
        first = next(one for one in row if one.heading == "Change")
        if now is None or then is None:
            continue
        share = facts.tree.indicators[name].unit == "%"
        assert same(first.value, now - then if share else 100 * (now - then) / abs(then)), name
        checked += 1
    assert checked > 25


def test_goals_of_the_year_are_those_of_the_card(facts: Facts, shown: list[Figure]) -> None:
    names = {facts.tree.name(one, "en"): one for one in facts.tree.indicators}
    goals = [one for one in shown if one.heading == "Goal of the year"]
    assert len(goals) == len(facts.business.courses)
    for one in goals:
        goal = facts.card.goals[names[one.lead]].year_target[0]
        assert same(one.value, float(goal)), one
