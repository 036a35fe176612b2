"""Score cards of the bank and its branches: goals, scores, what moved, closing a month."""

from metrics.scorecard.card import NodeResult, ScoreCard
from metrics.scorecard.closing import ClosingError, Restated, close_month, reissue, restated
from metrics.scorecard.default_period import default_period
from metrics.scorecard.explanation import Capped, Explanation, Mover, explain
from metrics.scorecard.issue import score_card, score_cards
from metrics.scorecard.rules import WeightsError
from metrics.scorecard.within import within

__all__ = [
    "Capped",
    "ClosingError",
    "Explanation",
    "Mover",
    "NodeResult",
    "Restated",
    "ScoreCard",
    "WeightsError",
    "close_month",
    "default_period",
    "explain",
    "reissue",
    "restated",
    "score_card",
    "score_cards",
    "within",
]
