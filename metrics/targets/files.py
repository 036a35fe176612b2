"""Baselines as files: YAML or Excel, read back with every problem located."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from pydantic import Field
from ruamel.yaml import YAML

from data.configuration import (
    ConfigurationError,
    Problem,
    Written,
    attempt_bytes,
    nearest_name,
)
from data.filled_sheet import Row, read_rows
from data.state import BaselineDraft
from metrics.scorecard.publishing import Goal, baseline_problems
from metrics.tree.tree import Tree

NEEDED = ("indicator", "year", "base", "target")
OPTIONAL = ("branch", "module")
Placed = tuple[int | None, BaselineDraft]


class WrittenGoal(Written):
    """One baseline as written."""

    indicator: str
    year: int = Field(ge=2000, le=2199)
    base: float | None = None
    target: float | None = None
    branch: str | None = None
    module: str | None = None


class WrittenGoals(Written):
    """A file of baselines."""

    baselines: tuple[WrittenGoal, ...] = Field(min_length=1)


def to_yaml(goals: Sequence[Goal], years: Sequence[int]) -> bytes:
    """Baselines as YAML; ``years`` go with the goals."""
    rows = [_plain(goal, year) for goal, year in zip(goals, years, strict=True)]
    target = BytesIO()
    writer = YAML()
    writer.dump({"baselines": rows}, target)
    return target.getvalue()


def to_excel(goals: Sequence[Goal], years: Sequence[int]) -> bytes:
    """Baselines as a sheet with one row each."""
    book = Workbook()
    page = book.active
    page.append([*NEEDED, *OPTIONAL])
    for goal, year in zip(goals, years, strict=True):
        row = _plain(goal, year)
        page.append([row.get(name) for name in (*NEEDED, *OPTIONAL)])
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.column_dimensions["A"].width = 32
    page.freeze_panes = "A2"
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _plain(goal: Goal, year: int) -> dict[str, Any]:
    row = {
        "indicator": goal.indicator,
        "year": year,
        "base": None if goal.base is None else float(goal.base),
        "target": None if goal.target is None else float(goal.target),
        "branch": goal.branch_id,
        "module": goal.module,
    }
    return {name: value for name, value in row.items() if value is not None}


def read_goals(
    raw: bytes, file: str, tree: Tree, branches: Collection[str]
) -> tuple[BaselineDraft, ...]:
    """The baselines of a YAML or Excel file; ConfigurationError with every problem and place."""
    wrong: list[Problem] = []
    if file.lower().endswith(".xlsx"):
        placed = [_of_row(row, file, wrong) for row in read_rows(raw, file, NEEDED, OPTIONAL)]
        found = [one for one in placed if one is not None]
    else:
        found = _of_yaml(raw, file)
    wrong += _problems(found, file, tree, branches)
    if not found and not wrong:
        wrong.append(Problem(file, None, "", "no rows", "at least one baseline"))
    if wrong:
        raise ConfigurationError(sorted(wrong, key=lambda one: one.line or 0))
    return tuple(draft for _line, draft in found)


def _of_yaml(raw: bytes, file: str) -> list[Placed]:
    document, problems = attempt_bytes(raw, file, WrittenGoals)
    if document is None:
        raise ConfigurationError(problems)
    return [
        (
            document.line(("baselines", at)),
            BaselineDraft(
                one.indicator, one.year, _exact(one.base), _exact(one.target), one.branch or None,
                one.module or None,
            ),
        )
        for at, one in enumerate(document.value.baselines)
    ]  # fmt: skip


def _of_row(row: Row, file: str, wrong: list[Problem]) -> Placed | None:
    """A row as a draft; what is no number or no year is added to ``wrong``."""
    cells: Mapping[str, Any] = row.cells
    before = len(wrong)
    wrong += [
        Problem(file, row.number, name, repr(cells[name])[:60], "a number")
        for name in ("base", "target")
        if cells[name] not in (None, "") and not _is_number(cells[name])
    ]
    year = cells["year"]
    if not _is_number(year) or year != int(year) or not 2000 <= year <= 2199:
        wrong.append(Problem(file, row.number, "year", repr(year)[:60], "a year such as 2027"))
    if not str(cells["indicator"] or "").strip():
        wrong.append(Problem(file, row.number, "indicator", "nothing", "an indicator"))
    if len(wrong) > before:
        return None
    sides = [None if cells[name] in (None, "") else _exact(cells[name]) for name in NEEDED[2:]]
    branch, module = (str(cells.get(name) or "").strip() or None for name in OPTIONAL)
    name = str(cells["indicator"]).strip()
    return row.number, BaselineDraft(name, int(year), sides[0], sides[1], branch, module)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(float(value)))


def _problems(
    found: Sequence[Placed], file: str, tree: Tree, branches: Collection[str]
) -> Iterator[Problem]:
    seen: dict[tuple[object, ...], int | None] = {}
    for line, draft in found:
        for told in baseline_problems(tree, branches, [draft]):
            near = nearest_name(draft.indicator, tree.indicators)
            named = None if draft.indicator in tree.indicators else near
            yield Problem(file, line, draft.indicator, told, "a goal that fits the tree", named)
        key = (draft.indicator, draft.year, draft.branch_id, draft.module)
        if key in seen:
            told = f"it once (line {seen[key]})"
            yield Problem(file, line, draft.indicator, "the same goal again", told)
        seen.setdefault(key, line)
        if draft.base is None and draft.target is None:
            yield Problem(file, line, draft.indicator, "neither base nor target", "one or both")
