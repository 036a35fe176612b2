"""One campaign: funnel, what it added and for whom, how often it asked."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from statsmodels.stats.proportion import proportion_confint

from data.campaigns.repeated import Reached
from data.contract.vocabulary import AGE_BANDS, TIERS, TOUCH_KINDS
from metrics.campaigns.differences import Difference, Estimate
from metrics.campaigns.results import Result
from ui import charts
from ui.campaign import trials
from ui.campaign.listing import reviews
from ui.campaign.words import (
    amount,
    between,
    kind_words,
    money,
    name_of,
    points,
    purpose_words,
    verdict_words,
    why_words,
)  # fmt: skip
from ui.charts.intervals import Interval, intervals
from ui.frame import Here
from ui.load import campaign as load
from words import numbers
from words.i18n import _, _n
from words.names import dimension_words, value_words
from words.text import safe

GROUPS = ("age_band", "tier", "channel")
FEWEST = 5
MOST_CONTACTS = 8


def show(here: Here, one: Result) -> None:
    """The chosen campaign."""
    name = safe(name_of(one.campaign), 60)
    st.subheader(f"{name} · {verdict_words(one.verdict)}", anchor=False)
    st.caption(_facts(one))
    detail = load.campaign_detail(here.token, here.view.slice, one.campaign.id)
    left, middle, right = st.columns(3, gap="small")
    with left, st.container(border=True, height="stretch"):
        _funnel(one)
    with middle, st.container(border=True, height="stretch"):
        _effect(one, detail.difference)
    with right, st.container(border=True, height="stretch"):
        _for_whom(here, one)
    if len({row.contacts for row in detail.reached}) > 1:
        _repeated(detail.reached)
    trials.show(here, one.campaign.id)


def _facts(one: Result) -> str:
    parts = [
        purpose_words().get(one.campaign.purpose, ""),
        _("{first} to {last}").format(
            first=numbers.day(one.campaign.first), last=numbers.day(one.campaign.last)
        ),
        _("spent {spent}").format(spent=money(one.cost.spent_cny)),
        _("reviews: {reviews}").format(reviews=reviews(one)),
    ]
    if one.cac is not None:
        low, high = money(one.cac[1]), money(one.cac[2])
        told = _("CAC {value} ({low} to {high})")
        parts.append(told.format(value=money(one.cac[0]), low=low, high=high))
    return " · ".join(part for part in parts if part)


def _funnel(one: Result) -> None:
    users = one.contacts.users
    exposed = users["exposed"]
    if not exposed:
        heading = _("No contacts are recorded")
        st.markdown(f"**{heading}**")
        told = _n("{count} user registered through it.", "{count} users registered through it.",
                  one.participants.registered)  # fmt: skip
        st.caption(told.format(count=one.participants.registered))
        return
    stages = [kind for kind in TOUCH_KINDS if one.contacts.known(kind) is not None]
    rates = {kind: 100 * users[kind] / exposed for kind in stages}
    steps = [
        charts.FunnelStep(kind_words(kind), users[kind], None if kind == "exposed" else rates[kind])
        for kind in stages
    ]
    finding = _("{share} of {count} users reached converted").format(
        share=numbers.percent(rates["converted"]), count=numbers.number(exposed)
    )
    table = pd.DataFrame(
        {
            _("Stage"): [kind_words(kind) for kind in stages],
            _("Users"): [users[kind] for kind in stages],
            _("Of exposed, %"): [rates[kind] for kind in stages],
        }
    )
    note = _("Distinct users; shares are of those exposed.")
    charts.show(charts.funnel(steps), "campaign_funnel", finding, table, note)


def _effect(one: Result, difference: Difference) -> None:
    """By holdout, which decides, and by difference in differences, which checks."""
    st.markdown(f"**{_effect_finding(one)}**")
    if one.income.why == "no_holdout":
        st.caption(_("Keep a fifth of the next one's members back, drawn by lot."))
        return
    arms = _("{treated} treated, {holdout} held back; fee income of 30 days.").format(
        treated=numbers.number(one.income.treated), holdout=numbers.number(one.income.holdout)
    )
    if one.income.value is not None:
        paying = _("Share with a transaction: {effect} (Newcombe).").format(
            effect=between(one.paying, points)
        )
        method = _("95% interval: Welch.")
        st.caption(f"{arms} {method} {paying}")
    if difference.why is not None or one.income.value is None:
        return
    _path(difference)
    st.caption(_check_words(one, difference))


def _effect_finding(one: Result) -> str:
    if one.income.value is None:
        why = why_words(one.income.why)
        return _("What it added cannot be told: {why}").format(why=why)
    told = _("Treated less holdout: {effect} a member")
    return told.format(effect=between(one.income, amount))


def _path(found: Difference) -> None:
    labels = {
        -2: _("60–31 days before"),
        -1: _("30–1 days before"),
        0: _("30 days after"),
    }
    shown = [row for row in found.path if row[0] in labels]
    figure = charts.stacked(
        [labels[period] for period, _t, _c in shown],
        {
            _("Treated"): [treated for _p, treated, _c in shown],
            _("Held back"): [control for _p, _t, control in shown],
        },
        charts.Unit("CNY", "¥"),
        grouped=True,
        height=190,
    )
    st.plotly_chart(figure, key="campaign_path", theme=None, config=charts.CONFIG)


def _check_words(one: Result, found: Difference) -> str:
    told = _("Check by difference in differences, errors by branch ({count}): {effect}.").format(
        count=found.clusters, effect=between(found.effect, amount)
    )
    placebo = _("Placebo, a month earlier: {effect}.").format(effect=between(found.placebo, amount))
    trend = ""
    if found.trend_p is not None:
        trend = (
            _("Trends before look parallel (p {p}).")
            if found.parallel
            else _("Trends before differ (p {p}): this check says nothing.")
        ).format(p=numbers.number(found.trend_p, 2))
    disagrees = ""
    if found.effect is not None:
        disagrees = _("Its interval holds the holdout's estimate.")
        if _apart(one, found.effect):
            disagrees = _(
                "The two do not agree; as the groups were drawn by lot, the holdout decides."
            )
    return " ".join(part for part in (told, placebo, trend, disagrees) if part)


def _apart(one: Result, found: Estimate) -> bool:
    """Whether the check's interval leaves the holdout's estimate out."""
    value = one.income.value
    return value is not None and not found.low <= value <= found.high


def _for_whom(here: Here, one: Result) -> None:
    options = {name: dimension_words(name) for name in GROUPS}
    by = st.segmented_control(
        _("For whom"), list(options), default="age_band", format_func=options.__getitem__,
        key="campaign_for_whom",
    ) or "age_band"  # fmt: skip
    if one.income.value is None:
        _converted(here, one, by)
        return
    found = load.effect_by(here.token, here.view.slice, one.campaign.id, by)
    words = value_words(by)
    rows = [
        Interval(
            words(name) if name else _("unknown"),
            effect.value, effect.low, effect.high, effect.clear,
        )
        for name, effect in sorted(found, key=lambda group: _order(by, group[0]))
        if effect.value is not None and effect.low is not None and effect.high is not None
    ]  # fmt: skip
    if not rows:
        st.caption(_("No group has five members on both sides."))
        return
    clear = [row for row in rows if row.good > 0]
    finding = _("Shown for {groups}").format(groups=_(", ").join(row.label for row in clear))
    if not clear:
        finding = _("No single group shows an effect of its own")
    table = pd.DataFrame(
        {
            dimension_words(by): [row.label for row in rows],
            _("¥ a member"): [row.value for row in rows],
            _("from"): [row.low for row in rows],
            _("to"): [row.high for row in rows],
        }
    )
    note = _("Of {count} intervals at 95% about one in twenty misleads by chance.").format(
        count=len(rows)
    )
    figure = intervals(rows, charts.Unit("CNY", _("¥ a member")), said=amount)
    charts.show(figure, "campaign_groups", finding, table, note)


def _repeated(reached: Sequence[Reached]) -> None:
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, height="stretch"):
        _by_contacts(reached)
    with right, st.container(border=True, height="stretch"):
        _by_month(reached)


def _converted(here: Here, one: Result, by: str) -> None:
    """Without a holdout: who of those reached converted; what they would have done is unknown."""
    found = load.converted_by(here.token, here.view.slice, one.campaign.id, by)
    words = value_words(by)
    groups = sorted(found, key=lambda group: _order(by, group[0]))
    shown = [
        (words(name) if name else _("unknown"), (users, done))
        for name, users, done in groups
        if users >= FEWEST
    ]
    if not shown:
        st.caption(_("No group has five users."))
        return
    best = max(shown, key=lambda row: row[1][1] / row[1][0])
    finding = _("{group} converted most: {share}").format(group=best[0], share=_share(best[1]))
    _shares(shown, "campaign_groups_converted", finding, dimension_words(by))


def _order(dimension: str, name: str) -> tuple[int, str]:
    """Ages and tiers in their own order, what is unknown last."""
    known = {"age_band": AGE_BANDS, "tier": TIERS}.get(dimension, ())
    return (known.index(name) if name in known else len(known) + (not name), name)


def _by_contacts(reached: Sequence[Reached]) -> None:
    rows: dict[int, list[int]] = {}
    for one in reached:
        row = rows.setdefault(min(one.contacts, MOST_CONTACTS), [0, 0])
        row[0], row[1] = row[0] + one.users, row[1] + one.converted
    most = _("{count} or more").format(count=MOST_CONTACTS)
    shown = [
        (most if n == MOST_CONTACTS else str(n), row)
        for n, row in sorted(rows.items())
        if row[0] >= FEWEST
    ]
    if not shown:
        return
    finding = _("{first} converted after {few}, {last} after {many} contacts").format(
        first=_share(shown[0][1]), few=shown[0][0], last=_share(shown[-1][1]), many=shown[-1][0]
    )
    _shares(shown, "campaign_contacts", finding, _("Contacts"))


def _by_month(reached: Sequence[Reached]) -> None:
    rows: dict[str, list[int]] = {}
    for one in sorted(reached, key=lambda found: found.month):
        row = rows.setdefault(f"{one.month:%Y-%m}", [0, 0])
        row[0], row[1] = row[0] + one.users, row[1] + one.converted
    shown = [(month, row) for month, row in rows.items() if row[0] >= FEWEST]
    if not shown:
        return
    best = max(shown, key=lambda row: row[1][1] / row[1][0])
    finding = _("Users contacted last in {month} converted most: {share}").format(
        month=best[0], share=_share(best[1])
    )
    _shares(shown, "campaign_months", finding, _("Last contact"))


def _share(row: Sequence[int]) -> str:
    return numbers.percent(100 * row[1] / row[0])


def _shares(
    shown: Sequence[tuple[str, Sequence[int]]], key: str, finding: str, heading: str
) -> None:
    """Shares that converted, with Wilson's interval in the table; groups under five withheld."""
    limits = [proportion_confint(row[1], row[0], method="wilson") for _label, row in shown]
    shares: list[float | None] = [100 * row[1] / row[0] for _label, row in shown]
    table = pd.DataFrame(
        {
            heading: [label for label, _row in shown],
            _("Users"): [row[0] for _label, row in shown],
            _("Converted"): [row[1] for _label, row in shown],
            _("Share, %"): shares,
            _("from"): [100 * low for low, _high in limits],
            _("to"): [100 * high for _low, high in limits],
        }
    )
    labels = [label for label, _row in shown]
    figure = charts.stacked(labels, {_("Share, %"): shares}, charts.Unit("%", "%"), height=220)
    charts.show(figure, key, finding, table)
