"""What a year's targets refer to: last year's values and shape, its start, customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.period import Period, containing
from data.points.coverage import Coverage
from data.points.reader import Reader
from data.slice import Slice
from metrics.formula import Floats, Formula, parse
from metrics.scorecard.scopes import Scopes
from metrics.targets.paths import Shape, flow_shape, level_shape, standard_shape, stock_shape
from metrics.targets.sharing import rule_for
from metrics.tree.records import Indicator
from metrics.values.compute import Values
from metrics.values.evaluation import Setup, evaluate_periods, evaluate_terms
from metrics.values.windows import Terms, terms_of

KNOWN_DAYS = 360
CUSTOMERS, CLOSURES = "bank_customers", "closures"


@dataclass(frozen=True, eq=False)
class YearFacts:
    """Facts of one target year; arrays by scope (S,), or by scope and module (S, M).

    ``whole`` says whether the year before is known whole (360 days or more of it). ``shares`` (S,)
    are filled as they are worked out: of an indicator's goal, each node's of that above it.
    """

    year: int
    customers: Floats
    closures: float | None
    last_year: Values
    last_year_modules: Mapping[str, Floats]
    start_of_year: Values
    whole: Mapping[str, bool]
    shapes: Mapping[str, Shape]
    shares: dict[str, Floats] = field(default_factory=dict)


def year_facts(reader: Reader, setup: Setup, scopes: Scopes, year: int) -> YearFacts:
    """Read what the targets of ``year`` need, for all scopes."""
    before = containing(date(year - 1, 7, 1), "year")
    last_year, start, others = _by_scope(reader, setup, scopes, year, before)
    whole = {name: bool(last_year.covered[k] >= KNOWN_DAYS) for k, name in enumerate(last_year.ids)}
    closures = float(others.value[0, others.column(CLOSURES)])
    return YearFacts(
        year,
        others.value[:, others.column(CUSTOMERS)],
        None if np.isnan(closures) else closures,
        last_year,
        _by_module(reader, setup, scopes, before),
        start,
        whole,
        _shapes(reader, setup, year),
    )


def _by_scope(
    reader: Reader, setup: Setup, scopes: Scopes, year: int, before: Period
) -> list[Values]:
    """From one reading: last year, the start of the year, and customers and closures."""
    indicators = setup.tree.indicators
    eve = Period(date(year - 1, 12, 31), date(year - 1, 12, 31), "day")
    catalogue, coverage = setup.store.catalogue, setup.store.coverage

    def plain(point: str, over_time: str, period: Period) -> Terms:
        return terms_of(parse(point), over_time, period, catalogue, coverage)

    asked = [
        {n: setup.terms(n, before) for n, one in indicators.items() if _refers(one)},
        {n: setup.terms(n, eve) for n, one in indicators.items() if is_stock(one)},
        {
            CUSTOMERS: plain(CUSTOMERS, "last", _first_known(coverage, eve, year)),
            CLOSURES: plain(CLOSURES, "sum", before),
        },
    ]
    return evaluate_terms(reader, asked, Slice(before), ("branch",), scopes.groups)


def _first_known(coverage: Coverage, eve: Period, year: int) -> Period:
    """The eve of the year, or the first day of the year on which customers are known."""
    days = [
        max(first, eve.last)
        for first, last in coverage.runs.get("bank_day", ())
        if last >= eve.last and first.year <= year
    ]
    return containing(min(days, default=eve.last), "day")


def is_stock(indicator: Indicator) -> bool:
    """True for a stock whose goal grows from its value at the start of the year."""
    return indicator.base.form == "start_of_year"


def shape_kind(indicator: Indicator) -> str:
    """flow, stock, level or standard: how the year's goal spreads over its days."""
    if indicator.standard:
        return "standard"
    if indicator.over_time == "sum":
        return "flow"
    return "stock" if is_stock(indicator) else "level"


def _refers(indicator: Indicator) -> bool:
    """Whether goals hang on the indicator's own last year, by multiple, share or proportion."""
    if indicator.standard:
        return False
    forms = {indicator.base.form, indicator.target.form}
    divided = rule_for(indicator.over_time, indicator.unit, "branches") == "divided"
    return "last_year" in forms or divided or bool(indicator.modules)


