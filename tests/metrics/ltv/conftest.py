"""Users drawn from the models themselves, with a fixed seed."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest


def simulated_histories(
    n: int, r: float, alpha: float, a: float, b: float, weeks: float, seed: int
) -> pd.DataFrame:
    """frequency, recency, age of n BG/NBD users, observed for between half and all the weeks."""
    draw = np.random.default_rng(seed)
    rows = []
    for rate, leaves in zip(draw.gamma(r, 1 / alpha, n), draw.beta(a, b, n), strict=True):
        age = draw.uniform(weeks / 2, weeks)
        times = purchase_times(draw, rate, leaves, age)
        rows.append((float(len(times)), times[-1] if times else 0.0, age))
    return pd.DataFrame(rows, columns=["frequency", "recency", "age"])


def purchase_times(
    draw: np.random.Generator, rate: float, leaves: float, until: float
) -> list[float]:
    """Weeks of the repeat purchases of one user up to ``until``."""
    times: list[float] = []
    now = draw.exponential(1 / rate)
    while now <= until:
        times.append(now)
        if draw.random() < leaves:
            break
        now += draw.exponential(1 / rate)
    return times


def simulated_purchases(n: int, weeks: int, seed: int) -> pd.DataFrame:
    """Purchases of n users who all start on 2026-01-01: user, day, amount."""
    draw = np.random.default_rng(seed)
    start = dt.date(2026, 1, 1)
    rows = []
    for user in range(n):
        rate, leaves = draw.gamma(0.8, 1 / 8.0), draw.beta(0.9, 3.0)
        scale = draw.gamma(4.0, 1 / 40.0)
        times = [0.0, *purchase_times(draw, rate, leaves, weeks)]
        rows += [
            (user, start + dt.timedelta(days=round(t * 7)), draw.gamma(6.0, 1 / scale))
            for t in times
        ]
    return pd.DataFrame(rows, columns=["user", "day", "amount"])


def simulated_values(n: int, p: float, q: float, v: float, seed: int) -> pd.DataFrame:
    """frequency and monetary of n Gamma-Gamma users."""
    draw = np.random.default_rng(seed)
    frequency = draw.integers(1, 12, n)
    scale = draw.gamma(q, 1 / v, n)
    monetary = draw.gamma(p * frequency, 1 / (scale * frequency))
    return pd.DataFrame({"frequency": frequency.astype(float), "monetary": monetary})


def read_cdnow(folder: str) -> pd.DataFrame:
    """The 1/10 sample of CDNOW: user, day, amount."""
    columns = ["master", "user", "day", "units", "amount"]
    path = Path(folder) / "cdnow" / "CDNOW_sample.txt"
    rows = pd.read_csv(path, sep=r"\s+", header=None, names=columns, dtype={"day": str})
    return rows.assign(day=pd.to_datetime(rows["day"], format="%Y%m%d"))


@pytest.fixture(scope="session")
def cdnow() -> pd.DataFrame:
    """Real purchases; skipped where the real data is absent."""
    folder = os.environ.get("CANOPY_REAL_DATA")
    if not folder:
        pytest.skip("CANOPY_REAL_DATA is not set: no CDNOW purchases")
    return read_cdnow(folder)


@pytest.fixture(scope="session")
def draw_histories() -> Callable[..., pd.DataFrame]:
    """Histories of users drawn from a BG/NBD of stated parameters."""
    return simulated_histories


@pytest.fixture(scope="session")
def draw_values() -> Callable[..., pd.DataFrame]:
    """Mean amounts of users drawn from a Gamma-Gamma of stated parameters."""
    return simulated_values


@pytest.fixture(scope="session")
def drawn_purchases() -> pd.DataFrame:
    """Eighteen months of purchases of 4000 users drawn from both models."""
    return simulated_purchases(4000, 78, seed=1)
