"""The page to follow a score on: red lines, then each leaf's steps from value to score."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import SupportsFloat

import numpy as np

from metrics.scoring.leaf import DOWNTIME_FLOOR, FALLBACK, SMALLEST_BAND, Curve, leaf_score
from metrics.scoring.rollup import module_mean
from reports.book import Cell, Column, Formula, Page, Value
from reports.book.cells import number_of
from reports.book.rules import allow
from reports.month import formulas
from reports.month.formulas import BandCells, LeafCells
from reports.month.tree_places import Line, Lines, Sheet, sheet_of
from words.i18n import _, language
from words.text import plain

MINIMUM = "$D$4"
"""The cell of the minimum coverage."""
LINES_HEAD = 7


@dataclass(frozen=True)
class Rules:
    """Cells that parents read: the minimum coverage, and the caps in force by node."""

    minimum: str
    caps: Mapping[str, tuple[str, ...]]


def columns() -> tuple[Column, ...]:
    """Columns of the leaves' steps."""
    return (
        Column("name", _("Indicator"), width=30),
        Column("id", _("Id"), width=30),
        Column("value", _("Value"), "number", missing=None, width=16),
        Column("base", _("Base (60 points)"), "number", missing=None, width=16),
        Column("target", _("Target on the path (100 points)"), "number", missing=None, width=16),
        Column("shape", _("Shape"), width=18),
        Column("sign", _("Direction (1 or -1)"), "number", missing=None, digits=0),
        Column("cap", _("Highest score"), "number", missing=None, digits=0),
        Column("outer_low", _("Band: 60 below"), "number", missing=None),
        Column("low", _("Band: from"), "number", missing=None),
        Column("high", _("Band: to"), "number", missing=None),
        Column("outer_high", _("Band: 60 above"), "number", missing=None),
        Column("known", _("Counts (1 or 0)"), "number", missing=None, digits=0),
        Column("v", _("Value, more is better"), "number", missing=None, width=16),
        Column("b", _("Base, more is better"), "number", missing=None, width=16),
        Column("t", _("Target, more is better"), "number", missing=None, width=16),
        Column("way", _("From base to target"), "number", missing=None, width=16),
        Column("ceiling", _("Ceiling now"), "number", missing=None, digits=0),
        Column("scale", _("Band moved by"), "number", missing=None, digits=4),
        Column("lower", _("Band: 60 below, moved"), "number", missing=None, digits=4),
        Column("starts", _("Weight among modules"), "number", missing=None),
        Column("score", _("Score"), "number", missing=None),
    )


def steps_sheet(page: Page, lines: Lines) -> Sheet:
    """Where the steps will stand: below the red lines."""
    caps = sum(len(line.caps) for line in lines.card.inputs.red_lines)
    return sheet_of(page.title, LINES_HEAD + caps + 3, columns(), lines.leaves)


def write_inputs(page: Page, lines: Lines, tree: Sheet, steps: Sheet) -> Rules:
    """Write the page; ``tree`` is where the nodes stand, ``steps`` where this page's lines do."""
    page.heading(_("Scoring inputs"))
    page.note(
        _(
            "Every step from a value to its score. Yellow cells may be changed; the tree follows. "
            "A score is 60 at the base and 100 at the target, straight between and beyond, not "
            "below 0 nor above the highest score. Where the target is not better than the base, "
            "100 at the target is the highest score and {share} of the target stands for the way. "
            "Availability is scored on the logarithm of its downtime, of {floor} % at least."
        ).format(share=f"{FALLBACK:.0%}", floor=DOWNTIME_FLOOR)
    )
    page.row = 4
    page.put(4, page.left, _("Minimum coverage of a node's weight (%)"))
    page.put(4, page.left + 2, Cell(lines.card.inputs.minimum_coverage, editable=True))
    page.put(4, page.left + 1, None)
    page.row = LINES_HEAD
    caps = _red_lines(page, lines)
    page.row = steps.table.head
    page.table(steps.table.columns, [_leaf_row(lines, one, tree, steps) for one in lines.leaves])
    page.freeze(1, page.left + 1)
    page.sheet.print_title_rows = f"{steps.table.head}:{steps.table.head}"
    for line in lines.leaves:
        page.anchors[line.node] = steps.at(line.node, "name")
    title = f"'{page.title}'!"
    return Rules(title + MINIMUM, {node: tuple(title + c for c in at) for node, at in caps.items()})


