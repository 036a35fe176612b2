"""Names and reasons as the Business screen says them."""

from __future__ import annotations

from data.points.wants import Reason
from metrics.values.reasons import Reason as ValueReason
from ui.frame import Here
from words.i18n import _, language
from words.names import value_words


def scene_name(scene: str) -> str:
    """A scene.

    >>> scene_name("payment")
    'Payment'
    """
    return {
        "payment": _("Payment"),
        "wealth": _("Wealth management"),
        "credit": _("Credit"),
        "life": _("Daily life"),
        "service": _("Service"),
    }.get(scene, scene)


def kind_name(kind: str) -> str:
    """A kind of product."""
    return {
        "deposit": _("Deposits"),
        "wealth": _("Wealth products"),
        "fund": _("Funds"),
        "insurance": _("Insurance"),
        "loan": _("Loans"),
        "card": _("Cards"),
        "advice": _("Advice"),
    }.get(kind, kind)


def module_name(here: Here, module: str) -> str:
    """A module; transactions without one say so."""
    found = here.tree.modules.get(module)
    if found is None:
        return module or _("No module")
    return found.name_zh if language() == "zh" else found.name_en


def part_name(here: Here, by: str, part: str) -> str:
    """A part of a dimension: module, branch or segment value."""
    if by == "module":
        return module_name(here, part)
    if by == "branch":
        named = here.bank.name(part, language())
        return named or _("Head office and others")
    return value_words(by)(part) if part else _("Unknown")


def why(reason: Reason) -> str:
    """A reason of the data in the reader's language."""
    said = ValueReason(reason.kind, reason.about).words(language())
    named = reason.about and said.startswith(reason.about)
    return said if named else said[:1].upper() + said[1:]
