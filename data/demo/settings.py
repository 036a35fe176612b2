"""What a demo bank is made from."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

DEFAULT_USERS = 10_000
COMPLETE_MONTHS = 26
LEAST_USERS = 300
LEAST_DAYS = 120
DRIVERS = (
    "acquisition", "activation", "activity", "complaints", "downtime", "fraud", "income",
    "latency", "retention", "spend",
)  # fmt: skip


def _yesterday() -> date:
    return (datetime.now(UTC) + timedelta(hours=8)).date() - timedelta(days=1)


@dataclass(frozen=True)
class DemoSettings:
    """Size, period and seed of a demo bank; ``scenario`` multiplies drivers for what-if runs.

    ``users`` are the bank's customers, in the App or not; ``days`` end at ``until`` (None: 26
    complete
    months and the open month's days). Raises ValueError with every fault at once.

    >>> DemoSettings(users=400, until=date(2026, 3, 4)).first
    datetime.date(2024, 1, 1)
    """

    users: int = DEFAULT_USERS
    days: int | None = None
    until: date = field(default_factory=_yesterday)
    seed: int = 7
    zone: str = "Asia/Shanghai"
    scenario: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = [
            *([] if self.users >= LEAST_USERS else [f"users: {self.users}, least {LEAST_USERS}"]),
            *(
                []
                if self.days is None or self.days >= LEAST_DAYS
                else [f"days: {self.days}, least {LEAST_DAYS}"]
            ),
            *(
                f"scenario: unknown driver {name!r}, one of {', '.join(DRIVERS)}"
                for name in self.scenario
                if name not in DRIVERS
            ),
            *(
                f"scenario: {name} is {value}, must be from 0 to 10"
                for name, value in self.scenario.items()
                if not 0 <= value <= 10
            ),
        ]
        if faults:
            raise ValueError("demo settings: " + "; ".join(faults))
        object.__setattr__(self, "scenario", MappingProxyType(dict(self.scenario)))

    @property
    def first(self) -> date:
        """The first day of the data."""
        if self.days is not None:
            return self.until - timedelta(days=self.days - 1)
        last = calendar.monthrange(self.until.year, self.until.month)[1]
        whole = COMPLETE_MONTHS - (self.until.day == last)
        months = self.until.year * 12 + self.until.month - 1 - whole
        return date(months // 12, months % 12 + 1, 1)

    def driver(self, name: str) -> float:
        """The multiplier of a driver, 1 unless the scenario says otherwise."""
        return float(self.scenario.get(name, 1.0))
