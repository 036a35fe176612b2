"""Whether the targets of a year that are tied by identities agree with each other."""

from __future__ import annotations

import math

from data.period import containing
from data.points.reader import Reader
from metrics.scorecard.build import Rules
from metrics.scorecard.facts import YearFacts, year_facts
from metrics.scorecard.goals import GoalBook
from metrics.scorecard.scopes import Scopes
from metrics.targets.coherence import Coherence, check
from metrics.values.evaluation import Setup


def year_coherence(
    reader: Reader, setup: Setup, rules: Rules, year: int, known: dict[int, YearFacts] | None = None
) -> Coherence:
    """Compare the bank's targets of ``year`` (daily users = share × customers, and so on).

    ``known`` keeps the facts of years that were read before.
    """
    scopes = Scopes.of(setup.store)
    kept = {} if known is None else known
    if year not in kept:
        kept[year] = year_facts(reader, setup, scopes, year)
    facts = kept[year]
    book = GoalBook(setup.tree, scopes, facts, rules.typed)
    targets = {
        name: float(book.year(one).scoped[1][0]) for name, one in setup.tree.indicators.items()
    }
    return check(targets, _facts(facts))


def this_year(setup: Setup) -> int | None:
    """The year that the data reach; None without data."""
    last = setup.store.coverage.as_of
    return None if last is None else containing(last, "year").first.year


def _facts(facts: YearFacts) -> dict[str, float]:
    """What the identities need besides targets; what is not known is left out."""
    found = {
        "customers": float(facts.customers[0]),
        "closures_last_year": math.nan if facts.closures is None else facts.closures,
        "users_at_start": _first(facts, "registered_users", start=True),
        "fee_income_last_year": _first(facts, "fee_income", start=False),
    }
    return {name: value for name, value in found.items() if math.isfinite(value)}


def _first(facts: YearFacts, name: str, *, start: bool) -> float:
    values = facts.start_of_year if start else facts.last_year
    if name not in values.ids or (not start and not facts.whole.get(name, False)):
        return math.nan
    return float(values.value[0, values.column(name)])
