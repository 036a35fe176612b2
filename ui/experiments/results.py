"""What happened: effects with intervals, guardrails against margins, worth of shipping."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from metrics.experiments.records import Analysis, Effect, Estimate, Guardrail
from metrics.experiments.worth import Worth
from ui import charts, sentences
from ui.charts.intervals import Interval, intervals
from ui.experiments import words
from ui.experiments.scale import Scales, lift_words, percent
from ui.frame import Here
from words import numbers
from words.i18n import _
from words.text import plain, safe

SIGNS = {"better": 1, "worse": -1}
ROLES = ("primary", "secondary", "guardrail")


def show(found: Analysis, scales: Scales, names: words.Names, key: str) -> None:
    """Forest of lifts, the table of all effects, and the guardrails."""
    forest(found, scales, key)
    table(found, scales, names, key)
    if found.guardrails:
        guardrails(found.guardrails, scales, names, key)


def sign_of(one: Effect, *, decides: bool) -> int:
    """1 better, -1 worse, 0 where neither is shown, or where the look may not decide yet."""
    return SIGNS.get(one.direction, 0) if decides else 0


def ordered(effects: Sequence[Effect]) -> list[Effect]:
    """The primary metric first, guardrails last."""
    return sorted(effects, key=lambda one: ROLES.index(one.role))


def forest(found: Analysis, scales: Scales, key: str) -> None:
    """Lifts of all metrics in per cent of the control, one below the other."""
    several = len({one.arm for one in found.effects}) > 1
    rows = [
        Interval(
            _label(one, scales, several=several), 100 * one.lift.value, 100 * one.lift.low,
            100 * one.lift.high, sign_of(one, decides=found.look.decides),
        )
        for one in ordered(found.effects)
        if one.lift.value is not None and one.lift.low is not None and one.lift.high is not None
    ]  # fmt: skip
    if not rows:
        st.caption(_("No lift with an interval can be shown."))
        return
    share = numbers.number(100 * (1 - found.look.level))
    note = _("Change against the control in per cent, intervals at {share}% each; colour: better "
             "or worse for the business after correction.").format(share=share)  # fmt: skip
    figure = intervals(
        rows, charts.Unit("", ""), title=_("% of the control"), said=_percent, longest=44
    )
    table = pd.DataFrame(
        {
            _("Metric"): [row.label for row in rows],
            _("Lift, %"): [row.value for row in rows],
            _("from"): [row.low for row in rows],
            _("to"): [row.high for row in rows],
        }
    )
    charts.show(figure, f"{key}_forest", finding(found, scales), table, note)


def _percent(value: float) -> str:
    return f"{numbers.signed(value)}%"


def _label(one: Effect, scales: Scales, *, several: bool) -> str:
    name = scales(one.metric).name
    return f"{name} · {plain(one.arm, 20)}" if several else name


def finding(found: Analysis, scales: Scales) -> str:
    """What the primary metric says, in one sentence."""
    primary = [one for one in found.effects if one.role == "primary"]
    if not primary:
        return _("There is no primary metric")
    one = primary[0]
    scale = scales(one.metric)
    if one.lift.value is None and one.difference.value is None:
        return _("{metric} cannot be told").format(metric=scale.name)
    change = percent(one.lift.value) if one.lift.value is not None else scale.step(
        one.difference.value
    )  # fmt: skip
    if not found.look.decides:
        told = _("{metric}: {change} so far; this look may not decide")
    elif one.direction in SIGNS:
        told = _("{metric}: {change}, p {p}, more than chance explains")
    else:
        told = _("{metric}: {change}, p {p}; no difference is shown")
    return told.format(metric=scale.name, change=change, p=words.p_words(one.p))


def table(found: Analysis, scales: Scales, names: words.Names, key: str) -> None:
    """All effects with intervals, p, corrected p and what CUPED saved."""
    made = frame(found, scales, names)
    st.dataframe(
        made, hide_index=True, key=f"{key}_effects", placeholder="—",
        column_config={_("Metric"): st.column_config.TextColumn(pinned=True, width=220)},
    )  # fmt: skip
    charts.as_table(plain_frame(found, scales), f"{key}_effects_plain", finding(found, scales))


def frame(found: Analysis, scales: Scales, names: words.Names) -> pd.DataFrame:
    """One row a metric and treatment, written out."""
    rows = ordered(found.effects)
    several = len({one.arm for one in rows}) > 1
    columns: dict[str, list[str | None]] = {
        _("Metric"): [scales(one.metric).name for one in rows],
        _("Role"): [words.role_words(one.role) for one in rows],
    }
    if several:
        columns[_("Variant")] = [plain(one.arm, 30) for one in rows]
    columns |= {
        _("Effect"): [_direction(one, decides=found.look.decides) for one in rows],
        _("Control"): [scales(one.metric).said(one.control) for one in rows],
        _("Treatment"): [scales(one.metric).said(one.treatment) for one in rows],
        _("Difference"): [scales(one.metric).between(one.difference) for one in rows],
        _("Lift"): [lift_words(one.lift) for one in rows],
        "p": [words.p_words(one.p) for one in rows],
        _("p corrected"): [words.p_words(one.p_adjusted) for one in rows],
    }
    if any(one.saved is not None for one in rows):
        columns[_("CUPED saved")] = [_saved(one) for one in rows]
    columns |= {
        _("Method"): [words.method_words(one.method) for one in rows],
        _("Note"): [_note(one, names) for one in rows],
    }
    return pd.DataFrame(columns)


def _direction(one: Effect, *, decides: bool) -> str:
    if not decides and one.direction in SIGNS:
        return _("… too early to say")
    return words.direction_words(one.direction)


def _saved(one: Effect) -> str | None:
    if one.saved is None:
        return None
    return _("{share} of the variance").format(share=numbers.percent(100 * one.saved))


def _note(one: Effect, names: words.Names) -> str | None:
    found = [one.difference.reason, one.lift.reason, *one.notes]
    told = [words.reason_words(reason, names) for reason in dict.fromkeys(found) if reason]
    return " ".join(told) or None


def plain_frame(found: Analysis, scales: Scales) -> pd.DataFrame:
    """The same with numbers as numbers, for files: values in the metric's own unit."""
    rows = ordered(found.effects)

    def ends(which: Sequence[Estimate | None], side: str) -> list[float | None]:
        return [None if one is None else getattr(one, side) for one in which]

    differences, lifts = [one.difference for one in rows], [one.lift for one in rows]
    adjusted = [one.adjusted for one in rows]
    return pd.DataFrame(
        {
            _("Metric"): [scales(one.metric).name for one in rows],
            _("Variant"): [plain(one.arm, 40) for one in rows],
            _("Role"): [words.role_words(one.role) for one in rows],
            _("Control"): [one.control for one in rows],
            _("Treatment"): [one.treatment for one in rows],
            _("Difference"): ends(differences, "value"),
            _("Difference from"): ends(differences, "low"),
            _("Difference to"): ends(differences, "high"),
            _("Corrected from"): ends(adjusted, "low"),
            _("Corrected to"): ends(adjusted, "high"),
            _("Lift"): ends(lifts, "value"),
            _("Lift from"): ends(lifts, "low"),
            _("Lift to"): ends(lifts, "high"),
            "p": [one.p for one in rows],
            _("p corrected"): [one.p_adjusted for one in rows],
            _("CUPED saved"): [one.saved for one in rows],
        }
    )


