"""Names of risk classes and reasons as the Risk screen says them."""

from __future__ import annotations

from data.points.wants import Reason
from metrics.values.reasons import Reason as ValueReason
from ui.frame import Here
from words.i18n import _, language


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
