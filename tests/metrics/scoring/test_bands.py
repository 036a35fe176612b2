"""Bands of leaves and parents at their thresholds."""

from __future__ import annotations

import pytest

from metrics.scoring.bands import LEAF_BANDS, PARENT_BANDS, Band, band_of


@pytest.mark.parametrize(
    ("score", "leaf", "parent"),
    [
        (120.0, "excellent", "excellent"),
        (100.0, "excellent", "excellent"),
        (99.9, "good", "excellent"),
        (95.0, "good", "excellent"),
        (94.9, "good", "good"),
        (85.0, "good", "good"),
        (80.0, "good", "watch"),
        (79.9, "watch", "watch"),
        (70.0, "watch", "watch"),
        (60.0, "watch", "act"),
        (59.9, "act", "act"),
        (0.0, "act", "act"),
        (100 - 1e-12, "excellent", "excellent"),
    ],
)
def test_a_score_falls_into_the_band_it_reaches(score: float, leaf: str, parent: str) -> None:
    found = band_of(score, LEAF_BANDS), band_of(score, PARENT_BANDS)
    assert [band.id for band in found if band] == [leaf, parent]


def test_every_band_has_a_sign_of_its_own() -> None:
    for bands in (LEAF_BANDS, PARENT_BANDS):
        assert len({band.sign for band in bands}) == len(bands) == 4


def test_no_score_has_no_band() -> None:
    assert band_of(None, LEAF_BANDS) is None
    assert band_of(float("nan"), LEAF_BANDS) is None


def test_thresholds_that_do_not_fall_are_refused() -> None:
    with pytest.raises(ValueError, match="must fall"):
        band_of(50.0, [Band("act", 0, "-"), Band("good", 80, "+")])
