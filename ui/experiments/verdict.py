"""The verdict first: one sentence, its reasons, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.state.experiments import Experiment
from metrics.experiments.records import Analysis, LookRule, Reason, Verdict
from ui.experiments import words
from ui.experiments.register import name_of
from ui.frame import Here
from ui.load.experiments import Result
from words import numbers
from words.i18n import _, _n
from words.text import plain, safe

WINNERS = ("primary_better", "primary_worse")


def heading(here: Here, one: Experiment) -> None:
    """What the experiment is: name, hypothesis, owner, variants, deviations from its plan."""
    st.subheader(safe(name_of(here, one), 90), anchor=False)
    plan = one.plan
    arms = _(", ").join(f"{plain(a.name, 30)} {numbers.percent(100 * a.share)}" for a in plan.arms)
    facts = [
        words.stage_words(one.stage),
        _("owner {who}").format(who=plain(plan.owner, 40)),
        arms,
        _("users come in from {first} to {last}").format(
            first=numbers.day(plan.starts_on),
            last=numbers.day(plan.ends_on) if plan.ends_on else _("the stop"),
        ),
        words.policy_words(plan.policy),
    ]
    st.caption(safe(" · ".join(facts), 400))
    st.markdown(safe(plan.hypothesis, 400))
    for step in one.deviations:
        told = _("▲ The plan was changed after the start, on {day} by {who}: {why}")
        st.warning(
            safe(told.format(day=numbers.moment(step.at), who=step.who, why=step.reason), 400)
        )


def show(found: Analysis, names: words.Names) -> None:
    """The verdict on the experiment, and on each treatment where there are several."""
    one = found.verdict
    st.subheader(_line(one), anchor=False)
    _reasons(one.reasons, names, found.look)
    if one.outcome != "invalid":
        look_line(found.look)
    if len(found.verdicts) > 1 and one.outcome != "invalid":
        for each in found.verdicts:
            st.markdown(f"**{safe(each.arm or '', 40)}** {_badge(each)}")
            _reasons(each.reasons, names, found.look)


def _line(one: Verdict) -> str:
    sentence = words.outcome_sentence(one.outcome, one.arm)
    return f"{_badge(one)} {safe(sentence, 300)}"


def _badge(one: Verdict) -> str:
    return f":{words.outcome_colour(one.outcome)}-badge[{safe(words.outcome_words(one.outcome))}]"


def _reasons(reasons: Sequence[Reason], names: words.Names, look: LookRule) -> None:
    shown = reasons_shown(reasons, decides=look.decides)
    lines = [f"- {safe(words.reason_words(one, names), 300)}" for one in shown]
    if lines:
        st.markdown("\n".join(lines))


def look_line(look: LookRule) -> None:
    """What the looking policy says of today."""
    policy = words.policy_words(look.policy)
    if look.decides:
        told = _("Policy: {policy}. This look, on day {day}, may decide.")
        if look.last:
            told = _("Policy: {policy}. The horizon is reached: this look may decide.")
        st.caption(safe(told.format(policy=policy, day=look.day), 300))
        return
    following = None if look.reason is None else (
        look.reason.get("next") or look.reason.get("horizon")
    )  # fmt: skip
    told = _("Policy: {policy}. ▲ This look, on day {day}, may not decide; the next one that may "
             "is on day {next}.")  # fmt: skip
    st.caption(safe(told.format(policy=policy, day=look.day, next=following or "—"), 300))


def reasons_shown(reasons: Sequence[Reason], *, decides: bool) -> tuple[Reason, ...]:
    """All of them, but no winner and no loser where the look may not decide.

    >>> early = (Reason.of("before_horizon", day=3, horizon=28), Reason.of("primary_better"))
    >>> [one.kind for one in reasons_shown(early, decides=False)]
    ['before_horizon']
    """
    kept = (one for one in reasons if decides or one.kind not in WINNERS)
    return tuple(kept)


def nothing_yet(found: Result) -> None:
    """Why there are no results."""
    source = found.source
    if source.missing_tables:
        told = _("What it needs was never loaded: {tables}.")
        st.info(safe(told.format(tables=_(", ").join(source.missing_tables)), 300))
    elif source.asked is None:
        told = _("Users come in from {day} on: there is nothing to measure yet.")
        st.info(safe(told.format(day=numbers.day(source.plan.starts_on)), 300))
    else:
        st.info(_("Nobody of this part of the bank was exposed yet."))


def counted(found: Result) -> None:
    """Whom the numbers are about, and who was left out."""
    told, odd = found.measurement, found.measurement.odd
    waiting = told.enrolled - told.ripe
    lines = [_n("{count} user counts", "{count} users count", told.ripe).format(
        count=numbers.number(told.ripe))]  # fmt: skip
    if waiting > 0:
        lines.append(_("{count} are still within their window").format(
            count=numbers.number(waiting)))  # fmt: skip
    if odd is not None and odd.outside:
        lines.append(_("{count} came in outside the planned days").format(
            count=numbers.number(odd.outside)))  # fmt: skip
    if odd is not None and odd.unregistered:
        lines.append(_("{count} were no customers when they came in").format(
            count=numbers.number(odd.unregistered)))  # fmt: skip
    if found.source.until is not None:
        lines.append(_("known until {day}").format(day=numbers.day(found.source.until)))
    if found.source.gaps:
        lines.append(_n("{count} day is not complete", "{count} days are not complete",
                        found.source.gaps).format(count=found.source.gaps))  # fmt: skip
    st.caption(safe(" · ".join(lines), 400))


def decision(one: Experiment) -> None:
    """What people decided, which may differ from the rule."""
    step = one.decision
    if step is None:
        return
    told = _("Decided on {day} by {who}: {what}. {why}").format(
        day=numbers.moment(step.at), who=step.who,
        what=words.decision_words(step.outcome or ""), why=step.reason,
    )  # fmt: skip
    st.info(safe(told, 600))
