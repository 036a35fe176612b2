"""A state in which something waits, and the facts of a month that were gathered with it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from data.demo import Truth
from data.period import Period
from data.slice import Slice
from data.state import State, add_note, draft_weights, open_state
from data.state.experiments import decide_experiment
from data.state.warnings import acknowledge, open_warnings
from metrics.experiments.demo import register_planted
from metrics.warnings import load_rules
from metrics.warnings.watch import watch
from reports.month import facts as gathering
from reports.month.facts import Facts, Shared, gather
from tests.metrics.scorecard.opened import Opened

MONTH = Period.parse("2026-10")
NOW = datetime.fromisoformat("2026-11-12T09:00")
IN_MONTH = datetime.fromisoformat("2026-10-28T03:00")
COMMENT = "fewer campaigns than planned; made up for in November"
OUTCOMES = ("ship", "inconclusive", "invalid")


def filled_state(folder: Path, demo: Opened, truth: Truth) -> State:
    """Warnings, one of them taken on; comments; drafted weights; experiments decided in October."""
    state = open_state(f"sqlite:///{folder}/state.db", clock=lambda: IN_MONTH)
    rules = load_rules(None, demo.setup.tree)
    for last in ("2026-10-30", "2026-10-31"):
        period = Period.parse(f"2026-10-01..{last}")
        day = date(2026, 11, 9)
        watch(demo.connection, demo.setup, state, rules, by="canopy", yesterday=day, period=period)
    first = open_warnings(state)[0]
    acknowledge(state, first, by="li", reason="looked at", promised_on=date(2026, 11, 5))
    add_note(state, COMMENT, author="zhao", indicator="new_users", month=MONTH.last)
    add_note(state, "a long holiday", author="sun", month=MONTH.last)
    weights = {"user_scale": 35, "business": 25, "risk": 18, "brand": 12, "compliance": 10}
    draft_weights(
        state, {name: Decimal(weight) for name, weight in weights.items()}, name_zh="增长",
        name_en="Growth", author="qian", reason="more users", effective_from=date(2026, 12, 1),
    )  # fmt: skip
    for one, outcome in zip(register_planted(state, truth.effects), OUTCOMES, strict=False):
        decide_experiment(state, one, by="wang", outcome=outcome, reason="as the rule says")
    return state


def facts_of(
    demo: Opened,
    state: State,
    shared: Shared | None = None,
    *,
    month: Period = MONTH,
    months: int = 13,
) -> Facts:
    """The facts of a month of the whole bank, with so many months of cards."""
    about = Slice.of(month)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gathering, "MONTHS", months)
        return gather(
            demo.connection, demo.setup, state, about, who="zhang", now=NOW, shared=shared
        )
