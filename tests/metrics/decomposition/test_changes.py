"""Splits of changes: they add up, turn with time, and warn of what misleads."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.decomposition import RatioChange, Refused, ratio_change, sum_change

amounts = st.floats(0, 1e6).map(lambda x: round(x, 2))
volumes = st.integers(0, 10_000).map(float)
names = st.sampled_from("abcdef")
sums = st.dictionaries(names, st.tuples(volumes, amounts), max_size=6)
ratios = st.dictionaries(names, st.tuples(volumes, volumes), min_size=1, max_size=6)


def by_hand(v: tuple[float, float], s: tuple[float, float], r: tuple[float, float]) -> list[float]:
    """Shapley values of v * s * r by going through the six orders."""
    sides = (v, s, r)
    found = [0.0, 0.0, 0.0]
    for order in permutations(range(3)):
        now = [0, 0, 0]
        value = v[0] * s[0] * r[0]
        for factor in order:
            now[factor] = 1
            product = 1.0
            for side, place in zip(sides, now, strict=True):
                product *= side[place]
            found[factor] += (product - value) / 6
            value = product
    return found


def test_a_part_is_split_as_the_six_orders_say() -> None:
    before, after = {"a": (30.0, 60.0), "b": (10.0, 50.0)}, {"a": (40.0, 100.0), "b": (40.0, 120.0)}
    found = {part.name: part for part in sum_change(before, after).parts}
    for name in "ab":
        v, s = (40.0, 80.0), (before[name][0] / 40, after[name][0] / 80)
        r = (before[name][1] / before[name][0], after[name][1] / after[name][0])
        volume, mix, rate = by_hand(v, s, r)
        mean = by_hand(v, (s[0], s[1]), (110 / 40, 220 / 80))[1]
        assert found[name].volume == pytest.approx(volume)
        assert found[name].mix == pytest.approx(mix - mean)
        assert found[name].rate == pytest.approx(rate)


@settings(max_examples=150, deadline=None)
@given(sums, sums)
def test_sums_add_up_and_turn_with_time(before: dict, after: dict) -> None:
    found, back = sum_change(before, after), sum_change(after, before)
    size = max(1.0, found.before, found.after)
    assert abs(found.volume + found.mix + found.rate - found.change) <= 1e-9 * size
    assert abs(sum(part.effect for part in found.parts) - found.change) <= 1e-9 * size
    for name in ("volume", "mix", "rate"):
        assert abs(getattr(found, name) + getattr(back, name)) <= 1e-9 * size
    turned = {part.name: part.effect for part in back.parts}
    assert all(abs(part.effect + turned[part.name]) <= 1e-9 * size for part in found.parts)
    ranked = [abs(part.effect) for part in found.parts]
    assert ranked == sorted(ranked, reverse=True)


@settings(max_examples=150, deadline=None)
@given(ratios, ratios)
def test_ratios_add_up_and_turn_with_time(before: dict, after: dict) -> None:
    found, back = ratio_change(before, after), ratio_change(after, before)
    if isinstance(found, Refused) or isinstance(back, Refused):
        assert not (sum(d for _, d in before.values()) and sum(d for _, d in after.values()))
        return
    size = max(1.0, abs(found.before), abs(found.after), *(abs(p.effect) for p in found.parts))
    ratio = [sum(t for t, d in side.values()) / sum(d for _, d in side.values())
             for side in (before, after)]  # fmt: skip
    # A numerator without a denominator belongs to no part's ratio.
    if all(d or not t for side in (before, after) for t, d in side.values()):
        assert (
            abs(found.mix + found.rate + found.interaction - (ratio[1] - ratio[0])) <= 1e-9 * size
        )
    turned = {part.name: part.effect for part in back.parts}
    assert all(abs(part.effect + turned[part.name]) <= 1e-9 * size for part in found.parts)


def test_parts_against_the_whole_are_a_reversal() -> None:
    before = {"young": (81.0, 90.0), "old": (1.0, 10.0)}
    after = {"young": (9.5, 10.0), "old": (18.0, 90.0)}
    found = ratio_change(before, after)
    assert isinstance(found, RatioChange)
    assert found.change < 0 < min(p.after - p.before for p in found.parts)
    assert [w.kind for w in found.warnings] == ["simpson"]
    same = ratio_change(before, {"young": (70.0, 90.0), "old": (0.5, 10.0)})
    assert isinstance(same, RatioChange)
    assert same.warnings == ()


def test_overlapping_parts_leave_a_rest_that_is_told() -> None:
    before, after = {"a": (5.0, 10.0), "b": (4.0, 10.0)}, {"a": (6.0, 10.0), "b": (4.0, 10.0)}
    found = ratio_change(before, after, whole=(0.4, 0.5))
    assert isinstance(found, RatioChange)
    assert found.change == pytest.approx(0.1)
    assert found.unexplained == pytest.approx(0.1 - 0.05)
    assert [w.kind for w in found.warnings] == ["overlap"]


def test_parts_that_cancel_out_and_unequal_days_are_told() -> None:
    found = sum_change({"a": (1.0, 50.0), "b": (1.0, 10.0)}, {"a": (1.0, 11.0), "b": (1.0, 50.0)},
                       equal_days=False)  # fmt: skip
    assert [w.kind for w in found.warnings] == ["unequal_days", "offsetting"]


def test_a_period_without_denominator_is_refused_with_the_reason() -> None:
    found = ratio_change({"a": (0.0, 0.0)}, {"a": (1.0, 2.0)})
    assert isinstance(found, Refused)
    assert "divide" in found.words("en")


def test_a_part_that_is_new_is_volume_and_mix() -> None:
    found = sum_change({"a": (10.0, 100.0)}, {"a": (10.0, 100.0), "b": (10.0, 300.0)})
    new = found.parts[0]
    assert (new.name, new.rate) == ("b", 0.0)
    assert found.rate == 0
    assert new.effect + found.parts[1].effect == pytest.approx(300.0)
