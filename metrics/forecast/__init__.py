"""Forecasts to a period's end: expected value, interval, chance to reach the goal, back-tests.

Source of the plan lines: metrics/targets. Flows go by day, levels and stocks by month.
"""

from metrics.forecast.level import forecast_level
from metrics.forecast.outlook import Goal, outlook
from metrics.forecast.records import BackTest, Estimate, Forecast, Reason, Step, Tried
from metrics.forecast.total import forecast_total

__all__ = [
    "BackTest",
    "Estimate",
    "Forecast",
    "Goal",
    "Reason",
    "Step",
    "Tried",
    "forecast_level",
    "forecast_total",
    "outlook",
]
