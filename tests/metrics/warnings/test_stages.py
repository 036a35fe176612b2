"""Stages of a warning from hand-made series of judged days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.warnings.stages import STAGES, Judged, Outcome, stage

LETTERS: dict[str, Outcome] = {"x": "breached", ".": "holds", "?": "unknown"}
FIRST = date(2026, 11, 1)


def days(series: str) -> list[Judged]:
    """A letter a day: x breached, . holds, ? unknown."""
    return [Judged(FIRST + timedelta(i), LETTERS[one]) for i, one in enumerate(series)]


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ("x", "pending"),
        ("xx", "firing"),
        ("x.", "resolved"),
        ("x?x", "firing"),
        ("xx?", "no_data"),
        ("xx.", "recovering"),
        ("xx..", "recovering"),
        ("xx...", "resolved"),
        ("xx..x", "firing"),
        ("xx.?.", "recovering"),
        ("?", "no_data"),
        ("", "no_data"),
    ],
)
def test_a_series_by_hand(series: str, expected: str) -> None:
    assert stage(days(series), confirm_days=2, calm_days=3) == expected


def test_taken_on_it_stays_so_until_it_calms() -> None:
    told = {"xx": "acknowledged", "xx.": "recovering", "xx.x": "acknowledged", "xx...": "resolved"}
    for series, expected in told.items():
        assert stage(days(series), confirm_days=2, calm_days=3, acknowledged=True) == expected


@given(st.text("x.?", min_size=1, max_size=30), st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_laws(series: str, confirm: int, calm: int, taken: bool) -> None:
    found = stage(days(series), confirm_days=confirm, calm_days=calm, acknowledged=taken)
    assert found in STAGES
    assert (found == "no_data") == (series[-1] == "?")
    if series[-1] == "x":
        assert found in ("pending", "firing", "acknowledged")
    if series[-1] == ".":
        assert found in ("recovering", "resolved")
    if "x" * confirm not in series.replace("?", "") and series[-1] != "?":
        assert found in ("pending", "resolved")
