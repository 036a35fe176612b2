"""How far the models are off on a period that they have not seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.ltv.bg_nbd import fit_bg_nbd
from metrics.ltv.gamma_gamma import GammaGamma, fit_gamma_gamma
from metrics.ltv.histories import DAYS_A_WEEK, Floats, histories, purchase_days
from metrics.ltv.likelihood import Fitted


@dataclass(frozen=True)
class FrequencyClass:
    """Users with the same number of repeat purchases before: mean purchases after."""

    frequency: int
    users: int
    actual: float
    predicted: float


@dataclass(frozen=True)
class HoldoutError:
    """Errors over the holdout; totals and money over all n users, errors a user.

    ``bias_percent`` is predicted against actual purchases, ``value_bias_percent`` the same for
    money; each is None where nothing happened, the money also where amounts cannot be modelled
    (``value_reason`` says why).
    """

    n: int
    weeks: float
    actual_purchases: int
    predicted_purchases: float
    bias_percent: float | None
    mean_absolute_error: float
    root_mean_square_error: float
    correlation: float | None
    actual_value: float
    predicted_value: float | None
    value_bias_percent: float | None
    value_reason: str | None
    by_frequency: tuple[FrequencyClass, ...]


def holdout_error(
    purchases: pd.DataFrame, calibration_end: dt.date, holdout_end: dt.date, top_class: int = 7
) -> Fitted[HoldoutError]:
    """Fit up to ``calibration_end``, predict the days up to ``holdout_end``, compare.

    ``purchases`` has user, day, amount. Users who first buy in the holdout are not in it. The
    last class of ``by_frequency`` holds ``top_class`` purchases and more. Refused as the fit is.

    >>> none = pd.DataFrame({"user": [1], "day": [dt.date(2026, 1, 1)], "amount": [1.0]})
    >>> holdout_error(none, dt.date(2026, 6, 30), dt.date(2026, 3, 1)).reason
    'the holdout ends 2026-03-01, not after the calibration, 2026-06-30'
    """
    if holdout_end <= calibration_end:
        words = f"the holdout ends {holdout_end}, not after the calibration, {calibration_end}"
        return Fitted(None, words)
    known = histories(purchases, calibration_end)
    often = fit_bg_nbd(known)
    if often.model is None:
        return Fitted(None, often.reason)
    weeks = (holdout_end - calibration_end).days / DAYS_A_WEEK
    predicted = often.model.expected_purchases(
        weeks, known["frequency"], known["recency"], known["age"]
    )
    after = _after(purchases, known.index, calibration_end, holdout_end)
    much = fit_gamma_gamma(known)
    value = None if much.model is None else _value(much.model, known, predicted)
    return Fitted(_compare(known, after, predicted, weeks, value, much.reason, top_class))


def _after(purchases: pd.DataFrame, users: pd.Index, start: dt.date, end: dt.date) -> pd.DataFrame:
    days = purchase_days(purchases)
    inside = days[(days["day"] > pd.Timestamp(start)) & (days["day"] <= pd.Timestamp(end))]
    totals = inside.groupby("user")["amount"].agg(["size", "sum"])
    return totals.reindex(users, fill_value=0)


def _value(model: GammaGamma, known: pd.DataFrame, predicted: Floats) -> float:
    return float((predicted * model.expected_value(known["frequency"], known["monetary"])).sum())


def _compare(
    known: pd.DataFrame,
    after: pd.DataFrame,
    predicted: Floats,
    weeks: float,
    value: float | None,
    value_reason: str | None,
    top_class: int,
) -> HoldoutError:
    actual = after["size"].to_numpy(dtype=float)
    error = predicted - actual
    varied = np.ptp(actual) > 0 and np.ptp(predicted) > 0
    money = float(after["sum"].sum())
    return HoldoutError(
        n=len(known),
        weeks=weeks,
        actual_purchases=int(actual.sum()),
        predicted_purchases=float(predicted.sum()),
        bias_percent=_percent_off(float(predicted.sum()), float(actual.sum())),
        mean_absolute_error=float(np.abs(error).mean()),
        root_mean_square_error=float(np.sqrt((error**2).mean())),
        correlation=float(np.corrcoef(predicted, actual)[0, 1]) if varied else None,
        actual_value=money,
        predicted_value=value,
        value_bias_percent=None if value is None else _percent_off(value, money),
        value_reason=value_reason,
        by_frequency=_classes(
            known["frequency"].to_numpy(dtype=float), actual, predicted, top_class
        ),
    )


def _percent_off(predicted: float, actual: float) -> float | None:
    return (predicted / actual - 1) * 100 if actual > 0 else None


def _classes(
    frequency: Floats, actual: Floats, predicted: Floats, top_class: int
) -> tuple[FrequencyClass, ...]:
    level = np.minimum(frequency, top_class).astype(int)
    return tuple(
        FrequencyClass(
            int(value),
            int((level == value).sum()),
            float(actual[level == value].mean()),
            float(predicted[level == value].mean()),
        )
        for value in np.unique(level)
    )
