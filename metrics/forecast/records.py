"""What a forecast says: estimates with intervals, the way there, and how right it was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["short_history", "gaps", "rare", "over", "late", "not_by_slice", "no_series"]

_WORDS: dict[Kind, tuple[str, str]] = {
    "short_history": (
        "not enough history for a forecast: {0}, at least {1} needed",
        "历史数据不足，无法预测：现有{0}，至少需要{1}",
    ),
    "gaps": ("days are missing in the history: {0} of {1}", "历史数据有缺口：{1}天中缺{0}天"),
    "rare": (
        "too rare for a forecast: it happened on {0} days of the last year, at least {1} needed",
        "发生过少，无法预测：近一年仅{0}天有发生，至少需要{1}天",
    ),
    "over": ("the period is over: nothing is left to forecast", "期间已结束，无需预测"),
    "late": (
        "the data end on {0}, too long before the period for a forecast",
        "数据截止于{0}，距该期间过久，无法预测",
    ),
    "not_by_slice": ("cannot be split by {0}", "不能按{0}拆分"),
    "no_series": ("has no series by day or month", "没有按日或按月的序列"),
}


@dataclass(frozen=True)
class Reason:
    """Why there is no forecast: a kind, and what it is about.

    >>> Reason("short_history", ("90", "180")).words("en")
    'not enough history for a forecast: 90, at least 180 needed'
    """

    kind: Kind
    about: tuple[str, ...] = ()

    def words(self, lang: str) -> str:
        """The reason in words, zh or en."""
        english, chinese = _WORDS[self.kind]
        return (chinese if lang == "zh" else english).format(*self.about)


@dataclass(frozen=True)
class Estimate:
    """An expected value and its interval, meant to hold ``level`` per cent of the outcomes."""

    value: float
    low: float
    high: float
    level: float = 80.0


@dataclass(frozen=True)
class Tried:
    """One forecast that could be checked: made on ``made_on`` with what was known then."""

    made_on: date
    expected: float
    low: float
    high: float
    actual: float

    @property
    def inside(self) -> bool:
        """Whether the outcome lay in the interval."""
        return self.low <= self.actual <= self.high


@dataclass(frozen=True)
class BackTest:
    """How earlier forecasts over as long a time turned out.

    ``error`` is the mean absolute error and ``bias`` the mean error, in per cent of the outcome;
    None where outcomes of zero leave nothing to compare with. ``inside`` of ``n`` outcomes lay in
    intervals widened by what the other tries had shown; ``widened`` is the factor applied now.
    """

    tries: tuple[Tried, ...]
    error: float | None
    bias: float | None
    widened: float

    @property
    def n(self) -> int:
        """How many forecasts were checked."""
        return len(self.tries)

    @property
    def inside(self) -> int:
        """How many outcomes lay in their interval."""
        return sum(one.inside for one in self.tries)


@dataclass(frozen=True)
class Step:
    """A day (of a flow, added up from the first day) or a month-end (of a level)."""

    day: date
    actual: float | None = None
    plan: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Forecast:
    """The way from the first day to ``until``: what was, what is planned, what is expected.

    ``end`` is the value at ``until``: of a flow the total since the first day, of a level the
    month's value. ``probability`` (0 to 1) is the chance that it reaches ``goal``. Without ``end``
    there is a ``reason``; without enough checked forecasts ``back_test`` is None.
    """

    as_of: date
    until: date
    steps: tuple[Step, ...]
    end: Estimate | None
    goal: float | None
    probability: float | None
    back_test: BackTest | None
    reason: Reason | None = None
