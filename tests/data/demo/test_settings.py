"""What a demo bank may be made from."""

from __future__ import annotations

from datetime import date

import pytest

from data.demo.settings import DemoSettings
from data.demo.timeline import make_timeline


@pytest.mark.parametrize(
    ("until", "first"),
    [
        (date(2026, 11, 21), date(2024, 9, 1)),
        (date(2026, 10, 31), date(2024, 9, 1)),
        (date(2026, 11, 1), date(2024, 9, 1)),
    ],
)
def test_the_default_period_holds_twenty_six_complete_months(until: date, first: date) -> None:
    settings = DemoSettings(until=until)
    assert settings.first == first
    assert sum(month.complete for month in make_timeline(settings).months) == 26


def test_faults_are_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"users: 3.*days: 5.*'luck'.*fraud is 99"):
        DemoSettings(users=3, days=5, scenario={"luck": 2, "fraud": 99})


def test_settings_cannot_be_changed_afterwards() -> None:
    wishes = {"fraud": 2.0}
    settings = DemoSettings(scenario=wishes)
    wishes["fraud"] = 5.0
    assert settings.driver("fraud") == 2.0
    assert settings.driver("activity") == 1.0


def test_days_count_back_from_the_last() -> None:
    settings = DemoSettings(days=120, until=date(2026, 4, 30))
    assert settings.first == date(2026, 1, 1)
    months = make_timeline(settings).months
    assert [month.complete for month in months] == [True] * 4


def test_a_month_that_does_not_start_on_its_first_day_is_not_complete() -> None:
    months = make_timeline(DemoSettings(days=121, until=date(2026, 4, 30))).months
    assert [month.complete for month in months] == [False, True, True, True, True]