def _red_lines(page: Page, lines: Lines) -> dict[str, list[str]]:
    """The red lines, one row a node that they cap; addresses of the caps in force by node."""
    shown = (
        Column("line", _("Red line")),
        Column("id", _("Id")),
        Column("breached", _("Breached (1 or 0)"), "number", digits=0),
        Column("cap", _("Cap"), "number", digits=1),
        Column("now", _("Cap now (1000: none)"), "number", digits=1),
        Column("node", _("Caps the node")),
    )
    found: dict[str, list[str]] = {}
    rows: list[list[Value | Cell]] = []
    inputs, tree, lang = lines.card.inputs, lines.tree, language()
    for at, line in enumerate(inputs.red_lines):
        breached = bool(inputs.breached[lines.scope, at])
        known = tree.red_lines.get(line.id)
        name = line.id if known is None else known.name_zh if lang == "zh" else known.name_en
        for node, cap in line.caps:
            row = LINES_HEAD + 1 + len(rows)
            now = Formula(formulas.in_force(f"D{row}", f"E{row}"), cap if breached else 1000.0)
            rows.append(
                [
                    plain(name, 80),
                    line.id,
                    Cell(int(breached), editable=True),
                    Cell(cap, editable=True),
                    now,
                    plain(tree.name(node, lang), 80),
                ]
            )
            found.setdefault(node, []).append(f"$F${row}")
    table = page.table(shown, rows)
    if rows:
        allow(page, [table.span("breached")], 0, 1, _("Write 1 while it is breached, else 0."))
    return found


def _leaf_row(lines: Lines, line: Line, tree: Sheet, steps: Sheet) -> list[Value | Cell]:
    """A leaf's steps in the order of the columns."""
    curve, given = curve_of(lines, line), numbers_of(lines, line)
    cells: dict[str, Value | Cell] = {
        "name": Cell(plain(lines.tree.name(line.node, language()), 80), indent=line.level - 3),
        "id": line.node,
        "shape": shape_words(curve),
    }
    for key, value in zip(("value", "base", "target"), given, strict=True):
        cells[key] = Formula(formulas.same(tree.from_afar(line.node, key)), value)
    below = lines.children(line.node) if line.level == 3 else ()
    if below:
        scores = [steps.at(child, "score") for child in below]
        starts = [steps.at(child, "starts") for child in below]
        cells["score"] = Formula(formulas.mean(scores, starts), leaf_value(lines, line))
    else:
        cells |= _steps(curve, line.node, steps, given)
    if line.part is not None:
        part, column = lines.part_of(line)
        cells["starts"] = Cell(number_of(part.weight[lines.scope, column]), editable=True)
    return [_exact(cells.get(column.key), column.digits) for column in steps.table.columns]


def _exact(value: Value | Cell, digits: int | None) -> Value | Cell:
    """A step with about seven figures, so that an auditor can work it out again."""
    if digits is not None or not isinstance(value, Formula) or not isinstance(value.value, float):
        return value
    size = abs(value.value)
    return Cell(value, digits=0 if size >= 1e6 else 2 if size >= 1e3 else 4)


def _steps(
    curve: Curve, node: str, sheet: Sheet, given: tuple[float | None, ...]
) -> dict[str, Value | Cell]:
    """The cells from facts and goals to the score of a leaf, with the values that they have."""
    names = ("value", "base", "target", "known", "v", "b", "t", "way", "ceiling")
    at = LeafCells(*(sheet.at(node, name) for name in names))
    known = formulas.known(at.value, at.base, at.target)
    there = None not in given
    score = Formula(_score_formula(curve, node, sheet, at), score_of(curve, given))
    found: dict[str, Value | Cell] = {"known": Formula(known, float(there)), "score": score}
    found["cap"] = Cell(100.0 if curve.kind in ("step", "band") else curve.cap, editable=True)
    if curve.kind == "band":
        return found | _band_steps(curve, node, sheet, at, given)
    if curve.kind == "step":
        return found
    if curve.kind == "linear":
        found["sign"] = Cell(-1 if curve.better == "down" else 1)
    axis = tuple(on_axis(curve, one) if there else None for one in given)
    for name, source, value in zip("vbt", (at.value, at.base, at.target), axis, strict=True):
        turned = (
            formulas.downtime(at.known, source)
            if curve.kind == "downtime"
            else formulas.turned(at.known, source, sheet.at(node, "sign"))
        )
        found[name] = Formula(turned, value)
    logarithm = curve.kind == "downtime"
    found["way"] = Formula(formulas.way(at, logarithm=logarithm), way_of(curve, given))
    full = None if axis[1] is None or axis[2] is None else axis[2] > axis[1]
    highest = None if full is None else curve.cap if full else 100.0
    found["ceiling"] = Formula(formulas.ceiling(at, sheet.at(node, "cap")), highest)
    return found


