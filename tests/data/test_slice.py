"""Slices: equal whatever the order they are written in; unknown dimensions are refused."""

from __future__ import annotations

import random
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.period import Period
from data.slice import CLOSED_VALUES, FILTER_DIMENSIONS, Rights, Slice, SliceError

NAMES = {name: ("", *CLOSED_VALUES.get(name, ("a", "b", "c"))) for name in FILTER_DIMENSIONS}
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(st.sampled_from(values), max_size=4).map(tuple)
        for name, values in NAMES.items()
    },
)
MONTH = Period.parse("2026-10")


@given(FILTERS, st.randoms())
def test_filters_in_any_order_and_doubled_are_the_same_slice(
    filters: dict[str, tuple[str, ...]], dice: random.Random
) -> None:
    names = list(filters)
    dice.shuffle(names)
    other = {name: tuple(reversed(filters[name])) * 2 for name in names}
    one, same = Slice.of(MONTH, "B01", **filters), Slice.of("2026-10", "B01", **other)
    assert one == same and hash(one) == hash(same)
    assert {name: set(values) for name, values in one.segment.items()} == {
        name: set(values) for name, values in filters.items() if values
    }


@given(FILTERS)
def test_over_another_period_changes_nothing_else(filters: dict[str, tuple[str, ...]]) -> None:
    about = Slice.of(MONTH, "B01", **filters)
    before = about.over(MONTH.previous())
    assert before.period == Period.parse("2026-09")
    assert (before.branch, before.filters, before.rights) == ("B01", about.filters, about.rights)
    assert before.over(MONTH) == about


def test_rights_make_another_slice() -> None:
    """What is kept by slice for one reader is not handed to one with other rights."""
    about = Slice.of(MONTH)
    assert about != Slice(MONTH, rights=Rights("B01"))
    assert about.rights == Rights("", rows=False)


@pytest.mark.parametrize("name", ["city", "Tier", "user_id"])
def test_an_unknown_dimension_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(SliceError, match="module") as error:
        Slice.of(MONTH, "", **{name: ("x",)})
    assert repr(name) in str(error.value)


@pytest.mark.parametrize("name", CLOSED_VALUES)
def test_a_value_outside_a_closed_list_is_refused_with_the_nearest(name: str) -> None:
    known = CLOSED_VALUES[name][-1]
    with pytest.raises(SliceError, match=f"did you mean {known}") as error:
        Slice.of(MONTH, "", **{name: (CLOSED_VALUES[name][0], known + "x")})
    assert f"no {name} {known + 'x'!r}" in str(error.value)


def test_a_slice_is_frozen_and_so_are_its_filters() -> None:
    about = Slice.of(MONTH, tier=("vip",))
    with pytest.raises(FrozenInstanceError):
        about.branch = "B02"  # type: ignore[misc]  # that it is refused is the test
    with pytest.raises(TypeError):
        about.segment["tier"] = ("basic",)  # type: ignore[index]  # likewise


def test_words() -> None:
    about = Slice.of("2026-Q3", tier=("vip", "basic"))
    assert about.words("en") == "2026-Q3 · whole bank · tier = basic, vip"
    assert about.words("zh") == "2026-Q3 · 全行 · tier = basic, vip"
