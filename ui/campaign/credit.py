"""Return side by side, and who gets the credit for conversions."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from data.campaigns.journeys import Goal, Unit
from metrics.campaigns.attribution import MODELS, Attribution
from metrics.campaigns.results import Result
from ui import charts
from ui.campaign.words import between, ratio, short_names, unique_names
from ui.charts.intervals import Interval, intervals
from ui.frame import Here
from ui.load import campaign as load
from words import numbers
from words.codes import channel_words, model_words
from words.i18n import _, _n
from words.text import plain

MOST_STEPS = 6
MOST_RETURNS = 10
LONGEST_NAME = 24


def any_return(found: Sequence[Result]) -> bool:
    """Whether there is a return to show."""
    return any(one.roi.value is not None for one in found)


def returns(found: Sequence[Result]) -> None:
    """The return of every campaign that has one, with its interval."""
    known = [one for one in found if one.roi.value is not None]
    st.subheader(_("Return on spending"), anchor=False)
    if not known:
        st.info(_("No campaign of the period has a holdout, spending and 30 days behind it."))
        return
    known = sorted(known, key=lambda one: -(one.roi.value or 0.0))[:MOST_RETURNS]
    names = unique_names(one.campaign for one in found)
    short = short_names({one.campaign.id: names[one.campaign.id] for one in known}, LONGEST_NAME)
    rows = [
        Interval(short[one.campaign.id], one.roi.value, one.roi.low, one.roi.high, _sign(one))
        for one in known
        if one.roi.value is not None and one.roi.low is not None and one.roi.high is not None
    ]
    best = known[0]
    finding = _("{name} returned {roi} on each ¥1").format(
        name=names[best.campaign.id], roi=between(best.roi, ratio)
    )
    if best.roi.clear == 0:
        finding = _("No campaign's return can be told from nothing")
    table = pd.DataFrame(
        {
            _("Campaign"): [names[one.campaign.id] for one in known],
            _("Return on ¥1"): [one.roi.value for one in known],
            _("from"): [one.roi.low for one in known],
            _("to"): [one.roi.high for one in known],
        }
    )
    note = _("Right of 1 a campaign brings more than it costs; an interval over 0 shows no effect.")
    figure = intervals(
        rows, line=1.0, title=_("¥ of additional fee income for each ¥1 spent"), said=ratio
    )
    charts.show(figure, "campaign_returns", finding, table, note)


def _sign(one: Result) -> int:
    return {"paid": 1, "worked": 1, "lost": -1}.get(one.verdict, 0)


def attribution(here: Here) -> None:
    """Six models side by side; each column adds up to the conversions."""
    st.subheader(_("Who gets the credit"), anchor=False)
    unit, goal = _choices()
    found = load.attribution(here.token, here.view.slice, unit, goal)
    if not found.conversions:
        st.info(_("Nobody converted in this period."))
        return
    names = _names(here, found, unit)
    shown = found.steps[:MOST_STEPS]
    short = short_names({step: names[step] for step in shown}, LONGEST_NAME)
    parts = {short[step]: [found.credit[m][step] for m in MODELS] for step in shown}
    rest = [sum(found.credit[m][s] for s in found.steps[MOST_STEPS:]) for m in MODELS]
    if any(rest):
        parts[_("All others")] = rest
    if found.alone:
        parts[_("Without a contact")] = [float(found.alone)] * len(MODELS)
    labels = [model_words(model) for model in MODELS]
    figure = charts.stacked(labels, parts, charts.Unit("count", ""), height=230)
    charts.show(
        figure, "campaign_attribution", _finding(found, names), _table(found, names), _note(found)
    )


def _choices() -> tuple[Unit, Goal]:
    left, right = st.columns(2)
    units: dict[Unit, str] = {"campaign": _("Campaigns"), "channel": _("Channels")}
    goals: dict[Goal, str] = {
        "converted": _("Booked conversions"),
        "purchase": _("All purchases"),
    }
    with left:
        unit = st.segmented_control(
            _("Credit goes to"), list(units), default="campaign", format_func=units.__getitem__,
            key="attribution_unit",
        )  # fmt: skip
    with right:
        goal = st.segmented_control(
            _("What counts"), list(goals), default="converted", format_func=goals.__getitem__,
            key="attribution_goal",
        )  # fmt: skip
    return unit or "campaign", goal or "converted"


def _names(here: Here, found: Attribution, unit: Unit) -> dict[str, str]:
    if unit == "channel":
        return {step: channel_words(step) for step in found.steps}
    known = unique_names(load.campaign_names(here.token).values())
    return {step: known.get(step, plain(step, 40)) for step in found.steps}


def _finding(found: Attribution, names: dict[str, str]) -> str:
    if found.alone == found.conversions:
        return _("None of {count} conversions followed a contact").format(count=found.conversions)
    shares = {model: max(found.credit[model].items(), key=lambda item: item[1]) for model in MODELS}
    leaders = {step for step, _credit in shares.values()}
    step, credit = shares["shapley"]
    told = _n(
        "{name} leads in all six models, with {credit} of {count} conversion by Shapley",
        "{name} leads in all six models, with {credit} of {count} conversions by Shapley",
        found.conversions,
    )
    if len(leaders) > 1:
        told = _n(
            "Models differ on who leads; by Shapley {name} has {credit} of {count} conversion",
            "Models differ on who leads; by Shapley {name} has {credit} of {count} conversions",
            found.conversions,
        )
    return told.format(
        name=names[step], credit=numbers.number(credit), count=numbers.number(found.conversions)
    )


def _note(found: Attribution) -> str:
    return _(
        "Contacts of the {days} days before each conversion; in time decay a contact counts half "
        "for every {half} days. Every column adds up to {count} conversions. Credit is not "
        "cause: that only a holdout can tell."
    ).format(
        days=found.lookback_days,
        half=numbers.number(found.half_life_days),
        count=numbers.number(found.conversions),
    )


def _table(found: Attribution, names: dict[str, str]) -> pd.DataFrame:
    rows = [
        {_("Credit goes to"): names[step]}
        | {model_words(model): found.credit[model][step] for model in MODELS}
        for step in found.steps
    ]
    alone = {model_words(model): float(found.alone) for model in MODELS}
    whole = {model_words(model): float(found.conversions) for model in MODELS}
    rows += [{_("Credit goes to"): _("Without a contact")} | alone]
    rows += [{_("Credit goes to"): _("All conversions")} | whole]
    return pd.DataFrame(rows)
