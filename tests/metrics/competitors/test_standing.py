"""Figures of different providers never meet; ranks are ranges; features are as last heard of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.competitors.records import OURS, Figure, Release
from data.configuration import ConfigurationError
from data.slice import Rights, Slice
from metrics.competitors.benchmarks import benchmarks
from metrics.competitors.features import gaps, matrix
from metrics.competitors.standing import (
    MixedError,
    age_of,
    comparable,
    difference,
    foremost,
    latest,
    providers,
    rank,
    series,
)

DAY = date(2026, 9, 30)


def figure(provider: str, who: str, value: float, *, low: float | None = None,
           high: float | None = None, last: date = DAY) -> Figure:  # fmt: skip
    first = last.replace(day=1)
    return Figure(
        "", provider, first, last, who, "mau", value, low, high, "users", "report", "", "B"
    )


def test_a_rank_is_a_range_where_intervals_overlap() -> None:
    group = [
        figure("Q", "a", 120, low=110, high=130),
        figure("Q", "b", 101, low=95, high=107),
        figure("Q", "c", 60, low=55, high=65),
    ]
    found = rank(group, 100.0)
    assert found is not None
    assert (found.best, found.worst, found.of, found.by_provider) == (2, 3, 4, False)
    ours = rank([*group, figure("Q", OURS, 140, low=125, high=150)], 100.0)
    assert ours is not None
    assert (ours.own, ours.best, ours.worst, ours.by_provider) == (140, 1, 2, True)
    assert rank(group, None) is None
    assert rank([], 5.0) is None


def test_ranks_of_different_providers_are_never_put_together() -> None:
    many = rank([figure("Q", f"p{n}", 10.0 + n) for n in range(15)], 5.0)
    alone = rank([figure("D", "p1", 10.0)], 5.0)
    newer = rank([figure("D", "p1", 10.0, last=date(2026, 10, 31))], 5.0)
    assert many is not None
    assert alone is not None
    assert newer is not None
    assert foremost([alone, many]) == many
    assert foremost([many, newer]) == newer
    assert foremost([]) is None


def test_the_newest_provider_comes_first() -> None:
    found = [figure("A", "x", 1.0), figure("B", "x", 1.0, last=date(2026, 10, 31))]
    assert providers(found, "mau") == ("B", "A")
    assert providers(found, "nps") == ()


def test_a_part_of_the_bank_is_not_held_against_whole_peers() -> None:
    whole = Slice.of("2026-10")
    parts = [
        Slice.of("2026-10", "B01"),
        Slice.of("2026-10", tier=("vip",)),
        replace(whole, rights=Rights("B01")),
    ]
    assert comparable("mau", whole)
    assert not any(comparable(name, part) for name in ("mau", "dau") for part in parts)
    assert all(comparable("store_rating", part) for part in parts)


@given(
    st.lists(st.tuples(st.floats(1, 1e6), st.floats(0, 0.5)), min_size=1, max_size=12),
    st.floats(1, 1e6),
)
def test_the_rank_of_the_values_lies_in_the_range(
    peers: list[tuple[float, float]], own: float
) -> None:
    group = [
        figure("Q", f"p{n}", value, low=value * (1 - reach), high=value * (1 + reach))
        for n, (value, reach) in enumerate(peers)
    ]
    found = rank(group, own)
    assert found is not None
    exact = 1 + sum(value > own for value, _reach in peers)
    assert 1 <= found.best <= exact <= found.worst <= found.of


def test_providers_periods_and_units_never_mix() -> None:
    one, other = figure("iResearch", "a", 219.0), figure("QuestMobile", "a", 147.0)
    earlier = figure("iResearch", "a", 200.0, last=date(2026, 8, 31))
    for pair in ((one, other), (one, earlier), (one, replace(one, unit="k users"))):
        with pytest.raises(MixedError):
            difference(*pair)
        with pytest.raises(MixedError):
            rank(list(pair), 100.0)
    assert difference(one, figure("iResearch", "b", 19.0)) == 200.0
    found = series([one, other, earlier], "mau")
    assert [(s.provider, len(s.figures)) for s in found] == [("QuestMobile", 1), ("iResearch", 2)]
    assert latest([one, other, earlier], "mau", "iResearch") == (one,)


def test_figures_age() -> None:
    one = figure("Q", "a", 1.0)
    assert age_of(one, DAY + timedelta(days=100)) == "fresh"
    assert age_of(one, DAY + timedelta(days=101)) == "ageing"
    assert age_of(one, DAY + timedelta(days=401)) == "stale"


def release(day: int, who: str, feature: str, change: str, scene: str = "payment") -> Release:
    return Release(f"{day}", date(2026, 1, day), who, scene, feature, change, "notes")


SHIPPED = (
    release(1, "a", "QR", "new"), release(2, "b", "QR", "new"), release(3, "b", "QR", "removed"),
    release(4, "a", "Face", "new"), release(5, "c", "Loan", "new", "credit"),
)  # fmt: skip


def test_the_matrix_holds_the_latest_state() -> None:
    rows = matrix(SHIPPED, date(2026, 1, 31))
    assert [(row.scene, row.feature) for row in rows] == [
        ("payment", "Face"), ("payment", "QR"), ("credit", "Loan"),
    ]  # fmt: skip
    states = rows[1].states
    assert (states["a"].there, states["b"].there, states["b"].day.day) == (True, False, 3)
    earlier = matrix(SHIPPED, date(2026, 1, 2))
    assert earlier[0].states["b"].there


def test_gaps_are_unknown_until_own_features_are_written_down() -> None:
    rows = matrix(SHIPPED, date(2026, 1, 31))
    payment = gaps(rows, date(2026, 1, 31))[0]
    assert (payment.offered, payment.ours, payment.lately) == (2, None, 2)
    assert payment.by_peer == {"a": 2, "b": 0, "c": 0}
    mine = matrix([*SHIPPED, release(9, OURS, "QR", "new")], date(2026, 1, 31))
    payment, credit = gaps(mine, date(2026, 1, 31))
    assert (payment.ours, payment.lacking) == (1, ("Face",))
    assert (credit.ours, credit.lacking) == (0, ("Loan",))


def test_benchmarks_name_indicators_that_exist(tmp_path: Path) -> None:
    known = frozenset({"dau", "cross_sell_success", "ai_resolution"})
    assert len(benchmarks(known)) == 25
    with pytest.raises(ConfigurationError, match="ai_resolution"):
        benchmarks(frozenset({"dau", "cross_sell_success", "ai_coverage"}))
