"""Many metrics and arms: corrected p and the level of the intervals that go with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import false_discovery_control

from metrics.experiments.plan import Correction


def adjusted(p: Sequence[float | None], correction: Correction) -> list[float | None]:
    """Corrected p in the order given; None stays None and is not counted.

    Holm (1979) keeps the chance of any false finding, Benjamini and Hochberg (1995) the expected
    share of false ones among the findings (scipy). The numbers are those of statsmodels'
    ``multipletests``, which collects garbage at every call and so takes a fifth of a second here.

    >>> adjusted([0.01, None, 0.04], "holm")
    [0.02, None, 0.04]
    """
    given = [each for each in p if each is not None]
    if correction == "none" or not given:
        return list(p)
    found = iter(_holm(given) if correction == "holm" else false_discovery_control(given))
    return [None if each is None else min(float(next(found)), 1.0) for each in p]


def _holm(p: Sequence[float]) -> list[float]:
    """Step down: the k-th smallest p times those left, never under one before it."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(np.asarray(p)[order] * (len(p) - np.arange(len(p))))
    return [float(each) for each in stepped[np.argsort(order, kind="stable")]]


def interval_levels(
    p: Sequence[float | None], correction: Correction, level: float
) -> list[float | None]:
    """The level of each corrected interval; None where none is defined.

    Holm: level / m for all m, the simultaneous intervals of Bonferroni (Holm's own steps have no
    two-sided intervals). Benjamini-Hochberg: level * R / m for the R findings (Benjamini and
    Yekutieli 2005: the expected share of intervals that miss), none for the others.

    >>> interval_levels([0.001, 0.9], "benjamini_hochberg", 0.05)
    [0.025, None]
    """
    tests = sum(each is not None for each in p)
    if correction == "none" or not tests:
        return [None if each is None else level for each in p]
    if correction == "holm":
        return [None if each is None else level / tests for each in p]
    kept = [each is not None and each <= level for each in adjusted(p, correction)]
    return [level * sum(kept) / tests if one else None for one in kept]
