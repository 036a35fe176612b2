"""The plan of an experiment in the product's own terms: points, modules, days, arms.

It is what the register keeps and what the SQL is made from; metrics/experiments makes of it the
plan that the statistics take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

Kind = Literal["proportion", "mean", "ratio", "quantile"]
Role = Literal["primary", "secondary", "guardrail"]
Better = Literal["higher", "lower"]
Policy = Literal["fixed", "obrien_fleming", "pocock", "always_valid"]
Correction = Literal["none", "holm", "benjamini_hochberg"]
Where = tuple[tuple[str, tuple[str, ...]], ...]

BEFORE_DAYS = 28
"""Days before the exposure from which a covariate is taken."""


@dataclass(frozen=True)
class PlannedArm:
    """A variant as ``exposure`` names it, and the share of users it is to get."""

    name: str
    share: float


@dataclass(frozen=True)
class PlannedMetric:
    """What is compared: a user's sum of a point in the days after the exposure.

    ``kind``: proportion (users with at least one), mean (of the sums), ratio (the sums of ``point``
    over those of ``over``; the user is the unit), quantile (of the sums). ``where`` narrows the
    facts: ``module`` or ``app``. ``window_days`` from the exposure on. ``covariate``: the same
    point in the 28 days before. ``winsorised``: sums above this quantile of all users are capped
    there. ``margin``: how much worse a guardrail may get, relative to the control unless said.
    """

    id: str
    kind: Kind
    point: str
    over: str | None = None
    where: Where = ()
    window_days: int = 14
    role: Role = "secondary"
    better: Better = "higher"
    margin: float | None = None
    margin_relative: bool = True
    covariate: bool = False
    winsorised: float | None = None
    quantile: float = 0.5
    name_zh: str = ""
    name_en: str = ""

    @property
    def points(self) -> tuple[str, ...]:
        """The points whose sums a user has: one, or numerator and denominator."""
        return (self.point,) if self.over is None else (self.point, self.over)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the user's sums.

        >>> PlannedMetric("fee", "ratio", "fee_income", "txn_amount").columns
        ('fee', 'fee_over')
        """
        return (self.id,) if self.over is None else (self.id, f"{self.id}_over")

    def name(self, lang: str) -> str:
        """The name in a language, else the other one, else the id."""
        named = (self.name_zh, self.name_en) if lang == "zh" else (self.name_en, self.name_zh)
        return named[0] or named[1] or self.id


@dataclass(frozen=True)
class ExperimentPlan:
    """What is fixed before the start; the first arm is the control.

    ``starts_on`` to ``ends_on`` (None: open) users come in; ``horizon_days`` full days from the
    start on until the last look. ``looks``: information fractions at which a group sequential plan
    decides. ``users``: all arms together at the horizon. ``ratio_warned`` and ``ratio_invalid``:
    p of the sample-ratio check from which results are warned and withheld.
    """

    name_zh: str
    name_en: str
    hypothesis: str
    owner: str
    modules: tuple[str, ...]
    arms: tuple[PlannedArm, ...]
    metrics: tuple[PlannedMetric, ...]
    starts_on: date
    ends_on: date | None = None
    horizon_days: int = 28
    alpha: float = 0.05
    power: float = 0.8
    correction: Correction = "holm"
    policy: Policy = "fixed"
    looks: tuple[float, ...] = field(default=())
    users: int | None = None
    ratio_warned: float = 0.01
    ratio_invalid: float = 0.001
    campaign_id: str | None = None

    @property
    def window_days(self) -> int:
        """The longest window: a user counts when it has ended for them."""
        return max((one.window_days for one in self.metrics), default=1)

    def name(self, lang: str) -> str:
        """The name in a language, else the other one."""
        return (self.name_zh or self.name_en) if lang == "zh" else (self.name_en or self.name_zh)

    def as_json(self) -> dict[str, Any]:
        """For the register: plain lists, texts, numbers and days."""
        return asdict(self)


def plan_of(written: Mapping[str, Any]) -> ExperimentPlan:
    """A plan out of the register's JSON."""
    kept = dict(written)
    for name in ("starts_on", "ends_on"):
        day = kept.get(name)
        kept[name] = date.fromisoformat(day) if isinstance(day, str) else day
    kept["modules"] = tuple(kept["modules"])
    kept["looks"] = tuple(kept.get("looks", ()))
    kept["arms"] = tuple(PlannedArm(**one) for one in kept["arms"])
    kept["metrics"] = tuple(_metric(one) for one in kept["metrics"])
    return ExperimentPlan(**kept)


def _metric(written: Mapping[str, Any]) -> PlannedMetric:
    where = tuple((name, tuple(values)) for name, values in written.get("where", ()))
    return PlannedMetric(**{**written, "where": where})
