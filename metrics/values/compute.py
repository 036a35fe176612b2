"""From totals of points to values of indicators: pure arithmetic on arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.points.catalogue import Catalogue
from data.points.wants import Reading, Want
from metrics.formula import Floats, Term
from metrics.values.quantile import quantile
from metrics.values.reasons import Reason, covered_share, reason_of
from metrics.values.windows import Terms

Reasons = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Values:
    """Values by group (rows) and asked formula (columns).

    ``groups``: one row a group, columns named by dimension. ``value``: (G, K), NaN where there
    is none, then ``reason`` (G, K) says why. ``covered`` and ``days``: (K,), complete and all days.
    """

    groups: pd.DataFrame
    ids: tuple[str, ...]
    value: Floats
    reason: Reasons
    covered: npt.NDArray[np.int64]
    days: npt.NDArray[np.int64]

    def column(self, name: str) -> int:
        """The column of a formula's id."""
        return self.ids.index(name)


def planned_wants(asked: Mapping[str, Terms]) -> list[Want]:
    """All wants of all formulas, once each."""
    return list(dict.fromkeys(want for terms in asked.values() for want in terms.every_want))


def compute(asked: Mapping[str, Terms], reading: Reading, catalogue: Catalogue) -> Values:
    """Each formula over the groups of ``reading``."""
    size = len(reading.groups)
    value = np.full((size, len(asked)), np.nan)
    reason: Reasons = np.full((size, len(asked)), None, dtype=object)
    covered, days = np.zeros((2, len(asked)), dtype=np.int64)
    for column, terms in enumerate(asked.values()):
        value[:, column] = _value(terms, reading, catalogue, size)
        covered[column], days[column] = _coverage(terms, reading)
        refused = reason_of(terms, reading, catalogue)
        if refused is not None:
            value[:, column] = np.nan
        missing = np.isnan(value[:, column])
        if refused is not None:
            reason[:, column] = refused
        elif missing.any():
            reason[:, column] = _why(terms, reading, missing)
    return Values(reading.groups, tuple(asked), value, reason, covered, days)


def _value(terms: Terms, reading: Reading, catalogue: Catalogue, size: int) -> Floats:
    if terms.period is None:
        return np.full(size, np.nan)
    share = covered_share(terms, reading)

    def look_up(term: Term) -> Floats:
        if term.function == "days":
            return np.full(size, terms.days * share)
        total = weighted_total(terms.wants[term], reading)
        if term.function == "quantile":
            bounds = catalogue.points[term.point].bounds
            return quantile(total, bounds, term.argument or 0.5)
        # What was added over a part of the days is held against that part of the user-months.
        return total * share if term.function == "user_months" else total

    return terms.formula.evaluate(look_up)


def weighted_total(weighted: Sequence[tuple[Want, float]], reading: Reading) -> Floats:
    """The weighted sum of wants over the groups."""
    parts = [reading.answers[want].values * weight for want, weight in weighted]
    total: Floats = np.sum(parts, axis=0)
    return total


def _coverage(terms: Terms, reading: Reading) -> tuple[int, int]:
    """Complete and all days of the term that is covered worst."""
    pairs = [pair for weighted in terms.wants.values() for pair in _covered(weighted, reading)]
    return min(pairs, key=lambda pair: pair[0] / max(1, pair[1]), default=(0, 0))


def _covered(weighted: Sequence[tuple[Want, float]], reading: Reading) -> list[tuple[int, int]]:
    """(complete days, days) of a term: windows that follow each other, as months do, add up."""
    answers = {want: reading.answers[want] for want, _ in weighted}
    wants = sorted(answers, key=lambda want: want.first)
    pairs = [(answers[want].covered, answers[want].days) for want in wants]
    if any(later.first <= one.last for one, later in pairwise(wants)):
        return pairs
    return [(sum(covered for covered, _ in pairs), sum(days for _, days in pairs))] if pairs else []


def _why(terms: Terms, reading: Reading, missing: npt.NDArray[np.bool_]) -> Reasons:
    """Why groups have no value though the formula as a whole could be computed."""
    found: Reasons = np.full(len(missing), None, dtype=object)
    open_ = missing.copy()
    for want in terms.every_want:
        answer = reading.answers[want]
        gone = np.isnan(answer.values)
        hit = open_ & (gone if gone.ndim == 1 else gone.any(axis=1))
        found[hit] = Reason("not_by_branch" if answer.bank_only else "unknown", want.point)
        open_ &= ~hit
    counted = any(term.function == "quantile" for term in terms.formula.calls)
    found[open_] = Reason("nothing_counted" if counted else "nothing_to_divide_by")
    return found


def without(values: Values, switched_off: frozenset[str]) -> Values:
    """The same values, those of indicators that the bank switched off gone with the reason."""
    gone = switched_off & set(values.ids)
    if not gone:
        return values
    value, reason = values.value.copy(), values.reason.copy()
    for name in gone:
        value[:, values.column(name)] = np.nan
        reason[:, values.column(name)] = Reason("switched_off")
    return replace(values, value=value, reason=reason)
