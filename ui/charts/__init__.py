"""Charts: a title that says the finding, explicit colours, no toolbar, the same data as a table.

Builders return figures; ``show`` puts one on the screen under its finding. Names are plain text (
the builders make them safe); numbers are written in the reader's language by ``Unit``.
"""

from ui.charts.areas import Area, treemap
from ui.charts.base import CONFIG, as_table, dress, show
from ui.charts.bullets import BulletRow, bullet
from ui.charts.dots import Dot, scatter
from ui.charts.flow import FunnelStep, Stream, funnel, sankey
from ui.charts.grid import heat, triangle
from ui.charts.lines import Line, lines
from ui.charts.marks import Mark
from ui.charts.parts import stacked
from ui.charts.ranked import bars
from ui.charts.scales import NO_UNIT, Unit
from ui.charts.steps import Step, waterfall
from ui.charts.weights import TreeCell, icicle

__all__ = [
    "CONFIG",
    "NO_UNIT",
    "Area",
    "BulletRow",
    "Dot",
    "FunnelStep",
    "Line",
    "Mark",
    "Step",
    "Stream",
    "TreeCell",
    "Unit",
    "as_table",
    "bars",
    "bullet",
    "dress",
    "funnel",
    "heat",
    "icicle",
    "lines",
    "sankey",
    "scatter",
    "show",
    "stacked",
    "treemap",
    "triangle",
    "waterfall",
]
