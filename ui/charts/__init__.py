"""Charts: a title that says the finding, explicit colours, no toolbar, the same data as a table."""

from ui.charts.base import CONFIG, as_table, dress, show
from ui.charts.over_time import trend
from ui.charts.ranked import bars
from ui.charts.steps import Step, waterfall
from ui.charts.weights import TreeCell, icicle

__all__ = [
    "CONFIG",
    "Step",
    "TreeCell",
    "as_table",
    "bars",
    "dress",
    "icicle",
    "show",
    "trend",
    "waterfall",
]
