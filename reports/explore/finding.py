"""What a table says, in one sentence made from its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.explore.records import Cell, Compared, Table
from metrics.explore.view import TARGET, Against
from reports.explore.pivot import figure
from reports.explore.words import Names, indicator_of, piece_words, quantity
from words import numbers
from words.i18n import _, language

Part = tuple[str, Cell]
"""A value's name and its cell."""


def leading(table: Table) -> Against | None:
    """The comparison that the finding speaks of: the first; the target only where it is alone."""
    found = table.view.comparisons
    return next((one for one in found if one != TARGET), next(iter(found), None))


def finding(table: Table, names: Names) -> str:
    """The first indicator's total and its change, and where most of it is: plain text."""
    node, against = table.view.indicators[0], leading(table)
    cell = table.at(node)
    if cell.value is None:
        why = cell.reason.words(language()) if cell.reason is not None else _("no data")
        return _("{name}: {value}").format(name=names.indicator(node), value=why)
    told = _whole(names, node, cell, against)
    tail = _parts(table, names, node, against)
    return told + tail if tail else told


def _whole(names: Names, node: str, cell: Cell, against: Against | None) -> str:
    said = {
        "name": names.indicator(node),
        "value": quantity(names.tree, node, cell.value),
    }
    found = None if against is None else cell.against(against)
    step = told_change(names, node, found)
    if found is None or step is None or found.change is None:
        return _("{name}: {value}").format(**said)
    if against == TARGET:
        form = _target_form(step, found.change)
        return form.format(**said, change=step.lstrip("+−"))
    form = _change_form(step, found.change)
    other = numbers.period(found.period)
    return form.format(**said, change=step.lstrip("+−"), other=other)


def _change_form(step: str, change: float) -> str:
    if "±" in step:
        return _("{name} held at {value} against {other}")
    if change > 0:
        return _("{name} rose {change} to {value} against {other}")
    return _("{name} fell {change} to {value} against {other}")


def _target_form(step: str, change: float) -> str:
    if "±" in step:
        return _("{name}: {value}, on its target")
    if change > 0:
        return _("{name}: {value}, {change} above its target")
    return _("{name}: {value}, {change} below its target")


def told_change(names: Names, node: str, found: Compared | None) -> str | None:
    """A change with its unit: points of a share, else per cent; None where there is none.

    A change from nothing has no per cent: it is told in the indicator's own unit.
    """
    in_points = indicator_of(names.tree, node).unit == "%"
    step = figure(found, in_points=in_points)
    if step is None:
        if found is None or found.change is None:
            return None
        sign = "+" if found.change > 0 else numbers.MINUS if found.change < 0 else "±"
        return f"{sign}{quantity(names.tree, node, abs(found.change))}"
    return f"{numbers.signed(step, 2)} pp" if in_points else f"{numbers.signed(step)}%"


def _parts(table: Table, names: Names, node: str, against: Against | None) -> str:
    """Where the change, or the value, is largest; '' where there is nothing to tell apart."""
    parts = _members(table, names, node)
    known = [(name, cell) for name, cell in parts if cell.value is not None and not cell.small]
    if len(known) < 2:
        return ""
    if against is not None and against != TARGET and table.view.by:
        return _moved(names, node, known, table, against)
    if against == TARGET and table.view.by:
        return _behind(names, node, known)
    return _extremes(names, node, known)


def _members(table: Table, names: Names, node: str) -> list[Part]:
    view = table.view
    if view.by:
        return [(names.value(view.by[0], row), table.at(node, row)) for row in table.rows]
    if not view.grain:
        return []
    every = [(piece_words(one, view.grain), table.at(node, period=one)) for one in table.periods]
    return [(name, cell) for name, cell in every if not cell.partial]


def _moved(names: Names, node: str, known: Sequence[Part], table: Table, against: Against) -> str:
    """The part that moved most the way the whole did."""
    whole = table.at(node).against(against)
    if whole is None or not whole.change:
        return ""
    moved = [
        (name, other)
        for name, cell in known
        if (other := cell.against(against)) is not None
        and other.change is not None
        and other.change * whole.change > 0
    ]
    if not moved:
        return _("; no part moved that way")
    name, most = max(moved, key=lambda pair: abs(pair[1].change or 0.0))
    part = (most.change or 0.0) / whole.change
    if node in table.adds and part <= 1:
        share = numbers.percent(100 * part)
        return _("; most of it in {part} ({share} of the change)").format(part=name, share=share)
    step = told_change(names, node, most)
    return _("; most in {part} ({change})").format(part=name, change=step or numbers.MISSING)


def _behind(names: Names, node: str, known: Sequence[Part]) -> str:
    """How many parts miss their target, and which by most."""
    better = indicator_of(names.tree, node).better
    gaps = [
        (name, found.change if better == "up" else -found.change)
        for name, cell in known
        if better != "band"
        and (found := cell.against(TARGET)) is not None
        and found.change is not None
    ]
    short = [(name, gap) for name, gap in gaps if gap < 0]
    if not gaps:
        return ""
    if not short:
        return _("; all {count} parts reach theirs").format(count=len(gaps))
    return _("; {short} of {count} parts miss theirs, {part} by most").format(
        short=len(short), count=len(gaps), part=min(short, key=lambda pair: pair[1])[0]
    )


def _extremes(names: Names, node: str, known: Sequence[Part]) -> str:
    most = max(known, key=lambda pair: pair[1].value or 0.0)
    least = min(known, key=lambda pair: pair[1].value or 0.0)
    if most[1].value == least[1].value:
        return _("; all parts are alike")
    lowest = sum(cell.value == least[1].value for _name, cell in known)
    if lowest > 1:
        return _("; highest in {most} ({high}), {count} parts share the lowest ({low})").format(
            most=most[0], high=quantity(names.tree, node, most[1].value),
            count=lowest, low=quantity(names.tree, node, least[1].value),
        )  # fmt: skip
    return _("; highest in {most} ({high}), lowest in {least} ({low})").format(
        most=most[0], high=quantity(names.tree, node, most[1].value),
        least=least[0], low=quantity(names.tree, node, least[1].value),
    )  # fmt: skip
