"""Names of codes in the reader's language: kinds of period, comparisons, dimensions, bands."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from metrics.tree import Tree
from metrics.tree.records import ScoreBand
from words.i18n import _, language
from words.text import plain


def kind_words(kind: str) -> str:
    """A kind of period.

    >>> kind_words("quarter")
    'Quarter'
    """
    return {
        "month": _("Month"),
        "quarter": _("Quarter"),
        "year": _("Year"),
        "week": _("Week"),
        "day": _("Day"),
        "range": _("Range"),
    }[kind]


def comparison_words(compare: str) -> str:
    """A comparison.

    >>> comparison_words("year")
    'Same period last year'
    """
    return {
        "previous": _("Previous period"),
        "year": _("Same period last year"),
        "start": _("Start of the year"),
        "month_end": _("Last month-end"),
    }[compare]


def dimension_words(name: str) -> str:
    """A dimension to filter or split by."""
    return {
        "branch": _("Branch"),
        "module": _("Module"),
        "app": _("App"),
        "channel": _("Channel of origin"),
        "tier": _("Tier"),
        "age_band": _("Age"),
        "new_user": _("New or existing"),
    }[name]


def value_words(dimension: str) -> Callable[[str], str]:
    """What turns a dimension's codes into words; a code without words stays as it is."""
    known = {
        "channel": _channels,
        "tier": _tiers,
        "age_band": _ages,
        "new_user": _newness,
        "app": _apps,
    }.get(dimension)
    words = known() if known else {}
    return lambda code: code_words(code, words, 60)


def code_words(code: str, known: Mapping[str, str], longest: int) -> str:
    """A code in words; one without words stays as the data write it.

    >>> code_words("atm", {"atm": "ATM"}, 20), code_words("kiosk\\n", {}, 20)
    ('ATM', 'kiosk')
    """
    return known.get(code) or plain(code, longest)


def _channels() -> dict[str, str]:
    return {
        "branch": _("Branch"),
        "atm": _("ATM"),
        "wechat": _("WeChat"),
        "alipay": _("Alipay"),
        "store": _("App store"),
        "partner": _("Partner"),
        "referral": _("Referral"),
        "ad": _("Advertising"),
    }


def _tiers() -> dict[str, str]:
    return {
        "vip": _("VIP"),
        "wealth": _("Wealth tier"),
        "preferred": _("Preferred tier"),
        "potential": _("Potential tier"),
        "basic": _("Basic tier"),
    }


def _ages() -> dict[str, str]:
    return {
        "under_25": _("Under 25"),
        "25_34": _("25–34"),
        "35_44": _("35–44"),
        "45_54": _("45–54"),
        "55_over": _("55 and over"),
    }


def _newness() -> dict[str, str]:
    return {"new": _("New users"), "existing": _("Existing users")}


def _apps() -> dict[str, str]:
    return {"app": _("App"), "mini": _("Mini-program")}


def unit_words(unit: str) -> str:
    """The unit of a data point or a column of the contract; one without words stays as it is.

    >>> unit_words("user-days"), unit_words("CNY"), unit_words("")
    ('user-days', 'CNY', '')
    """
    return {
        "users": _("users"),
        "visitors": _("visitors"),
        "user-days": _("user-days"),
        "count": _("number"),
        "CNY": _("CNY"),
        "stars": _("stars"),
        "index": _("index"),
        "score": _("points"),
        "level": _("step of a scale"),
        "ms": _("milliseconds"),
        "s": _("seconds"),
        "min": _("min."),
        "h": _("hours"),
        "time": _("moment"),
        "day": _("day"),
        "month": _("month"),
        "year": _("year"),
    }.get(unit, unit)


def level_words(level: int) -> str:
    """A level of the tree.

    >>> level_words(3)
    'Indicator'
    """
    return (_("Root"), _("Perspective"), _("Theme"), _("Indicator"), _("Module KPI"))[level]


def adds_words(adds: str) -> str:
    """How a data point adds up."""
    return {
        "flow": _("flow: added over days"),
        "stock": _("stock: the last day counts"),
        "distinct": _("distinct users: counted once"),
        "histogram": _("histogram: buckets are added"),
        "cohort": _("cohort: counted when old enough"),
    }[adds]


def band_name(tree: Tree, band: str, *, leaf: bool) -> tuple[str, str]:
    """Sign and word of a band of leaves or parents."""
    bands = tree.bands.leaves if leaf else tree.bands.parents
    found: ScoreBand = next(one for one in bands if one.id == band)
    return found.sign, plain(found.name_zh if language() == "zh" else found.name_en, 20)
