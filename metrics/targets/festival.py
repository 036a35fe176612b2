"""Spring Festival, the first day of the Chinese lunar year, which moves January and February."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

_MONTH_AND_DAY = {
    2015: (2, 19), 2016: (2, 8), 2017: (1, 28), 2018: (2, 16), 2019: (2, 5), 2020: (1, 25),
    2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17),
    2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3), 2031: (1, 23), 2032: (2, 11),
    2033: (1, 31), 2034: (2, 19), 2035: (2, 8),
}  # fmt: skip

SPRING_FESTIVAL: Mapping[int, date] = MappingProxyType(
    {year: date(year, *day) for year, day in _MONTH_AND_DAY.items()}
)
"""First day of the lunar year by year, 2015 to 2035. Source: the public calendar (GB/T 33661)."""
