"""What is defined follows from what is declared; what is not is refused in both languages."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from data.period import Period
from data.slice import DIMENSIONS, FILTER_DIMENSIONS, Rights, Slice
from metrics.decomposition.records import Refused
from metrics.explore.defined import UndefinedError, dimensions_of, mended, offered, undefined
from metrics.explore.timeline import pieces
from metrics.explore.view import AGAINST, CHARTS, GRAINS, Against, Sort, View
from tests.metrics.scorecard.opened import Opened

OCTOBER = Slice.of("2026-10")


def said(found: Refused | None) -> str:
    assert found is not None
    assert found.words("zh") and found.words("en") and found.words("zh") != found.words("en")
    return found.words("en")


def test_dimensions_are_those_that_all_points_of_a_formula_have(demo: Opened) -> None:
    points = demo.setup.store.catalogue.points
    for name, one in demo.setup.tree.indicators.items():
        found = dimensions_of(demo.setup, name)
        for dimension in DIMENSIONS:
            every = all(dimension in points[point].split_by for point in one.formula.points)
            assert (dimension in found) == every
    assert dimensions_of(demo.setup, "mau@transfer") == dimensions_of(demo.setup, "mau") - {
        "module"
    }
    assert dimensions_of(demo.setup, "availability") == {"module"}


def test_everything_is_offered_or_refused_with_a_reason(demo: Opened) -> None:
    view = View(("npl_ratio",), OCTOBER, ("branch",))
    found = offered(demo.setup, view)
    assert set(found.by) == set(DIMENSIONS) and set(found.filters) == set(FILTER_DIMENSIONS)
    assert set(found.grains) == set(GRAINS) and set(found.comparisons) == set(AGAINST)
    assert set(found.charts) == set(CHARTS)
    assert found.by["tier"] is None
    assert said(found.by["module"]) == "Non-performing loan ratio is not recorded by module"
    assert said(found.grains["day"]) == "Non-performing loan ratio is known at month-ends only"
    assert said(found.grains["quarter"]) == "the grain has to be finer than the period"
    assert found.comparisons["target"] is None and found.charts["map"] is None
    assert said(found.charts["line"]).startswith("a line needs a grain")
    assert found.indicators["aum"] is None
    assert "Availability is not recorded by branch" in said(found.indicators["availability"])


def test_what_is_offered_is_not_undefined(demo: Opened) -> None:
    """The two ways to ask agree: a view with an offered part has nothing wrong there."""
    for node in ("mau", "npl_ratio", "availability", "cac", "mau@transfer", "api_p95"):
        view = View((node,), OCTOBER)
        found = offered(demo.setup, view)
        for name, why in found.by.items():
            wrong = {one.key for one in undefined(demo.setup, replace(view, by=(name,)))}
            assert ("by" in wrong) == (why is not None), (node, name)
        for against, why in found.comparisons.items():
            wrong = {
                one.key for one in undefined(demo.setup, replace(view, comparisons=(against,)))
            }
            assert ("against" in wrong) == (why is not None), (node, against)


def test_segments_have_no_target_and_modules_only_where_they_are_scored(demo: Opened) -> None:
    def why(view: View) -> Refused | None:
        return offered(demo.setup, view).comparisons["target"]

    assert said(why(View(("mau",), OCTOBER, ("tier",)))) == "a segment has no target"
    assert said(why(View(("mau",), Slice.of("2026-10", channel=("ad",))))) == (
        "a segment has no target"
    )
    assert why(View(("mau",), OCTOBER, ("branch", "module"))) is None
    assert said(why(View(("sessions_per_dau",), OCTOBER, ("module",)))) == (
        "Sessions per active user-day has no targets by module"
    )
    two = Slice.of("2026-10", module=("card", "wealth"))
    assert said(why(View(("mau",), two))) == "several modules together have no target"


def test_a_comparison_that_says_nothing_new_or_lies_before_the_data_is_refused(
    demo: Opened,
) -> None:
    year = offered(demo.setup, View(("mau",), Slice.of("2026"))).comparisons
    assert said(year["start"]) == "the same as the previous period"
    first = demo.setup.store.coverage.first_day
    assert first is not None
    early = offered(demo.setup, View(("mau",), Slice.of(f"{first:%Y-%m}"))).comparisons
    assert said(early["year"]).startswith("there are no data of")


@pytest.mark.parametrize(
    ("view", "charts"),
    [
        (View(("mau",), OCTOBER), set()),
        (View(("mau",), OCTOBER, grain="day"), {"line", "bar"}),
        (View(("mau",), OCTOBER, ("channel",)), {"bar"}),
        (View(("mau",), OCTOBER, ("channel",), "day"), {"line", "bar", "heat"}),
        (View(("mau",), OCTOBER, ("channel", "tier")), {"bar", "heat"}),
        (View(("mau",), OCTOBER, ("branch",)), {"bar", "map"}),
        (View(("mau", "stickiness"), OCTOBER, ("branch",)), {"scatter"}),
        (View(("mau", "dau"), OCTOBER, grain="week"), {"line", "bar"}),
    ],
)
def test_charts_that_can_show_a_view(demo: Opened, view: View, charts: set[str]) -> None:
    found = offered(demo.setup, view).charts
    assert {name for name, why in found.items() if why is None} == charts | {"table"}
    assert all(said(why) for why in found.values() if why is not None)


def test_a_view_is_mended_or_refused(demo: Opened) -> None:
    wrong = View(
        ("mau",), Slice.of("2026"), ("channel",), "year", ("previous", "start"), "map",
        Sort("mau", "start"),
    )  # fmt: skip
    found, left_out = mended(demo.setup, wrong)
    assert (found.by, found.grain, found.comparisons) == (("channel",), "", ("previous",))
    assert (found.chart, found.sort) == ("table", Sort())
    assert [one.key for one in left_out] == ["grain", "against", "as"]
    assert undefined(demo.setup, found) == ()
    with pytest.raises(UndefinedError, match="known for the whole bank only") as error:
        mended(demo.setup, View(("availability",), Slice.of("2026-10", "B01")))
    assert "只有全行数据" in error.value.words("zh")
    own = replace(OCTOBER, rights=Rights("B01"))
    assert undefined(demo.setup, View(("availability",), own))
    with pytest.raises(UndefinedError, match="is about one module"):
        mended(demo.setup, View(("mau@card",), Slice.of("2026-10", module=("wealth",))))


def test_what_is_counted_from_single_rows_takes_few_periods(demo: Opened) -> None:
    def daily(node: str, *by: str, against: tuple[Against, ...] = ("year",)) -> Refused | None:
        return offered(demo.setup, View((node,), OCTOBER, by, comparisons=against)).grains["day"]

    assert daily("mau", "branch", "tier") is None
    assert daily("txn_amount", "tier", "channel") is None
    assert "counted from single rows" in said(daily("mau", "tier", "channel"))
    assert "counted from single rows" in said(daily("txn_amount", "module", "tier"))
    assert daily("mau", "tier", "channel", against=()) is None
    series = View(("mau",), OCTOBER, ("tier", "channel"), "day")
    assert "counted from single rows" in said(offered(demo.setup, series).comparisons["year"])
    year = View(("txn_amount",), Slice.of("2026"), ("tier", "channel"))
    assert "choose a coarser grain" in said(offered(demo.setup, year).grains["day"])


def test_a_table_that_was_never_loaded_is_the_reason(demo: Opened) -> None:
    found = demo.without("loan_month", Period.parse("2000").first, Period.parse("2100").last)
    wrong = undefined(found.setup, View(("npl_ratio",), OCTOBER))
    assert said(wrong[0].why) == "Non-performing loan ratio: needs table loan_month"


def test_pieces_cover_a_period_without_gap_or_overlap() -> None:
    for text in ("2026", "2026-Q3", "2026-02", "2025-12-20..2026-01-11", "2026-W01"):
        period = Period.parse(text)
        for grain in GRAINS:
            found = pieces(period, grain)
            assert (found[0].first, found[-1].last) == (period.first, period.last)
            assert all((b.first - a.last).days == 1 for a, b in pairwise(found))
            for one in found:
                assert Period.parse(str(one)) == one
    assert not any(a == b for a, b in combinations(pieces(Period.parse("2026"), "week"), 2))
