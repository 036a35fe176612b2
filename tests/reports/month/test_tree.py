"""The tree in the workbook: LibreOffice finds every score that Canopy has, also after edits."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from metrics.scorecard import ScoreCard
from metrics.scorecard.build import Rules
from metrics.scorecard.preview import preview, reweighed
from metrics.scorecard.rules import profile_weights
from metrics.scoring.inputs import ModuleParts, ScoreInputs
from metrics.scoring.rollup import score
from reports.book import Book
from reports.month.build import speaking
from reports.month.tree import columns, write_card
from tests.conftest import DemoBank
from tests.metrics.scorecard.opened import Opened
from tests.reports.office import needs_office, opened, recalculated, without_values
from tests.reports.parts import formulas_in, trees_of, ways_out

EXACT = 1e-6
BRANCH = "B02"
WILD = range(5) if os.environ.get("CI") else range(2)
NAMES = (
    "bank", "branch", "leak", "gaps", "weight", "value", "cleared", "breach",
    *(f"wild_{seed}" for seed in WILD),
)  # fmt: skip
LETTERS = {column.key: at for at, column in enumerate(columns(), start=2)}


@dataclass(frozen=True)
class Case:
    """A card's scope, the workbook that shows it, and an edit of the workbook."""

    card: ScoreCard
    branch: str = ""
    before: ScoreCard | None = None
    edit: Callable[[Workbook], None] | None = None

    def file(self, lang: str = "en") -> bytes:
        """The workbook as Canopy writes it."""
        book = Book(lang, title="tree")
        with speaking(lang):
            write_card(book, self.card, self.before, self.branch)
        return book.content()[0]

    def given(self) -> bytes:
        """The workbook that LibreOffice is to work out, edited, without Canopy's own values."""
        book = opened(self.file())
        if self.edit:
            self.edit(book)
        return without_values(book)


def rows_of(page: Worksheet) -> dict[str, int]:
    """Row of each node."""
    ids = (page.cell(row, LETTERS["id"]).value for row in range(1, page.max_row + 1))
    return {str(found): row for row, found in enumerate(ids, start=1) if found}


def put(node: str, column: str, value: float | None) -> Callable[[Workbook], None]:
    """An edit of one cell of the tree."""

    def edit(book: Workbook) -> None:
        page = book.worksheets[0]
        page.cell(rows_of(page)[node], LETTERS[column]).value = value

    return edit


def break_line(line: str) -> Callable[[Workbook], None]:
    """An edit that says that a red line is breached."""

    def edit(book: Workbook) -> None:
        page = book.worksheets[1]
        for row in page.iter_rows(min_row=1, max_row=20):
            if row[2].value == line:
                row[3].value = 1

    return edit


def changed(card: ScoreCard, **inputs: object) -> ScoreCard:
    """The card with other inputs, scored by Canopy."""
    new = replace(card.inputs, **inputs)  # type: ignore[arg-type]
    return replace(card, inputs=new, scores=score(new))


def with_value(card: ScoreCard, leaf: str, value: float) -> ScoreCard:
    """The card with another value of an indicator of the bank."""
    column = card.inputs.tree.leaves.index(leaf)
    values, present = card.inputs.value.copy(), card.inputs.present.copy()
    values[0, column], present[0, column] = value, np.isfinite(value)
    return changed(card, value=values, present=present)


def with_breach(card: ScoreCard, line: str) -> ScoreCard:
    """The card with a red line breached."""
    breached = card.inputs.breached.copy()
    breached[0, [one.id for one in card.inputs.red_lines].index(line)] = True
    return changed(card, breached=breached)


def gaps(card: ScoreCard) -> ScoreCard:
    """The card without most of two themes: one of them and what hangs on it has no score."""
    missing = ("mau", "dau", "dau_share", "registered_users", "npl_ratio", "nps", "csat")
    values, present = card.inputs.value.copy(), card.inputs.present.copy()
    for leaf in missing:
        column = card.inputs.tree.leaves.index(leaf)
        values[:, column], present[:, column] = np.nan, False
    parts = tuple(_half(part) for part in card.inputs.parts)
    return changed(card, value=values, present=present, parts=parts)


