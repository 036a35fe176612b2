"""A view survives its address, and an address that means nothing says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.period import COMPARISONS, Comparison, Period
from ui.address import Known, View, read_view, with_filter

KNOWN = Known(
    branches=("B00", "B01", "B0101"),
    values={"tier": ("vip", "wealth"), "module": ("transfer", "wealth"), "app": ("app",)},
    period=Period.parse("2026-10"),
    language="zh",
)
PERIODS = ("2026", "2026-Q3", "2026-10", "2026-W44", "2026-10-31", "2026-10-01..2026-10-15")
VIEWS = st.builds(
    lambda period, compare, branch, tiers, lang: with_filter(
        View(Period.parse(period), compare, branch, (), lang), "tier", tiers
    ),
    st.sampled_from(PERIODS),
    st.sampled_from(COMPARISONS),
    st.sampled_from(("", "B01", "B0101")),
    st.lists(st.sampled_from(("vip", "wealth")), max_size=2),
    st.sampled_from(("zh", "en")),
)


@given(VIEWS)
def test_an_address_is_read_back_as_the_same_view(view: View) -> None:
    found, problems = read_view(view.params(), KNOWN)
    assert found == view
    assert problems == ()


def test_an_empty_address_opens_the_default_view() -> None:
    assert read_view({}, KNOWN) == (View(KNOWN.period, lang="zh"), ())


def test_what_the_address_leaves_out_stays() -> None:
    start = View(Period.parse("2025-Q1"), "year", "B01", (("tier", ("vip",)),), "en")
    found, _problems = read_view({"branch": "B0101"}, KNOWN, start)
    assert found == View(Period.parse("2025-Q1"), "year", "B0101", (("tier", ("vip",)),), "en")


@pytest.mark.parametrize(
    ("key", "text", "nearest"),
    [
        ("period", "2026-13", None),
        ("period", "2026-10-15..2026-10-01", None),
        ("period", "0001", None),
        ("period", "9999-12", None),
        ("compare", "prevoius", "previous"),
        ("compare", "month-end", "month_end"),
        ("branch", "B0l", "B01"),
        ("branch", "<script>", None),
        ("tier", "vip,wealht", "wealth"),
        ("module", "trasfer", "transfer"),
        ("channel", "wechat", None),
        ("lang", "fr", None),
    ],
)
def test_a_wrong_code_is_named_and_left_out(key: str, text: str, nearest: str | None) -> None:
    found, problems = read_view({key: text, "period": "2026-09"} | {key: text}, KNOWN)
    assert [(one.key, one.nearest) for one in problems] == [(key, nearest)]
    expected = KNOWN.period if key == "period" else Period.parse("2026-09")
    assert found == View(expected, lang="zh")


@given(st.dictionaries(st.sampled_from(("period", "branch", "compare", "tier", "lang")), st.text()))
def test_no_address_breaks_the_view(params: dict[str, str]) -> None:
    found, _problems = read_view(params, KNOWN)
    assert read_view(found.params(), KNOWN) == (found, ())


@pytest.mark.parametrize(
    ("compare", "other"),
    [("previous", "2026-09"), ("year", "2025-10"), ("start", "2025-12"), ("month_end", "2026-09")],
)
def test_the_comparison(compare: Comparison, other: str) -> None:
    assert View(Period.parse("2026-10"), compare).other == Period.parse(other)


def test_scores_ignore_the_segment_and_values_do_not() -> None:
    view = View(Period.parse("2026-10"), segment=(("tier", ("vip",)),))
    assert view.scope.filters == ()
    assert dict(view.slice.segment) == {"tier": ("vip",)}
