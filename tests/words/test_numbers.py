"""Numbers as Chinese and English readers write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from data.period import Period
from words import numbers
from words.i18n import speak


@pytest.fixture(autouse=True)
def back_to_english() -> Iterator[None]:
    yield
    speak("en")


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (12_300, "1.23万", "12.3K"),
        (1_230_000, "123万", "1.23M"),
        (123_000_000, "1.23亿", "123M"),
        (1_230_000_000, "12.3亿", "1.23B"),
        (-45_600, "−4.56万", "−45.6K"),
        (9_999, "9,999", "9,999"),
        (0, "0", "0"),
        (83.04, "83.04", "83.04"),
        (0.000123, "0.000123", "0.000123"),
        (None, "—", "—"),
        (float("nan"), "—", "—"),
    ],
)
def test_numbers(value: float | None, chinese: str, english: str) -> None:
    speak("zh")
    assert numbers.number(value) == chinese
    speak("en")
    assert numbers.number(value) == english


@pytest.mark.parametrize(
    ("value", "unit", "words", "expected"),
    [
        (12.5, "%", "%", "12.5%"),
        (1_230_000, "CNY", "CNY", "¥1.23M"),
        (1170.4, "users", "users", "1,170 users"),
        (796.64, "users", "users", "797 users"),
        (4.1, "min", "min", "4.1 min"),
        (1.64, "ratio", "ratio", "1.64"),
        (None, "%", "%", "—"),
    ],
)
def test_quantities(value: float | None, unit: str, words: str, expected: str) -> None:
    assert numbers.quantity(value, unit, words) == expected


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("2026-10", "2026年10月", "Oct 2026"),
        ("2026-Q3", "2026年第3季度", "2026 Q3"),
        ("2026", "2026年", "2026"),
        ("2026-W44", "2026年第44周", "2026 week 44"),
        ("2026-10-31", "2026年10月31日", "Oct 31, 2026"),
        ("2026-10-01..2026-10-15", "2026-10-01 至 2026-10-15", "2026-10-01 to 2026-10-15"),
    ],
)
def test_periods(text: str, chinese: str, english: str) -> None:
    speak("zh")
    assert numbers.period(Period.parse(text)) == chinese
    speak("en")
    assert numbers.period(Period.parse(text)) == english


def test_a_change_that_rounds_to_nothing_has_no_sign() -> None:
    assert [numbers.signed(x) for x in (0.04, -0.04, 0.06, -3.25, None)] == [
        "±0", "±0", "+0.1", "−3.2", "—",
    ]  # fmt: skip


def test_ages() -> None:
    assert [numbers.ago(s) for s in (5, 61, 3 * 3600, 3 * 86400)] == [
        "just now", "1 minute ago", "3 hours ago", "3 days ago",
    ]  # fmt: skip
    assert numbers.day(date(2026, 1, 2)) == "2026-01-02"
    assert numbers.day(None) == "—"
