"""Warnings by rule: threshold, target path, year on year, late data; kept with their history."""

from metrics.warnings.incidents import Incident, Part, incidents, late_incidents
from metrics.warnings.judge import Finding, findings
from metrics.warnings.rules import SHIPPED, Rule, load_rules
from metrics.warnings.watch import Watched, judged_period, watch

__all__ = [
    "SHIPPED",
    "Finding",
    "Incident",
    "Part",
    "Rule",
    "Watched",
    "findings",
    "incidents",
    "judged_period",
    "late_incidents",
    "load_rules",
    "watch",
]