def _by_module(
    reader: Reader, setup: Setup, scopes: Scopes, before: Period
) -> Mapping[str, Floats]:
    names = [n for n, one in setup.tree.indicators.items() if one.modules and not one.standard]
    modules = list(setup.tree.modules)
    found = evaluate_periods(
        reader, setup, names, Slice(before), [before], ("branch", "module"),
        scopes.module_groups(modules),
    )[0]  # fmt: skip
    shape = (len(scopes.nodes), len(modules))
    return {name: found.value[:, k].reshape(shape) for k, name in enumerate(found.ids)}


def _shapes(reader: Reader, setup: Setup, year: int) -> Mapping[str, Shape]:
    """The year's shape of every indicator, the whole bank's also for its branches."""
    monthly = _monthly(reader, setup, year)
    daily = _daily(reader, setup, year)
    return {
        name: _shape(one, year, monthly.get(name), daily.get(name))
        for name, one in setup.tree.indicators.items()
    }


def _shape(
    indicator: Indicator,
    year: int,
    monthly: list[float] | None,
    daily: pd.Series[float] | None,
) -> Shape:
    kind = shape_kind(indicator)
    if kind == "standard":
        return standard_shape(year)
    if kind == "flow":
        return flow_shape(daily, year)
    if kind == "stock":
        return stock_shape(monthly, year)
    return level_shape(None if monthly is None else _smoothed(monthly), year)


def _smoothed(monthly: list[float]) -> list[float]:
    """Last year's 12 months as three-month means: one month's chance is not a season."""
    series = pd.Series(monthly[-12:], dtype=np.float64)
    return [float(v) for v in series.rolling(3, center=True, min_periods=2).mean()]


def _monthly(reader: Reader, setup: Setup, year: int) -> Mapping[str, list[float]]:
    """The bank's values at the 13 month-ends (stocks) or in the 12 months (levels) of last year."""
    names = [
        name
        for name, one in setup.tree.indicators.items()
        if one.path == "seasonal" and shape_kind(one) in ("stock", "level")
    ]
    months = _months_before(year)
    # A year that is not wholly known has no shape: a dozen months are not read for nothing.
    first = reader.store.coverage.first_day
    if first is None or first > months[1].first:
        return {}
    found = evaluate_periods(reader, setup, names, Slice(months[0]), months)
    values = {name: [float(v.value[0, k]) for v in found] for k, name in enumerate(names)}
    return {
        name: series
        for name, series in values.items()
        if np.isfinite(series[1:]).all()
        and (shape_kind(setup.tree.indicators[name]) == "level" or np.isfinite(series[0]))
    }


def _months_before(year: int) -> list[Period]:
    """December two years before, then last year's twelve months."""
    start = containing(date(year - 2, 12, 1), "month")
    months = [start]
    while len(months) < 13:
        months.append(months[-1].next())
    return months


def _daily(reader: Reader, setup: Setup, year: int) -> Mapping[str, pd.Series[float]]:
    """The bank's flows by day of last year; NaN on days that are not known."""
    flows = {
        name: one.formula
        for name, one in setup.tree.indicators.items()
        if one.path == "seasonal" and shape_kind(one) == "flow" and _have(reader, one.formula)
    }
    points = sorted({point for formula in flows.values() for point in formula.points})
    if not points:
        return {}
    first, last = date(year - 1, 1, 1), date(year - 1, 12, 31)
    days = pd.date_range(first, last)
    found = reader.daily(points, first, last).reindex(days)
    # A day that was loaded and has no rows is zero, one that was not loaded is unknown.
    filled = {p: found[p].fillna(0.0).where(_covered(reader, p, days)).to_numpy() for p in points}
    return {
        name: pd.Series(formula.evaluate(lambda term: filled[term.point]), index=days)
        for name, formula in flows.items()
    }


def _have(reader: Reader, formula: Formula) -> bool:
    """True where every table of the formula was loaded."""
    catalogue, coverage = reader.store.catalogue, reader.store.coverage
    return all(coverage.has(t) for point in formula.points for t in catalogue.points[point].tables)


def _covered(reader: Reader, point: str, days: pd.DatetimeIndex) -> npt.NDArray[np.bool_]:
    table = reader.store.catalogue.points[point].tables[0]
    coverage = reader.store.coverage
    found = np.zeros(len(days), dtype=bool)
    for first, last in coverage.runs[table]:
        start = (first - days[0].date()).days
        found[max(0, start) : max(0, (last - days[0].date()).days + 1)] = True
    return found
