"""Score cards as the bank issues them: by the rules in force, closed months as they were closed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from data.period import Period
from data.points.read import permitted_scope
from data.points.reader import LiveReader
from data.slice import Rights, Slice, SliceError
from data.state import State
from metrics.scorecard.build import build_cards
from metrics.scorecard.card import ScoreCard
from metrics.scorecard.facts import YearFacts
from metrics.scorecard.rules import Profiles, rules_in_force
from metrics.values.evaluation import Setup


def score_card(
    connection: Connection, setup: Setup, state: State, about: Slice, *, weights: str | None = None
) -> ScoreCard:
    """The card of the slice's period from the facts as they are now.

    A segment has values but no targets and no score: SliceError for a slice with filters, and for
    a branch that does not exist or is out of the reader's reach.
    """
    permitted_scope(setup.store, about)
    if about.filters:
        raise SliceError("a segment has no targets and no score: only the whole of a scope has")
    periods = [about.period]
    return score_cards(connection, setup, state, periods, weights=weights, rights=about.rights)[0]


def score_cards(
    connection: Connection,
    setup: Setup,
    state: State,
    periods: Sequence[Period],
    *,
    weights: str | None = None,
    rights: Rights | None = None,
    known: dict[int, YearFacts] | None = None,
    profiles: Profiles | None = None,
) -> list[ScoreCard]:
    """Cards of several periods from one reading.

    ``known`` keeps the facts of target years; ``profiles`` of the tree are read if not given.
    """
    reader = LiveReader(connection, setup.store)
    profiles = profiles or Profiles.of(setup.tree)
    rules = [
        rules_in_force(setup, state, period, weights=weights, profiles=profiles)
        for period in periods
    ]
    return build_cards(reader, setup, periods, rules, rights, known)
