"""One object for what a number is about: period, scope and segment, with the reader's rights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from data.configuration import nearest_name
from data.contract.vocabulary import AGE_BANDS, TIERS, USER_CHANNELS
from data.period import Period

SEGMENT_DIMENSIONS = ("channel", "tier", "age_band", "new_user")
FILTER_DIMENSIONS = ("module", "app", *SEGMENT_DIMENSIONS)
DIMENSIONS = ("branch", *FILTER_DIMENSIONS)
CLOSED_VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "channel": USER_CHANNELS,
        "tier": TIERS,
        "age_band": AGE_BANDS,
        "new_user": ("new", "existing"),
    }
)
"""What a filter may name where the contract closes the list; '' is what the data leave empty."""


class SliceError(ValueError):
    """A dimension, a value or a scope that does not exist or is not permitted."""


@dataclass(frozen=True)
class Rights:
    """What a reader may see: a branch subtree (empty: the bank), and user-level rows or not.

    ``may`` names what else the reader may do, in order (see ``data.viewer``). Nobody's id is in
    here: readers with equal rights share what was worked out.
    """

    subtree: str = ""
    rows: bool = False
    may: tuple[str, ...] = ()


WHOLE_BANK = Rights()
"""Every number of the bank, nobody's rows: what holds where nobody in particular asks."""


@dataclass(frozen=True)
class Slice:
    """Period, scope (a branch node; empty: the bank) and filters, as every query takes them.

    >>> s = Slice.of("2026-10", branch="B01", tier=("vip",))
    >>> s.words("en")
    '2026-10 · B01 · tier = vip'
    """

    period: Period
    branch: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    rights: Rights = WHOLE_BANK

    @classmethod
    def of(cls, period: str | Period, branch: str = "", **filters: tuple[str, ...]) -> Slice:
        """A slice from its parts; filters in any order compare equal.

        SliceError for a dimension that does not exist, and for a value outside a closed list:
        nothing would be counted, and 0 would look like an answer.
        """
        parsed = period if isinstance(period, Period) else Period.parse(period)
        for name, values in filters.items():
            if name not in FILTER_DIMENSIONS:
                known = ", ".join(FILTER_DIMENSIONS)
                raise SliceError(f"no dimension {name!r} to filter by; there are {known}")
            for value in values:
                if value and value not in CLOSED_VALUES.get(name, (value,)):
                    raise SliceError(unknown_value(name, value, CLOSED_VALUES[name]))
        kept = tuple(
            (name, tuple(sorted(set(filters[name])))) for name in sorted(filters) if filters[name]
        )
        return cls(parsed, branch, kept)

    @property
    def segment(self) -> Mapping[str, tuple[str, ...]]:
        """The filters by dimension."""
        return MappingProxyType(dict(self.filters))

    def over(self, period: Period) -> Slice:
        """The same slice of another period."""
        return replace(self, period=period)

    def words(self, lang: str) -> str:
        """The slice in words; names of branches are the caller's to give."""
        bank = {"zh": "全行", "en": "whole bank"}[lang]
        parts = [str(self.period), self.branch or bank]
        parts += [f"{name} = {', '.join(values)}" for name, values in self.filters]
        return " · ".join(parts)


def unknown_value(dimension: str, value: str, known: Collection[str]) -> str:
    """What to say of a filter's value that does not exist.

    >>> unknown_value("tier", "vpi", ("basic", "vip"))
    "no tier 'vpi'; did you mean vip? There are basic, vip"
    """
    near = nearest_name(value, known)
    hint = f"; did you mean {near}?" if near else "."
    shown = ", ".join(known) or "none"
    return f"no {dimension} {value!r}{hint} There are {shown}"
