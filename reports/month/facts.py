"""Everything that the month's workbook tells, gathered once: frozen records, no words.

The numbers come from the same functions as those of the screens and of the command line. A branch's
workbook holds that branch and what is below it, nothing of the rest of the bank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection

from data.period import Period
from data.points.read import permitted_scope
from data.slice import Slice, SliceError
from data.state import Note, State
from metrics.peers import Candidate, Ranked, ranked
from metrics.scorecard import (
    Explanation,
    Restated,
    ScoreCard,
    explain,
    reissue,
    restated,
    score_cards,
    within,
)
from metrics.scorecard.facts import YearFacts
from metrics.scorecard.rules import Profiles
from metrics.tree import ROOT, Tree
from metrics.values import Setup
from metrics.warnings import Incident, Rule, load_rules
from metrics.warnings.watch import every_incident
from reports.month import facts_bank, facts_business, facts_people
from reports.month.facts_bank import Decided, Place, Quality, Standing, Versions
from reports.month.facts_business import Business, Campaigns
from reports.month.facts_people import Behaviour, Competitors, Risk

MONTHS = 13
SIZE_OF = "registered_users"
"""The indicator that says how large a branch is."""


@dataclass(frozen=True, eq=False)
class Facts:
    """One month of one scope. ``cards`` are of the last months, oldest first; the last is its own.

    ``card`` is as closed where the month is closed, and ``restated`` then says what later data
    changed. ``why`` is None where the months before cannot be compared: the organisation changed.
    """

    setup: Setup
    about: Slice
    who: str
    made_at: datetime
    card: ScoreCard
    cards: tuple[ScoreCard, ...]
    year_ago: ScoreCard | None
    why: Explanation | None
    restated: tuple[Restated, ...]
    profiles: Profiles
    places: Mapping[str, Place]
    versions: Versions
    notes: tuple[Note, ...]
    rules: Mapping[str, Rule]
    incidents: tuple[Incident, ...]
    standing: Standing
    decided: tuple[Decided, ...]
    quality: Quality
    behaviour: Behaviour
    business: Business
    risk: Risk
    campaigns: Campaigns
    competitors: Competitors
    ranking: tuple[Ranked, ...]

    @property
    def tree(self) -> Tree:
        """The tree of the month."""
        return self.card.tree

    @property
    def branch(self) -> str:
        """The scope; '' is the whole bank."""
        return self.about.branch

    @property
    def period(self) -> Period:
        """The month."""
        return self.about.period

    @property
    def before(self) -> ScoreCard | None:
        """The card of the month before; None where there are no data of it."""
        return self.cards[-2] if len(self.cards) > 1 else None

    @cached_property
    def comments(self) -> Mapping[str, tuple[Note, ...]]:
        """What owners wrote on the month, by indicator; '' is the month itself."""
        found: dict[str, tuple[Note, ...]] = {}
        for note in self.notes:
            key = note.indicator or ""
            found[key] = (*found.get(key, ()), note)
        return found


@dataclass(frozen=True, eq=False)
class Shared:
    """What the reports of all scopes of a month share: the cards of the whole bank, cut to each.

    ``live`` are of thirteen months, oldest first; ``closed`` is the month as it was closed.
    """

    live: tuple[ScoreCard, ...]
    closed: ScoreCard | None
    years: Mapping[int, YearFacts]
    profiles: Profiles


def share(connection: Connection, setup: Setup, state: State, month: Period) -> Shared:
    """Work out what all scopes share, from one reading; as far back as there are data."""
    first, periods = setup.store.coverage.first_day, [month]
    while len(periods) < MONTHS and first is not None and periods[0].first > first:
        periods.insert(0, periods[0].previous())
    years: dict[int, YearFacts] = {}
    profiles = Profiles.of(setup.tree)
    live = score_cards(connection, setup, state, periods, known=years, profiles=profiles)
    return Shared(tuple(live), reissue(state, month), years, profiles)


def gather(
    connection: Connection,
    setup: Setup,
    state: State,
    about: Slice,
    *,
    who: str,
    now: datetime | None = None,
    folder: Path | None = None,
    shared: Shared | None = None,
) -> Facts:
    """The facts of a calendar month and scope, for ``who``; ``now`` is naive UTC.

    ``folder`` is the bank's own folder of tree files, with its rules of warnings and colours of
    silence. ``shared`` is of the same month. SliceError for a slice that is no month, has filters,
    or is out of the reader's reach.
    """
    if about.period.kind != "month" or about.filters:
        raise SliceError("a monthly report is of a calendar month and of a whole scope")
    permitted_scope(setup.store, about)
    about = _narrowed(about)
    moment = now or datetime.now(UTC).replace(tzinfo=None)
    common = shared or share(connection, setup, state, about.period)
    live = [within(one, about.rights) for one in common.live]
    card, changed = _issued(common, about, live[-1])
    cards = (*live[:-1], card)
    rules = load_rules(folder, setup.tree)
    year_ago = _of(live, about.period.year_ago())
    known = facts_bank.places(connection, setup, about)
    year = common.years[about.period.last.year]
    return Facts(
        setup=setup,
        about=about,
        who=who,
        made_at=moment,
        card=card,
        cards=cards,
        year_ago=year_ago,
        why=_explained(cards, about.branch),
        restated=changed,
        profiles=common.profiles,
        places=known,
        versions=facts_bank.versions(connection, state, about.period),
        notes=facts_bank.comments(state, setup, about),
        rules=rules,
        incidents=every_incident(setup, rules, live[-1], year_ago, None, about.branch),
        standing=facts_bank.standing(state, setup, about, moment, moment.date()),
        decided=facts_bank.decided(connection, state, setup, about),
        quality=facts_bank.quality(connection, setup.store.coverage, about),
        behaviour=facts_people.behaviour(connection, setup, card, about, folder),
        business=facts_business.business(connection, setup, live[-1], year, about),
        risk=facts_people.risk(connection, setup, about),
        campaigns=facts_business.campaigns(connection, setup, about),
        competitors=facts_people.competitors(connection, about.period.last),
        ranking=_ranking(card, known, about.branch),
    )


def _narrowed(about: Slice) -> Slice:
    """Rights cut to the branch: what its workbook is made from does not reach beyond it."""
    scope = about.branch or about.rights.subtree
    return replace(about, branch=scope, rights=replace(about.rights, subtree=scope))


def _of(cards: list[ScoreCard], period: Period) -> ScoreCard | None:
    return next((one for one in cards if one.period == period), None)


def _issued(
    shared: Shared, about: Slice, live: ScoreCard
) -> tuple[ScoreCard, tuple[Restated, ...]]:
    """The card as it was closed, and what later data changed; of an open month the card itself."""
    if shared.closed is None:
        return live, ()
    closed = within(shared.closed, about.rights)
    found = (one for one in restated(closed, live) if one.branch == about.branch)
    return closed, tuple(found)


def _explained(cards: tuple[ScoreCard, ...], branch: str) -> Explanation | None:
    if len(cards) < 2:
        return None
    before, after = cards[-2:]
    same = before.scopes.nodes == after.scopes.nodes
    return explain(before, after, branch) if same and _nodes(before) == _nodes(after) else None


def _nodes(card: ScoreCard) -> tuple[str, ...]:
    return tuple(card.tree.nodes())


def _ranking(card: ScoreCard, known: Mapping[str, Place], branch: str) -> tuple[Ranked, ...]:
    """The branches right below the scope, within their peers."""
    tops = [one for one in known.values() if not one.parent]
    top = branch or (tops[0].id if len(tops) == 1 else "")
    below = [one for one in known.values() if one.parent == top and one.id in card.branches]
    return ranked(
        Candidate(
            one.id, one.depth, card.node(SIZE_OF, one.id).value, card.node(ROOT, one.id).score
        )
        for one in below
    )
