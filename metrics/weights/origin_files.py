"""How weights were found, in a file with weights: the judgements that they follow from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from data.configuration import Problem, Written
from data.filled_sheet import Row
from data.state import WeightOrigin
from metrics.tree.tree import Tree
from metrics.weights.exact import exact_percent
from metrics.weights.judgements import matrix, read_pairs
from metrics.weights.methods import MAX_RATIO, ahp

SHEET = "origins"
HEADS = ("parent", "method", "detail", "first", "second", "value")
WORDS = ("judged", "measured", "source", "form")
CLOSE = Decimal("0.01")
"""Per cent by which a weight in a file may differ from the one that the judgements give."""
METHODS = ("hand", "ahp", "entropy", "critic", "mix")
FITTING = "each pair of its children once, 1 to 9 or 1/2 to 1/9"


class WrittenOrigin(Written):
    """How the weights below a node were found, as a file says it."""

    parent: str
    method: Literal["hand", "ahp", "entropy", "critic", "mix"]
    judged: str | None = Field(None, max_length=40)
    measured: str | None = Field(None, max_length=40)
    source: str | None = Field(None, max_length=40)
    form: str | None = Field(None, max_length=40)
    share: float | None = Field(None, ge=0, le=1)
    pairs: list[list[str]] = Field(default_factory=list)


def origin_of(found: WrittenOrigin) -> WeightOrigin:
    """What a file says, as it is kept with a set."""
    said = {name: getattr(found, name) for name in (*WORDS, "share")}
    detail: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    if found.pairs:
        detail["pairs"] = found.pairs
    return WeightOrigin(found.parent, found.method, detail)


def as_written(one: WeightOrigin) -> dict[str, Any]:
    """An origin as a file says it."""
    known = {name: one.detail[name] for name in (*WORDS, "share", "pairs") if name in one.detail}
    return {"parent": one.parent, "method": one.method} | {
        name: value for name, value in known.items() if value not in (None, [])
    }


def sheet_rows(origins: Sequence[WeightOrigin]) -> list[tuple[Any, ...]]:
    """Rows of the sheet: one for each judgement and detail, one for an origin without any."""
    rows: list[tuple[Any, ...]] = []
    for one in origins:
        said = as_written(one)
        head = (one.parent, one.method)
        details = [(*head, name, None, None, said[name]) for name in (*WORDS, "share")
                   if name in said]  # fmt: skip
        pairs = [(*head, "pair", *pair) for pair in said.get("pairs", [])]
        rows += [*details, *pairs] or [(*head, None, None, None, None)]
    return rows


def from_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Origins of a sheet's rows, still to be validated."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        cells = row.cells
        parent = str(cells["parent"] or "").strip()
        one = found.setdefault(parent, {"parent": parent, "method": cells["method"]})
        detail, value = cells["detail"], cells["value"]
        if detail == "pair":
            pair = [str(cells[name] or "").strip() for name in ("first", "second")]
            told = int(value) if isinstance(value, float) and value.is_integer() else value
            one.setdefault("pairs", []).append([*pair, str(told or "").strip()])
        elif detail:
            one[str(detail)] = value
    return list(found.values())


def problems(
    tree: Tree,
    given: Mapping[str, Decimal],
    origins: Sequence[WrittenOrigin],
    lines: Sequence[int | None],
    file: str,
) -> Iterator[Problem]:
    """What is wrong with origins: unknown nodes, judgements that do not fit, other weights."""
    seen: set[str] = set()
    for one, line in zip(origins, lines, strict=True):
        key = f"origins.{one.parent}"
        known = one.parent in tree.nodes() and tree.level(one.parent) < 3
        children = tree.children(one.parent) if known else ()
        if not children:
            yield Problem(file, line, key, "no such node", "a node of the tree")
        elif one.parent in seen:
            yield Problem(file, line, key, "the same node again", "it once")
        elif one.pairs or one.method == "ahp":
            yield from _judged(one, children, given, file, line)
        seen.add(one.parent)


def _judged(
    one: WrittenOrigin,
    children: Sequence[str],
    given: Mapping[str, Decimal],
    file: str,
    line: int | None,
) -> Iterator[Problem]:
    key = f"origins.{one.parent}"
    whole = all(len(pair) == 3 for pair in one.pairs)
    steps = read_pairs(children, one.pairs) if whole else None
    if steps is None:
        yield Problem(file, line, key, "judgements that do not fit", FITTING)
        return
    found = ahp(matrix(children, steps))
    if found.weights is None:
        ratio = f"{found.consistency_ratio or 0:.2f}"
        told = f"a consistency ratio of {ratio}"
        yield Problem(file, line, key, told, f"at most {MAX_RATIO}")
    elif one.method == "ahp" and all(child in given for child in children):
        meant = exact_percent(dict(zip(children, map(float, found.weights), strict=True)))
        if any(abs(meant[child] - given[child]) > CLOSE for child in children):
            told = "weights that do not follow from the judgements"
            yield Problem(file, line, key, told, "their weights, or no judgements")