def _score_formula(curve: Curve, node: str, sheet: Sheet, at: LeafCells) -> str:
    if curve.kind == "step":
        return formulas.step(at)
    if curve.kind == "band":
        scale, lower = sheet.at(node, "scale"), sheet.at(node, "lower")
        return formulas.band(at, _limits(node, sheet), scale, lower)
    return formulas.line(at)


def _limits(node: str, sheet: Sheet) -> BandCells:
    return BandCells(*(sheet.at(node, name) for name in ("outer_low", "low", "high", "outer_high")))


def _band_steps(
    curve: Curve, node: str, sheet: Sheet, at: LeafCells, given: tuple[float | None, ...]
) -> dict[str, Value | Cell]:
    limits = dict(zip(("outer_low", "low", "high", "outer_high"), curve.limits(), strict=True))
    found: dict[str, Value | Cell] = {
        name: Cell(limit, editable=True) for name, limit in limits.items()
    }
    cells, (_value, base, target) = _limits(node, sheet), given
    scale = lower = None
    if None not in given and base is not None and target is not None:
        low = limits["low"]
        ratio = target / low if low > 0 else 1.0
        scale = ratio if ratio > SMALLEST_BAND else 1.0
        lower = base if base < low * scale else limits["outer_low"] * scale
    found["scale"] = Formula(formulas.band_scale(at, cells), scale)
    found["lower"] = Formula(formulas.band_lower(at, cells, sheet.at(node, "scale")), lower)
    return found


def on_axis(curve: Curve, value: float | None) -> float | None:
    """A number where more is better, as the score's line takes it.

    >>> on_axis(Curve("down"), 3.0), on_axis(Curve("up", "downtime", 100), 99.0)
    (-3.0, -0.0)
    """
    if value is None:
        return None
    if curve.kind == "downtime":
        return -math.log10(max(100.0 - value, DOWNTIME_FLOOR))
    return -value if curve.better == "down" else value


def way_of(curve: Curve, given: tuple[float | None, ...]) -> float | None:
    """From base to target on the axis, or what stands for it.

    >>> way_of(Curve("down"), (9.0, 18.0, 12.0)), way_of(Curve("up"), (9.0, 10.0, 10.0))
    (6.0, 2.0)
    """
    base, target = on_axis(curve, given[1]), on_axis(curve, given[2])
    if None in given or base is None or target is None or given[2] is None:
        return None
    if target > base:
        return target - base
    return math.log10(1 + FALLBACK) if curve.kind == "downtime" else FALLBACK * abs(given[2])


def curve_of(lines: Lines, line: Line) -> Curve:
    """How a leaf's values become scores."""
    leaves = lines.card.inputs.tree.leaves
    return lines.card.inputs.curves[leaves.index(line.node.partition("@")[0])]


def numbers_of(lines: Lines, line: Line) -> tuple[float | None, float | None, float | None]:
    """Value, base and target of a leaf or of a module that counts in one."""
    if line.part is not None:
        part, column = lines.part_of(line)
        sides = (part.value, part.base, part.target)
    else:
        inputs = lines.card.inputs
        column = inputs.tree.leaves.index(line.node)
        sides = (inputs.value, inputs.base, inputs.target)
    value, base, target = (_float(side[lines.scope, column]) for side in sides)
    return value, base, target


def leaf_value(lines: Lines, line: Line) -> float | None:
    """The score of a leaf or module before red lines."""
    if line.part is None and lines.children(line.node):
        part = lines.card.inputs.parts[lines.part_at(line.node)]
        return _float(module_mean(part, part.present)[lines.scope])
    return score_of(curve_of(lines, line), numbers_of(lines, line))


def score_of(curve: Curve, given: tuple[float | None, ...]) -> float | None:
    """The score that Canopy gives a value, base and target; None where one is missing.

    >>> score_of(Curve("up"), (50.0, 60.0, 100.0)), score_of(Curve("up"), (None, 60.0, 100.0))
    (50.0, None)
    """
    if None in given:
        return None
    value, base, target = (np.asarray(one, dtype=np.float64) for one in given)
    return _float(leaf_score(value, base, target, curve))


def shape_words(curve: Curve) -> str:
    """The shape of a score in words."""
    return {
        "linear": _("straight"),
        "downtime": _("logarithm of downtime"),
        "step": _("none or any"),
        "band": _("band"),
    }[curve.kind]


def _float(value: SupportsFloat) -> float | None:
    found = float(value)
    return found if math.isfinite(found) else None
