"""Values of indicators: which points over which days, added first, divided in one place."""

from metrics.values.compute import Values, compute, planned_wants
from metrics.values.evaluation import Setup, evaluate

__all__ = ["Setup", "Values", "compute", "evaluate", "planned_wants"]
