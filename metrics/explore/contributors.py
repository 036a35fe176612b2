"""What contributed to the change of a cell: by part, and which dimension tells most about it.

A decomposition, not a cause: it says where the change lies, not why it came about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection

from data.period import Comparison, Period
from data.points.reader import LiveReader
from data.slice import DIMENSIONS
from metrics.decomposition import DRIVERS, explained_ratio, explained_sum
from metrics.decomposition.records import Caution, RatioChange, Refused, SumChange
from metrics.decomposition.sums import warned
from metrics.explore.adding import adds_up
from metrics.explore.cells import narrowed, slice_of
from metrics.explore.defined import not_against, not_by
from metrics.explore.nodes import is_ratio, parted
from metrics.explore.records import Cell, Place, Table
from metrics.explore.table import answer
from metrics.explore.view import Against, View
from metrics.values.evaluation import Setup

NOTE = Refused("这是对变动的分解，不是原因。", "A decomposition of the change, not its cause.")
"""What stands beside every list of contributors."""


@dataclass(frozen=True)
class Contributor:
    """A part and what it did to the change of the whole, in the unit of the indicator.

    ``before`` and ``after`` are the part's own values. ``effect`` is the sum of those of
    ``volume``, ``mix``, ``rate`` and ``interaction`` that the split knows (others are None).
    ``weight``: its share of the whole before, 0 to 1. ``small``: fewer than five stand behind it.
    """

    name: str
    before: float | None
    after: float | None
    effect: float
    weight: float
    volume: float | None = None
    mix: float | None = None
    rate: float | None = None
    interaction: float | None = None
    small: bool = False


@dataclass(frozen=True)
class Contributors:
    """The change of a cell from ``before`` to ``after`` by the parts of a dimension.

    The effects of all ``parts``, the largest first, and ``unexplained`` add up to the change.
    ``concentration``, 0 to 1: how far the change lies in some parts beyond their weight, and in one
    direction. ``period`` is that of ``before``.
    """

    by: str
    period: Period
    before: float
    after: float
    parts: tuple[Contributor, ...]
    unexplained: float
    concentration: float
    warnings: tuple[Caution, ...] = ()

    @property
    def change(self) -> float:
        """After less before."""
        return self.after - self.before

    def total(self, factor: str) -> float | None:
        """What volume, mix, rate or interaction did over all parts; None where it is not split."""
        found = [getattr(part, factor) for part in self.parts]
        known = [value for value in found if value is not None]
        return float(sum(known)) if known else None


def contributors(
    connection: Connection, setup: Setup, view: View, place: Place, against: Against, by: str
) -> Contributors | Refused:
    """What the parts of a dimension did to the change of a cell against a comparison.

    An amount with a volume behind it is split into volume, mix and rate; a ratio into mix, rate and
    interaction; other sums and distinct users into the changes of their parts. Refused, with the
    reason, where the cell is one part already or the indicator has no parts.
    """
    if against == "target":
        return Refused("与目标的差距不作分解", "the distance to a target is not decomposed")
    cell = replace(View((place.indicator,), narrowed(view, place), (by,)), comparisons=(against,))
    refused = _undefined(setup, cell, by)
    if refused is not None:
        return refused
    table = answer(LiveReader(connection, setup.store), setup, cell)
    whole = table.at(place.indicator)
    then = whole.compared[0]
    if whole.value is None or then.value is None:
        why = whole.reason or then.reason
        return (
            Refused("没有可比的数值", "there is nothing to compare")
            if why is None
            else Refused(why.words("zh"), why.words("en"))
        )
    split = _splitter(setup, place.indicator, (by,))
    if isinstance(split, Refused):
        return split
    return split(connection, setup, table, against)


def telling(
    connection: Connection, setup: Setup, view: View, place: Place, against: Against
) -> tuple[Contributors, ...]:
    """The change of a cell by every dimension that it can be split by, the most telling first.

    Most telling is the highest concentration: the change lies in few parts and in one direction.
    """
    about = narrowed(view, place)
    free = [name for name in DIMENSIONS if len(about.segment.get(name, ())) != 1]
    found = [contributors(connection, setup, view, place, against, name) for name in free]
    known = [one for one in found if isinstance(one, Contributors) and len(one.parts) > 1]
    return tuple(sorted(known, key=lambda one: -one.concentration))


def _undefined(setup: Setup, cell: View, by: str) -> Refused | None:
    if len(cell.about.segment.get(by, ())) == 1:
        return Refused("已是该维度的一个取值", "the cell is one part of this dimension already")
    refused = not_by(setup, cell, by)
    against = cell.comparisons[0]
    return refused if refused is not None else not_against(setup, cell, against)


Splitter = Callable[[Connection, Setup, Table, Comparison], Contributors | Refused]


def _splitter(setup: Setup, node: str, by: Sequence[str]) -> Splitter | Refused:
    name = parted(node)[0]
    formula = setup.tree.indicators[name].formula
    if name in DRIVERS:
        return _of_sum
    if is_ratio(formula):
        return _of_ratio
    if adds_up(setup, node, by) or all(
        term.function in ("total", "user_days", "days") for term in formula.calls
    ):
        return _of_parts
    return Refused("分位数没有可相加的部分", "a quantile has no parts that add up")


def _of_sum(
    connection: Connection, setup: Setup, table: Table, against: Comparison
) -> Contributors | Refused:
    place, other = _asked(table, against)
    name, about = parted(place.indicator)[0], slice_of(table.view, place)
    found = explained_sum(connection, setup, name, about, other, table.view.by[0])
    return found if isinstance(found, Refused) else _sum_told(table, other, found)


def _sum_told(table: Table, other: Period, found: SumChange) -> Contributors:
    total = sum(abs(part.before) for part in found.parts)
    parts = [
        Contributor(
            part.name, part.before, part.after, part.effect,
            abs(part.before) / total if total else 0.0,
            volume=part.volume, mix=part.mix, rate=part.rate, small=_small(table, part.name),
        )
        for part in found.parts
    ]  # fmt: skip
    return _told(table, other, (found.before, found.after), parts, found.warnings)


def _of_ratio(
    connection: Connection, setup: Setup, table: Table, against: Comparison
) -> Contributors | Refused:
    place, other = _asked(table, against)
    name, about = parted(place.indicator)[0], slice_of(table.view, place)
    found = explained_ratio(connection, setup, name, about, other, table.view.by[0])
    return found if isinstance(found, Refused) else _ratio_told(table, other, found)


def _ratio_told(table: Table, other: Period, found: RatioChange) -> Contributors:
    parts = [
        Contributor(
            part.name, part.before, part.after, part.effect, part.weight_before,
            mix=part.mix, rate=part.rate, interaction=part.interaction,
            small=_small(table, part.name),
        )
        for part in found.parts
    ]  # fmt: skip
    return _told(table, other, (found.before, found.after), parts, found.warnings)


def _of_parts(
    _connection: Connection, _setup: Setup, table: Table, against: Comparison
) -> Contributors | Refused:
    """Changes of the parts themselves: of what adds up, and of distinct users, which overlap."""
    place, other = _asked(table, against)
    whole = table.at(place.indicator)
    sides = [(_now(whole), _then(whole))]
    cells: Mapping[str, Cell] = {row: table.at(place.indicator, row) for row in table.rows}
    sides += [(_now(cell), _then(cell)) for cell in cells.values()]
    after, before = (np.array(side) for side in zip(*sides, strict=True))
    if not (np.isfinite(after).all() and np.isfinite(before).all()):
        return Refused("部分数据未知，无法分解", "some parts are not known: no decomposition")
    effects, total = after[1:] - before[1:], float(np.abs(before[1:]).sum())
    parts = [
        Contributor(
            name, float(before[i]), float(after[i]), float(after[i] - before[i]),
            float(abs(before[i]) / total) if total else 0.0, small=cell.small,
        )
        for i, (name, cell) in enumerate(cells.items(), start=1)
    ]  # fmt: skip
    change = float(after[0] - before[0])
    days = len({one.days for one in (place.period, other)}) == 1
    warnings = list(warned(effects, change, equal_days=days))
    over = max(abs(side[1:].sum() - side[0]) for side in (before, after))
    if place.indicator not in table.adds and over > 1e-6:
        warnings.append(Caution("overlap"))
    return _told(table, other, (float(before[0]), float(after[0])), parts, warnings)


def _told(
    table: Table,
    other: Period,
    sides: tuple[float, float],
    parts: Sequence[Contributor],
    warnings: Sequence[Caution],
) -> Contributors:
    effects = np.array([part.effect for part in parts])
    left = sides[1] - sides[0] - float(effects.sum())
    unexplained = left if abs(left) > 1e-9 * max(1.0, abs(sides[0]), abs(sides[1])) else 0.0
    return Contributors(
        table.view.by[0],
        other,
        *sides,
        tuple(sorted(parts, key=lambda part: (-abs(part.effect), part.name))),
        unexplained,
        concentration(effects, np.array([part.weight for part in parts])),
        tuple(warnings),
    )


def concentration(effects: np.typing.ArrayLike, weights: np.typing.ArrayLike) -> float:
    """How far a change lies in some parts beyond their weight, and in one direction; 0 to 1.

    The distance in total variation between the shares of the parts in the change (those that move
    with it) and their weights, times what of all movements is left as change: parts that cancel
    each other out explain little.

    >>> concentration([3.0, 0.0, 0.0], [0.2, 0.4, 0.4]), concentration([1.0, 1.0], [0.5, 0.5])
    (0.8, 0.0)
    """
    moved, weight = np.asarray(effects, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    gross, change = float(np.abs(moved).sum()), float(moved.sum())
    if not gross or not weight.sum():
        return 0.0
    along = np.clip(moved * np.sign(change), 0.0, None)
    if not along.sum():
        return 0.0
    apart = 0.5 * np.abs(along / along.sum() - weight / weight.sum()).sum()
    return float(round(apart * abs(change) / gross, 9))


def _asked(table: Table, against: Comparison) -> tuple[Place, Period]:
    period = table.view.about.period
    return Place(table.view.indicators[0], period), period.against(against)


def _small(table: Table, name: str) -> bool:
    return name in table.rows and table.at(table.view.indicators[0], name).small


def _now(cell: Cell) -> float:
    return np.nan if cell.value is None else cell.value


def _then(cell: Cell) -> float:
    value = cell.compared[0].value
    return np.nan if value is None else value
