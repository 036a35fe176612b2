"""Why a number moved: exact splits of its change by part. A decomposition, not a cause."""

from metrics.decomposition.ratios import ratio_change
from metrics.decomposition.reading import DRIVERS, explained_ratio, explained_sum, nodes_below
from metrics.decomposition.records import (
    Caution,
    RatioChange,
    RatioPart,
    Refused,
    SumChange,
    SumPart,
)
from metrics.decomposition.sums import sum_change

__all__ = [
    "DRIVERS",
    "Caution",
    "RatioChange",
    "RatioPart",
    "Refused",
    "SumChange",
    "SumPart",
    "explained_ratio",
    "explained_sum",
    "nodes_below",
    "ratio_change",
    "sum_change",
]
