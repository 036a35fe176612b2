"""Weight sets as files: written for a person to change, read back with every problem located."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from pydantic import Field, ValidationError
from ruamel.yaml import YAML

from data.configuration import (
    ConfigurationError,
    Problem,
    Written,
    attempt_bytes,
    nearest_name,
)
from data.filled_sheet import read_rows
from data.state import WeightOrigin
from metrics.scorecard.publishing import EXACT
from metrics.tree.tree import ROOT, Tree
from metrics.weights import origin_files
from metrics.weights.origin_files import (
    HEADS,
    SHEET,
    WrittenOrigin,
    as_written,
    from_rows,
    origin_of,
    sheet_rows,
)

HUNDRED = Decimal(100)
COLUMNS = ("node", "weight")


class WrittenSet(Written):
    """A file with weights; only ``weights`` has to be there."""

    name_zh: str | None = Field(None, max_length=200)
    name_en: str | None = Field(None, max_length=200)
    reason: str | None = Field(None, max_length=2000)
    effective_from: date | None = None
    weights: dict[str, float]
    origins: list[WrittenOrigin] = Field(default_factory=list)


@dataclass(frozen=True)
class WeightFile:
    """A full assignment as a file gives it, and what else the file says."""

    weights: Mapping[str, Decimal]
    name_zh: str | None = None
    name_en: str | None = None
    reason: str | None = None
    effective_from: date | None = None
    origins: tuple[WeightOrigin, ...] = ()


def to_yaml(
    tree: Tree,
    weights: Mapping[str, Decimal],
    origins: Sequence[WeightOrigin] = (),
    **said: str | date,
) -> bytes:
    """Weights as YAML, in the order of the tree; ``said`` are the other keys of a file.

    ``origins`` say how they were found, judgements in pairs among them.

    >>> from data.points.catalogue import load_catalogue
    >>> from metrics.tree import load_tree
    >>> from metrics.weights.exact import exact_set
    >>> tree = load_tree(None, load_catalogue().points)
    >>> own = exact_set(tree, {})
    >>> read_weights(to_yaml(tree, own, name_en="Own"), "own.yaml", tree).weights == own
    True
    """
    ordered = {node: float(weights[node]) for node in _wanted(tree) if node in weights}
    target = BytesIO()
    writer = YAML()
    writer.allow_unicode = True
    found = {"origins": [as_written(one) for one in origins]} if origins else {}
    writer.dump({**said, "weights": ordered, **found}, target)
    return target.getvalue()


def to_excel(
    tree: Tree, weights: Mapping[str, Decimal], origins: Sequence[WeightOrigin] = ()
) -> bytes:
    """Weights as a sheet: node, weight, and for the reader parent and names; origins as another."""
    book = Workbook()
    page = book.active
    page.append([*COLUMNS, "parent", "name_zh", "name_en"])
    for node in _wanted(tree):
        if node in weights:
            names = tree.name(node, "zh"), tree.name(node, "en")
            page.append([node, float(weights[node]), tree.parent(node), *names])
    for cell in page[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDE", (28, 10, 22, 28, 36), strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
    if origins:
        other = book.create_sheet(SHEET)
        for row in (HEADS, *sheet_rows(origins)):
            other.append(row)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def read_weights(raw: bytes, file: str, tree: Tree) -> WeightFile:
    """The weights of a YAML or Excel file; ConfigurationError with every problem and its place."""
    if file.lower().endswith(".xlsx"):
        return _from_sheet(raw, file, tree)
    document, problems = attempt_bytes(raw, file, WrittenSet)
    if document is None:
        raise ConfigurationError(problems)
    written = document.value
    lines = {node: document.line(("weights", node)) for node in written.weights}
    given = {node: Decimal(repr(weight)) for node, weight in written.weights.items()}
    wrong = list(_problems(tree, given, lines, file, document.line(("weights",))))
    at = [document.line(("origins", place)) for place in range(len(written.origins))]
    wrong += origin_files.problems(tree, given, written.origins, at, file)
    if wrong:
        raise ConfigurationError(sorted(wrong, key=lambda one: one.line or 0))
    return WeightFile(
        given, written.name_zh, written.name_en, written.reason, written.effective_from,
        tuple(origin_of(one) for one in written.origins),
    )  # fmt: skip


def _from_sheet(raw: bytes, file: str, tree: Tree) -> WeightFile:
    given: dict[str, Decimal] = {}
    lines: dict[str, int | None] = {}
    wrong: list[Problem] = []
    for row in read_rows(raw, file, COLUMNS):
        node, weight = str(row.cells["node"] or "").strip(), row.cells["weight"]
        if not node:
            wrong.append(Problem(file, row.number, "node", "nothing", "a node of the tree"))
        elif node in lines:
            told = f"it once (row {lines[node]})"
            wrong.append(Problem(file, row.number, node, "the same node again", told))
        elif isinstance(weight, bool) or not isinstance(weight, int | float):
            lines[node] = row.number
            wrong.append(Problem(file, row.number, node, _said(weight), "a number"))
        else:
            lines[node], given[node] = row.number, Decimal(repr(float(weight)))
    known = {problem.key for problem in wrong}
    found = _problems(tree, given, lines, file, None)
    wrong += [problem for problem in found if problem.key not in known]
    origins = _origins_of_sheet(raw, file)
    wrong += origin_files.problems(tree, given, origins, [None] * len(origins), file)
    if wrong:
        raise ConfigurationError(sorted(wrong, key=lambda one: one.line or 0))
    return WeightFile(given, origins=tuple(origin_of(one) for one in origins))


def _origins_of_sheet(raw: bytes, file: str) -> list[WrittenOrigin]:
    found = []
    for one in from_rows(read_rows(raw, file, HEADS, sheet_name=SHEET)):
        try:
            found.append(WrittenOrigin.model_validate(one))
        except ValidationError as error:
            key = f"origins.{one['parent']}"
            places = ", ".join(str(place) for each in error.errors() for place in each["loc"][:1])
            told = Problem(
                file, None, key, f"'{places}' that cannot be read", "an origin as exported"
            )
            raise ConfigurationError([told]) from error
    return found


def _said(value: Any) -> str:
    return "nothing" if value in (None, "") else repr(value)[:60]


def _wanted(tree: Tree) -> list[str]:
    return [node for node in tree.nodes() if node != ROOT]


def _problems(
    tree: Tree,
    given: Mapping[str, Decimal],
    lines: Mapping[str, int | None],
    file: str,
    top: int | None,
) -> Iterator[Problem]:
    """What keeps the weights from being a full assignment, each with its place."""
    wanted = _wanted(tree)
    for node, weight in given.items():
        line = lines[node]
        if node not in wanted:
            near = nearest_name(node, wanted)
            yield Problem(file, line, node, "no such node", "a node of the tree", near)
        elif not 0 <= weight <= HUNDRED:
            yield Problem(file, line, node, f"{weight:f}", "0 to 100, per cent of its parent")
    for node in wanted:
        if node not in given:
            yield Problem(file, top, node, "nothing", "a weight")
    for parent in tree.nodes():
        children = tree.children(parent) if tree.level(parent) < 3 else ()
        if not children or any(child not in given for child in children):
            continue
        total = sum((given[child] for child in children), Decimal(0))
        if abs(total - HUNDRED) > EXACT:
            told = f"children that weigh {total.normalize():f}"
            yield Problem(file, lines[children[0]], parent, told, "100 together")
