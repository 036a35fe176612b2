"""Names of what the Experiments screen speaks of, and reasons as sentences."""

from __future__ import annotations

from collections.abc import Callable

from data.experiments.usable import RefusalKind
from metrics.experiments.metrics import ContextKind
from metrics.experiments.plan import Kind, Policy, Role
from metrics.experiments.records import HealthState, Method, Outcome, Reason, ReasonKind
from metrics.experiments.worth import WorthReason
from ui.theme import Colour
from words import numbers
from words.i18n import _
from words.text import plain

Names = Callable[[str], str]
"""Turns the id of a metric into its name."""


def outcome_words(outcome: Outcome) -> str:
    """What to do, with its sign."""
    return {
        "ship": _("● Ship"),
        "roll_back": _("▼ Roll back"),
        "keep_running": _("◔ Keep running"),
        "inconclusive": _("○ Inconclusive"),
        "invalid": _("✕ Invalid"),
    }[outcome]


def decision_words(outcome: str) -> str:
    """What people decided, without a sign."""
    return {
        "ship": _("shipped"),
        "roll_back": _("rolled back"),
        "inconclusive": _("kept as it was, inconclusive"),
        "invalid": _("thrown away, invalid"),
    }[outcome]


def outcome_colour(outcome: Outcome) -> Colour:
    """The colour that goes with the sign."""
    found: dict[Outcome, Colour] = {
        "ship": "green", "roll_back": "red", "keep_running": "blue", "inconclusive": "gray",
        "invalid": "red",
    }  # fmt: skip
    return found[outcome]


def outcome_sentence(outcome: Outcome, arm: str | None) -> str:
    """What to do, as one sentence; of an experiment with one treatment ``arm`` may be None."""
    told = {
        "ship": _("{arm} is better, and nothing that guards the bank is breached."),
        "roll_back": _("{arm} does harm: take it back."),
        "keep_running": _("It is too early to decide."),
        "inconclusive": _("Whether it worked cannot be told: nothing is shown either way."),
        "invalid": _("It cannot be believed: the results are withheld."),
    }[outcome]
    return told.format(arm=plain(arm, 40) if arm else _("the treatment"))


def stage_words(stage: str) -> str:
    """How an experiment stands in the register."""
    return {
        "draft": _("draft"),
        "running": _("running"),
        "stopped": _("stopped, to be decided"),
        "decided": _("decided"),
    }[stage]


def action_words(action: str) -> str:
    """What was done to an experiment."""
    return {
        "register": _("registered"),
        "change": _("plan changed"),
        "start": _("started"),
        "deviate": _("deviated from the plan"),
        "stop": _("stopped"),
        "decide": _("decided"),
    }[action]


def health_words(state: HealthState) -> str:
    """The lamp, with its sign."""
    return {
        "good": _("● sound"),
        "warned": _("▲ warned"),
        "invalid": _("✕ broken"),
    }[state]


def policy_words(policy: Policy) -> str:
    """Who may look when."""
    return {
        "fixed": _("Once, at the horizon"),
        "obrien_fleming": _("At planned looks, strict early (O’Brien–Fleming)"),
        "pocock": _("At planned looks, alike (Pocock)"),
        "always_valid": _("At any time (always-valid interval)"),
    }[policy]


def kind_words(kind: Kind) -> str:
    """A kind of metric."""
    return {
        "proportion": _("Share of users"),
        "mean": _("Mean a user"),
        "ratio": _("Ratio"),
        "quantile": _("Quantile"),
    }[kind]


def role_words(role: Role) -> str:
    """What a metric is there for."""
    return {
        "primary": _("Primary"),
        "secondary": _("Secondary"),
        "guardrail": _("Guardrail"),
    }[role]


def correction_words(correction: str) -> str:
    """How p of many metrics are corrected."""
    return {
        "none": _("none"),
        "holm": "Holm",
        "benjamini_hochberg": "Benjamini–Hochberg",
    }[correction]


def method_words(method: Method) -> str:
    """How an interval was made."""
    return {
        "score": _("score interval"),
        "exact": _("exact, few conversions"),
        "welch": "Welch",
        "delta": _("delta method"),
        "woodruff": "Woodruff",
        "cuped": "CUPED",
        "none": "",
    }[method]


def guardrail_words(state: str) -> str:
    """Whether a guardrail holds, with its sign."""
    return {
        "passed": _("● no worse than the margin"),
        "breached": _("▼ breached"),
        "not_shown": _("○ not shown to hold"),
        "unknown": _("– cannot be told"),
    }[state]


def direction_words(direction: str) -> str:
    """Which way an effect goes, with its sign."""
    return {
        "better": _("● better"),
        "worse": _("▼ worse"),
        "none": _("○ not shown"),
        "unknown": "–",
    }[direction]


def refusal_words(kind: RefusalKind | ContextKind, about: str) -> str:
    """Why something cannot be compared by user."""
    return {
        "unknown_point": _("there is no data point {about}"),
        "no_user": _("its facts carry no user: shown as context only"),
        "no_sum": _("a stock or a figure of the month: it cannot be added up by user"),
        "only_proportion": _("counts distinct users: only a share of users can be compared"),
        "not_by_dimension": _("its facts are not split by {about}"),
        "over_missing": _("a ratio needs what it is over"),
        "over_needless": _("only a ratio is over something"),
        "other_modules": _("is about other modules"),
        "not_a_ratio": _("its formula is no single ratio of two data points"),
    }[kind].format(about=plain(about, 60))


