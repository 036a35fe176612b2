"""Score cards of the bank and its branches: goals, scores, what moved, closing a month."""

from metrics.scorecard.card import NodeResult, ScoreCard
from metrics.scorecard.closable import ClosingError, missing_days
from metrics.scorecard.closing import Restated, close_month, reissue, restated
from metrics.scorecard.default_period import default_period
from metrics.scorecard.explanation import Capped, Explanation, Mover, explain
from metrics.scorecard.issue import score_card, score_cards
from metrics.scorecard.publishing import (
    PublishingError,
    baseline_problems,
    publish_typed_goals,
    publish_weight_set,
    weight_problems,
)
from metrics.scorecard.rules import WeightsError
from metrics.scorecard.within import within

__all__ = [
    "Capped",
    "ClosingError",
    "Explanation",
    "Mover",
    "NodeResult",
    "PublishingError",
    "Restated",
    "ScoreCard",
    "WeightsError",
    "baseline_problems",
    "close_month",
    "default_period",
    "explain",
    "missing_days",
    "publish_typed_goals",
    "publish_weight_set",
    "reissue",
    "restated",
    "score_card",
    "score_cards",
    "weight_problems",
    "within",
]
