"""The order of rows, and the rank of branches within their peers: never by what is chance."""

from __future__ import annotations

from metrics.explore.nodes import parted
from metrics.explore.reading import Found
from metrics.explore.records import Cell, Table
from metrics.explore.view import NAME
from metrics.peers import Candidate, Ranked, ranked
from metrics.values.evaluation import Setup

_SIGNS = {"up": 1.0, "down": -1.0}


def ordered(table: Table) -> tuple[str, ...]:
    """The rows as the view sorts them; without a value, or too small to compare, they come last."""
    sort = table.view.sort
    if sort.by in ("", NAME):
        return tuple(reversed(table.rows)) if sort.down else table.rows
    known: list[tuple[float, str]] = []
    last: list[str] = []
    for row in table.rows:
        value = _value(table, table.at(sort.by, row))
        if value is None:
            last.append(row)
        else:
            known.append((value, row))
    known.sort(key=lambda one: one[0], reverse=sort.down)
    return (*(row for _, row in known), *last)


def _value(table: Table, cell: Cell) -> float | None:
    against = table.view.sort.against
    if cell.small:
        return None
    if not against:
        return cell.value
    found = cell.against(against)
    return None if found is None else found.change


def peers_of(setup: Setup, found: Found, table: Table) -> tuple[Ranked, ...]:
    """Branches in rows ranked within their peers by the first indicator, the better the higher.

    Not ranked: fewer than 30 users, and a ratio of fewer than five. Nothing for an indicator that
    is best within a band, and where branches cannot be sized.
    """
    view = table.view
    if view.by[:1] != ("branch",):
        return ()
    indicator = view.indicators[0]
    sign = _SIGNS.get(setup.tree.indicators[parted(indicator)[0]].better)
    if sign is None:
        return ()
    above = setup.store.nodes_above
    candidates = []
    for branch in found.members["branch"]:
        cell = table.at(indicator, branch)
        score = None if cell.value is None or cell.small else sign * cell.value
        candidates.append(Candidate(branch, len(above.get(branch, ())), found.size(branch), score))
    return ranked(candidates)
