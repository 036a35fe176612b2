"""Names of the codes in facts and analyses, the same on screens and in workbooks: plain text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from data.competitors.records import OURS, Figure
from data.contract import CONTRACT
from data.period import Kind, Period, containing
from metrics.competitors.standing import age_days, age_of
from metrics.risk.loans import BUCKET_NAMES
from metrics.tree import Tree
from metrics.values.reasons import Reason
from words.i18n import _, language
from words.names import code_words, dimension_words, value_words
from words.text import plain

WHOLE: tuple[Kind, ...] = ("day", "month", "quarter", "year")


def reason_words(reason: Reason | None) -> str:
    """Why there is no number; a dimension by its name."""
    if reason is None:
        return _("no data")
    if reason.kind == "not_by_dimension":
        return _("cannot be split by {dimension}").format(dimension=dimension_words(reason.about))
    return reason.words(language())


def opened(words: str) -> str:
    """A reason that stands alone begins with a capital, unless it begins with a table's name."""
    first = words.partition(" ")[0]
    return words if first in CONTRACT.tables else words[:1].upper() + words[1:]


def module_name(tree: Tree, module: str) -> str:
    """A module; its code where the tree does not know it."""
    found = tree.modules.get(module)
    if found is None:
        return plain(module, 60) or _("No module")
    return found.name_zh if language() == "zh" else found.name_en


def tier_name(tier: str) -> str:
    """A tier; '' is none known."""
    return value_words("tier")(tier) if tier else _("No tier")


def channel_of_origin(channel: str) -> str:
    """A channel of origin; '' is none known."""
    return value_words("channel")(channel) if channel else _("Unknown")


def stage_words(stage: str) -> str:
    """A stage of AARRR."""
    return {
        "acquisition": _("0 Acquisition"),
        "activation": _("1 Activation"),
        "retention": _("2 Retention"),
        "conversion": _("3 Conversion"),
        "revenue": _("4 Revenue"),
        "referral": _("5 Referral"),
    }[stage]


def colour_words(colour: str) -> str:
    """A colour of silence, with its sign."""
    return {
        "orange": _("◆ Orange"),
        "yellow": _("▲ Yellow"),
        "red": _("■ Red"),
        "gray": _("○ Grey"),
        "blue": _("● Blue"),
    }[colour]


def class_name(name: str) -> str:
    """A class of risk."""
    known = {
        "compliance": _("Compliance"), "technology": _("Technology"),
        "market": _("Market"), "credit": _("Credit risk"),
        "fraud": _("Fraud"), "liquidity": _("Liquidity"),
        "reputation": _("Reputation"), "operations": _("Operations"),
        "data": _("Data"), "privacy": _("Privacy"),
        "third_party": _("Third parties"), "model": _("Models"),
        "legal": _("Legal"), "strategy": _("Strategy"),
        "concentration": _("Concentration"), "aml": _("Money laundering"),
        "business_continuity": _("Business continuity"), "people": _("People"),
        "channel": _("Channels"), "pricing": _("Pricing"),
        "access_violation": _("Access violations"), "data_leak": _("Data leaks"),
    }  # fmt: skip
    return code_words(name, known, 40)


def bucket_name(bucket: str) -> str:
    """A bucket of days past due."""
    chinese, english = BUCKET_NAMES[bucket]
    return chinese if language() == "zh" else english


def scene_words(scene: str) -> str:
    """A scene; '' is none."""
    known = {
        "payment": _("Payment"),
        "wealth": _("Wealth management"),
        "credit": _("Credit"),
        "life": _("Daily life"),
        "service": _("Service"),
        "": _("no scene"),
    }
    return code_words(scene, known, 30)


def product_kind(kind: str) -> str:
    """A kind of product; '' is none."""
    known = {
        "deposit": _("Deposits"),
        "wealth": _("Wealth products"),
        "fund": _("Funds"),
        "insurance": _("Insurance"),
        "loan": _("Loans"),
        "card": _("Cards"),
        "advice": _("Advice"),
    }
    return code_words(kind, known, 30)


def purpose_words(purpose: str) -> str:
    """What a campaign is for."""
    known = {
        "acquisition": _("Win users"),
        "activation": _("Activate"),
        "retention": _("Retain"),
        "conversion": _("Convert"),
        "spread": _("Spread"),
    }
    return code_words(purpose, known, 30)


def contact_words(kind: str) -> str:
    """A kind of contact with a campaign."""
    return {
        "exposed": _("Exposed"),
        "clicked": _("Clicked"),
        "joined": _("Joined"),
        "converted": _("Converted"),
    }[kind]


def channel_words(channel: str) -> str:
    """A channel of contact; a code without words stays as it is."""
    known = {
        "app": _("App"),
        "sms": _("Text message"),
        "wechat": _("WeChat"),
        "ad": _("Advertising"),
        "telephone": _("Fixed-line phone"),
        "cellular": _("Mobile phone"),
        "": _("no channel"),
    }
    return code_words(channel, known, 40)


