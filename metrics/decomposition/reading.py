"""Decompositions of indicators in a slice: their sides by part, from two periods."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection

from data.period import Period
from data.points.read import Store, permitted_scope
from data.points.reader import LiveReader
from data.slice import Slice
from metrics.decomposition.ratios import ratio_change
from metrics.decomposition.records import RatioChange, Refused, SumChange
from metrics.decomposition.sums import sum_change
from metrics.formula import Formula, Operation
from metrics.scorecard.scopes import Scopes
from metrics.values.compute import Values
from metrics.values.evaluation import Setup, evaluate_terms
from metrics.values.windows import Terms, terms_of

DRIVERS = {"txn_amount": "txn_count", "fee_income": "txn_amount"}
"""Sums whose change is split, with the indicator that is their volume."""
TOP, DOWN = "top", "down"


def explained_sum(
    connection: Connection, setup: Setup, indicator: str, about: Slice, other: Period, by: str
) -> SumChange | Refused:
    """The change of a sum of `DRIVERS` from ``other`` to the slice's period, by a dimension."""
    volume = DRIVERS[indicator]
    formulas = {name: setup.tree.indicators[name].formula for name in (volume, indicator)}
    found = _sides(connection, setup, formulas, "sum", about, other, by)
    if isinstance(found, Refused):
        return found
    scope = permitted_scope(setup.store, about)
    names = (volume, indicator)
    before, after = (_pairs(setup, values, by, names, scope) for values in found)
    return sum_change(before, after, equal_days=_equal(found))


def explained_ratio(
    connection: Connection, setup: Setup, indicator: str, about: Slice, other: Period, by: str
) -> RatioChange | Refused:
    """The change of a ratio from ``other`` to the slice's period, by a dimension.

    Refused for an indicator that is not one sum over another.
    """
    one = setup.tree.indicators[indicator]
    root = one.formula.root
    if not (isinstance(root, Operation) and root.sign == "/"):
        return Refused("该指标不是两个总量之比", "the indicator is not one sum over another")
    formulas = {TOP: Formula("", root.left), DOWN: Formula("", root.right)}
    if not all(formula.linear and formula.points for formula in formulas.values()):
        return Refused("该指标不是两个总量之比", "the indicator is not one sum over another")
    found = _sides(connection, setup, formulas, one.over_time, about, other, by)
    if isinstance(found, Refused):
        return found
    scope = permitted_scope(setup.store, about)
    before, after = (_pairs(setup, values, by, (TOP, DOWN), scope) for values in found)
    whole = _whole(connection, setup, indicator, about, other) if _overlaps(one.over_time) else None
    return ratio_change(before, after, whole=whole, equal_days=_equal(found))


def _overlaps(over_time: str) -> bool:
    return over_time in ("mau", "mau/mau")


def _sides(
    connection: Connection,
    setup: Setup,
    formulas: dict[str, Formula],
    over_time: str,
    about: Slice,
    other: Period,
    by: str,
) -> tuple[Values, Values] | Refused:
    """Values of the formulas by part, before and after."""
    catalogue, coverage = setup.store.catalogue, setup.store.coverage

    def terms(period: Period) -> dict[str, Terms]:
        return {
            name: terms_of(formula, over_time, period, catalogue, coverage)
            for name, formula in formulas.items()
        }

    reader = LiveReader(connection, setup.store)
    before, after = evaluate_terms(reader, [terms(other), terms(about.period)], about, (by,))
    for values in (before, after):
        if values.covered.min(initial=1) == 0:
            return Refused("其中一个期间没有装载数据", "no data are loaded for one of the periods")
        reasons = [why for why in values.reason.ravel() if why is not None]
        if len(values.groups) and reasons and np.isnan(values.value).all():
            return Refused(reasons[0].words("zh"), reasons[0].words("en"))
    return before, after


def _pairs(
    setup: Setup, values: Values, by: str, names: tuple[str, str], scope: str
) -> dict[str, tuple[float, float]]:
    """By part the two sides; of branches the nodes right below the scope and what is left of it."""
    first, second = (np.nan_to_num(values.value[:, values.column(name)]) for name in names)
    parts = [str(part) for part in values.groups[by]]
    found = {part: (float(a), float(b)) for part, a, b in zip(parts, first, second, strict=True)}
    if by != "branch":
        return found
    chosen = {node: found[node] for node in nodes_below(setup.store, scope) if node in found}
    whole = found.get(scope, (0.0, 0.0))
    rest = tuple(whole[i] - sum(pair[i] for pair in chosen.values()) for i in range(2))
    if max(abs(rest[0]), abs(rest[1])) > 1e-6 * max(1.0, abs(whole[0]), abs(whole[1])):
        chosen[scope] = (rest[0], rest[1])
    return chosen


def nodes_below(store: Store, scope: str) -> tuple[str, ...]:
    """The nodes right below a scope, a single one skipped for those below it; a leaf is itself."""
    scopes = Scopes.of(store)
    row = scopes.row[scope]
    while len(scopes.below.get(row, [])) == 1:
        row = scopes.below[row][0]
    below = scopes.below.get(row, [])
    return tuple(scopes.nodes[one] for one in below) if below else (scopes.nodes[row],)


def _equal(found: tuple[Values, Values]) -> bool:
    return bool(found[0].days.max(initial=0) == found[1].days.max(initial=0))


def _whole(
    connection: Connection, setup: Setup, indicator: str, about: Slice, other: Period
) -> tuple[float, float]:
    reader = LiveReader(connection, setup.store)
    periods = (other, about.period)
    asked = [{indicator: setup.terms(indicator, period)} for period in periods]
    before, after = evaluate_terms(reader, asked, about)
    return float(before.value[0, 0]), float(after.value[0, 0])
