"""Names of what the Campaign screen speaks of, and figures with their intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile

from data.campaigns.campaigns import Campaign
from metrics.campaigns.differences import Estimate
from metrics.campaigns.effects import Effect
from words import numbers
from words.i18n import _, language
from words.text import plain

JOINED = "\u2060"
"""Keeps a sign on the line of what it belongs to."""
ID_END = 4
"""Characters of an id's end that tell campaigns of one name apart."""


def name_of(campaign: Campaign) -> str:
    """A campaign's name in the reader's language: text from data, not yet safe for Markdown."""
    return plain(campaign.name(language()), 60)


def unique_names(campaigns: Iterable[Campaign]) -> Mapping[str, str]:
    """Names by id; where several campaigns share one, the end of each id tells them apart."""
    found = list(campaigns)
    shared = Counter(name_of(one) for one in found)
    return {
        one.id: name_of(one)
        if shared[name_of(one)] == 1
        else f"{name_of(one)} · {plain(one.id, 40)[-ID_END:]}"
        for one in found
    }


def short_names(names: Mapping[str, str], longest: int) -> Mapping[str, str]:
    """Names cut for a chart so that they still differ: what the long ones begin with gives way.

    >>> told = "Term deposits by phone · "
    >>> short_names({"1": told + "refused before", "2": told + "accepted before"}, 26)
    {'1': '…refused before', '2': '…accepted before'}
    """
    long = [name for name in names.values() if len(name) > longest]
    same = takewhile(lambda column: len(set(column)) == 1, zip(*long, strict=False))
    begins = "".join(column[0] for column in same) if len(long) > 1 else ""
    begins = begins[: begins.rfind(" ") + 1]
    found = {
        key: f"…{name.removeprefix(begins)}" if begins and name.startswith(begins) else name
        for key, name in names.items()
    }
    return {key: _middle_out(name, longest) for key, name in found.items()}


def _middle_out(name: str, longest: int) -> str:
    end = (longest - 1) // 2
    return name if len(name) <= longest else f"{name[: longest - 1 - end]}…{name[-end:]}"


def purpose_words() -> Mapping[str, str]:
    """What campaigns are for."""
    return {
        "acquisition": _("Win users"),
        "activation": _("Activate"),
        "retention": _("Retain"),
        "conversion": _("Convert"),
        "spread": _("Spread"),
    }


def kind_words(kind: str) -> str:
    """A stage of the funnel."""
    return {
        "exposed": _("Exposed"),
        "clicked": _("Clicked"),
        "joined": _("Joined"),
        "converted": _("Converted"),
    }[kind]


def verdict_words(verdict: str) -> str:
    """The verdict on a campaign, with its sign."""
    return {
        "paid": _("● pays for itself"),
        "worked": _("● worked"),
        "nothing": _("○ no effect shown"),
        "lost": _("▼ lost income"),
        "unknown": _("– cannot be told"),
    }[verdict]


def why_words(why: str | None) -> str:
    """Why there is no estimate."""
    if why is None:
        return ""
    return {
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


def money(value: float | None) -> str:
    """A large amount in CNY."""
    return numbers.quantity(value, "CNY", "")


def amount(value: float | None) -> str:
    """A small amount in CNY with its cents, the sign before the currency."""
    if value is None:
        return numbers.MISSING
    sign = "−" if value < 0 and round(value, 2) else ""
    return f"{sign}{JOINED if sign else ''}¥{numbers.number(abs(value), 2)}"


def points(value: float | None) -> str:
    """A difference in percentage points."""
    return numbers.MISSING if value is None else f"{numbers.signed(value)} pp"


def ratio(value: float | None) -> str:
    """A ratio with two decimals."""
    return numbers.number(value, 2).replace("-", "−")


def between(found: Effect | Estimate | None, told: Callable[[float | None], str]) -> str:
    """An estimate with its interval, or why there is none."""
    if found is None:
        return _("cannot be told")
    if isinstance(found, Effect) and found.value is None:
        return why_words(found.why)
    return _("{value} ({low} to {high})").format(
        value=told(found.value), low=told(found.low), high=told(found.high)
    )
