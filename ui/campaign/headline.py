"""What the Campaign screen says first: tiles, and in words what worked and what is off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from metrics.campaigns.money import RESERVE, Budget
from metrics.campaigns.results import Result
from ui import links, load, sentences, tiles
from ui.campaign.words import amount, between, money, unique_names
from ui.frame import Here
from ui.load.campaign import Totals
from ui.tiles import Figure
from words import numbers
from words.codes import category_words
from words.i18n import _, _n
from words.text import safe

INDICATORS = ("cac", "marketing_roi", "review_coverage", "campaign_compliance")
PAGE = "pages/screens/campaign.py"
MANY_HUNTERS = 50.0
FEWEST_RIPE = 10
MOST_LINES = 8
TABLES = ("dim_campaign", "campaign_member", "touch", "spend")
"""What the screen is made from."""


def show_tiles(here: Here, found: Sequence[Result], totals: Totals) -> None:
    """Campaigns, money and reach, then the indicators of the tree."""
    own = [_count(found), _money(totals), _reach(totals)]
    why = not_loaded(here)
    if why and not found:
        own = [replace(one, value=numbers.MISSING, lines=(why,)) for one in own]
    tiles.indicators(here, INDICATORS, own)


def not_loaded(here: Here) -> str:
    """The reason why no campaign can be known, if that is so: then none is said not to have run."""
    card = load.score_card(here.token, here.view.scope)
    reason = card.node("campaign_compliance", here.view.branch).reason
    missing = reason is not None and reason.kind == "needs_table"
    return sentences.reason_words(reason) if missing else ""


def _count(found: Sequence[Result]) -> Figure:
    missing = sum(one.reviews_kept and not all(one.campaign.reviews) for one in found)
    told = _n("{count} without all reviews", "{count} without all reviews", missing)
    judged = sum(one.verdict != "unknown" for one in found)
    with_control = _n("{count} with a holdout", "{count} with a holdout", judged)
    lines: tuple[str, ...] = (with_control.format(count=judged),)
    if missing:
        lines = (f"■ {told.format(count=missing)}", *lines)
    return Figure("campaigns", _("Campaigns that ran"), numbers.number(len(found)), lines=lines)


def _money(totals: Totals) -> Figure:
    if totals.spent_cny is None or totals.planned_cny is None:
        why = _("Spending has no users: known for the whole bank only")
        if not totals.spending_known:
            why = _("No spending is loaded")
        return Figure("spent", _("Spent on campaigns"), numbers.MISSING, lines=(why,))
    told = _("planned {planned}").format(planned=money(totals.planned_cny))
    lines: tuple[str, ...] = (told,)
    if totals.planned_cny:
        share = numbers.percent(100 * totals.spent_cny / totals.planned_cny)
        lines = (told, _("{share} of the plan").format(share=share))
    return Figure("spent", _("Spent on campaigns"), money(totals.spent_cny), lines=lines)


def _reach(totals: Totals) -> Figure:
    users = totals.contacts.users
    words = {
        "clicked": _("{count} clicked"), "joined": _("{count} joined"),
        "converted": _("{count} converted"),
    }  # fmt: skip
    lines = tuple(
        told.format(count=numbers.number(users[kind]))
        for kind, told in words.items()
        if totals.contacts.known(kind) is not None
    )
    return Figure("reach", _("Users reached"), numbers.number(users["exposed"]), lines=lines)


def findings(here: Here, found: Sequence[Result], budget: Budget) -> None:
    """What worked, what did not and what is off, each a link to its campaign."""
    names = {
        key: safe(name, 50) for key, name in unique_names(one.campaign for one in found).items()
    }
    lines = [
        *_reviews(found, names), *_effects(found, names), *_hunters(found, names), *_unknown(found)
    ]  # fmt: skip
    st.subheader(_("What worked, what is off"), anchor=False)
    if not lines:
        st.info(_("No campaign ran in this period."))
    with st.container(key="list-campaign-findings"):
        for campaign, told in lines[:MOST_LINES]:
            links.to_page(here.view, PAGE, told, {"campaign": campaign} if campaign else {})
        for told in _budget(budget):
            links.to_page(here.view, PAGE, told, {})


def _effects(found: Sequence[Result], names: Mapping[str, str]) -> list[tuple[str, str]]:
    lines = []
    for one in sorted(found, key=lambda result: -(result.roi.value or 0.0)):
        if one.income.value is None:
            continue
        name = names[one.campaign.id]
        told = {
            "paid": _("{name}: {effect} a member beyond its holdout; {roi} back for each ¥1"),
            "worked": _("{name}: {effect} a member beyond its holdout; {roi} back for each ¥1"),
            "nothing": _("{name}: no effect can be shown, {effect} a member"),
            "lost": _("{name}: {effect} a member less than without it"),
        }[one.verdict].format(
            name=name, effect=between(one.income, amount), roi=amount(one.roi.value)
        )
        colour = {"paid": "green", "worked": "green", "nothing": "gray", "lost": "red"}[one.verdict]
        sign = {"paid": "●", "worked": "●", "nothing": "○", "lost": "▼"}[one.verdict]
        lines.append((one.campaign.id, f":{colour}[{sign} {told}]"))
    return lines


def _reviews(found: Sequence[Result], names: Mapping[str, str]) -> list[tuple[str, str]]:
    lines = []
    for one in found:
        name = names[one.campaign.id]
        words = (_("business"), _("compliance"), _("technical"))
        missing = [word for word, done in zip(words, one.campaign.reviews, strict=True) if not done]
        if missing and one.reviews_kept:
            told = _("{name} ran without the {reviews} review").format(
                name=name, reviews=_(", ").join(missing)
            )
            lines.append((one.campaign.id, f":red[■ {told}]"))
        if one.campaign.finding:
            told = _("{name}: finding “{finding}”").format(
                name=name, finding=safe(one.campaign.finding, 60)
            )
            lines.append((one.campaign.id, f":red[■ {told}]"))
    return lines


def _hunters(found: Sequence[Result], names: Mapping[str, str]) -> list[tuple[str, str]]:
    lines = []
    for one in found:
        share = one.hunters
        if share is None or share < MANY_HUNTERS or one.participants.ripe < FEWEST_RIPE:
            continue
        told = _("{name}: {share} of those who took part were not seen again in 30 days").format(
            name=names[one.campaign.id], share=numbers.percent(share)
        )
        lines.append((one.campaign.id, f":orange[▼ {told}]"))
    return lines


def _unknown(found: Sequence[Result]) -> list[tuple[str, str]]:
    blind = [one for one in found if one.income.why == "no_holdout"]
    if not blind:
        return []
    told = _n(
        "{count} campaign has no holdout: what it added cannot be told. Keep a fifth back.",
        "{count} campaigns have no holdout: what they added cannot be told. Keep a fifth back.",
        len(blind),
    )
    return [("", f":gray[– {told.format(count=len(blind))}]")]


def _budget(budget: Budget) -> list[str]:
    lines = []
    for one in budget.categories:
        if one.off:
            told = _("{category}: {share} of the budget, planned {planned}").format(
                category=category_words(one.id),
                share=numbers.percent(one.share),
                planned=numbers.percent(one.planned_share),
            )
            lines.append(f":orange[▼ {told}]")
    if budget.reserve_off:
        told = _("Reserve: {share} of spending, meant to be {low} to {high}").format(
            share=numbers.percent(budget.reserve_share),
            low=numbers.percent(RESERVE[0]),
            high=numbers.percent(RESERVE[1]),
        )
        lines.append(f":orange[▼ {told}]")
    return lines
