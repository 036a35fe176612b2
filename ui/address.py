"""What the address bar says: codes of period, scope, segment and language, never labels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from data.configuration import nearest_name
from data.period import COMPARISONS, Comparison, Period, PeriodError
from data.slice import FILTER_DIMENSIONS, WHOLE_BANK, Rights, Slice
from words.i18n import LANGUAGES

KEYS = ("period", "compare", "branch", *FILTER_DIMENSIONS, "lang")
LONGEST = 200
EARLIEST, LATEST = date(1970, 1, 1), date(2200, 12, 31)


@dataclass(frozen=True)
class Known:
    """What an address may name: branches, values by dimension, and what holds without a word.

    ``rights`` are the reader's: without a word the scope is all that they reach.
    """

    branches: Collection[str]
    values: Mapping[str, Collection[str]]
    period: Period
    language: str
    rights: Rights = WHOLE_BANK


@dataclass(frozen=True)
class Misread:
    """A part of an address that means nothing, and the nearest code that does."""

    key: str
    found: str
    nearest: str | None = None


@dataclass(frozen=True)
class View:
    """What all screens share: period, comparison, scope, segment, language, the reader's rights."""

    period: Period
    compare: Comparison = "previous"
    branch: str = ""
    segment: tuple[tuple[str, tuple[str, ...]], ...] = ()
    lang: str = "en"
    rights: Rights = WHOLE_BANK

    @property
    def other(self) -> Period:
        """The period that this one is compared with."""
        return self.period.against(self.compare)

    @property
    def scope(self) -> Slice:
        """Period and scope: what scores are about (a segment has no targets)."""
        return replace(Slice.of(self.period, self.branch), rights=self.rights)

    @property
    def slice(self) -> Slice:
        """Period, scope and segment: what values are about."""
        about = Slice.of(self.period, self.branch, **dict(self.segment))
        return replace(about, rights=self.rights)

    def params(self) -> dict[str, str]:
        """The view as an address writes it, without rights; ``read_view`` reads it back.

        >>> View(Period.parse("2026-10"), branch="B01", lang="zh").params()
        {'period': '2026-10', 'compare': 'previous', 'branch': 'B01', 'lang': 'zh'}
        """
        written = {"period": str(self.period), "compare": self.compare}
        if self.branch:
            written["branch"] = self.branch
        written |= {name: ",".join(values) for name, values in self.segment}
        return written | {"lang": self.lang}


def start_view(known: Known) -> View:
    """What is shown without a word: the scope is all that the reader's rights reach."""
    rights = known.rights
    return View(known.period, branch=rights.subtree, lang=known.language, rights=rights)


def read_view(
    params: Mapping[str, str], known: Known, start: View | None = None
) -> tuple[View, tuple[Misread, ...]]:
    """The view of an address, and what in it could not be read.

    What the address does not mention stays as in ``start``, or is what holds without a word.
    """
    view = start or start_view(known)
    problems: list[Misread] = []
    for key in KEYS:
        written = params.get(key)
        if written is None:
            continue
        changed = _changed(view, key, written[:LONGEST], known)
        if isinstance(changed, Misread):
            problems.append(changed)
        else:
            view = changed
    return view, tuple(problems)


def _changed(view: View, key: str, written: str, known: Known) -> View | Misread:
    if key == "period":
        return _with_period(view, written)
    if key == "compare":
        found = next((one for one in COMPARISONS if one == written), None)
        if found is None:
            return Misread(key, written, nearest_name(written, COMPARISONS))
        return replace(view, compare=found)
    if key == "branch":
        if written and written not in known.branches:
            return Misread(key, written, nearest_name(written, known.branches))
        return replace(view, branch=written or known.rights.subtree)
    if key == "lang":
        return replace(view, lang=written) if written in LANGUAGES else Misread(key, written)
    return _with_filter(view, key, written, known.values.get(key, ()))


def _with_period(view: View, written: str) -> View | Misread:
    try:
        found = Period.parse(written)
    except PeriodError:
        return Misread("period", written)
    if found.first < EARLIEST or found.last > LATEST:
        return Misread("period", written)
    return replace(view, period=found)


def _with_filter(view: View, key: str, written: str, values: Collection[str]) -> View | Misread:
    asked = [part for part in written.split(",") if part]
    strange = [part for part in asked if part not in values]
    if strange:
        return Misread(key, ",".join(strange), nearest_name(strange[0], values))
    return with_filter(view, key, asked)


def with_filter(view: View, key: str, values: Collection[str]) -> View:
    """The view with a dimension filtered by other values; none of them: not filtered."""
    kept = dict(view.segment)
    kept.pop(key, None)
    if values:
        kept[key] = tuple(sorted(set(values)))
    return replace(view, segment=tuple(sorted(kept.items())))
