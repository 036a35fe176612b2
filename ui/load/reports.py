"""What the screen Reports reads: issued reports within reach, and what new ones are made from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from data.slice import Rights, Slice
from data.state import State
from data.state.reports import IssuedReport, MadeFrom
from metrics.scorecard import ScoreCard, reissue
from reports.issue import digests
from reports.issue.issue import Source, within
from reports.issue.issue import history as issued_within
from reports.month.facts import MONTHS, Shared
from ui.load.opened import Token, open_state_once, open_warehouse_once, settings, setup
from ui.load.scores import profiles_applied, read_cards, year_facts


def state() -> State:
    """The state database, for what a reader does."""
    return open_state_once(settings().state)


@contextmanager
def source(token: Token, about: Slice) -> Iterator[Source]:
    """What reports of the slice's month are made from; rights are looked at where one is made."""
    made, chosen = setup(token), settings()
    with open_warehouse_once(token.warehouse).reading() as connection:
        common = _shared(token, about)
        yield Source(connection, made, state(), token.data, chosen.report, chosen.tree, common)


def _shared(token: Token, about: Slice) -> Shared:
    """What all scopes of a month share, from the cards that screens keep."""
    first, periods = setup(token).store.coverage.first_day, [about.period]
    while len(periods) < MONTHS and first is not None and periods[0].first > first:
        periods.insert(0, periods[0].previous())
    cards = tuple(read_cards(token, periods))
    closed = reissue(state(), about.period)
    return Shared(cards, closed, year_facts(token), profiles_applied(token))


def issued(token: Token, about: Slice) -> tuple[IssuedReport, ...]:
    """Issued reports of the slice's month and scope within the reader's rights, newest first."""
    return issued_within(state(), setup(token).store, about)


def every_issued(token: Token, rights: Rights) -> tuple[IssuedReport, ...]:
    """Issued reports of all months within the reader's rights, newest first."""
    return issued_within(state(), setup(token).store, rights)


def made_from(token: Token, card: ScoreCard) -> MadeFrom:
    """What a report of the card's month would be made from now."""
    return digests.made_from(state(), setup(token), card, token.data)


def scopes(token: Token, about: Slice) -> tuple[str, ...]:
    """The slice's branch ('' the bank) and all below it, within the reader's rights."""
    store = setup(token).store
    below = Rights(about.branch)
    every = ("", *sorted(node for node in store.leaves if node))
    return tuple(
        node for node in every if within(store, about.rights, node) and within(store, below, node)
    )
