"""Experiments in words and figures: every kind has words, no winner where none may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.experiments.usable import RefusalKind
from metrics.experiments.analysis import analyse
from metrics.experiments.metrics import Context
from metrics.experiments.moments import ArmData, Moments
from metrics.experiments.outside import Asked, read_outside
from metrics.experiments.plan import Kind, MetricPlan, Plan, Policy, Role
from metrics.experiments.records import (
    Analysis,
    Enrolment,
    Estimate,
    HealthState,
    LookRule,
    Method,
    Outcome,
    Reason,
    ReasonKind,
)
from metrics.experiments.worth import WorthReason
from ui.charts.boundary import boundary
from ui.experiments import health, results, words
from ui.experiments.begin import arms_of
from ui.experiments.planning import days_needed
from ui.experiments.scale import Scale, lift_words
from ui.experiments.verdict import reasons_shown
from words.i18n import LANGUAGES, speak

FIELDS: dict[str, str | float | int] = {
    "arm": "B", "metric": "buys", "users": 12, "needed": 200, "conversions": 3, "column": "amount",
    "p": 0.0000123, "limit": 0.001, "share": 0.0123, "days": 5, "field": "looks", "day": 9,
    "horizon": 28, "fraction": 0.5, "next": 14,
}  # fmt: skip
SHARE = Scale("Buys", 100.0, "%", "%")


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> Iterator[str]:
    speak(request.param)
    yield request.param
    speak("en")


def whole(text: str, lang: str) -> None:
    """A text that says something, with nothing left open, in the language."""
    assert text.strip()
    assert not re.search(r"[{}]", text), text
    bare = re.sub(r"[A-Za-z]*(CUPED|Delta)", "", text)
    assert (lang == "zh") == bool(re.search(r"[\u4e00-\u9fff]", bare)), text


def test_every_kind_of_reason_is_a_sentence(lang: str) -> None:
    for kind in get_args(ReasonKind):
        told = words.reason_words(Reason(kind, tuple(FIELDS.items())), lambda _one: "Buys")
        whole(told, lang)
        bare = words.reason_words(Reason(kind), str)
        assert "{" not in bare
        for name, shown in (("metric", "Buys"), ("arm", "B"), ("share", "1.23%")):
            pattern = words._sentences()[kind]
            assert ("{" + name + "}" in pattern) <= (shown in told)
    assert len({words._sentences()[kind] for kind in get_args(ReasonKind)}) > 35


def test_every_other_kind_has_words(lang: str) -> None:
    for outcome in get_args(Outcome):
        whole(words.outcome_words(outcome), lang)
        whole(words.outcome_sentence(outcome, "B" if lang == "en" else "实验组"), lang)
        assert words.outcome_colour(outcome)
    for state in get_args(HealthState):
        whole(words.health_words(state), lang)
    for policy in get_args(Policy):
        whole(words.policy_words(policy), lang)
    for kind in get_args(Kind):
        whole(words.kind_words(kind), lang)
    for role in get_args(Role):
        whole(words.role_words(role), lang)
    for reason in get_args(WorthReason):
        whole(words.worth_words(reason), lang)
    context = get_args(Context.__dataclass_fields__["kind"].type) or ()
    for refusal in (*get_args(RefusalKind), "other_modules", "not_a_ratio", *context):
        whole(words.refusal_words(refusal, "txn"), lang)
    for method in get_args(Method):
        assert "{" not in words.method_words(method)
    for stage in ("draft", "running", "stopped", "decided"):
        whole(words.stage_words(stage), lang)


def counts(*rows: tuple[str, int, int], **asked: Any) -> Analysis:
    table = pd.DataFrame(
        {
            "variant": [name for name, _n, _x in rows],
            "users": [str(n) for _name, n, _x in rows],
            "conversions": [str(x) for _name, _n, x in rows],
        }
    )
    found = read_outside(table, Asked(**asked))
    return analyse(found.plan, found.arms, found.enrolment)


PLANTED = [
    ("ship", counts(("control", 1224, 509), ("treatment", 1224, 582))),
    ("inconclusive", counts(("control", 1241, 597), ("treatment", 1241, 597))),
    ("invalid", counts(("control", 1108, 507), ("treatment", 1351, 621))),
]
"""The demo bank's three experiments by the counts of its 8 000 customers."""


@pytest.mark.parametrize(("outcome", "found"), PLANTED)
def test_the_planted_counts_are_shown_with_their_verdict(outcome: Outcome, found: Analysis) -> None:
    assert found.verdict.outcome == outcome
    told = results.finding(found, lambda _metric: SHARE)
    table = results.frame(found, lambda _metric: SHARE, str)
    if outcome == "ship":
        assert told == "Buys: +14.3%, p 0.0030, more than chance explains"
        assert table.loc[0, "Difference"] == "+5.96 pp (+2.03 pp to +9.88 pp)"
    elif outcome == "inconclusive":
        assert told == "Buys: ±0%, p 1.0000; no difference is shown"
    else:
        assert told == "Buys cannot be told"
        assert set(table.loc[0, ["Control", "Treatment", "Difference", "Lift", "p"]]) == {"—"}
        assert health.split_finding(found.health) == (
            "Users did not come in the planned shares: p <0.0001"
        )