def campaign_verdict(verdict: str) -> str:
    """The verdict on a campaign, with its sign."""
    return {
        "paid": _("● pays for itself"),
        "worked": _("● worked"),
        "nothing": _("○ no effect shown"),
        "lost": _("▼ lost income"),
        "unknown": _("– cannot be told"),
    }[verdict]


def no_effect_words(why: str | None) -> str:
    """Why a campaign has no estimate of what it added."""
    return {
        None: "",
        "no_holdout": _("no holdout group to compare with"),
        "few_members": _("fewer than five members in a group"),
        "not_ripe": _("the 30 days after contact are not over"),
        "no_spend": _("no spending is booked"),
        "nobody_left": _("nobody of this part of the bank took part"),
        "not_split": _("spending is known for the whole bank only"),
        "few_clusters": _("fewer than eight branches"),
        "no_control": _("nobody to compare with"),
        "no_before": _("no time before or after"),
        "no_variation": _("no variation between branches"),
    }[why]


def model_words(model: str) -> str:
    """A model of attribution."""
    return {
        "last": _("Last contact"),
        "first": _("First contact"),
        "linear": _("Linear"),
        "decay": _("Time decay"),
        "markov": _("Markov"),
        "shapley": _("Shapley"),
    }[model]


def category_words(category: str) -> str:
    """A category of the budget."""
    return {
        "technology": _("Technology"),
        "operations": _("Operations and marketing"),
        "data_risk": _("Data and risk"),
        "reserve": _("Reserve"),
    }[category]


def outcome_words(outcome: str) -> str:
    """What the rule says of an experiment, with its sign."""
    return {
        "ship": _("● Ship"),
        "roll_back": _("▼ Roll back"),
        "keep_running": _("◔ Keep running"),
        "inconclusive": _("○ Inconclusive"),
        "invalid": _("✕ Invalid"),
    }[outcome]


def decision_words(outcome: str | None) -> str:
    """What people decided on an experiment."""
    known = {
        "ship": _("shipped"),
        "roll_back": _("rolled back"),
        "inconclusive": _("kept as it was, inconclusive"),
        "invalid": _("thrown away, invalid"),
    }
    return known.get(outcome or "", "")


def competitor_words(competitor: str) -> str:
    """A competitor's name: its id as the bank wrote it; this bank and invented peers in words.

    >>> competitor_words("self"), competitor_words("peer_b"), competitor_words("cmb")
    ('This bank', 'Peer B', 'cmb')
    """
    known = {
        OURS: _("This bank"), "peer_a": _("Peer A"), "peer_b": _("Peer B"), "peer_c": _("Peer C")
    }  # fmt: skip
    return code_words(competitor, known, 30)


def change_words(change: str) -> str:
    """What was done to a feature."""
    return {"new": _("Added"), "improved": _("Improved"), "removed": _("Removed")}[change]


def measure_words(measure: str) -> str:
    """A measure of peers; one without words stays as the provider named it."""
    known: Mapping[str, str] = {
        "mau": _("Monthly active users"),
        "mau_avg": _("Monthly active users, mean of the year"),
        "mau_estimated": _("Monthly active users, estimated"),
        "mau_of_group": _("Monthly active users of groups of banks"),
        "dau": _("Daily active users"),
        "store_rating": _("Store rating"),
        "appstore_rating": _("App Store rating"),
        "appstore_rating_count": _("App Store ratings, number"),
        "downloads_month": _("Downloads in a month"),
        "launches_per_user_month_of_group": _("Launches per user and month, whole industry"),
        "search_index": _("Search index"),
        "share_of_voice": _("Share of voice"),
        "nps": _("Net promoter score"),
    }
    return code_words(measure, known, 60)


def figure_unit(unit: str) -> str:
    """A unit of a peer's figure."""
    known = {
        "users": _("users"),
        "people": _("people"),
        "partners": _("partners"),
        "downloads": _("downloads"),
        "ratings": _("ratings"),
        "times a user and month": _("times a user and month"),
        "index": _("index"),
        "CNY": _("CNY"),
    }
    return code_words(unit, known, 30)


def figure_period(figure: Figure) -> Period:
    """The days of a figure as a whole day, month, quarter or year where they are one."""
    for kind in WHOLE:
        whole = containing(figure.last, kind)
        if (whole.first, whole.last) == (figure.first, figure.last):
            return whole
    return Period(figure.first, figure.last)


def age_words(figure: Figure, today: date) -> str:
    """How old a figure is, with its sign."""
    told = {
        "fresh": _("● {days} days old"),
        "ageing": _("▲ {days} days old"),
        "stale": _("■ {days} days old, stale"),
    }[age_of(figure, today)]
    return told.format(days=age_days(figure, today))


def size_words(size: str) -> str:
    """The size of a peer group."""
    return {
        "large": _("large"),
        "medium": _("medium"),
        "small": _("small"),
        "all": _("all of its level"),
    }[size]
