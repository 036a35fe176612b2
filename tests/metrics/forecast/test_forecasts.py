"""Forecasts: known series, intervals that hold, goals reached with the right chance, refusals."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from data.period import Period
from metrics.forecast import forecast_level, forecast_total
from metrics.forecast.days import day_table
from metrics.forecast.flow import ahead
from metrics.targets.paths import flow_path, flow_shape

WEEK = np.array([1.0, 1.1, 1.2, 1.1, 1.3, 0.6, 0.5])


def rhythm(days: int, seed: int = 1, start: str = "2024-09-01", noise: float = 0.1) -> pd.Series:
    """A daily flow with a week, a year, growth and noise."""
    index = pd.date_range(start, periods=days)
    chance = np.random.default_rng(seed)
    year = 1 + 0.2 * np.sin(2 * np.pi * index.day_of_year / 365.25)
    growth = 1.15 ** (np.arange(days) / 365.25)
    values = 1000 * WEEK[index.day_of_week] * year * growth * chance.lognormal(0, noise, days)
    return pd.Series(values, index=index)


def test_the_mean_of_the_days_is_that_of_the_regression_times_the_recent_level() -> None:
    history = rhythm(400)
    found = ahead(history, date(2025, 11, 30))
    days = pd.date_range(history.index[0], "2025-11-30")
    table = day_table(days, yearly=False)
    seen = (table.iloc[:400] != 0).sum() >= 2
    design = sm.add_constant(table.loc[:, seen].to_numpy())
    scaled = history.to_numpy() / history.mean()
    fitted = sm.GLM(scaled, design[:400], family=sm.families.Poisson()).fit(scale="X2")
    mean = fitted.predict(design) * history.mean()
    lump = 3 * fitted.scale * history.mean()
    level = (history[-91:].sum() + lump) / (mean[309:400].sum() + lump)
    assert found.expected == pytest.approx(mean[400:] * level, rel=1e-6)


def test_a_total_is_what_was_reached_and_what_is_expected() -> None:
    history = rhythm(800)
    as_of = history.index[-1].date()
    found = forecast_total(history, date(2026, 1, 1), date(2026, 12, 31))
    done = history[history.index >= "2026-01-01"]
    steps = {step.day: step for step in found.steps}
    assert steps[as_of].actual == pytest.approx(done.sum())
    assert found.end is not None
    assert found.steps[-1].expected == pytest.approx(found.end.value)
    assert found.end.low <= found.end.value <= found.end.high
    truth = rhythm(912)["2026-01-01":"2026-12-31"]
    assert found.end.value == pytest.approx(truth.sum(), rel=0.03)


def test_intervals_hold_about_as_often_as_they_say() -> None:
    inside = 0
    for seed in range(6):
        whole = rhythm(700, seed, noise=0.3)
        found = forecast_total(whole[:640], date(2026, 6, 1), date(2026, 7, 31))
        truth = whole["2026-06-01":"2026-07-31"].sum()
        assert found.end is not None
        assert found.back_test is not None
        assert found.back_test.n >= 3
        inside += found.end.low <= truth <= found.end.high
    assert 3 <= inside <= 6


def test_the_chance_turns_with_the_goal() -> None:
    history = rhythm(800)
    asked = date(2026, 1, 1), date(2026, 12, 31)
    middle = forecast_total(history, *asked).end
    assert middle is not None
    chances = [
        forecast_total(history, *asked, goal=goal).probability
        for goal in (middle.value * 0.9, middle.value, middle.value * 1.1)
    ]
    assert chances[0] is not None
    assert chances[0] > 0.95
    assert chances[1] == pytest.approx(0.5, abs=0.25)
    assert chances[2] is not None
    assert chances[2] < 0.05
    down = forecast_total(history, *asked, goal=middle.value * 0.9, better="down").probability
    assert down == pytest.approx(1 - chances[0])


def test_the_plan_line_is_that_of_the_path() -> None:
    history = rhythm(800)
    path = flow_path(500_000.0, history["2025-01-01":"2025-12-31"], 2026)
    found = forecast_total(history, date(2026, 1, 1), date(2026, 12, 31), path=path)
    plans = [step.plan for step in found.steps]
    assert len(plans) == 365
    assert plans == pytest.approx(np.cumsum(path.daily))
    assert flow_shape(None, 2026).factor.sum() == pytest.approx(1)


def test_a_period_that_is_over_has_no_forecast_but_its_outcome() -> None:
    history = rhythm(800)
    found = forecast_total(history, date(2026, 1, 1), date(2026, 3, 31), goal=1.0)
    assert (found.end, found.probability) == (None, 1.0)
    assert found.reason is not None
    assert found.reason.kind == "over"


@pytest.mark.parametrize(
    ("history", "kind"),
    [
        (rhythm(100), "short_history"),
        (pd.Series(0.0, pd.date_range("2025-01-01", periods=400)), "rare"),
        (pd.Series([np.nan], pd.date_range("2025-01-01", periods=1)), "no_series"),
    ],
)
def test_too_little_is_refused_with_the_reason(history: pd.Series, kind: str) -> None:
    found = forecast_total(history, date(2026, 1, 1), date(2026, 12, 31))
    assert found.end is None
    assert found.probability is None
    assert found.reason is not None
    assert found.reason.kind == kind
    assert found.reason.words("zh") != found.reason.words("en")


def test_gaps_are_refused() -> None:
    history = rhythm(400)
    history.iloc[100:150] = np.nan
    found = forecast_total(history, date(2025, 10, 1), date(2025, 12, 31))
    assert found.reason is not None
    assert found.reason.kind == "gaps"


@settings(max_examples=15, deadline=None)
@given(st.floats(0.01, 1000), st.integers(0, 50))
def test_a_forecast_scales_with_its_unit(unit: float, seed: int) -> None:
    history = rhythm(300, seed)
    one = ahead(history, date(2025, 7, 31)).expected
    other = ahead(history * unit, date(2025, 7, 31)).expected
    assert other == pytest.approx(one * unit, rel=1e-6)


def months(values: list[float | None], first: str = "2024-01") -> list[tuple[Period, float | None]]:
    """Values of months in order."""
    found = [Period.parse(first)]
    while len(found) < len(values):
        found.append(found[-1].next())
    return list(zip(found, values, strict=True))


def test_a_growing_level_goes_on_growing_within_its_interval() -> None:
    chance = np.random.default_rng(3)
    values: list[float | None] = [100 * 1.01**i * chance.lognormal(0, 0.01) for i in range(30)]
    found = forecast_level(months(values), date(2026, 12, 31), goal=90.0)
    assert found.end is not None
    assert found.end.low <= 100 * 1.01**35 <= found.end.high
    assert found.end.value > (values[-1] or 0)
    assert found.probability is not None
    assert found.probability > 0.99
    assert found.back_test is not None
    assert found.back_test.n == 8


def test_a_share_never_exceeds_its_highest() -> None:
    found = forecast_level(months([95.0 + 0.2 * i for i in range(24)]), date(2026, 12, 31),
                           highest=100.0)  # fmt: skip
    assert found.end is not None
    assert found.end.high <= 100.0


def test_months_before_a_gap_are_not_used() -> None:
    found = forecast_level(months([*[50.0] * 20, None, *[60.0] * 5]), date(2026, 12, 31))
    assert found.end is None
    assert found.reason is not None
    assert found.reason.about == ("5", "12")


def test_nothing_known_is_refused() -> None:
    found = forecast_level(months([None, None]), date(2026, 12, 31))
    assert found.reason is not None
    assert found.reason.kind == "no_series"


def test_data_that_end_long_before_the_period_are_refused() -> None:
    found = forecast_total(rhythm(800), date(2028, 1, 1), date(2028, 12, 31))
    assert found.end is None
    assert found.reason is not None
    assert found.reason.kind == "late"
    level = forecast_level(months([50.0] * 24), date(2028, 12, 31))
    assert level.reason is not None
    assert level.reason.kind == "late"
