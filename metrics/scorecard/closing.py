"""Closing a month: keeping everything that its score card came from, and issuing it again.

Kept are the configuration (the tree's and the points' files), the rules (weights by node and scope,
typed goals), coverage, organisation and every answer that the calculation read. Issuing again
runs the same calculation on these, whatever happened to facts, weights or configuration since.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection

from data.period import Period
from data.points.catalogue import DECLARATIONS, Catalogue, load_catalogue
from data.points.clock import Clock
from data.points.coverage import Coverage
from data.points.read import Store
from data.points.reader import LiveReader, RecordingReader, ReplayReader
from data.slice import WHOLE_BANK, Rights
from data.state import ClosedMonth, State, closed_month, weight_set_in_force
from data.state import close_month as keep_closed
from metrics.scorecard.build import Rules, build_cards
from metrics.scorecard.card import ScoreCard
from metrics.scorecard.closable import ClosingError, require_closable
from metrics.scorecard.goals import TypedGoal
from metrics.scorecard.rules import rules_in_force
from metrics.scorecard.within import within
from metrics.tree import Tree, load_tree
from metrics.values.evaluation import Setup

TREE_FILES = Path(__file__).resolve().parent.parent / "tree"
FORMAT = 1


@dataclass(frozen=True)
class Restated:
    """An indicator whose value is no longer what it was when the month was closed."""

    id: str
    branch: str
    closed: float | None
    now: float | None


def close_month(
    connection: Connection,
    setup: Setup,
    state: State,
    month: Period,
    *,
    by: str,
    reason: str | None = None,
    tree_folder: Path | None = None,
) -> ClosedMonth:
    """Close a month that is over and loaded.

    Closing it again needs a ``reason``, and so does a month of which days are missing. Raises
    ClosingError for what cannot be closed, StateError where the state database refuses.
    """
    require_closable(setup.store.coverage, month, reason)
    rules = rules_in_force(setup, state, month)
    recorder = RecordingReader(LiveReader(connection, setup.store))
    card = build_cards(recorder, setup, [month], [rules])[0]
    files = _files(tree_folder)
    content = {
        "format": FORMAT,
        "period": str(month),
        "zone": setup.store.clock.zone,
        "files": files,
        "rules": _plain_rules(rules),
        "coverage": _plain_coverage(setup.store.coverage),
        "ancestors": [list(pair) for pair in setup.store.ancestors],
        "answers": recorder.kept,
        "result": card_digest(card),
    }
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    newest = weight_set_in_force(state, month.last)
    return keep_closed(
        state, month.last, content, by=by, configuration_digest=digest,
        weight_set_id=None if newest is None else newest.id, reason=reason,
    )  # fmt: skip


def reissue(
    state: State, month: Period, *, number: int | None = None, rights: Rights = WHOLE_BANK
) -> ScoreCard | None:
    """The card of a closed month as it was closed; None where the month is not closed.

    Of the closed result the reader gets what ``rights`` reach, in the organisation of then: a
    SliceError where their branch was not in it. Raises ClosingError when the calculation no longer
    gives what it gave then.
    """
    kept = closed_month(state, month.last, number=number)
    if kept is None:
        return None
    content = json.loads(kept.content)
    with tempfile.TemporaryDirectory() as folder:
        catalogue, tree = _definitions(content["files"], Path(folder))
    ancestors = tuple((pair[0], pair[1]) for pair in content["ancestors"])
    coverage = _coverage(content["coverage"])
    store = Store(catalogue, Clock(content["zone"]), coverage, ancestors)
    rules = _rules(content["rules"])
    setup = Setup(store, tree, rules.minimum_coverage, rules.switched_off)
    reader = ReplayReader(store, content["answers"])
    card = build_cards(reader, setup, [Period.parse(content["period"])], [rules])[0]
    if card_digest(card) != content["result"]:
        raise ClosingError(f"{month}: the closed content no longer gives the closed result")
    return within(card, rights)


def restated(closed: ScoreCard, now: ScoreCard) -> tuple[Restated, ...]:
    """Indicators whose values differ between a closed card and today's, by branch."""
    found = []
    for branch in closed.branches:
        if branch not in now.branches:
            continue
        for name in closed.tree.indicators:
            old = closed.node(name, branch).value
            new = now.node(name, branch).value if name in now.tree.indicators else None
            if old != new:
                found.append(Restated(name, branch, old, new))
    return tuple(found)


def card_digest(card: ScoreCard) -> str:
    """SHA-256 of every number of a card, to the last digit."""
    goals = [
        side
        for one in card.goals.values()
        for side in (one.module_base, one.module_target, one.year_base, one.year_target)
    ]
    arrays = [
        card.scores.score, card.scores.uncapped, card.scores.coverage,
        card.scores.effective_weight, card.inputs.value, card.inputs.base, card.inputs.target,
        card.inputs.breached, card.modules.value, *goals,
    ]  # fmt: skip
    # Shapes and exact bytes; a missing number is one number, whatever its bits.
    digest = hashlib.sha256()
    for array in arrays:
        exact = np.ascontiguousarray(array, dtype="<f8")
        digest.update(repr(exact.shape).encode())
        digest.update(np.where(np.isnan(exact), np.nan, exact + 0.0).tobytes())
    return digest.hexdigest()


def _files(tree_folder: Path | None) -> dict[str, str]:
    shipped = {f"tree/{path.name}": path for path in sorted(TREE_FILES.glob("*.yaml"))}
    own = sorted(tree_folder.glob("*.yaml")) if tree_folder is not None else []
    own_files = {f"tree/{path.name}": path for path in own}
    points = {f"points/{path.name}": path for path in sorted(DECLARATIONS.glob("*.yaml"))}
    every = {**shipped, **own_files, **points}
    return {name: path.read_text(encoding="utf-8") for name, path in every.items()}


def _definitions(files: Mapping[str, str], folder: Path) -> tuple[Catalogue, Tree]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    catalogue = load_catalogue(folder / "points")
    return catalogue, load_tree(folder / "tree", catalogue.points)


def _plain_rules(rules: Rules) -> dict[str, Any]:
    return {
        "weight_set": rules.weight_set,
        "weights": {
            node: np.asarray(weight, dtype=np.float64).tolist()
            for node, weight in rules.weights.items()
        },
        "branch_weight_set": rules.branch_weight_set,
        "typed": [[g.indicator, g.base, g.target, g.branch, g.module, g.year] for g in rules.typed],
        "minimum_coverage": rules.minimum_coverage,
        "switched_off": sorted(rules.switched_off),
    }


def _rules(plain: Mapping[str, Any]) -> Rules:
    return Rules(
        {node: np.array(weight, dtype=np.float64) for node, weight in plain["weights"].items()},
        plain["weight_set"],
        tuple(TypedGoal(*goal) for goal in plain["typed"]),
        plain["minimum_coverage"],
        frozenset(plain["switched_off"]),
        plain["branch_weight_set"],
    )


def _plain_coverage(coverage: Coverage) -> dict[str, list[list[str]]]:
    return {
        table: [[first.isoformat(), last.isoformat()] for first, last in runs]
        for table, runs in coverage.runs.items()
    }


def _coverage(plain: Mapping[str, list[list[str]]]) -> Coverage:
    return Coverage(
        {
            table: tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in runs)
            for table, runs in plain.items()
        }
    )
