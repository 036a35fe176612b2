"""How well lifetime values would have been predicted: a holdout of the last months."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from metrics.ltv.holdout import HoldoutError, holdout_error
from metrics.ltv.likelihood import Fitted

SHARE = 0.3
"""Part of the time at the end that is held out."""


def calibration(days: pd.DataFrame, last: date) -> Fitted[HoldoutError]:
    """Fit on the first 70 per cent of the time, predict the rest, compare.

    ``days``: user, day, amount; the first day of a user is the registration, with amount 0.
    """
    if days.empty:
        return Fitted(None, "no users registered in the data")
    first = pd.Timestamp(days["day"].min()).date()
    held = int((last - first).days * SHARE)
    return holdout_error(days, last - timedelta(days=held), last)
