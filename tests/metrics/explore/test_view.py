"""Views and their codes: the same view comes back, and what does not exist is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.period import Period
from data.points.catalogue import load_catalogue
from data.slice import CLOSED_VALUES, DIMENSIONS, FILTER_DIMENSIONS, WHOLE_BANK, Rights, Slice
from metrics.explore.problems import ViewError
from metrics.explore.view import AGAINST, CHARTS, GRAINS, Known, Sort, View
from metrics.tree import load_tree
from metrics.tree.tree import Tree

ODD = ("transfer", "a,b", "50%", "%2C", "转账", "x y")
BRANCHES = ("B01", "B02", "分行,1")


@lru_cache
def tree() -> Tree:
    return load_tree(None, load_catalogue().points)


@lru_cache
def known(rights: Rights = WHOLE_BANK) -> Known:
    values = {**CLOSED_VALUES, "module": ODD, "app": ("app", "mini")}
    return Known(tree(), BRANCHES, values, Period.parse("2026-10"), rights)


@st.composite
def views(draw: st.DrawFn) -> View:
    """Any view, defined or not: codes say what was asked, not whether it makes sense."""
    indicators = tuple(
        draw(st.lists(st.sampled_from(known().indicators), min_size=1, max_size=12, unique=True))
    )
    first = draw(st.dates(date(2000, 1, 1), date(2030, 1, 1)))
    kind = draw(st.sampled_from(["day", "week", "month", "quarter", "year"]))
    period = Period.parse(str(first)) if kind == "day" else _containing(first, kind)
    filters = {
        name: tuple(
            draw(st.lists(st.sampled_from(("", *known().values[name])), max_size=3, unique=True))
        )
        for name in draw(st.sets(st.sampled_from(FILTER_DIMENSIONS), max_size=3))
    }
    about = Slice.of(period, draw(st.sampled_from(("", *BRANCHES))), **filters)
    comparisons = draw(st.sets(st.sampled_from(AGAINST)))
    chosen = tuple(one for one in AGAINST if one in comparisons)
    by = draw(st.lists(st.sampled_from(DIMENSIONS), max_size=2, unique=True))
    sorts = [Sort(), Sort("name"), Sort("name", down=True)]
    sorts += [Sort(one, against, down=True) for one in indicators for against in chosen]
    sorts += [Sort(one) for one in indicators]
    return View(
        indicators, about, tuple(by), draw(st.sampled_from(GRAINS)), chosen,
        draw(st.sampled_from(CHARTS)), draw(st.sampled_from(sorts)),
    )  # fmt: skip


def _containing(day: date, kind: str) -> Period:
    year, quarter = day.year, (day.month + 2) // 3
    iso = day.isocalendar()
    text = {
        "week": f"{iso.year}-W{iso.week:02d}",
        "month": f"{day:%Y-%m}",
        "quarter": f"{year}-Q{quarter}",
        "year": f"{year}",
    }[kind]
    return Period.parse(text)


@given(views())
def test_a_view_comes_back_from_its_codes(view: View) -> None:
    codes = view.to_codes()
    assert all(isinstance(code, str) and code for code in codes.values())
    assert View.from_codes(codes, known()) == view


@given(views())
def test_rights_are_never_in_codes_and_always_the_readers(view: View) -> None:
    mighty = replace(view, about=replace(view.about, rights=Rights("", rows=True)))
    assert mighty.to_codes() == view.to_codes()
    reader = Rights("B01")
    found = View.from_codes(mighty.to_codes(), known(reader), start=mighty)
    assert found.about.rights == reader
    assert found.about.branch == (view.about.branch or "B01")


def test_everything_that_does_not_exist_is_named_at_once() -> None:
    codes = {
        "show": "mua,dau", "by": "chanel", "grain": "months", "against": "yaer", "as": "pie",
        "sort": "-arpu", "period": "2026-13", "branch": "B10", "tier": "vpi",
    }  # fmt: skip
    with pytest.raises(ViewError) as error:
        View.from_codes(codes, known())
    found = {problem.key: problem for problem in error.value.problems}
    assert set(found) == set(codes)
    assert found["show"].words("en") == "indicator: there is no 'mua'; did you mean mau?"
    assert found["tier"].words("zh") == "客户层级：没有 'vpi'；是否想写 vip？"
    assert found["by"].nearest == "channel"
    assert "2026-13" in found["period"].words("zh")


def test_too_much_is_refused_and_other_keys_are_left_alone() -> None:
    with pytest.raises(ViewError, match="at most 2 fit"):
        View.from_codes({"show": "mau", "by": "tier,channel,app"}, known())
    with pytest.raises(ViewError, match="too long"):
        View.from_codes({"show": "mau," * 1000}, known())
    with pytest.raises(ViewError, match="choose at least one"):
        View.from_codes({}, known())
    view = View.from_codes({"show": "mau", "lang": "zh", "node": "dau"}, known())
    assert view.to_codes() == {"show": "mau", "as": "table", "period": "2026-10"}


def test_what_is_not_said_stays_as_in_the_view_before() -> None:
    start = View(("mau",), Slice.of("2026-09", "B01", tier=("vip",)), ("channel",), chart="bar")
    found = View.from_codes({"show": "dau", "tier": ""}, known(), start)
    assert found == replace(start, indicators=("dau",), about=Slice.of("2026-09", "B01"))
