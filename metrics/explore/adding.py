"""What adds up over the parts of a dimension: shares of the total, and what parts leave over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from data.slice import SEGMENT_DIMENSIONS
from metrics.explore.nodes import is_ratio, parted
from metrics.explore.records import Cell, Place
from metrics.explore.view import View
from metrics.values.evaluation import Setup

OF_A_DAY = frozenset({"branch", *SEGMENT_DIMENSIONS})
"""Dimensions of which a user has one value on a day: user-days add up over these."""
ADDING = frozenset({"flow", "stock", "cohort"})
NEGLIGIBLE = 1e-6


def adds_up(setup: Setup, node: str, by: Collection[str]) -> bool:
    """Whether the values of the parts by these dimensions add up to the value of the whole.

    Amounts, counts and balances do; a ratio, a quantile and distinct users of a month do not;
    mean daily users do over what a user is for a day.
    """
    formula = setup.tree.indicators[parted(node)[0]].formula
    if is_ratio(formula):
        return False
    points = setup.store.catalogue.points
    return all(
        term.function == "days"
        or (term.function == "user_days" and {*by} <= OF_A_DAY)
        or (term.function == "total" and points[term.point].adds in ADDING)
        for term in formula.calls
    )


def with_shares(cells: Mapping[Place, Cell], adding: Collection[str]) -> dict[Place, Cell]:
    """The cells with their shares of the table's total, where all of them add up and none is < 0.

    A share is in per cent of the total of the same indicator and period.
    """
    below = {
        (place.indicator, place.period)
        for place, cell in cells.items()
        if cell.value is not None and cell.value < 0
    }
    found = dict(cells)
    for place, cell in cells.items():
        total = cells[Place(place.indicator, place.period)].value
        known = place.indicator in adding and (place.indicator, place.period) not in below
        if known and cell.value is not None and total:
            found[place] = replace(cell, share=100 * cell.value / total)
    return found


def left_over(
    view: View, cells: Mapping[Place, Cell], adding: Collection[str]
) -> dict[Place, float]:
    """By place of a total: what is in it and in none of its parts, in the unit of the indicator.

    Branches right below a scope may leave something over: users of no branch that is known, or of
    the scope itself.
    """
    parts: dict[Place, float] = {}
    for place, cell in cells.items():
        for total in _totals(view, place):
            if place.indicator in adding:
                parts[total] = parts.get(total, 0.0) + (cell.value or 0.0)
    found = {}
    for place, part in parts.items():
        value = cells[place].value
        if value is not None and abs(value - part) > NEGLIGIBLE * max(1.0, abs(value)):
            found[place] = value - part
    return found


def _totals(view: View, place: Place) -> list[Place]:
    """The totals that a place is right below: over rows, and over columns."""
    found = []
    if "branch" in view.by[:1] and place.row is not None:
        found.append(replace(place, row=None))
    if "branch" in view.by[1:] and place.column is not None:
        found.append(replace(place, column=None))
    return found
