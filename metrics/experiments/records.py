"""What the analysis of an experiment says, in records without words: words are made on screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from metrics.experiments.plan import Better, Kind, Policy, Role

Outcome = Literal["ship", "roll_back", "keep_running", "inconclusive", "invalid"]
Direction = Literal["better", "worse", "none", "unknown"]
GuardrailState = Literal["passed", "breached", "not_shown", "unknown"]
HealthState = Literal["good", "warned", "invalid"]
Method = Literal["score", "exact", "welch", "delta", "woodruff", "cuped", "none"]

# The comment says which fields come with the reason.
ReasonKind = Literal[
    # Why a number is missing.
    "no_users",  # arm
    "few_users",  # arm, users, needed
    "few_conversions",  # arm, conversions, needed
    "no_variance",
    "not_finite",
    "out_of_range",  # column: a proportion's values are not 0 and 1
    "missing_column",  # column
    "zero_denominator",  # arm
    "control_not_positive",  # a lift needs a control above 0
    "control_near_zero",  # a lift's interval is unbounded
    "margin_missing",
    "sample_ratio_broken",  # p, limit
    "users_in_two_arms",  # users, share, limit
    "unplanned_arm",  # arm
    "invalid",  # results are withheld because the experiment is invalid
    # What to know about the data.
    "sample_ratio_warning",  # p, limit
    "duplicated_users",  # users
    "outcome_before_exposure",  # users, share
    "missing_values",  # users
    "negative_values",  # metric
    "less_than_a_week",  # days, needed
    "covariate_unused",  # metric: missing or constant
    "plan_incomplete",  # field
    # Why the verdict is what it is.
    "primary_missing",
    "primary_unknown",  # metric
    "primary_better",  # metric, arm
    "primary_worse",  # metric, arm
    "primary_not_significant",  # metric, arm
    "guardrail_passed",  # metric, arm
    "guardrail_breached",  # metric, arm
    "guardrail_not_shown",  # metric, arm
    "guardrail_unknown",  # metric, arm
    "before_horizon",  # day, horizon
    "look_not_planned",  # day, next (days)
    "horizon_reached",  # day, fraction
    # What to look at besides.
    "simpson",  # metric
    "novelty",  # metric
]


@dataclass(frozen=True)
class Reason:
    """Why something is missing, warned or decided: a kind, and the numbers for its words.

    >>> Reason.of("few_users", arm="B", users=12, needed=200).get("users")
    12
    """

    kind: ReasonKind
    fields: tuple[tuple[str, str | float | int], ...] = ()

    @staticmethod
    def of(kind: ReasonKind, **fields: str | float) -> Reason:
        """A reason with its fields, in the order given."""
        return Reason(kind, tuple(fields.items()))

    def get(self, name: str) -> str | float | int | None:
        """A field by its name; None where the reason has none such."""
        return dict(self.fields).get(name)


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; each may be None, then ``reason`` says why."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: Reason | None = None


@dataclass(frozen=True)
class Effect:
    """One metric in one treatment against the control.

    ``control``, ``treatment``: the metric's value in each arm, without CUPED. ``difference`` in
    the metric's unit, ``lift`` as a share of the control (0.05: five per cent); their intervals
    are at 1 - ``level``, the two-sided level of this look. ``error``: standard error of the
    difference, ``df``: its degrees of freedom (None: normal). ``p``: two-sided and honest under
    the plan's looking policy, so to be compared with the plan's alpha. ``p_adjusted``: corrected
    for the metrics and arms of the same role; ``adjusted``: difference with the interval corrected
    likewise, None where none is defined. ``saved``: share of the variance that CUPED took away;
    ``unadjusted``: the difference without CUPED, None where CUPED was not used.
    """

    metric: str
    arm: str
    kind: Kind
    role: Role
    better: Better
    method: Method
    level: float
    control: float | None
    treatment: float | None
    difference: Estimate
    lift: Estimate
    error: float | None = None
    df: float | None = None
    statistic: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    adjusted: Estimate | None = None
    direction: Direction = "unknown"
    saved: float | None = None
    unadjusted: Estimate | None = None
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Guardrail:
    """Whether a treatment is shown to be no worse than the margin, one-sided at half the level.

    ``difference``: as for the metric; ``limit``: the worst difference that the margin allows, in
    the metric's unit (for a relative margin: of the control as measured); ``p``: one-sided, of
    being worse than the margin.
    """

    metric: str
    arm: str
    state: GuardrailState
    difference: Estimate
    limit: float | None
    p: float | None
    reason: Reason | None = None


@dataclass(frozen=True)
class Enrolment:
    """How users came in, besides the arms' numbers.

    ``days``: full days since the start; ``crossed``: users seen in two arms, who were dropped;
    ``duplicated``: users exposed more than once in the same arm, counted once; ``late``: users
    whose outcome came before their exposure; ``unplanned``: arms that the plan does not name, with
    their users.
    """

    days: int
    crossed: int = 0
    duplicated: int = 0
    late: int = 0
    unplanned: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class ArmSize:
    """Users of an arm, and how many the planned split would have given it."""

    arm: str
    users: int
    expected: float
    planned_share: float


@dataclass(frozen=True)
class Health:
    """Whether the experiment can be believed.

    ``ratio_p``: chi-square of the sizes against the split; ``problems``: what makes it invalid,
    ``warnings``: what to know; both with reasons.
    """

    state: HealthState
    arms: tuple[ArmSize, ...]
    ratio_p: float | None
    problems: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Look:
    """A look at a metric over time: interval that is honest at this look, and the boundary.

    ``day``: full days since the start; ``fraction``: of the planned information; ``planned``:
    whether the plan lets this look decide; ``boundary``: the critical \\|z\\|, None at a look that
    may not decide; ``p``: honest under the policy, None there too; ``crossed``: \\|z\\| is beyond
    the boundary.
    """

    day: int
    fraction: float
    planned: bool
    difference: Estimate
    lift: Estimate
    statistic: float | None
    boundary: float | None
    p: float | None
    crossed: bool


@dataclass(frozen=True)
class LookRule:
    """What the plan says of a look now.

    ``decides``: whether it may decide; ``level``: two-sided level of its intervals; ``boundary``:
    the critical \\|z\\| that belongs to it; ``last``: whether the horizon is reached; ``reason``:
    why it may not decide.
    """

    policy: Policy
    day: int
    fraction: float
    decides: bool
    last: bool
    level: float
    boundary: float
    reason: Reason | None = None


@dataclass(frozen=True)
class Bayes:
    """The Bayesian view of one metric in one treatment; it decides nothing.

    ``chance``: that the treatment is better; ``loss_ship``, ``loss_keep``: expected loss in the
    metric's unit of choosing the treatment or the control; ``difference``: posterior mean and
    credible interval; ``prior``: in words of its family and parameters.
    """

    metric: str
    arm: str
    chance: float | None
    loss_ship: float | None
    loss_keep: float | None
    difference: Estimate
    prior: str
    reason: Reason | None = None


@dataclass(frozen=True)
class Verdict:
    """What to do by rule; ``arm``: which treatment it speaks of, None for all of them."""

    outcome: Outcome
    arm: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Analysis:
    """All that is said of an experiment at one look.

    ``verdicts``: one per treatment; ``verdict``: of the experiment. Where it is invalid, effects
    carry no numbers.
    """

    health: Health
    look: LookRule
    effects: tuple[Effect, ...]
    guardrails: tuple[Guardrail, ...]
    bayes: tuple[Bayes, ...]
    verdicts: tuple[Verdict, ...]
    verdict: Verdict

    def effect(self, metric: str, arm: str) -> Effect | None:
        """The effect of one treatment on one metric."""
        found = (each for each in self.effects if (each.metric, each.arm) == (metric, arm))
        return next(found, None)
