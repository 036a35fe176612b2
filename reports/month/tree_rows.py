"""The cells of a line of the tree: facts and goals to change, the rest as formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from metrics.scorecard import NodeResult, ScoreCard
from metrics.scoring.bands import band_of
from metrics.tree.records import Indicator
from reports.book import Cell, Formula, Value
from reports.month import formulas
from reports.month.parts import change_cell, of_card, score_of, unit_cell, value_of, why_cell
from reports.month.sentences import name
from reports.month.tree_bands import BandRows, band_words
from reports.month.tree_inputs import Rules, leaf_value, numbers_of
from reports.month.tree_places import Line, Lines, Sheet
from words.i18n import language

ARROWS = {"up": "↑", "down": "↓", "band": "↔"}


@dataclass(frozen=True)
class Scribe:
    """Writes lines of the tree.

    ``before`` is the card of the month before; ``sheet`` and ``steps`` say where everything stands.
    """

    before: ScoreCard | None
    branch: str
    lines: Lines
    sheet: Sheet
    steps: Sheet
    rules: Rules
    bands: BandRows

    def row(self, line: Line) -> list[Value | Cell]:
        """The cells of a line in the order of the columns."""
        found = self.lines.card.node(line.node, self.branch)
        before = of_card(self.before, line.node, self.branch)
        cells: dict[str, Value | Cell] = {
            "name": Cell(name(self.lines.tree, line.node), indent=line.level, bold=line.level < 3),
            "id": line.node,
            "why": why_cell(found),
        }
        if line.level >= 3:
            cells |= self._leaf(line, found, before)
        else:
            cells |= self._parent(line, found)
        cells |= self._scores(line, found, before)
        cells |= self._weights(line, found)
        return [_shaded(cells.get(column.key), line.level) for column in self.sheet.table.columns]

    def _leaf(
        self, line: Line, found: NodeResult, before: NodeResult | None
    ) -> Mapping[str, Value | Cell]:
        tree, unit = self.lines.tree, self._indicator(line).unit
        value, base, target = numbers_of(self.lines, line)
        new, old = self.sheet.at(line.node, "value"), self.sheet.at(line.node, "before")
        was = value_of(before)
        share = unit == "%"
        change = formulas.difference(new, old) if share else formulas.per_cent(new, old)
        told = change_cell(tree, line.node, value, was).value
        capped = self.rules.caps.get(line.node, ())
        score = formulas.leaf(self.steps.from_afar(line.node, "score"), capped)
        uncapped = formulas.leaf(self.steps.from_afar(line.node, "score"))
        coverage = found.coverage
        if line.part is not None:
            coverage = 0.0 if self._score(line, found) is None else 100.0
        return {
            "value": Cell(value, unit=unit, editable=True),
            "unit": unit_cell(tree, line.node),
            "before": Cell(was, unit=unit),
            "change": Cell(Formula(change, _number(told)), unit="pp" if share else "%", digits=1),
            "base": Cell(base, unit=unit, editable=True),
            "target": Cell(target, unit=unit, editable=True),
            "better": self._better(line),
            "score": Formula(score, self._score(line, found)),
            "free": Formula(uncapped, leaf_value(self.lines, line)),
            "coverage": Formula(formulas.covered(self._score_cell(line.node)), coverage),
        }

    def _parent(self, line: Line, found: NodeResult) -> Mapping[str, Value | Cell]:
        children = self.lines.children(line.node)
        column = {
            key: [self.sheet.at(child, key) for child in children]
            for key in ("score", "free", "weight", "coverage")
        }
        covered, minimum = self.sheet.at(line.node, "coverage"), self.rules.minimum
        weights, counted = column["weight"], column["score"]
        caps = self.rules.caps.get(line.node, ())
        score = formulas.parent(counted, weights, counted, covered, minimum, caps)
        free = formulas.parent(column["free"], weights, counted, covered, minimum)
        coverage = formulas.coverage(column["coverage"], weights)
        return {
            "score": Cell(Formula(score, found.score), bold=True),
            "free": Formula(free, found.uncapped),
            "coverage": Formula(coverage, found.coverage),
        }

    def _scores(
        self, line: Line, found: NodeResult, before: NodeResult | None
    ) -> Mapping[str, Value | Cell]:
        score, old = self._score_cell(line.node), self.sheet.at(line.node, "score_before")
        new, was = self._score(line, found), score_of(before)
        step = None if new is None or was is None else new - was
        status = formulas.status(score, self.bands.cells(leaf=line.level >= 3))
        return {
            "score_before": Cell(was),
            "score_change": Formula(formulas.difference(score, old), step),
            "status": Formula(status, self._band(line, new)),
        }

    def _weights(self, line: Line, found: NodeResult) -> Mapping[str, Value | Cell]:
        above = self.lines.card.inputs.tree.parent.get(line.node)
        weight, effective = self.sheet.at(line.node, "weight"), ""
        if line.part is not None:
            above = line.node.partition("@")[0]
            effective = self.sheet.at(above, "effective")
            return self._module_weights(line, above, effective)
        if above is None:
            return {"weight": Cell(found.weight), "effective": Cell(found.effective_weight)}
        siblings = [self.sheet.at(one, "weight") for one in self.lines.children(above)]
        effective = formulas.effective(self.sheet.at(above, "effective"), weight, siblings)
        return {
            "weight": Cell(found.weight, editable=True),
            "effective": Formula(effective, found.effective_weight),
        }

    def _module_weights(self, line: Line, leaf: str, effective: str) -> Mapping[str, Value | Cell]:
        """A module's share by its starts, which stand on the page of the inputs."""
        part, column = self.lines.part_of(line)
        starts = part.weight[self.lines.scope]
        whole = float(starts.sum())
        share = 100 * float(starts[column]) / whole if whole else 0.0
        cells = [self.steps.from_afar(one, "starts") for one in self.lines.children(leaf)]
        own = self.steps.from_afar(line.node, "starts")
        above = self.lines.card.node(leaf, self.branch).effective_weight
        return {
            "weight": Formula(formulas.effective("100", own, cells), share),
            "effective": Formula(formulas.effective(effective, own, cells), above * share / 100),
        }

    def _score(self, line: Line, found: NodeResult) -> float | None:
        """A module's score is that which counts in its indicator."""
        return found.score if line.part is None else leaf_value(self.lines, line)

    def _band(self, line: Line, score: float | None) -> str | None:
        bands = self.bands.bands.leaves if line.level >= 3 else self.bands.bands.parents
        band = band_of(score, bands)
        return None if band is None else band_words(band)

    def _score_cell(self, node: str) -> str:
        return self.sheet.at(node, "score")

    def _indicator(self, line: Line) -> Indicator:
        return self.lines.tree.indicators[line.node.partition("@")[0]]

    def _better(self, line: Line) -> str:
        better = self._indicator(line).better
        word = self.lines.tree.vocabulary.directions.get(better)
        return f"{ARROWS[better]} {word.in_(language())}" if word else ARROWS[better]


def _shaded(value: Value | Cell, level: int) -> Value | Cell:
    """Total and perspectives stand out from what is below them."""
    if level > 1:
        return value
    cell = value if isinstance(value, Cell) else Cell(value)
    return replace(cell, style="total")


def _number(told: Value) -> float | None:
    value = getattr(told, "value", None)
    return float(value) if isinstance(value, int | float) else None
