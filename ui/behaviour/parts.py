"""The analyses below the first view, one at a time: only the one that is open is worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ui.behaviour import (
    cohorts,
    content,
    customers,
    features,
    funnels,
    routes,
    segment,
    silence,
    tasks,
)
from ui.behaviour.controls import tabs
from ui.frame import Here
from words.i18n import _

SHOWN: Mapping[str, Callable[[Here], None]] = {
    "features": features.show,
    "funnel": funnels.show,
    "paths": routes.show,
    "tasks": tasks.show_tasks,
    "journeys": tasks.show_journeys,
    "cohorts": cohorts.show,
    "tiers": customers.show_tiers,
    "rfm": customers.show_rfm,
    "silence": silence.show,
    "segment": segment.show,
    "content": content.show,
}


def show(here: Here) -> None:
    """The row of analyses, and the chosen one."""
    SHOWN[tabs("part", _("Analysis of behaviour"), tuple(SHOWN), part_words)](here)


def part_words(part: str) -> str:
    """An analysis.

    >>> part_words("rfm")
    'RFM'
    """
    return {
        "funnel": _("Funnel"),
        "paths": _("Paths"),
        "features": _("Feature use"),
        "tasks": _("Tasks"),
        "journeys": _("Journeys"),
        "cohorts": _("Retention"),
        "tiers": _("Tiers"),
        "rfm": _("RFM"),
        "silence": _("Silence"),
        "segment": _("Segment"),
        "content": _("Content and spread"),
    }[part]