def guardrails(found: Sequence[Guardrail], scales: Scales, names: words.Names, key: str) -> None:
    """Each guardrail against its margin, one-sided."""
    bad = [one for one in found if one.state == "breached"]
    held = sum(one.state == "passed" for one in found)
    if bad:
        told = _("Breached: {names}").format(
            names=_(", ").join(dict.fromkeys(scales(one.metric).name for one in bad))
        )
    else:
        told = _("{held} of {all} guardrails are shown to hold").format(held=held, all=len(found))
    st.markdown(f"**{safe(told, 300)}**")
    made = pd.DataFrame(
        {
            _("Guardrail"): [scales(one.metric).name for one in found],
            _("Variant"): [plain(one.arm, 30) for one in found],
            _("State"): [words.guardrail_words(one.state) for one in found],
            _("Difference"): [scales(one.metric).between(one.difference) for one in found],
            _("Margin"): [scales(one.metric).step(one.limit) for one in found],
            _("p of no worse"): [words.p_words(one.p) for one in found],
            _("Note"): [None if one.reason is None else words.reason_words(one.reason, names)
                        for one in found],
        }
    )  # fmt: skip
    st.dataframe(made, hide_index=True, key=f"{key}_guardrails", placeholder="—")
    st.caption(_("One-sided: no worse than the margin is shown where p is small."))


def worth(here: Here, found: Sequence[Worth], scales: Scales) -> None:
    """What shipping would add to the total score, by metric."""
    told = [one for one in found if one.points is not None]
    st.markdown(f"**{safe(worth_finding(told, scales), 300)}**")
    for one in told:
        st.markdown(f"- {safe(_worth_line(here, one, scales), 400)}")
    others = [one for one in found if one.points is None and one.reason is not None]
    if others:
        lines = [
            f"- {safe(scales(one.metric).name, 60)}: {safe(words.worth_words(one.reason), 200)}"
            for one in others
            if one.reason is not None
        ]
        with st.expander(_("Metrics without points"), type="compact"):
            st.markdown("\n".join(dict.fromkeys(lines)))
    st.caption(
        _("The indicator moved by the lift times the share of users reached, scored anew with all "
          "else as it is: an order of magnitude, not a forecast.")
    )  # fmt: skip


def worth_finding(told: Sequence[Worth], scales: Scales) -> str:
    """The first metric with points, in one sentence."""
    if not told:
        return _("What shipping is worth cannot be told in points of the total score")
    one = told[0]
    return _("By {metric}, shipping {arm} is worth {points} points of the total ({low} to "
             "{high})").format(
        metric=scales(one.metric).name, arm=plain(one.arm, 30),
        points=numbers.signed(one.points, 2), low=numbers.signed(one.low, 2),
        high=numbers.signed(one.high, 2),
    )  # fmt: skip


def _worth_line(here: Here, one: Worth, scales: Scales) -> str:
    node = one.node or ""
    now, then = (sentences.quantity(here.tree, node, value) for value in (one.value, one.shipped))
    return _("{metric}: {indicator} from {now} to {then}, {points} points ({low} to {high}); "
             "{share} of active users reached").format(
        metric=scales(one.metric).name, indicator=here.tree.name(node, here.view.lang),
        now=now, then=then, points=numbers.signed(one.points, 2), low=numbers.signed(one.low, 2),
        high=numbers.signed(one.high, 2), share=numbers.percent(100 * (one.share or 0.0)),
    )  # fmt: skip
