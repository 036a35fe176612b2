"""Names of risk classes and reasons as the Risk screen says them."""

from __future__ import annotations

from data.points.wants import Reason
from metrics.risk.loans import BUCKET_NAMES
from metrics.values.reasons import Reason as ValueReason
from ui.frame import Here
from words.i18n import _, language


def class_name(name: str) -> str:
    """A class of risk.

    >>> class_name("aml")
    'Money laundering'
    """
    return {
        "compliance": _("Compliance"),
        "technology": _("Technology"),
        "market": _("Market"),
        "credit": _("Credit risk"),
        "fraud": _("Fraud"),
        "liquidity": _("Liquidity"),
        "reputation": _("Reputation"),
        "operations": _("Operations"),
        "data": _("Data"),
        "privacy": _("Privacy"),
        "third_party": _("Third parties"),
        "model": _("Models"),
        "legal": _("Legal"),
        "strategy": _("Strategy"),
        "concentration": _("Concentration"),
        "aml": _("Money laundering"),
        "business_continuity": _("Business continuity"),
        "people": _("People"),
        "channel": _("Channels"),
        "pricing": _("Pricing"),
        "access_violation": _("Access violations"),
        "data_leak": _("Data leaks"),
    }.get(name, name)


def bucket_name(bucket: str) -> str:
    """A bucket of days past due."""
    chinese, english = BUCKET_NAMES[bucket]
    return chinese if language() == "zh" else english


def module_name(here: Here, module: str) -> str:
    """A module; what names none says so."""
    found = here.tree.modules.get(module)
    if found is None:
        return module or _("No module")
    return found.name_zh if language() == "zh" else found.name_en


def why(reason: Reason) -> str:
    """A reason of the data in the reader's language."""
    said = ValueReason(reason.kind, reason.about).words(language())
    named = reason.about and said.startswith(reason.about)
    return said if named else said[:1].upper() + said[1:]
