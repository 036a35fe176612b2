"""A view: which indicators, about what, by what, over time, against what, shown how."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

from data.configuration import nearest_name
from data.period import COMPARISONS, Period, PeriodError
from data.slice import DIMENSIONS, FILTER_DIMENSIONS, WHOLE_BANK, Rights, Slice
from metrics.explore.problems import Key, ViewError, ViewProblem
from metrics.tree.tree import Tree

Grain: TypeAlias = Literal["", "day", "week", "month", "quarter", "year"]
Against: TypeAlias = Literal["previous", "year", "start", "month_end", "target"]
Chart: TypeAlias = Literal["table", "line", "bar", "heat", "map", "scatter"]

GRAINS: tuple[Grain, ...] = get_args(Grain)
TARGET: Against = "target"
AGAINST: tuple[Against, ...] = (*COMPARISONS, TARGET)
CHARTS: tuple[Chart, ...] = get_args(Chart)
MOST_INDICATORS = 12
MOST_DIMENSIONS = 2
LONGEST = 2000
"""Characters of one code: more is no view that anybody chose."""
KEYS: tuple[Key, ...] = get_args(Key)


@dataclass(frozen=True)
class Sort:
    """In which order the rows stand: by what ``by`` names, ``against`` which comparison.

    ``by`` is "" (the order that the dimension has by itself), "name", or one of the view's
    indicators: then rows stand by its value, or by its change against a comparison.

    >>> Sort("mau", "previous", down=True).code
    '-mau.previous'
    """

    by: str = ""
    against: Against | Literal[""] = ""
    down: bool = False

    @property
    def code(self) -> str:
        """The sort as an address writes it."""
        return f"{'-' if self.down else ''}{self.by}{'.' if self.against else ''}{self.against}"


NAME = "name"
UNSORTED = Sort()


@dataclass(frozen=True)
class Known:
    """What codes may name: the tree, branches, values by dimension; and what holds without them.

    ``rights`` are the reader's and never read from codes; without a branch the scope is all that
    they reach.
    """

    tree: Tree
    branches: Collection[str]
    values: Mapping[str, Collection[str]]
    period: Period
    rights: Rights = WHOLE_BANK

    @property
    def indicators(self) -> tuple[str, ...]:
        """Everything that has a value: indicators and module KPIs."""
        return (*self.tree.indicators, *self.tree.module_kpis())


@dataclass(frozen=True)
class View:
    """A question to the cockpit; ``answer`` of metrics.explore.table answers it.

    ``indicators``: ids or module KPIs. ``by``: up to two dimensions, the first in rows. ``grain``
    splits the period in time. ``comparisons``: any of `AGAINST`, several at once.

    >>> about = Slice.of("2026-09", branch="B01", tier=("vip",))
    >>> view = View(("retention_d1",), about, by=("channel",), comparisons=("previous",))
    >>> view.to_codes()["show"], view.to_codes()["by"], view.to_codes()["tier"]
    ('retention_d1', 'channel', 'vip')
    """

    indicators: tuple[str, ...]
    about: Slice
    by: tuple[str, ...] = ()
    grain: Grain = ""
    comparisons: tuple[Against, ...] = ()
    chart: Chart = "table"
    sort: Sort = field(default=UNSORTED)

    def to_codes(self) -> dict[str, str]:
        """Short codes for the address and for keeping; rights are never among them."""
        found = {
            "show": _listed(self.indicators),
            "by": _listed(self.by),
            "grain": self.grain,
            "against": _listed(self.comparisons),
            "as": self.chart,
            "sort": self.sort.code,
            "period": str(self.about.period),
            "branch": self.about.branch,
        }
        found |= {name: _listed(values) for name, values in self.about.filters}
        return {key: code for key, code in found.items() if code}

    @classmethod
    def from_codes(cls, codes: Mapping[str, str], known: Known, start: View | None = None) -> View:
        """The view of ``to_codes``, with the reader's own rights.

        What the codes do not mention stays as in ``start``, or is what holds without a word.
        ViewError with everything that does not exist, each with its key and the nearest name;
        keys that are no part of a view are left alone.
        """
        view = start or cls((), Slice(known.period, known.rights.subtree))
        about = view.about
        reached = about.branch or known.rights.subtree
        view = replace(view, about=replace(about, branch=reached, rights=known.rights))
        problems: list[ViewProblem] = []
        for key in KEYS:
            if key not in codes:
                continue
            try:
                view = _READERS[key](view, key, codes[key], known)
            except ViewError as error:
                problems += error.problems
        if not view.indicators and "show" not in {one.key for one in problems}:
            problems.append(ViewProblem("show", "", "empty"))
        if problems:
            raise ViewError(problems)
        return view

    def over(self, period: Period) -> View:
        """The same question about another period."""
        return replace(self, about=self.about.over(period))


def _listed(values: Iterable[str]) -> str:
    """Codes in one text: commas and what stands for them are escaped, '' is a lone %."""
    return ",".join(one.replace("%", "%25").replace(",", "%2C") or "%" for one in values)


def _parts(text: str) -> tuple[str, ...]:
    """What `_listed` put into one text, each once.

    >>> _parts(_listed(["a,b", "", "5%"]))
    ('a,b', '', '5%')
    """
    found = ["" if one == "%" else one for one in text.split(",") if one]
    return tuple(dict.fromkeys(one.replace("%2C", ",").replace("%25", "%") for one in found))


def _asked(key: Key, text: str, there: Collection[str], most: int) -> tuple[str, ...]:
    """The parts of a code; ViewError for those that do not exist, and for too many."""
    if len(text) > LONGEST:
        raise ViewError([ViewProblem(key, text[:40], "long")])
    parts = _parts(text)
    strange = [one for one in parts if one not in there]
    if strange:
        raise ViewError(
            ViewProblem(key, one, "unknown", nearest_name(one, there)) for one in strange
        )
    if len(parts) > most:
        raise ViewError([ViewProblem(key, str(len(parts)), "many", str(most))])
    return parts


def _one(key: Key, text: str, there: Collection[str]) -> str:
    if text in there:
        return text
    raise ViewError([ViewProblem(key, text[:80], "unknown", nearest_name(text[:80], there))])


def _show(view: View, key: Key, text: str, known: Known) -> View:
    return replace(view, indicators=_asked(key, text, known.indicators, MOST_INDICATORS))


def _by(view: View, key: Key, text: str, _known: Known) -> View:
    return replace(view, by=_asked(key, text, DIMENSIONS, MOST_DIMENSIONS))


def _grain(view: View, key: Key, text: str, _known: Known) -> View:
    _one(key, text, GRAINS)
    return replace(view, grain=next(one for one in GRAINS if one == text))


def _against(view: View, key: Key, text: str, _known: Known) -> View:
    asked = _asked(key, text, AGAINST, len(AGAINST))
    return replace(view, comparisons=tuple(one for one in AGAINST if one in asked))


def _as(view: View, key: Key, text: str, _known: Known) -> View:
    _one(key, text, CHARTS)
    return replace(view, chart=next(one for one in CHARTS if one == text))


def _sort(view: View, key: Key, text: str, _known: Known) -> View:
    bare = text.removeprefix("-")
    by, dot, other = bare.partition(".")
    _one(key, by, ("", NAME, *view.indicators))
    if dot:
        _one(key, other, view.comparisons if by not in ("", NAME) else ())
    against: Against | Literal[""] = next((one for one in view.comparisons if one == other), "")
    return replace(view, sort=Sort(by, against, down=text.startswith("-")))


def _period(view: View, key: Key, text: str, _known: Known) -> View:
    try:
        found = Period.parse(text)
    except PeriodError as error:
        raise ViewError([ViewProblem(key, text[:80], "period")]) from error
    return replace(view, about=view.about.over(found))


def _branch(view: View, key: Key, text: str, known: Known) -> View:
    found = _one(key, text, ("", *known.branches)) or known.rights.subtree
    return replace(view, about=replace(view.about, branch=found))


def _filter(view: View, key: Key, text: str, known: Known) -> View:
    there = ("", *known.values.get(key, ()))
    asked = _asked(key, text, there, len(there))
    kept = {name: values for name, values in view.about.filters if name != key}
    kept |= {key: tuple(sorted(asked))} if asked else {}
    return replace(view, about=replace(view.about, filters=tuple(sorted(kept.items()))))


_READERS: Mapping[Key, Callable[[View, Key, str, Known], View]] = MappingProxyType(
    {
        "period": _period,
        "branch": _branch,
        **{key: _filter for key in KEYS if key in FILTER_DIMENSIONS},
        "show": _show,
        "by": _by,
        "grain": _grain,
        "against": _against,
        "as": _as,
        "sort": _sort,
    }
)
