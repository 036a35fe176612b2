"""Names of what the Competitor screen speaks of."""

from __future__ import annotations

from datetime import date

from data.competitors.records import OURS, Figure
from metrics.competitors.standing import age_days, age_of
from ui.business.words import scene_name
from ui.load.competitor import period_of
from words import numbers
from words.i18n import _
from words.names import code_words
from words.text import plain


def competitor_words(competitor: str) -> str:
    """A competitor's name: its id as the bank wrote it; this bank and invented peers in words.

    >>> competitor_words("self"), competitor_words("peer_b"), competitor_words("cmb")
    ('This bank', 'Peer B', 'cmb')
    """
    known = {
        OURS: _("This bank"), "peer_a": _("Peer A"), "peer_b": _("Peer B"), "peer_c": _("Peer C")
    }  # fmt: skip
    return code_words(competitor, known, 30)


def scene_words(scene: str) -> str:
    """A scene."""
    return plain(scene_name(scene), 20) if scene else _("no scene")


def change_words(change: str) -> str:
    """What was done to a feature."""
    return {"new": _("Added"), "improved": _("Improved"), "removed": _("Removed")}[change]


def measure_words(measure: str) -> str:
    """A measure; one without words stays as the provider named it."""
    known = {
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


def unit_words(unit: str) -> str:
    """A unit of a figure."""
    known = {
        "users": _("users"),
        "people": _("people"),
        "partners": _("partners"),
        "downloads": _("downloads"),
        "ratings": _("ratings"),
        "times a user and month": _("times a user and month"),
        "index": _("index"),
        "1–5": "1–5",
        "%": "%",
        "s": _("s"),
        "CNY": _("CNY"),
    }
    return code_words(unit, known, 30)


def value_words(value: float | None, unit: str) -> str:
    """A value with its unit."""
    return numbers.quantity(value, unit, unit_words(unit)).strip()


def age_words(figure: Figure, today: date) -> str:
    """How old a figure is, with its sign."""
    told = {
        "fresh": _("● {days} days old"),
        "ageing": _("▲ {days} days old"),
        "stale": _("■ {days} days old, stale"),
    }[age_of(figure, today)]
    return told.format(days=age_days(figure, today))


def grade_words(grade: str) -> str:
    """The grade of the evidence."""
    return grade or _("not graded")


def period_words(figure: Figure) -> str:
    """The period of a figure."""
    return numbers.period(period_of(figure))


def field_words(field: str) -> str:
    """A field of the form."""
    return {
        "provider": _("Provider"),
        "competitor": _("Competitor"),
        "measure": _("Measure"),
        "unit": _("Unit"),
        "source": _("Source"),
        "value": _("Value"),
        "period": _("Period (from – to)"),
        "bounds": _("Lower and upper bound around the value"),
        "url": _("Address of the source (http or https)"),
        "grade": _("Grade"),
        "feature": _("Feature"),
        "scene": _("Scene"),
        "change": _("Kind of change"),
        "day": _("Day"),
    }[field]
