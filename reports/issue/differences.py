"""What makes a report another one than that which was issued, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.state.reports import Contents, IssuedReport, MadeFrom
from reports.issue.digests import (
    CLOSING,
    DEFINITIONS,
    GROUNDS,
    LOOK,
    PROGRAM,
    REMARKS,
    TARGETS,
    VALUES,
    WEIGHTS,
)
from words.i18n import _
from words.text import plain

FIGURES, LAYOUT = "figures", "layout"
MOST_SHEETS = 8


@dataclass(frozen=True)
class Differences:
    """Grounds (of ``digests``) that differ, and titles of the sheets that say something else."""

    grounds: tuple[str, ...]
    sheets: tuple[str, ...]


def between(before: Contents, after: Contents) -> Differences:
    """How two reports of one month, scope and language differ; empty where they say the same.

    >>> one = Contents("a", {"values": "1", "weights": "2"}, {"Cover": "3"})
    >>> between(one, Contents("b", {"values": "9", "weights": "2"}, {"Cover": "4"}))
    Differences(grounds=('values',), sheets=('Cover',))
    >>> between(one, Contents("b", one.parts, {"Cover": "4"})).grounds
    ('figures',)
    """
    if before.digest == after.digest:
        return Differences((), ())
    found = tuple(one for one in GROUNDS if before.parts.get(one) != after.parts.get(one))
    titles = [*after.sheets, *(one for one in before.sheets if one not in after.sheets)]
    said = tuple(one for one in titles if before.sheets.get(one) != after.sheets.get(one))
    return Differences(found or ((FIGURES,) if said else (LAYOUT,)), said)


def ground_words() -> Mapping[str, str]:
    """What a report rests on."""
    return {
        VALUES: _("Data: values of indicators are others"),
        TARGETS: _("Bases or targets are others"),
        WEIGHTS: _("Weights are others"),
        DEFINITIONS: _("Definitions of indicators are others"),
        CLOSING: _("The month was closed, closed again or signed since"),
        REMARKS: _("Comments, warnings or decisions are others"),
        LOOK: _("The bank's look was changed"),
        PROGRAM: _("Canopy itself is another version"),
        FIGURES: _("Data: figures beside the indicators are others"),
        LAYOUT: _("The workbook is laid out differently"),
    }


def told(found: Differences) -> list[str]:
    """A line for each ground, then the sheets that say something else."""
    words = ground_words()
    lines = [words[one] for one in found.grounds]
    if found.sheets:
        named = _(", ").join(plain(one, 40) for one in found.sheets[:MOST_SHEETS])
        if len(found.sheets) > MOST_SHEETS:
            more = len(found.sheets) - MOST_SHEETS
            named = _("{names} and {count} more").format(names=named, count=more)
        lines.append(_("Sheets that say something else: {names}").format(names=named))
    return lines


def since(issued: IssuedReport, now: MadeFrom) -> list[str]:
    """What has happened to what a report was made from; empty where nothing has.

    Cheaper than making the report again: loads that change no figure of it are named too.
    """
    then = issued.made_from
    words = {
        "token": _("Data were loaded or worked out since"),
        "weight_set": _("Weights are others"),
        "branch_weight_set": _("Weights of the branches are others"),
        "baselines": _("Baselines are others"),
        "definitions": _("Definitions of indicators are others"),
        "closing": _("The month was closed, or closed again, since"),
    }
    return [told for name, told in words.items() if getattr(then, name) != getattr(now, name)]
