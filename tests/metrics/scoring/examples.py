"""Small random trees and inputs, wild enough to reach every rule."""

from __future__ import annotations

import numpy as np

from metrics.scoring.inputs import ModuleParts, RedLine, ScoreInputs
from metrics.scoring.leaf import Curve
from metrics.scoring.score_tree import ScoreTree

TREE = ScoreTree.of(
    {
        "total": None,
        "users": "total",
        "scale": "users",
        "mau": "scale",
        "dau": "scale",
        "keeping": "users",
        "day1": "keeping",
        "day7": "keeping",
        "day30": "keeping",
        "risk": "total",
        "leaks": "risk",
        "uptime": "risk",
        "brand": "total",
        "nps": "brand",
        "tasks": "brand",
        "dwell": "brand",
    }
)
CURVES = (
    Curve("up"),
    Curve("up"),
    Curve("up"),
    Curve("down"),
    Curve("up"),
    Curve("down", "step", 100),
    Curve("up", "downtime", 100),
    Curve("up", cap=110),
    Curve("up", cap=110),
    Curve("band", "band", 110, band=(6, 9), outer=(4, 11)),
)
LINES = (
    RedLine("leak", (("risk", 40.0), ("total", 50.0))),
    RedLine("outage", (("uptime", 30.0),)),
    RedLine("strict", (("users", 55.0), ("risk", 20.0))),
)
NODES = TREE.ids


def random_inputs(
    seed: int, scopes: int = 3, missing: float = 0.2, red: float = 0.3, zero: float = 0.1
) -> ScoreInputs:
    """Inputs with gaps, breaches, and weights that are sometimes zero."""
    rng = np.random.default_rng(seed)
    shape = (scopes, len(TREE.leaves))

    def holed(low: float, high: float, size: tuple[int, int]) -> np.ndarray:
        return np.where(rng.random(size) < missing / 3, np.nan, rng.uniform(low, high, size))

    value, base, target = holed(0, 12, shape), holed(2, 7, shape), holed(5, 10, shape)
    uptime = TREE.leaves.index("uptime")
    value[:, uptime] = 100 - 10 ** rng.uniform(-3, 0, scopes)
    base[:, uptime], target[:, uptime] = 99.9, 99.99
    value[:, TREE.leaves.index("leaks")] = rng.integers(0, 2, scopes)
    many = (scopes, 3)
    tasks = ModuleParts(
        "tasks",
        CURVES[8],
        holed(50, 100, many),
        holed(55, 70, many),
        holed(75, 90, many),
        np.where(rng.random(many) < zero, 0.0, rng.uniform(1, 9, many)),
    )
    weights = {
        node: np.where(rng.random(scopes) < zero, 0.0, rng.uniform(1, 50, scopes))
        for node in NODES[1:]
    }
    return ScoreInputs(
        TREE,
        CURVES,
        value,
        base,
        target,
        rng.random(shape) > missing,
        weights,
        LINES,
        rng.random((scopes, len(LINES))) < red,
        (tasks,),
    )
