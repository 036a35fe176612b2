"""Names of what the Competitor screen speaks of."""

from __future__ import annotations

from data.competitors.records import Figure
from ui.business.words import scene_name
from ui.load.competitor import period_of
from words import numbers
from words.i18n import _
from words.names import code_words
from words.text import plain


def scene_words(scene: str) -> str:
    """A scene."""
    return plain(scene_name(scene), 20) if scene else _("no scene")


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
