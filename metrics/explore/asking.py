"""What a view asks: formulas by module and period, and what has to be counted behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

from data.period import Period
from metrics.explore.nodes import is_ratio, parted
from metrics.explore.view import View
from metrics.formula import Formula
from metrics.values.behind import divisor
from metrics.values.evaluation import Setup
from metrics.values.windows import Terms, terms_of

SIZE_OF = "registered_users"
"""The indicator that says how large a group is where a ratio divides by nothing counted."""
BEHIND = "behind "
Split: TypeAlias = tuple[str, ...]
Asked: TypeAlias = Mapping[Period, Mapping[str, Terms]]
"""By period the formulas to work out."""


def splits(by: Split) -> tuple[Split, ...]:
    """The ways to split that cells and totals need; branches bring their scope's total along.

    >>> splits(("channel", "tier"))
    (('channel', 'tier'), ('channel',), ('tier',), ())
    >>> splits(("tier", "branch"))
    (('tier', 'branch'), ('branch',))
    """
    found = [one for size in range(len(by), -1, -1) for one in combinations(by, size)]
    return tuple(one for one in found if "branch" in one or "branch" not in by)


def asked_of(
    setup: Setup, view: View, own: Collection[Period], others: Collection[Period]
) -> Mapping[str, Asked]:
    """By module: the formulas of the view's periods, and of those it is compared with."""
    by_module: dict[str, list[str]] = {}
    for node in view.indicators:
        name, module = parted(node)
        by_module.setdefault(module, []).append(name)
    if "branch" in view.by and SIZE_OF in setup.tree.indicators:
        by_module.setdefault("", [])
    return {
        module: {
            period: {name: setup.terms(name, period) for name in names}
            | (_counts(setup, view, names, module, period) if period in own else {})
            for period in dict.fromkeys((*own, *others))
        }
        for module, names in by_module.items()
    }


def _counts(
    setup: Setup, view: View, names: Sequence[str], module: str, period: Period
) -> dict[str, Terms]:
    """What stands behind the indicators that divide, and how large branches are."""
    found: dict[str, Terms] = {}
    sized = not module and _sized(setup, view)
    for name in names:
        formula = _behind(setup, name, sized=sized)
        if formula is not None:
            over_time = setup.tree.indicators[name].over_time
            found[BEHIND + name] = terms_of(
                formula, over_time, period, setup.store.catalogue, setup.store.coverage
            )
    if "branch" in view.by and sized and SIZE_OF not in names:
        found[SIZE_OF] = setup.terms(SIZE_OF, period)
    return found


def _sized(setup: Setup, view: View) -> bool:
    """Whether users can be counted as the view splits and filters."""
    size = setup.tree.indicators.get(SIZE_OF)
    if size is None:
        return False
    points = [setup.store.catalogue.points[name] for name in size.formula.points]
    return all({*view.by, *view.about.segment} <= point.split_by for point in points)


def _behind(setup: Setup, name: str, *, sized: bool) -> Formula | None:
    """What is counted behind an indicator that divides: its divisor, else the group's users."""
    formula = setup.tree.indicators[name].formula
    if not is_ratio(formula):
        return None
    found = divisor(formula, setup.store.catalogue)
    if found is not None or not sized:
        return found
    return setup.tree.indicators[SIZE_OF].formula
