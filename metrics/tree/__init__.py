"""The five-level indicator tree: written in YAML beside this file, resolved once at start."""

from metrics.tree.load import load_tree
from metrics.tree.records import (
    BandLimits,
    Bands,
    Goal,
    Indicator,
    Module,
    Name,
    Perspective,
    PointInfo,
    RedLine,
    ScoreBand,
    ScoredByModules,
    Theme,
    Vocabulary,
)
from metrics.tree.tree import ROOT, Tree

__all__ = [
    "ROOT",
    "BandLimits",
    "Bands",
    "Goal",
    "Indicator",
    "Module",
    "Name",
    "Perspective",
    "PointInfo",
    "RedLine",
    "ScoreBand",
    "ScoredByModules",
    "Theme",
    "Tree",
    "Vocabulary",
    "load_tree",
]
