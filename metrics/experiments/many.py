"""Many metrics and arms: corrected p and the level of the intervals that go with them."""

from __future__ import annotations

from collections.abc import Sequence

from statsmodels.stats.multitest import multipletests

from metrics.experiments.plan import Correction

_METHODS: dict[Correction, str] = {"holm": "holm", "benjamini_hochberg": "fdr_bh"}


def adjusted(p: Sequence[float | None], correction: Correction) -> list[float | None]:
    """Corrected p in the order given, by statsmodels; None stays None and is not counted.

    Holm (1979) keeps the chance of any false finding, Benjamini and Hochberg (1995) the expected
    share of false ones among the findings.

    >>> adjusted([0.01, None, 0.04], "holm")
    [0.02, None, 0.04]
    """
    given = [each for each in p if each is not None]
    if correction == "none" or not given:
        return list(p)
    found = iter(multipletests(given, method=_METHODS[correction])[1])
    return [None if each is None else min(float(next(found)), 1.0) for each in p]


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
