from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from metrics.ltv.likelihood import LOG_BOUND, Likelihood, maximise

Floats = npt.NDArray[np.float64]


def bowl(curvature: float, peak: float = 0.5) -> Likelihood:
    """A likelihood that is quadratic in the logarithm, with its peak at ``peak``."""

    def likelihood(logs: Floats) -> tuple[float, Floats]:
        away = logs - peak
        return float(-curvature * (away**2).sum() / 2), -curvature * away

    return likelihood


def test_the_peak_is_found() -> None:
    found = maximise(bowl(40.0), [[1.0]], ["rate"], 10)
    assert found.parameters == pytest.approx((np.exp(0.5),), rel=1e-6)


def test_a_nearly_flat_likelihood_determines_nothing() -> None:
    found = maximise(bowl(0.1), [[1.0]], ["rate"], 1)
    assert found.parameters is None
    assert found.reason == "the data do not determine rate: the likelihood is nearly flat"


def test_a_flat_likelihood_determines_nothing() -> None:
    found = maximise(bowl(0.0), [[1.0]], ["rate"], 1)
    assert found.parameters is None
    assert found.reason == "the data do not determine rate: the likelihood is flat"


@pytest.mark.parametrize("beyond", [-LOG_BOUND - 3, LOG_BOUND + 3])
def test_a_peak_beyond_the_range_is_refused(beyond: float) -> None:
    found = maximise(bowl(40.0, beyond), [[1.0]], ["rate"], 10)
    assert found.parameters is None
    assert "rate: the best fit is at its limit" in str(found.reason)


def test_the_better_of_two_peaks_is_taken() -> None:
    def likelihood(logs: Floats) -> tuple[float, Floats]:
        at = float(logs[0])
        value = -25 * (at**2 - 1) ** 2 + 5 * at
        return value, np.array([-100 * at * (at**2 - 1) + 5])

    for starts in ([[0.3], [3.0]], [[3.0], [0.3]]):
        found = maximise(likelihood, starts, ["rate"], 1).parameters
        assert found is not None
        assert np.log(found[0]) == pytest.approx(1.02, abs=0.02)


def test_without_a_maximum_there_is_a_reason() -> None:
    def contradiction(logs: Floats) -> tuple[float, Floats]:
        return 0.0, np.ones_like(logs)

    found = maximise(contradiction, [[1.0]], ["rate"], 1)
    assert found.parameters is None
    assert found.reason == "the likelihood has no maximum that any start reached"
