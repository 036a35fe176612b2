"""A campaign's line in the list: reach, funnel, price, return, and how far each can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd
from scipy import stats
from sqlalchemy import Connection

from data.campaigns.arm_cells import totals_in
from data.campaigns.arms import ArmTotals, arm_totals, ripe_on, treated_of, with_holdout
from data.campaigns.audience import Audience
from data.campaigns.campaigns import (
    NO_CONTACTS,
    Campaign,
    Contacts,
    campaigns_of,
    contacts_of,
    reviews_recorded,
    spending_of,
)
from data.campaigns.participants import Participants, participants_of
from data.period import Period
from data.points.read import Store
from data.slice import Slice
from metrics.campaigns.effects import (
    LEVEL,
    Effect,
    income_effect,
    no_effect,
    paying_effect,
    return_on_spend,
)

NOBODY = Participants(0, 0, 0, 0, 0)
Verdict = Literal["worked", "paid", "lost", "nothing", "unknown"]


@dataclass(frozen=True)
class Cost:
    """CNY spent on the audience; None where only the whole bank's is known."""

    planned_cny: float | None
    spent_cny: float | None


@dataclass(frozen=True)
class Result:
    """What a campaign reached, cost and added, over its whole life, for the users of a slice."""

    campaign: Campaign
    contacts: Contacts
    participants: Participants
    cost: Cost
    income: Effect
    paying: Effect
    roi: Effect
    reviews_kept: bool = True
    """False where the bank's campaigns hold no reviews at all: then nothing is known of them."""

    @property
    def cac(self) -> tuple[float, float, float] | None:
        """CNY for each user registered through it, with the interval of a Poisson count.

        Source: Garwood (1936), exact limits from chi-squared; spend taken as known.
        """
        count, spent = self.participants.registered, self.cost.spent_cny
        if not count or spent is None:
            return None
        tail = (1 - LEVEL) / 2
        low = float(stats.chi2.ppf(tail, 2 * count)) / 2
        high = float(stats.chi2.ppf(1 - tail, 2 * count + 2)) / 2
        return spent / count, spent / high, spent / low

    @property
    def hunters(self) -> float | None:
        """Per cent of ripe participants who were never seen again in the 30 days after."""
        part = self.participants
        return 100 * part.gone / part.ripe if part.ripe else None

    @property
    def cost_of_kept(self) -> float | None:
        """CNY for each participant still active in days 24 to 30; None before all are ripe."""
        part, spent = self.participants, self.cost.spent_cny
        if not part.kept or spent is None or part.ripe < part.users:
            return None
        return spent / part.kept

    @property
    def verdict(self) -> Verdict:
        """``paid``: the whole interval of the return is above 1; ``worked``: above 0."""
        if self.income.value is None:
            return "unknown"
        if self.income.clear < 0:
            return "lost"
        if self.income.clear == 0:
            return "nothing"
        return "paid" if self.roi.low is not None and self.roi.low > 1 else "worked"


def results_of(
    connection: Connection, store: Store, about: Slice, cells: pd.DataFrame | None = None
) -> tuple[Result, ...]:
    """Campaigns that ran in the slice's period, for its users.

    ``cells``: the ``arm_cells`` of these campaigns where they are known, which are not read then.
    """
    audience = Audience.of(store, about)
    campaigns = campaigns_of(connection, about.period)
    ids = [one.id for one in campaigns]
    contacts = contacts_of(connection, audience, ids)
    part = participants_of(connection, audience, ids, _active_days(store))
    costs = _costs(connection, audience, ids, part)
    both = with_holdout(connection, store.clock, ids)
    if cells is None:
        arms = arm_totals(connection, audience, list(both))
    else:
        arms = totals_in(cells, audience, list(both))
    known = store.coverage.last_day("txn") or date.min
    kept = reviews_recorded(connection)
    return tuple(
        _result(
            one,
            contacts.get(one.id, NO_CONTACTS),
            part.get(one.id, NOBODY),
            costs.get(one.id, Cost(None, None)),
            _arms_of(arms, one.id),
            both.get(one.id),
            known,
            reviews_kept=kept,
        )
        for one in campaigns
    )


def _active_days(store: Store) -> Period | None:
    """The days whose activity is loaded, as one run."""
    runs = store.coverage.runs.get("event", ())
    return Period(runs[-1][0], runs[-1][1]) if runs else None


def _arms_of(arms: Sequence[ArmTotals], campaign: str) -> list[ArmTotals]:
    return [one for one in arms if one.campaign == campaign]


def _result(
    campaign: Campaign,
    contacts: Contacts,
    part: Participants,
    cost: Cost,
    arms: Sequence[ArmTotals],
    assigned: date | None,
    known: date,
    *,
    reviews_kept: bool,
) -> Result:
    if assigned is None:
        income = paying = no_effect("no_holdout")
    elif ripe_on(assigned) > known:
        income = paying = no_effect("not_ripe")
    else:
        income, paying = income_effect(arms), paying_effect(arms)
    roi = income
    if income.value is not None:
        spent = cost.spent_cny
        roi = return_on_spend(income, spent) if spent is not None else no_effect("not_split")
    return Result(campaign, contacts, part, cost, income, paying, roi, reviews_kept)


def _costs(
    connection: Connection,
    audience: Audience,
    ids: Sequence[str],
    part: Mapping[str, Participants],
) -> dict[str, Cost]:
    """Cost by campaign: the bank's, or the part of it that falls on treated users of the audience.

    Spending has no users. As in marketing_roi every treated member bears the same share; where a
    campaign has none, the whole is known for the whole bank only.
    """
    spending = spending_of(connection, ids)
    if audience.everybody:
        return {name: Cost(*both) for name, both in spending.items()}
    treated = treated_of(connection, audience, ids)
    found = {}
    for name, (planned, spent) in spending.items():
        here, bank = treated.get(name, (0, 0))
        if bank:
            found[name] = Cost(planned * here / bank, spent * here / bank)
    return found
