"""What has to be known to read a table: signs, chance, days that lack, what has no number."""

from __future__ import annotations

from reports.explore.pivot import Pivot
from words.i18n import _, language


def notes(laid: Pivot, *, signs: bool = True) -> list[str]:
    """One line each, plain text; nothing where there is nothing to know.

    ``signs``: changes stand with signs for good and bad.
    """
    lang, every = language(), list(laid.table.cells.values())
    told = []
    if signs and laid.table.view.comparisons:
        told.append(_("● better, ■ worse for the business; ▲ up, ▼ down."))
    if any(one.small for one in every):
        told.append(_("Grey: a ratio of fewer than 5; it is chance and not ranked."))
    if any(one.partial for one in every):
        told.append(_("Some days are not loaded yet or the period is still open."))
    if _from_nothing(laid):
        told.append(_("A change from nothing has no per cent: —."))
    if any(other.unequal for one in every for other in one.compared):
        told.append(_("The periods compared do not hold the same share of their days."))
    reasons = dict.fromkeys(
        one.reason.words(lang) for one in every if one.value is None and one.reason is not None
    )
    if reasons:
        told.append(_("— stands for: {reasons}.").format(reasons=_("; ").join(list(reasons)[:3])))
    if laid.table.left and any(laid.table.left.values()):
        told.append(_("The total holds what belongs to none of the parts."))
    if laid.left_out:
        told.append(
            _("{count} more columns do not fit the screen; a file has all.").format(
                count=laid.left_out
            )
        )
    return told


def _from_nothing(laid: Pivot) -> bool:
    """Whether a change is known and has no per cent, where changes stand in per cent."""
    heads = [one for one in laid.heads if one.kind == "change" and not one.in_points]
    found = [
        cell.against(head.against)
        for head in heads
        for line in laid.lines
        if head.against is not None and (cell := laid.cell(line, head)) is not None
    ]
    return any(one is not None and one.change and one.relative is None for one in found)
