"""What every part of the generator shares: settings, days, organisation, users, where rows go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from data.demo.chance import stream
from data.demo.columns import Flags, Ints, Numbers
from data.demo.organisation import Organisation
from data.demo.settings import DemoSettings
from data.demo.timeline import Month, Timeline
from data.demo.users import Users

Put = Callable[[str, pa.Table], None]


@dataclass(frozen=True)
class Effect:
    """A planted effect as it is in the data.

    ``size`` holds realised numbers; ``start`` and ``stop`` are ISO days, both included; ``see``
    says how to find it.
    """

    name: str
    what: str
    where: dict[str, Any]
    start: str
    stop: str
    size: dict[str, Any]
    indicators: tuple[str, ...]
    see: str


@dataclass
class World:
    """The bank in the making. ``counters`` number rows; ``effects`` collects the truth."""

    settings: DemoSettings
    line: Timeline
    organisation: Organisation
    users: Users
    put: Put
    counters: dict[str, int] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)

    def rng(self, domain: str, *place: int) -> np.random.Generator:
        """The random stream of a domain."""
        return stream(self.settings.seed, domain, *place)

    def serial(self, name: str, n: int) -> Ints:
        """The next ``n`` numbers of a kind of row."""
        first = self.counters.get(name, 0)
        self.counters[name] = first + n
        return np.arange(first, first + n)


@dataclass(frozen=True)
class Trade:
    """Transactions of a month, before they are written: one array a column, amounts in cents."""

    day: Ints
    second: Ints
    user: Ints
    leaf: Ints
    app: Ints
    module: Ints
    product: Ints
    kind: Ints
    amount: Ints
    fee: Ints
    status: Ints
    risky: Flags
    alerted: Flags
    fraud: Flags
    judged_after_s: Ints
    loss: Ints
    disclosed: Ints


@dataclass(frozen=True)
class Activity:
    """A month's activity: the active user-days (sorted by day) and where users stood before.

    ``last_seen`` is each user's last active day place before the month (-NEVER: never seen).
    """

    month: Month
    day: Ints
    user: Ints
    last_seen: Ints

    def users(self) -> Ints:
        """Distinct active users, ascending."""
        return np.unique(self.user)

    def sample(self, rng: np.random.Generator, n: int) -> tuple[Ints, Ints]:
        """``n`` active user-days (with replacement): their days and users, in time order."""
        chosen = np.sort(rng.integers(0, len(self.day), n))
        return self.day[chosen], self.user[chosen]


def seconds_of_day(rng: np.random.Generator, n: int) -> Ints:
    """Seconds of the day as people use their bank: a morning, a noon and an evening peak."""
    return np.asarray(DAYTIME[rng.integers(0, len(DAYTIME), n)])


def office_seconds(rng: np.random.Generator, n: int) -> Ints:
    """Seconds of the day within office hours."""
    return rng.integers(9 * 3600, 18 * 3600, n)


def _daytime() -> Numbers:
    weights = np.array(
        [8, 4, 2, 2, 2, 5, 16, 34, 52, 64, 70, 66, 72, 60, 54, 55, 58, 62, 66, 74, 82, 76, 50, 22.0]
    )
    share = np.cumsum(weights) / weights.sum()
    places = np.interp((np.arange(65_536) + 0.5) / 65_536, np.r_[0, share], np.arange(25) * 3600.0)
    return np.asarray(np.minimum(places, 85_200).astype(np.int64))


DAYTIME = _daytime()