def _half(part: ModuleParts) -> ModuleParts:
    value = part.value.copy()
    value[:, 0] = np.nan
    return replace(part, value=value)


def wild(card: ScoreCard, seed: int) -> ScoreCard:
    """The card with values, goals, weights, gaps and breaches from dice."""
    dice = np.random.default_rng(seed)
    inputs: ScoreInputs = card.inputs
    shape = inputs.value.shape
    target = np.where(dice.random(shape) < 0.06, 0.0, inputs.target * dice.uniform(0.5, 1.5, shape))
    value = target * dice.normal(1.0, 0.4, shape) + dice.normal(0.0, 0.01, shape)
    base = np.where(dice.random(shape) < 0.2, target * 1.1, inputs.base)
    value[dice.random(shape) < 0.2 * seed] = np.nan
    present = np.isfinite(value) & np.isfinite(base) & np.isfinite(target)
    for part in inputs.parts:
        present[:, inputs.tree.leaves.index(part.leaf)] = part.present.any(axis=1)
    nodes = [node for node in inputs.tree.ids if inputs.tree.parent[node]]
    weights = {
        node: float(weight)
        for node, weight in zip(nodes, dice.integers(0, 9, len(nodes)), strict=True)
    }
    breached = dice.random(inputs.breached.shape) < 0.4
    return changed(
        card, value=value, base=base, target=target, present=present, weights=weights,
        breached=breached,
    )  # fmt: skip


@pytest.fixture(scope="module")
def cases(demo: Opened, demo_bank: DemoBank) -> Mapping[str, Case]:
    """Every card that the workbooks are compared with."""
    leak = date.fromisoformat(str(demo_bank.truth.effects["data_leak"].start))
    rules = Rules(profile_weights(demo.setup.tree, "balanced"))
    month, before, leaking = demo.cards("2026-10", "2026-09", f"{leak:%Y-%m}", rules=rules)
    mau = 1.25 * float(month.node("mau").value or 0)
    lighter = reweighed(month, {"risk": 35.0, "mau": 0.0}, "lighter")
    heavy = _both(put("risk", "weight", 35.0), put("mau", "weight", 0.0))
    gone, gap = put("npl_ratio", "value", None), with_value(month, "npl_ratio", np.nan)
    return {
        "bank": Case(month, "", before),
        "branch": Case(month, BRANCH, before),
        "leak": Case(leaking),
        "gaps": Case(gaps(month)),
        **{f"wild_{seed}": Case(wild(month, seed)) for seed in WILD},
        "weight": Case(lighter, edit=heavy),
        "value": Case(with_value(month, "mau", mau), edit=put("mau", "value", mau)),
        "cleared": Case(gap, edit=gone),
        "breach": Case(with_breach(month, "data_leak"), edit=break_line("data_leak")),
    }


def _both(*edits: Callable[[Workbook], None]) -> Callable[[Workbook], None]:
    def edit(book: Workbook) -> None:
        for one in edits:
            one(book)

    return edit


@pytest.fixture(scope="module")
def found(
    cases: Mapping[str, Case], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Workbook]:
    """The workbooks as LibreOffice works them out; those with an edit show the card before it."""
    month = cases["bank"]
    files = {
        name: (replace(month, edit=case.edit) if case.edit else case).given()
        for name, case in cases.items()
    }
    return recalculated(tmp_path_factory.mktemp("office"), files)


@needs_office
@pytest.mark.parametrize("name", NAMES)
def test_the_workbook_scores_as_canopy_does(
    cases: Mapping[str, Case], found: Mapping[str, Workbook], name: str
) -> None:
    case, page = cases[name], found[name].worksheets[0]
    rows, wrong = rows_of(page), []
    for node in case.card.nodes(case.branch):
        for column, expected in (
            ("score", node.score),
            ("free", node.uncapped),
            ("coverage", node.coverage),
            ("effective", node.effective_weight),
        ):
            told = page.cell(rows[node.id], LETTERS[column]).value
            number = told if isinstance(told, int | float) else None
            if number is None or expected is None:
                same = number is expected is None
            else:
                same = number == pytest.approx(expected, abs=EXACT)
            if not same:
                wrong.append((node.id, column, told, expected))
    assert wrong == []
    assert len(rows) >= 1 + 5 + 25 + 78


