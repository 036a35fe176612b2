"""Maximum likelihood over positive parameters: several starts, and refusal of what is unclear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from scipy.optimize import approx_fprime, minimize

from metrics.ltv.histories import Floats

Model = TypeVar("Model")

LOG_BOUND = 9.0
"""Parameters (times and money in units of their mean) are sought within e^-9 .. e^9."""

MAX_LOG_ERROR = 2.0
"""A standard error of a log-parameter above this spans a factor of 50 either way: not known."""

Likelihood = Callable[[Floats], tuple[float, Floats]]
"""Log-likelihood and its gradient at the logarithms of the parameters."""


@dataclass(frozen=True)
class Fitted(Generic[Model]):
    """A fitted model, or None with the reason why there is none."""

    model: Model | None
    reason: str | None = None


@dataclass(frozen=True)
class Peak:
    """The best parameters, or None with the reason."""

    parameters: tuple[float, ...] | None
    reason: str | None = None


def maximise(
    likelihood: Likelihood, starts: Sequence[Sequence[float]], names: Sequence[str], n: float
) -> Peak:
    """The parameters of the highest likelihood over all starts.

    Refused when no start converges, when a parameter runs to the edge of its range and when the
    curvature at the peak leaves a parameter undetermined. ``n`` is the number of users.

    >>> def poisson(log_rate):  # 30 events in 10 units of time
    ...     rate = float(np.exp(log_rate[0]))
    ...     return 30 * np.log(rate) - 10 * rate, np.array([30 - 10 * rate])
    >>> round(maximise(poisson, [[1.0]], ["rate"], 10).parameters[0], 6)
    3.0
    """

    def loss(logs: Floats) -> tuple[float, Floats]:
        value, gradient = likelihood(logs)
        return -value / n, -gradient / n

    best, lowest = None, np.inf
    for start in starts:
        found = minimize(
            loss,
            np.log(np.asarray(start, dtype=float)),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-LOG_BOUND, LOG_BOUND)] * len(names),
            options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9},
        )
        steepest = np.abs(loss(found.x)[1]).max()
        near_edge = np.abs(found.x).max() > LOG_BOUND - 0.01
        if found.fun < lowest and (steepest < 1e-5 or near_edge):
            best, lowest = np.asarray(found.x, dtype=float), float(found.fun)
    if best is None:
        return Peak(None, "the likelihood has no maximum that any start reached")
    reason = _doubt(best, lambda logs: loss(logs)[1] * n, names)
    return Peak(None, reason) if reason else Peak(tuple(float(v) for v in np.exp(best)))


def _doubt(best: Floats, gradient: Callable[[Floats], Floats], names: Sequence[str]) -> str | None:
    edges = [name for name, log in zip(names, best, strict=True) if abs(log) > LOG_BOUND - 0.01]
    if edges:
        return f"the data do not determine {', '.join(edges)}: the best fit is at its limit"
    hessian = np.atleast_2d(approx_fprime(best, gradient, 1e-6))
    hessian = (hessian + hessian.T) / 2
    if np.linalg.eigvalsh(hessian).min() <= 0:
        return f"the data do not determine {', '.join(names)}: the likelihood is flat"
    errors = np.sqrt(np.diag(np.linalg.inv(hessian)))
    vague = [name for name, error in zip(names, errors, strict=True) if error > MAX_LOG_ERROR]
    if vague:
        return f"the data do not determine {', '.join(vague)}: the likelihood is nearly flat"
    return None