def test_a_look_that_may_not_decide_names_no_winner() -> None:
    moments = [Moments.of({"y": [1.0] * n + [0.0] * (2000 - n)}) for n in (200, 400)]
    arms = [ArmData(name, 2000, one) for name, one in zip("AB", moments, strict=True)]
    metric = MetricPlan("buys", "proportion", ("y",), role="primary")
    plan = Plan(("A", "B"), (metric,), horizon_days=28)
    found = analyse(plan, arms, Enrolment(days=14))
    assert found.verdict.outcome == "keep_running"
    assert "may not decide" in results.finding(found, lambda _metric: SHARE)
    reasons = [words.reason_words(one, str) for one in found.verdict.reasons]
    assert "It is day 14; the plan decides on day 28." in reasons
    told = [one.kind for one in reasons_shown(found.verdict.reasons, decides=False)]
    assert "primary_better" in {one.kind for one in found.verdict.reasons}
    assert not {"primary_better", "primary_worse"} & set(told)
    assert results.frame(found, lambda _metric: SHARE, str).loc[0, "Effect"] == "… too early to say"
    assert results.sign_of(found.effects[0], decides=False) == 0
    fine = replace(found, look=LookRule("fixed", 28, 1.0, True, True, 0.05, 1.96))
    assert "may not decide" not in results.finding(fine, lambda _metric: SHARE)


def test_cookie_cats_is_warned_for_its_split() -> None:
    known = (("gate_30", 44_700, 20_034), ("gate_40", 45_489, 20_119))
    found = counts(*known)
    assert health.split_finding(found.health) == (
        "The shares are off by more than chance usually does: p 0.0086"
    )
    assert found.verdict.outcome != "ship"
    assert counts(*known, ratio_invalid=0.01).verdict.outcome == "invalid"


def test_figures_are_written_with_their_unit() -> None:
    found = Estimate(0.0596, 0.0203, -0.001)
    assert SHARE.between(found) == "+5.96 pp (+2.03 pp to −0.1 pp)"
    assert Scale("Amount", 1.0, "CNY", "CNY").step(-12.5) == "−¥12.5"
    assert lift_words(Estimate(0.1, None, None)) == "+10.0%"
    assert lift_words(Estimate(None)) == "—"


def test_the_boundary_is_drawn_only_where_a_look_decides() -> None:
    days = [date(2026, 7, day) for day in (1, 2, 3)]
    limits: Sequence[float | None] = [None, 2.9, 1.98]
    figure = boundary(days, [3.5, 1.0, None], limits, [False, False, False], ("z", "l", "b"))
    upper, lower = figure.data[1], figure.data[2]
    assert (list(upper.y), list(lower.y)) == ([2.9, 1.98], [-2.9, -1.98])
    assert len(figure.data) == 3  # nothing is marked as beyond it
    low, high = figure.layout.yaxis.range
    assert low <= -2.9
    assert high >= 3.5


def test_days_follow_the_users_who_come_by() -> None:
    users = [100 * day for day in range(1, 29)]  # a hundred new ones a day
    assert days_needed(100, users) == 7
    assert days_needed(1401, users) == 21
    assert days_needed(4200, users) == 42
    assert days_needed(10**7, users) is None
    assert days_needed(300, [200] * 28) is None  # nobody new comes by


def test_variants_as_typed() -> None:
    assert [one.share for one in arms_of("a=20%，b=30%, c=50%")] == [0.2, 0.3, 0.5]
    assert [one.name for one in arms_of("a, b=1")] == ["a", "b"]


def shown_outside(lower: float) -> None:
    import pandas as pd

    from metrics.experiments.analysis import analyse
    from metrics.experiments.outside import Asked, read_outside
    from ui.experiments import outside

    table = pd.DataFrame(
        {"variant": ["a", "b"], "users": ["44700", "45489"], "conversions": ["20034", "20119"]}
    )
    found = read_outside(table, Asked(ratio_invalid=lower))
    outside.view(found, analyse(found.plan, found.arms, found.enrolment))


@pytest.mark.parametrize("limit", [0.001, 0.01])
def test_a_table_from_outside_is_refused_as_the_register_is(limit: float) -> None:
    test = AppTest.from_function(shown_outside, args=(limit,), default_timeout=60).run()
    assert not test.exception, test.exception
    text = " ".join(str(one.value) for one in [*test.subheader, *test.markdown, *test.error])
    assert ("Withheld" in text or "withheld" in text) == (limit == 0.01)
    assert "Ship" not in text
    assert (len(test.dataframe) > 1) == (limit == 0.001)  # no effects beside a broken split