@needs_office
def test_the_cases_are_what_they_are_for(cases: Mapping[str, Case]) -> None:
    assert cases["leak"].card.breached("") == ("data_leak",)
    assert cases["leak"].card.node("total").score != cases["leak"].card.node("total").uncapped
    assert cases["gaps"].card.node("core_users").score is None
    assert cases["gaps"].card.node("task_completion").score is not None
    assert cases["breach"].card.node("compliance").score == pytest.approx(60.0)
    assert (cases["breach"].card.node("compliance").uncapped or 0.0) > 60.0


@needs_office
def test_a_changed_weight_gives_what_the_preview_says(
    cases: Mapping[str, Case], found: Mapping[str, Workbook]
) -> None:
    today = cases["bank"].card
    said = preview(today, ("now", {}), ("new", {"risk": 35.0, "mau": 0.0}), "", ())
    page = found["weight"].worksheets[0]
    total = page.cell(rows_of(page)["total"], LETTERS["score"]).value
    assert total == pytest.approx(said.total.score[1], abs=EXACT)
    assert said.total.score[0] != pytest.approx(said.total.score[1], abs=1e-3)


@needs_office
@pytest.mark.parametrize("name", ["bank", "leak", "gaps", "wild_1"])
def test_canopys_own_numbers_stand_beside_the_formulas(
    cases: Mapping[str, Case], found: Mapping[str, Workbook], name: str
) -> None:
    """A preview that does not calculate shows what a spreadsheet would find, in every cell."""
    ours = opened(cases[name].file(), values=True)
    wrong = []
    for mine, theirs in zip(ours.worksheets, found[name].worksheets, strict=True):
        for row in mine.iter_rows():
            for cell in row:
                here, there = cell.value, theirs[cell.coordinate].value
                if isinstance(here, int | float) and isinstance(there, int | float):
                    near = here == pytest.approx(there, rel=1e-9, abs=1e-9)
                else:
                    near = (here or None) == (there or None)
                if not near:
                    wrong.append((mine.title, cell.coordinate, here, there))
    assert wrong == []


def test_only_our_formulas_are_in_the_file(cases: Mapping[str, Case]) -> None:
    raw = cases["bank"].file("zh")
    formulas = formulas_in(raw)
    assert len(formulas) > 1000
    assert not [one for one in formulas if "[" in one or "://" in one or "|" in one]
    assert list(ways_out(raw)) == []
    assert "xl/workbook.xml" in trees_of(raw)


def test_every_node_and_module_of_task_completion_has_its_line(cases: Mapping[str, Case]) -> None:
    card = cases["bank"].card
    page = opened(cases["bank"].file("zh")).worksheets[0]
    rows = rows_of(page)
    modules = [node for node in rows if node.startswith("task_completion@")]
    assert set(card.tree.nodes()) <= set(rows)
    assert modules == [
        f"task_completion@{m}" for m in ("transfer", "account", "bill_payment", "qr_payment")
    ]
    assert page.row_dimensions[rows["mau"]].outlineLevel == 2
    assert page.row_dimensions[rows["task_completion@transfer"]].outlineLevel == 3
    assert (page.freeze_panes, page.print_title_rows) == ("C6", "$5:$5")


def test_the_same_card_twice_has_the_same_digest(cases: Mapping[str, Case]) -> None:
    def digest(case: Case) -> str:
        book = Book("en", title="tree")
        with speaking("en"):
            write_card(book, case.card, case.before, case.branch)
        return book.content()[1]

    assert digest(cases["bank"]) == digest(cases["bank"])
    assert digest(cases["bank"]) != digest(cases["value"])
