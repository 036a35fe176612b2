"""The tiles: how the month stands, what was issued of it, and what happened since."""

from __future__ import annotations

from collections.abc import Sequence

from data.state.reports import IssuedReport, MadeFrom
from metrics.scorecard import ScoreCard
from reports.issue.bundle import newest_of
from reports.issue.differences import since
from ui import load, tiles
from ui.frame import Here
from ui.reports import words
from words import numbers
from words.i18n import _, language
from words.text import plain


def newest(here: Here, issued: Sequence[IssuedReport], lang: str) -> IssuedReport | None:
    """The newest version of the view's own scope in a language."""
    found = newest_of(issued, lang)
    branch = here.view.branch
    return next((one for one in found if one.branch == branch), None)


def show(
    here: Here,
    card: ScoreCard,
    now: MadeFrom,
    issued: Sequence[IssuedReport],
    lang: str,
    scopes: int,
) -> None:
    """Five tiles in one row."""
    last = newest(here, issued, lang)
    tiles.figures(
        (
            _month(now),
            _issued(last),
            _since(last, now),
            _scopes(issued, lang, scopes),
            _weights(here, card),
        )
    )


def _month(now: MadeFrom) -> tiles.Figure:
    value, line = _("Not closed"), _("figures may still change")
    if now.closing is not None:
        value = _("Closed")
        line = _("version {number} of the closing").format(number=now.closing)
    return tiles.Figure("report-month", _("The month"), value, lines=(line,))


def _issued(last: IssuedReport | None) -> tiles.Figure:
    if last is None:
        nobody = (_("nobody has issued it yet"),)
        return tiles.Figure("report-issued", _("Newest report"), numbers.MISSING, lines=nobody)
    told = _("Digest {digest}").format(digest=last.contents.digest[: words.SHORT])
    lines = (words.issued_words(last), told)
    return tiles.Figure("report-issued", _("Newest report"), words.version_words(last), lines=lines)


def _since(last: IssuedReport | None, now: MadeFrom) -> tiles.Figure:
    label = _("Since it was issued")
    if last is None:
        return tiles.Figure("report-since", label, numbers.MISSING)
    changed = since(last, now)
    if not changed:
        line = (_("same data, rules and definitions"),)
        return tiles.Figure("report-since", label, _("● Nothing"), lines=line)
    return tiles.Figure("report-since", label, _("▲ Changed"), lines=tuple(changed[:3]))


def _scopes(issued: Sequence[IssuedReport], lang: str, scopes: int) -> tiles.Figure:
    count = len(newest_of(issued, lang))
    line = _("scopes of this view have a report")
    return tiles.Figure("report-scopes", _("Reports issued"), f"{count} / {scopes}", lines=(line,))


def _weights(here: Here, card: ScoreCard) -> tiles.Figure:
    chosen = card.branch_weight_set if here.view.branch else card.weight_set
    named = plain(load.weights_name(here.token, chosen, language()), 40)
    line = _("in force at the end of {period}").format(period=numbers.period(here.view.period))
    return tiles.Figure("report-weights", _("Weights"), named, lines=(line,))
