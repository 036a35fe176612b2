"""Charts: safe names, numbers in the reader's language, colours of the palette, few points."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.period import Period
from ui import charts
from ui.charts import Area, BulletRow, Dot, FunnelStep, Line, Mark, Step, Stream, Unit
from ui.charts.calendar import Run, calendar
from ui.charts.scales import steps, thinned
from words.i18n import speak

EVIL = "<img src=http://a>%{y}"
MONTHS = [Period.parse(f"2026-{n:02d}") for n in range(1, 11)]
CNY = Unit("CNY", "CNY")
KINDS: dict[str, Callable[[], go.Figure]] = {
    "lines": lambda: charts.lines(
        MONTHS,
        [
            Line(EVIL, [1e8 * n for n in range(10)]),
            Line("t", [1e8] * 10, "target"),
            Line("f", [2e8] * 10, "forecast", [1e8] * 10, [3e8] * 10),
        ],
        CNY,
        marks=[Mark(date(2026, 3, 1), date(2026, 3, 9), "campaign", EVIL)],
        levels={EVIL: 1e8},
    ),
    "stacked": lambda: charts.stacked([EVIL, "b"], {EVIL: [1e8, 2e8]}, CNY, target=[1e8, 1e8]),
    "heat": lambda: charts.heat([EVIL], [EVIL], [[1e8]], CNY),
    "diverging": lambda: charts.heat(["a"], [EVIL], [[1e8]], CNY, diverging=True),
    "triangle": lambda: charts.triangle([EVIL], [5], ["0"], [[100.0]]),
    "funnel": lambda: charts.funnel([FunnelStep(EVIL, 2e8), FunnelStep("b", 1e8, 50.0, 60.0)]),
    "sankey": lambda: charts.sankey([EVIL, "b"], [Stream(0, 1, 1e8)], unit=CNY),
    "treemap": lambda: charts.treemap([Area("a", EVIL, "", 1e8, EVIL)], CNY),
    "scatter": lambda: charts.scatter(
        [Dot(EVIL, 1e8, 1.0, 2.0, EVIL), Dot("b", 2e8, 1.0)], CNY, x_title=EVIL,
        x_line=1e8, y_line=1.0, quadrants=(EVIL, "b", "c", "d"),
    ),
    "bullet": lambda: charts.bullet([BulletRow(EVIL, 1e8, 2e8, True)], CNY),
    "waterfall": lambda: charts.waterfall([Step(EVIL, 3.0, True), Step("b", 1.0)]),
    "bars": lambda: charts.bars([EVIL], [1e8]),
}  # fmt: skip
DEFAULT_COLOURS = re.compile("#(?:1f77b4|ff7f0e|2ca02c|636efa|ef553b|00cc96)", re.IGNORECASE)


def texts(found: object) -> Iterator[str]:
    if isinstance(found, dict):
        for value in found.values():
            yield from texts(value)
    elif isinstance(found, list):
        for value in found:
            yield from texts(value)
    elif isinstance(found, str):
        yield found


def as_json(figure: go.Figure) -> dict[str, object]:
    made: dict[str, object] = json.loads(figure.to_json())
    made.pop("template", None)
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_names_of_data_stay_text(kind: str) -> None:
    figure = KINDS[kind]()
    figure.layout.template = None
    found = list(texts(as_json(figure)))
    assert any("&lt;img" in text for text in found)
    assert not [text for text in found if "<img" in text or "%{y}&" in text]


@pytest.mark.parametrize("kind", KINDS)
def test_colours_are_the_palettes_and_points_are_few(kind: str) -> None:
    figure = KINDS[kind]()
    figure.layout.template = None
    assert not DEFAULT_COLOURS.search(figure.to_json())
    for trace in figure.data:
        assert len(trace.x if "x" in trace and trace.x is not None else ()) <= 500
    assert figure.layout.dragmode is False


@pytest.mark.parametrize(("lang", "sign"), [("zh", "亿"), ("en", "M")])
@pytest.mark.parametrize(
    "kind", ["lines", "stacked", "heat", "funnel", "sankey", "treemap", "scatter", "bullet"]
)
def test_large_numbers_are_written_as_the_reader_does(kind: str, lang: str, sign: str) -> None:
    speak(lang)
    try:
        assert sign in "".join(texts(as_json(KINDS[kind]())))
    finally:
        speak("en")


def test_chinese_axes_name_months_in_chinese() -> None:
    speak("zh")
    try:
        figure = charts.lines(MONTHS, [Line("x", [1.0] * 10)])
    finally:
        speak("en")
    assert figure.layout.xaxis.ticktext[-1] == "2026年10月"


def test_a_long_series_is_thinned_and_keeps_its_ends() -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(900)]
    figure = charts.lines(days, [Line("x", [float(n) for n in range(900)])])
    assert len(figure.data[0].x) == 500
    assert (figure.data[0].y[0], figure.data[0].y[-1]) == (0.0, 899.0)


def test_a_gap_stays_a_gap() -> None:
    figure = charts.lines(MONTHS[:3], [Line("x", [1.0, None, 3.0])])
    assert figure.data[0].connectgaps is False
    assert figure.data[0].y[1] is None
    assert figure.data[0].customdata[1] == "—"


def test_marks_outside_the_axis_are_not_drawn() -> None:
    mark = Mark(date(2020, 1, 1), date(2020, 1, 2), "outage", "old")
    assert len(charts.lines(MONTHS, [Line("x", [1.0] * 10)], marks=[mark]).data) == 1


def test_shares_are_of_each_columns_total() -> None:
    figure = charts.stacked(["a", "b"], {"x": [1.0, 0.0], "y": [3.0, 0.0]}, share=True)
    assert [trace.y for trace in figure.data] == [(25.0, None), (75.0, None)]


def test_too_many_cells_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 500"):
        charts.heat(["r"] * 20, ["c"] * 30, [[0.0] * 30] * 20)


def test_negative_areas_are_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        charts.treemap([Area("a", "A", "", -1.0)])


NUMBERS = st.floats(1e-6, 1e12) | st.floats(-1e12, -1e-6) | st.just(0.0)


@given(NUMBERS, NUMBERS)
def test_ticks_enclose_what_they_measure(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    at = steps(low, high)
    room = 1e-6 * max(abs(low), abs(high), 1e-300)
    assert at[0] <= low + room
    assert at[-1] >= high - room
    assert 2 <= len(at) <= 9
    assert at == sorted(at)


@given(st.integers(0, 5000), st.integers(2, 500))
def test_thinning_keeps_ends_and_the_limit(length: int, most: int) -> None:
    kept = thinned(length, most)
    assert len(kept) <= max(most, 0) or length <= most
    assert kept == sorted(set(kept))
    if length:
        assert (kept[0], kept[-1]) == (0, length - 1)


def test_a_single_value_still_has_an_axis() -> None:
    figure = charts.lines(MONTHS[:1], [Line("x", [math.nan])])
    assert figure.layout.yaxis.range[0] < figure.layout.yaxis.range[1]


def test_runs_of_one_name_stay_on_rows_of_their_own() -> None:
    """Names that a chart cuts to the same beginning once fell on one row."""
    days = MONTHS[0]
    runs = [Run("Term deposits by phone · " + end, days.first, days.last, "x") for end in "abc"]
    figure = calendar([days], [None], runs, {"x": "X"})
    assert list(figure.data[1].y) == ["0", "1", "2"]
    assert len(figure.layout.yaxis2.ticktext) == 3
    assert figure.layout.yaxis.visible is False
    assert calendar([days], [1.0], runs, {"x": "X"}).layout.yaxis.visible is True
