"""What waits for a decision: drafts to publish, warnings past their time, promises broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from data.period import Period, containing
from data.state import Baseline, Dispute, WeightSet
from data.state.warnings import KeptWarning

Kind = Literal[
    "overdue", "promise_passed", "to_take", "disputed", "weights_submitted", "baselines_submitted",
    "weights_draft", "baselines_draft", "month_open",
]  # fmt: skip
ORDER: tuple[Kind, ...] = (
    "promise_passed", "overdue", "to_take", "disputed", "weights_submitted", "baselines_submitted",
    "month_open", "weights_draft", "baselines_draft",
)  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """One thing that waits: its kind, since when, how many it stands for, who began it.

    ``warning`` is the id of a warning, ``about`` the name of a weight set in both languages, the
    year of baselines or the month that is not closed.
    """

    kind: Kind
    since: datetime | None
    count: int = 1
    who: str = ""
    about: tuple[str, str] = ("", "")
    warning: int | None = None
    level: int = 0
    dispute: Dispute | None = None


@dataclass(frozen=True)
class Waiting:
    """What is read from the state to find what waits."""

    warnings: tuple[KeptWarning, ...] = ()
    weight_sets: tuple[WeightSet, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    month_to_close: date | None = None
    disputes: tuple[Dispute, ...] = ()
    answers: bool = False
    """Whether the reader is one who answers disputes."""


def decisions(found: Waiting, now: datetime, today: date) -> tuple[Decision, ...]:
    """What waits for somebody, the most urgent first; ``now`` is naive UTC."""
    every = [
        *_of_warnings(found.warnings, now, today),
        *_of_disputes(found.disputes if found.answers else (), today),
        *_of_weights(found.weight_sets),
        *_of_baselines(found.baselines),
        *_of_month(found.month_to_close),
    ]
    return tuple(sorted(every, key=lambda one: (ORDER.index(one.kind), -one.level)))


def _of_warnings(warnings: Sequence[KeptWarning], now: datetime, today: date) -> Iterator[Decision]:
    for one in warnings:
        kind = _kind(one, now, today)
        if kind is not None:
            yield Decision(
                kind, one.fired_at or one.opened_at, 1, one.taken_by or "",
                warning=one.id, level=one.last.level,
            )  # fmt: skip


def _kind(one: KeptWarning, now: datetime, today: date) -> Kind | None:
    """What a warning waits for; None while somebody is at it, or it is not sure yet."""
    if one.overdue(now, today):
        return "overdue" if one.taken_by is None else "promise_passed"
    return "to_take" if one.last.stage == "firing" else None


def _of_disputes(disputes: Sequence[Dispute], today: date) -> Iterator[Decision]:
    """Disputes that nobody has taken on, or whose promised day has passed."""
    for one in disputes:
        taken = one.taken
        if taken is None or (taken.promised_on is not None and today > taken.promised_on):
            yield Decision("disputed", one.opened.at, 1, one.opened.who, dispute=one)


def _of_weights(sets: Sequence[WeightSet]) -> Iterator[Decision]:
    for one in sets:
        about = (one.name_zh, one.name_en)
        if one.state == "submitted":
            yield Decision("weights_submitted", one.submitted_at, 1, one.author, about)
        elif one.state == "draft":
            yield Decision("weights_draft", one.changed_at, 1, one.author, about)


def _of_baselines(baselines: Sequence[Baseline]) -> Iterator[Decision]:
    """Baselines by state, year and author: they are handed in together."""
    groups: dict[tuple[str, int, str], list[Baseline]] = {}
    for one in baselines:
        if one.state in ("draft", "submitted"):
            groups.setdefault((one.state, one.year, one.author), []).append(one)
    for (state, year, author), some in groups.items():
        kind: Kind = "baselines_submitted" if state == "submitted" else "baselines_draft"
        since = min(one.submitted_at or one.changed_at for one in some)
        yield Decision(kind, since, len(some), author, (str(year), str(year)))


def _of_month(day: date | None) -> Iterator[Decision]:
    if day is not None:
        month = str(containing(day, "month"))
        yield Decision("month_open", None, 1, "", (month, month))


def month_to_close(as_of: date, closed: date | None) -> Period | None:
    """The oldest month that is over and comes after the newest closed one; None: none is.

    A bank that never closed a month is not asked to.

    >>> str(month_to_close(date(2026, 11, 21), date(2026, 9, 30)))
    '2026-10'
    >>> month_to_close(date(2026, 11, 21), date(2026, 10, 31)) is None
    True
    """
    if closed is None:
        return None
    following = containing(closed, "month").next()
    return following if following.last <= as_of else None
