"""Which modules which kinds of user visit."""

from __future__ import annotations

import numpy as np

from data.demo.catalogue import MODULES, PLACE
from data.demo.chance import cumulative
from data.demo.columns import Numbers


def module_weights(curious: int, pays_bills: int, band: int, tier: int) -> Numbers:
    """How the visits of a kind of user spread over the modules.

    ``curious``: in a spell of using advanced modules; ``band`` 0 under 25 … 2 from 45 on.
    """
    basic = np.array([m.popular if m.grade == "basic" else 0.0 for m in MODULES])
    basic[PLACE["bill_payment"]] *= pays_bills
    advanced = np.array([m.popular if m.grade == "advanced" else 0.0 for m in MODULES])
    tilt = {
        0: {"community": 2.0, "local_life": 1.5, "healthcare": 0.5, "wealth": 0.6},
        1: {"travel": 1.3, "credit": 1.3},
        2: {"healthcare": 1.8, "insurance": 1.3, "community": 0.6},
    }
    for name, factor in tilt[band].items():
        advanced[PLACE[name]] *= factor
    advanced[PLACE["wealth"]] *= (0.6, 0.8, 1.3, 1.9, 2.2)[tier]
    advanced[PLACE["robo_advice"]] *= (0.7, 0.9, 1.2, 1.5, 1.6)[tier]
    share = 0.36 if curious else 0.0
    mixed = basic / basic.sum() * (1 - share) + advanced / advanced.sum() * share
    return np.asarray(mixed)


def segment_table() -> Numbers:
    """Cumulative module weights by segment: ((curious · 2 + bills) · 3 + band) · 5 + tier."""
    rows = [
        module_weights(curious, bills, band, tier)
        for curious in (0, 1)
        for bills in (0, 1)
        for band in (0, 1, 2)
        for tier in range(5)
    ]
    return cumulative(np.array(rows))
