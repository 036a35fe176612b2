"""What screens read, and the only cache: functions of a token and a slice that read nothing else.

A token stands for what the warehouse and the state held when it was taken. While the warehouse does
not answer, the last token under which a screen was complete is used: what was read under it is
shown with its age.
"""

from ui.load.ahead import answering, begin
from ui.load.bank import Bank, Branch, bank, pending
from ui.load.opened import (
    UNREACHABLE,
    EmptyWarehouseError,
    Now,
    Token,
    complete,
    definitions,
    failed,
    now,
    settings,
)
from ui.load.points import PointFacts, point_facts
from ui.load.scores import behind, breakdown, history, moved, score_card, weights_name

__all__ = [
    "UNREACHABLE",
    "Bank",
    "Branch",
    "EmptyWarehouseError",
    "Now",
    "PointFacts",
    "Token",
    "answering",
    "bank",
    "begin",
    "behind",
    "breakdown",
    "complete",
    "definitions",
    "failed",
    "history",
    "moved",
    "now",
    "pending",
    "point_facts",
    "score_card",
    "settings",
    "weights_name",
]
