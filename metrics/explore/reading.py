"""Reading a view: every place's own value, totals too, from one reading for each way to split."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.period import Period
from data.points.read import permitted_scope
from data.points.reader import Reader
from data.points.wants import Answer, Reading
from data.slice import CLOSED_VALUES, Slice
from metrics.decomposition.reading import nodes_below
from metrics.explore.asking import BEHIND, SIZE_OF, Asked, Split, asked_of, splits
from metrics.explore.nodes import parted
from metrics.explore.records import Place
from metrics.explore.view import View
from metrics.formula import Floats
from metrics.values.compute import Values, compute, planned_wants, weighted_total, without
from metrics.values.evaluation import Setup
from metrics.values.reasons import Reason
from metrics.values.windows import Terms

Places: TypeAlias = npt.NDArray[np.intp]
Mask: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Read:
    """One value: NaN has its reason. ``covered`` of ``days`` are loaded.

    ``open``: the data end before the period does; then ``days`` are all of the period's.
    """

    value: float
    reason: Reason | None
    covered: int
    days: int
    open: bool


@dataclass(frozen=True, eq=False)
class Found:
    """All values of a view: by module ('': of all), split and period.

    ``members`` are the values of each dimension, in order; ``scope`` is the node asked about.
    """

    view: View
    scope: str
    members: Mapping[str, tuple[str, ...]]
    asked: Mapping[str, Asked]
    values: Mapping[tuple[str, Split], Mapping[Period, Values]]

    @cached_property
    def _rows(self) -> Mapping[tuple[str, Split], Mapping[tuple[str, ...], int]]:
        """By reading: the row of each group."""
        found = {}
        for key, by_period in self.values.items():
            groups = next(iter(by_period.values())).groups
            columns = [groups[name].tolist() for name in key[1]]
            keys = zip(*columns, strict=True) if columns else [()]
            found[key] = {tuple(group): row for row, group in enumerate(keys)}
        return found

    def read(self, place: Place, other: Period | None = None) -> Read:
        """The value of a place, or of the same place in another period."""
        return self._read(place, place.indicator, other)

    def behind(self, place: Place) -> float | None:
        """How many stand behind a ratio; None where that is not known or it is none."""
        name = BEHIND + parted(place.indicator)[0]
        key = (parted(place.indicator)[1], self._split(place))
        if name not in self.values[key][place.period].ids:
            return None
        value = self._read(place, name + "@" + key[0] if key[0] else name, None).value
        return None if np.isnan(value) else value

    def size(self, node: str) -> float | None:
        """The users of a branch at the end of the period; None where that is not known."""
        place = Place(SIZE_OF, self.view.about.period, row=node)
        values = self.values[("", self._split(place))][place.period]
        if SIZE_OF not in values.ids:
            return None
        value = self._read(place, SIZE_OF, None).value
        return None if np.isnan(value) else value

    def _split(self, place: Place) -> Split:
        asked = dict(zip(self.view.by, (place.row, place.column), strict=False))
        return tuple(name for name in self.view.by if name == "branch" or asked[name] is not None)

    def _read(self, place: Place, node: str, other: Period | None) -> Read:
        name, module = parted(node)
        split = self._split(place)
        asked = dict(zip(self.view.by, (place.row, place.column), strict=False))
        group = tuple(self.scope if (one := asked[n]) is None else one for n in split)
        period = other or place.period
        values = self.values[(module, split)][period]
        row, column = self._rows[(module, split)][group], values.column(name)
        terms = self.asked[module][period].get(name)
        covered, days = int(values.covered[column]), int(values.days[column])
        ends_early = terms is not None and terms.period != period
        if terms is not None and ends_early:
            covered, days = _known_days(terms.period, covered, days), period.days
        return Read(
            float(values.value[row, column]), values.reason[row, column], covered, days, ends_early
        )


def _known_days(left: Period | None, covered: int, days: int) -> int:
    """Of a period that the data do not reach the end of: its days that are known."""
    return 0 if left is None else round(left.days * covered / days) if days else left.days


def read_view(
    reader: Reader, setup: Setup, view: View, own: Collection[Period], others: Collection[Period]
) -> Found:
    """All values of a view over its ``own`` periods and the ``others`` it is compared with.

    One reading for each split (both dimensions, either, neither) and each module that a module KPI
    names, whatever the number of indicators and periods.
    """
    scope = permitted_scope(setup.store, view.about)
    asked = asked_of(setup, view, own, others)
    readings = {
        (module, split): _reading(reader, view, module, split, by_period)
        for module, by_period in asked.items()
        for split in splits(view.by)
    }
    members = _members(setup, view, scope, readings)
    return Found(view, scope, members, asked, {
        (module, split): _values(setup, asked[module], reading, split, members, scope)
        for (module, split), reading in readings.items()
    })  # fmt: skip


def _reading(reader: Reader, view: View, module: str, split: Split, asked: Asked) -> Reading:
    wants = [want for terms in asked.values() for want in planned_wants(terms)]
    return reader.read(list(dict.fromkeys(wants)), split, _within(view.about, module), None)


def _within(about: Slice, module: str) -> Slice:
    """The slice, of a module KPI within its module."""
    if not module:
        return about
    return replace(about, filters=tuple(sorted((*about.filters, ("module", (module,))))))


def _members(
    setup: Setup,
    view: View,
    scope: str,
    readings: Mapping[tuple[str, Split], Reading],
) -> Mapping[str, tuple[str, ...]]:
    """The values of each dimension that occur anywhere, in the order that the dimension has."""
    found: dict[str, tuple[str, ...]] = {}
    for name in view.by:
        if name == "branch":
            found[name] = nodes_below(setup.store, scope)
            continue
        there = {
            str(value)
            for (_, split), reading in readings.items()
            if name in split
            for value in reading.groups[name].unique()
        }
        known = (*CLOSED_VALUES.get(name, ()), *(setup.tree.modules if name == "module" else ()))
        first = [value for value in known if value in there]
        rest = sorted(there - {*first, ""})
        found[name] = (*first, *rest, *([""] if "" in there else []))
    return found


def _values(
    setup: Setup,
    asked: Asked,
    reading: Reading,
    split: Split,
    members: Mapping[str, tuple[str, ...]],
    scope: str,
) -> Mapping[Period, Values]:
    every = [(*members[name], scope) if name == "branch" else members[name] for name in split]
    groups = pd.DataFrame(list(dict.fromkeys(product(*every))), columns=list(split))
    if not split:
        groups = pd.DataFrame(index=[0])
    whole = filled(reading, groups, scope)
    catalogue = setup.store.catalogue
    return {
        period: without(
            _counted(compute(terms, whole, catalogue), terms, whole), setup.switched_off
        )
        for period, terms in asked.items()
    }


def _counted(values: Values, asked: Mapping[str, Terms], reading: Reading) -> Values:
    """The values, and how many stand behind each quantile: all that its buckets hold."""
    for name, terms in asked.items():
        for term in terms.wants:
            if term.function == "quantile":
                count = weighted_total(terms.wants[term], reading).sum(axis=1)
                values = _with_column(values, BEHIND + name, count)
    return values


def _with_column(values: Values, name: str, found: Floats) -> Values:
    size = len(found)
    return replace(
        values,
        ids=(*values.ids, name),
        value=np.column_stack([values.value, found]),
        reason=np.column_stack([values.reason, np.full(size, None, dtype=object)]),
        covered=np.append(values.covered, 0),
        days=np.append(values.days, 0),
    )


def filled(reading: Reading, groups: pd.DataFrame, scope: str) -> Reading:
    """The answers over other groups: one that holds nothing is 0, or as unknown as the rest."""
    names = list(groups.columns)
    if not names:
        return reading
    place = _index(reading.groups, names).get_indexer(_index(groups, names))
    absent = place < 0
    below = groups["branch"] != "" if "branch" in names else pd.Series(bool(scope), groups.index)
    unknown = absent & below.to_numpy(dtype=bool)
    found = {want: _filled(one, place, absent, unknown) for want, one in reading.answers.items()}
    return Reading(groups, found)


def _filled(answer: Answer, place: Places, absent: Mask, unknown: Mask) -> Answer:
    padded = np.concatenate([answer.values, np.zeros((1, *answer.values.shape[1:]))])
    values = padded[place]
    if answer.reason is not None:
        values[absent] = np.nan
    if answer.bank_only:
        values[unknown] = np.nan
    return replace(answer, values=values)


def _index(groups: pd.DataFrame, names: list[str]) -> pd.Index:
    return (
        pd.Index(groups[names[0]]) if len(names) == 1 else pd.MultiIndex.from_frame(groups[names])
    )