def worth_words(reason: WorthReason) -> str:
    """Why there are no points of the total score."""
    return {
        "no_indicator": _("no indicator of the tree is measured as this metric is"),
        "part_of_indicator": _("the metric is about a part of the indicator of unknown size"),
        "no_lift": _("there is no lift with an interval"),
        "no_share": _("how many of the active users it reached is not known"),
        "no_value": _("the indicator or the total has no value in this period"),
    }[reason]


def reason_words(reason: Reason, names: Names) -> str:
    """A reason as one sentence in plain text; metrics by their names."""
    fields = _Fields(
        {name: _field(reason.kind, name, value, names) for name, value in reason.fields}
    )
    return _sentences()[reason.kind].format_map(fields)


class _Fields(dict[str, str]):
    """Fields of a reason; one that it does not carry is a dash."""

    def __missing__(self, key: str) -> str:
        return numbers.MISSING


def _field(kind: ReasonKind, name: str, value: str | float, names: Names) -> str:
    if isinstance(value, str):
        told = {"metric": names, "field": _plan_field}.get(name, str)(value)
        return plain(told, 60)
    if name in ("share", "fraction") or (kind == "users_in_two_arms" and name == "limit"):
        return f"{numbers.number(100 * value)}%"
    return p_words(value) if name == "p" else numbers.number(value)


def _plan_field(field: str) -> str:
    known = {
        "arms": _("variants"), "split": _("split"), "alpha": _("level"),
        "horizon_days": _("horizon"), "looks": _("planned looks"),
    }  # fmt: skip
    return known.get(field, field)


def p_words(p: float | None) -> str:
    """A p value: four decimals, below them ``<0.0001``.

    >>> p_words(0.00861), p_words(0.0000001), p_words(None)
    ('0.0086', '<0.0001', '—')
    """
    if p is None:
        return numbers.MISSING
    return "<0.0001" if p < 0.0001 else numbers.number(p, 4)


def _sentences() -> dict[ReasonKind, str]:
    return {**_of_missing_numbers(), **_of_data(), **_of_verdicts()}


def _of_missing_numbers() -> dict[ReasonKind, str]:
    return {
        "no_users": _("Nobody was seen in {arm}."),
        "few_users": _("Too few users in {arm}: {users}, needed are {needed}."),
        "few_conversions": _(
            "Few conversions in {arm}: {conversions}; below {needed} the exact method is used."
        ),
        "no_variance": _("All users have the same value: nothing varies."),
        "not_finite": _("The figures cannot be computed: a value is no number."),
        "out_of_range": _("{column} holds values other than 0 and 1."),
        "missing_column": _("{column} was not measured."),
        "zero_denominator": _("What the ratio is over is zero in {arm}."),
        "control_not_positive": _(
            "The control is not above zero: a lift in per cent means nothing."
        ),
        "control_near_zero": _("The control is close to zero: the lift has no bounds."),
        "margin_missing": _("The guardrail has no margin."),
        "sample_ratio_broken": _(
            "The split is broken: so uneven a one comes by chance with p {p}, below {limit}. "
            "Look for the error in the assignment; the results are withheld."
        ),
        "users_in_two_arms": _(
            "Users seen in two variants, left out: {users} ({share}); the limit is {limit}."
        ),
        "unplanned_arm": _("Users were seen in {arm}, which the plan does not name."),
        "invalid": _("Withheld, because the experiment cannot be believed."),
    }


def _of_data() -> dict[ReasonKind, str]:
    return {
        "sample_ratio_warning": _(
            "The split is suspicious: p {p}, below {limit}. While this stands nothing is shipped."
        ),
        "duplicated_users": _("Users exposed more than once, counted once: {users}."),
        "outcome_before_exposure": _(
            "Users with the outcome on the day of the exposure before it: {users} ({share})."
        ),
        "missing_values": _("Users without a value, left out: {users}."),
        "negative_values": _("{metric} has negative values."),
        "less_than_a_week": _("Less than a full week: days of data {days}, needed {needed}."),
        "covariate_unused": _(
            "{metric}: the value before the experiment is missing or constant, so it saves nothing."
        ),
        "plan_incomplete": _("The plan lacks: {field}."),
        "simpson": _("{metric}: the segments point the other way than the whole."),
        "novelty": _("{metric}: the effect changes with the days since exposure."),
    }


def _of_verdicts() -> dict[ReasonKind, str]:
    return {
        "primary_missing": _("There is no primary metric."),
        "primary_unknown": _("{metric}: cannot be told."),
        "primary_better": _("{metric}: better with {arm}, by more than chance explains."),
        "primary_worse": _("{metric}: worse with {arm}, by more than chance explains."),
        "primary_not_significant": _("{metric}: no difference is shown with {arm}."),
        "guardrail_passed": _("{metric}: no worse than its margin with {arm}."),
        "guardrail_breached": _("{metric}: worse than its margin allows with {arm}."),
        "guardrail_not_shown": _("{metric}: not shown to stay within its margin with {arm}."),
        "guardrail_unknown": _("{metric}: cannot be told for {arm}."),
        "before_horizon": _("It is day {day}; the plan decides on day {horizon}."),
        "look_not_planned": _(
            "This look may not decide: it is not planned. The next planned one is on day {next}."
        ),
        "horizon_reached": _("The planned horizon is reached: it is day {day}."),
    }
