"""A tiny bank made by hand: every contract table as a pandas frame, random but small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from data.contract import CONTRACT
from data.contract.operations import LATENCY_COLUMNS
from data.contract.vocabulary import TIERS, USER_CHANNELS
from data.ingest.kinds import arrow_type

FIRST, LAST = date(2026, 1, 1), date(2026, 5, 31)
DAYS = (LAST - FIRST).days + 1
USERS = 120
ZONE_HOURS = 8
MODULES = {"transfer": "basic", "account": "basic", "wealth": "advanced", "robo_advice": "advanced"}
APPS = ("app", "mini")
PARENTS = {"HQ": None, "B01": "HQ", "B02": "HQ", "B0101": "B01", "B0102": "B01", "B0201": "B02"}
LEAVES = ("B0101", "B0102", "B0201")
MONTH_ENDS = tuple(d.date() for d in pd.date_range("2025-12-31", "2026-05-31", freq="ME"))
Frames = Mapping[str, pd.DataFrame]


class Dice:
    """Random columns; ``None`` is mixed in where a contract column may be empty."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def choice(self, options: Sequence[Any], n: int, empty: float = 0.0) -> list[Any]:
        """``n`` of the options, a share of them empty."""
        picked = self.rng.integers(0, len(options), n)
        gone = self.rng.random(n) < empty
        return [None if g else options[i] for i, g in zip(picked, gone, strict=True)]

    def moments(self, n: int, first: date = FIRST, days: int = DAYS) -> list[datetime]:
        """Moments of the bank's days, in UTC; many of them close to midnight."""
        start = datetime.combine(first, datetime.min.time()) - timedelta(hours=ZONE_HOURS)
        seconds = self.rng.integers(0, 86_400, n)
        near = self.rng.random(n) < 0.2
        seconds = np.where(near, self.rng.choice([0, 1, 86_399], n), seconds)
        day = self.rng.integers(0, days, n)
        return [
            start + timedelta(days=int(d), seconds=int(s))
            for d, s in zip(day, seconds, strict=True)
        ]

    def later(
        self, moments: Sequence[datetime | None], most_hours: float, empty: float = 0.0
    ) -> list[datetime | None]:
        """A while after each moment, a share of them empty."""
        waits = self.rng.random(len(moments)) * most_hours * 3600
        gone = self.rng.random(len(moments)) < empty
        return [
            None if m is None or g else m + timedelta(seconds=int(w))
            for m, w, g in zip(moments, waits, gone, strict=True)
        ]

    def money(self, n: int, most: float, empty: float = 0.0) -> list[Decimal | None]:
        """Amounts with cents, heavy-tailed."""
        cents = (self.rng.random(n) ** 4 * most * 100).astype(int)
        gone = self.rng.random(n) < empty
        return [
            None if g else Decimal(int(c)) / Decimal(100) for c, g in zip(cents, gone, strict=True)
        ]

    def flags(self, n: int, share: float, empty: float = 0.0) -> list[bool | None]:
        """Truth values."""
        yes, gone = self.rng.random(n) < share, self.rng.random(n) < empty
        return [None if g else bool(y) for y, g in zip(yes, gone, strict=True)]

    def numbers(self, n: int, low: int, high: int, empty: float = 0.0) -> list[int | None]:
        """Whole numbers from low to high."""
        found, gone = self.rng.integers(low, high + 1, n), self.rng.random(n) < empty
        return [None if g else int(x) for x, g in zip(found, gone, strict=True)]


def ids(letter: str, n: int) -> list[str]:
    """Opaque ids."""
    return [f"{letter}{i:05d}" for i in range(n)]


@lru_cache
def tiny_bank(seed: int = 7) -> Frames:
    """All contract tables; the frames are shared, so copy before changing one."""
    dice = Dice(seed)
    frames: dict[str, pd.DataFrame] = {}
    _organisation(frames)
    _users(frames, dice)
    _campaigns(frames, dice)
    _month_ends(frames, dice)
    _events(frames, dice)
    _business(frames, dice)
    _service(frames, dice)
    _risk(frames, dice)
    _compliance(frames, dice)
    _outside(frames, dice)
    frames["load_coverage"] = coverage_of(frames, FIRST, LAST)
    return {name: _whole(name, frames.get(name)) for name in CONTRACT.tables}


def _whole(name: str, frame: pd.DataFrame | None) -> pd.DataFrame:
    columns = CONTRACT.tables[name].columns.keys()
    return pd.DataFrame(frame, columns=columns, dtype=object)


def coverage_of(frames: Mapping[str, Any], first: date, last: date) -> pd.DataFrame:
    """``load_coverage`` for every dated table from ``first`` to ``last``."""
    dayless = {
        "dim_branch",
        "dim_module",
        "dim_page",
        "dim_user",
        "dim_campaign",
        "dim_product",
        "dim_content",
        "campaign_member",
        "calendar_day",
        "rollout",
        "load_coverage",
    }
    monthly = {"user_month", "loan_month", "risk_assessment"}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = [
        (name, day, True)
        for name in sorted(set(frames) - dayless)
        for day in ([d for d in MONTH_ENDS if d <= last] if name in monthly else days)
    ]
    return pd.DataFrame(rows, columns=["table", "day", "complete"])


def to_arrow(name: str, frame: pd.DataFrame) -> pa.Table:
    """A frame as Arrow, typed as the contract says."""
    table = CONTRACT.tables[name]
    arrays = {}
    for column in frame.columns:
        values = [None if _missing(x) else x for x in frame[column].tolist()]
        arrays[column] = pa.array(values, arrow_type(table.c[column]))
    return pa.table(arrays)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and value != value)


def _organisation(frames: dict[str, pd.DataFrame]) -> None:
    frames["dim_branch"] = pd.DataFrame(
        {"branch_id": list(PARENTS), "parent_id": list(PARENTS.values()), "name_zh": list(PARENTS)}
    )
    frames["dim_module"] = pd.DataFrame(
        {"module": list(MODULES), "grade": list(MODULES.values()), "scene": "payment"}
    ).assign(name_zh=list(MODULES))
    kinds = ("wealth", "fund", "deposit", "loan")
    frames["dim_product"] = pd.DataFrame(
        {"product_id": ids("P", 4), "module": "wealth", "kind": kinds, "name_zh": kinds}
    )
    frames["dim_content"] = pd.DataFrame({"content_id": ids("C", 3), "format": "article"})
    frames["calendar_day"] = pd.DataFrame(
        {"day": [date(2026, 2, 16) + timedelta(days=n) for n in range(7)], "workday": False}
    )


def _users(frames: dict[str, pd.DataFrame], dice: Dice) -> None:
    registered = dice.moments(USERS, date(2025, 10, 1), (LAST - date(2025, 10, 1)).days + 1)
    gone = dice.rng.random(USERS) < 0.08
    in_app = [None if g else m for m, g in zip(registered, gone, strict=True)]
    # One branch is not in dim_branch: its users count for the whole bank only.
    frames["dim_user"] = pd.DataFrame(
        {
            "user_id": ids("U", USERS),
            "branch_id": dice.choice([*LEAVES, *LEAVES, "B01", "GONE"], USERS),
            "registered_at": in_app,
            "closed_at": dice.later(in_app, 24 * 200, empty=0.85),
            "birth_year": dice.numbers(USERS, 1955, 2009, empty=0.1),
            "channel": dice.choice(USER_CHANNELS[:4], USERS, empty=0.1),
            "referred_by": dice.choice(["U00001"], USERS, empty=0.7),
            "phone_verified_at": dice.later(in_app, 24 * 10, empty=0.2),
            "realname_at": dice.later(in_app, 24 * 40, empty=0.3),
            "consent_at": dice.later(in_app, 24 * 20, empty=0.2),
        }
    )
    frames["dim_user"]["consent_withdrawn_at"] = dice.later(
        frames["dim_user"]["consent_at"]
        .where(frames["dim_user"]["consent_at"].notna(), None)
        .tolist(),
        24 * 90,
        empty=0.7,
    )


def _campaigns(frames: dict[str, pd.DataFrame], dice: Dice) -> None:
    n = 16
    starts = [FIRST + timedelta(days=int(d)) for d in dice.rng.integers(0, 100, n)]
    before = [datetime.combine(d, datetime.min.time()) for d in starts]
    reviews = {
        f"{kind}_reviewed_at": [
            None if x is None else x - timedelta(days=4) for x in dice.later(before, 120, 0.1)
        ]
        for kind in ("business", "compliance", "technical")
    }
    frames["dim_campaign"] = pd.DataFrame(
        {
            "campaign_id": ids("K", n),
            "name_zh": "活动",
            "purpose": dice.choice(("acquisition", "activation"), n),
            "starts_on": starts,
            "ends_on": [d + timedelta(days=10) for d in starts],
            **reviews,
            "finding": dice.choice(["未披露风险"], n, empty=0.6),
        }
    )
    pairs = [(k, u) for k in ids("K", n) for u in ids("U", USERS) if dice.rng.random() < 0.2]
    start_of = dict(zip(ids("K", n), before, strict=True))
    frames["campaign_member"] = pd.DataFrame(
        {
            "campaign_id": [k for k, _ in pairs],
            "user_id": [u for _, u in pairs],
            "assigned_at": dice.later([start_of[k] for k, _ in pairs], 24 * 9),
            # The last two campaigns have no holdout.
            "arm": [
                "treated" if k >= "K00014" or dice.rng.random() < 0.7 else "holdout"
                for k, _ in pairs
            ],
        }
    )
    n = 300
    frames["touch"] = pd.DataFrame(
        {
            "touch_id": ids("H", n),
            "occurred_at": dice.moments(n),
            "user_id": dice.choice(ids("U", USERS), n),
            "campaign_id": dice.choice(ids("K", 16), n),
            "kind": dice.choice(("exposed", "exposed", "clicked"), n),
        }
    )


def _month_ends(frames: dict[str, pd.DataFrame], dice: Dice) -> None:
    pairs = [(m, u) for m in MONTH_ENDS for u in ids("U", USERS) if dice.rng.random() < 0.93]
    n = len(pairs)
    frames["user_month"] = pd.DataFrame(
        {
            "month": [m for m, _ in pairs],
            "user_id": [u for _, u in pairs],
            "tier": dice.choice(TIERS, n, empty=0.05),
            "aum_cny": dice.money(n, 100_000, empty=0.05),
            "products": dice.numbers(n, 0, 6, empty=0.05),
            "net_interest_cny": dice.money(n, 50, empty=0.3),
            "predicted_ltv_cny": dice.money(n, 900, empty=0.6),
        }
    )
    loans = ids("L", 40)
    owner = dict(zip(loans, dice.choice(ids("U", USERS), 40), strict=True))
    due = {
        loan: FIRST + timedelta(days=d or 0)
        for loan, d in zip(loans, dice.numbers(40, 0, 140), strict=True)
    }
    paid = {
        loan: None if wait is None else due[loan] + timedelta(days=wait)
        for loan, wait in zip(loans, dice.numbers(40, -3, 12, empty=0.2), strict=True)
    }
    pairs = [(m, loan) for m in MONTH_ENDS for loan in loans if dice.rng.random() < 0.8]
    n = len(pairs)
    frames["loan_month"] = pd.DataFrame(
        {
            "month": [m for m, _ in pairs],
            "loan_id": [loan for _, loan in pairs],
            "user_id": [owner[loan] for _, loan in pairs],
            "branch_id": dice.choice(LEAVES, n),
            "balance_cny": dice.money(n, 30_000),
            "days_past_due": dice.numbers(n, 0, 120, empty=0.3),
            "class": dice.choice(("normal", "mention", "substandard", "loss"), n, empty=0.4),
            "first_due_on": [due[loan] for _, loan in pairs],
            "first_paid_on": [_by(paid[loan], m) for m, loan in pairs],
        }
    )


def _by(day: date | None, month: date) -> date | None:
    return day if day is not None and day <= month else None


def _events(frames: dict[str, pd.DataFrame], dice: Dice) -> None:
    n = 9_000
    habit = dice.rng.random(USERS) ** 3 + 0.001
    users = dice.rng.choice(USERS, n, p=habit / habit.sum())
    unknown = dice.rng.random(n) < 0.1
    # Each run of a task has an id; some ids come back on other days.
    tasks = dice.choice([f"T{i:04d}" for i in range(500)], n, empty=0.0)
    actions = dice.choice(
        (
            "open",
            "view",
            "view",
            "click",
            "search",
            "share",
            "offer_seen",
            "task_start",
            "task_finish",
        ),
        n,
    )
    of_task = [a.startswith("task_") for a in actions]
    own = [f"T{u:05d}-{t[-1]}" for u, t in zip(users, tasks, strict=True)]
    frames["event"] = pd.DataFrame(
        {
            "event_id": ids("E", n),
            "occurred_at": dice.moments(n),
            "visitor_id": [
                f"V{u:05d}-{v}" for u, v in zip(users, dice.numbers(n, 0, 40), strict=True)
            ],
            "user_id": [None if x else f"U{u:05d}" for u, x in zip(users, unknown, strict=True)],
            "session_id": "S1",
            "app": dice.choice(APPS, n),
            "module": dice.choice(list(MODULES), n, empty=0.1),
            "action": actions,
            "task_id": [t if x else None for t, x in zip(own, of_task, strict=True)],
            "product_id": dice.choice(ids("P", 4), n, empty=0.7),
            "content_id": dice.choice(ids("C", 3), n, empty=0.7),
            "duration_ms": dice.numbers(n, 0, 3_000_000, empty=0.2),
        }
    )


def _business(frames: dict[str, pd.DataFrame], dice: Dice) -> None:
    n = 1_500
    when = dice.moments(n)
    frames["txn"] = pd.DataFrame(
        {
            "txn_id": ids("T", n),
            "occurred_at": when,
            "user_id": dice.choice([*ids("U", USERS), "U99999"], n),
            "branch_id": dice.choice(LEAVES, n),
            "app": dice.choice(APPS, n, empty=0.05),
            "module": dice.choice(list(MODULES), n, empty=0.1),
            "product_id": dice.choice(ids("P", 4), n, empty=0.4),
            "kind": dice.choice(("payment", "purchase", "purchase", "refund"), n),
            "amount_cny": dice.money(n, 9_000),
            "fee_cny": dice.money(n, 40, empty=0.3),
            "status": dice.choice(("success", "success", "success", "failed", "blocked"), n),
            "risky": dice.flags(n, 0.1, empty=0.2),
            "alerted": dice.flags(n, 0.2, empty=0.2),
            "fraud": dice.flags(n, 0.15, empty=0.2),
            "judged_at": dice.later(when, 500, empty=0.3),
            "loss_cny": dice.money(n, 300, empty=0.6),
            "disclosed": dice.flags(n, 0.8, empty=0.1),
        }
    )
    n = 200
    checked = dice.later(dice.moments(n), 1, empty=0.1)
    frames["application"] = pd.DataFrame(
        {
            "application_id": ids("A", n),
            "user_id": dice.choice(ids("U", USERS), n),
            "checked_at": checked,
            "applied_at": dice.later(checked, 24 * 12, empty=0.3),
        }
    )
    n = 400
    shown = dice.moments(n)
    frames["recommendation"] = pd.DataFrame(
        {
            "recommendation_id": ids("R", n),
            "occurred_at": shown,
            "user_id": dice.choice(ids("U", USERS), n),
            "module": dice.choice(list(MODULES), n, empty=0.1),
            "taken_at": dice.later(shown, 24 * 14, empty=0.4),
        }
    )


def _service(frames: dict[str, pd.DataFrame], dice: Dice) -> None:
    n = 400
    users, modules = [*ids("U", USERS)], list(MODULES)
    kinds = dice.choice(("nps", "csat"), n)
    frames["survey"] = pd.DataFrame(
        {
            "survey_id": ids("Q", n),
            "answered_at": dice.moments(n),
            "user_id": dice.choice(users, n, empty=0.1),
            "module": dice.choice(modules, n, empty=0.1),
            "kind": kinds,
            "score": [
                int(dice.rng.integers(0, 11) if k == "nps" else dice.rng.integers(1, 6))
                for k in kinds
            ],
        }
    )
    opened = dice.moments(n)
    frames["service_session"] = pd.DataFrame(
        {
            "session_id": ids("V", n),
            "opened_at": opened,
            "first_response_at": dice.later(opened, 1, empty=0.1),
            "user_id": dice.choice(users, n, empty=0.1),
            "module": dice.choice(modules, n, empty=0.1),
            "handled_by": dice.choice(("ai", "human", "both"), n),
            "resolved": dice.flags(n, 0.6, empty=0.1),
        }
    )
    opened = dice.moments(n)
    frames["complaint"] = pd.DataFrame(
        {
            "complaint_id": ids("G", n),
            "opened_at": opened,
            "closed_at": dice.later(opened, 24 * 9, empty=0.2),
            "user_id": dice.choice(users, n, empty=0.1),
            "module": dice.choice(modules, n, empty=0.1),
            "privacy": dice.flags(n, 0.2, empty=0.1),
        }
    )
    frames["mention"] = pd.DataFrame(
        {
            "mention_id": ids("M", n),
            "published_at": dice.moments(n),
            "sentiment": dice.choice(("positive", "neutral", "negative"), n),
            "about": dice.choice(("self", "self", "cmb"), n),
        }
    )


def _risk(frames: dict[str, pd.DataFrame], dice: Dice) -> None:
    n = 200
    began = dice.moments(n)
    found = dice.later(began, 60, empty=0.1)
    frames["risk_event"] = pd.DataFrame(
        {
            "event_id": ids("F", n),
            "occurred_at": began,
            "detected_at": found,
            "closed_at": dice.later(found, 60, empty=0.2),
            "class": dice.choice(("operations", "data_leak", "access_violation", "fraud"), n),
            "level": dice.numbers(n, 1, 3),
            "branch_id": dice.choice(LEAVES, n),
            "module": dice.choice(list(MODULES), n, empty=0.2),
            "loss_cny": dice.money(n, 5_000, empty=0.5),
        }
    )
    starts = [
        datetime.combine(FIRST, datetime.min.time()) + timedelta(hours=12 * k - ZONE_HOURS)
        for k in range(DAYS * 2)
    ]
    pairs = [(s, m) for s in starts for m in ("transfer", "wealth")]
    n = len(pairs)
    frames["api_interval"] = pd.DataFrame(
        {
            "start": [s for s, _ in pairs],
            "module": [m for _, m in pairs],
            "minutes": 60,
            "good_minutes": dice.numbers(n, 50, 60),
            "calls": dice.numbers(n, 100, 900),
            "errors": dice.numbers(n, 0, 9),
            **{name: dice.numbers(n, 0, 40, empty=0.02) for name in LATENCY_COLUMNS},
        }
    )


def _compliance(frames: dict[str, pd.DataFrame], dice: Dice) -> None:
    n = 120
    checked = dice.moments(n)
    due = [m.date() + timedelta(days=int(dice.rng.integers(1, 30))) for m in checked]
    frames["compliance_check"] = pd.DataFrame(
        {
            "check_id": ids("N", n),
            "checked_at": checked,
            "branch_id": dice.choice(LEAVES, n),
            "passed": dice.flags(n, 0.7),
            "due_on": [None if dice.rng.random() < 0.3 else d for d in due],
            "rectified_on": [
                None
                if dice.rng.random() < 0.3
                else d + timedelta(days=int(dice.rng.integers(-9, 9)))
                for d in due
            ],
        }
    )
    began = dice.moments(n)
    confirmed = dice.later(began, 24 * 30, empty=0.3)
    frames["suspicious_case"] = pd.DataFrame(
        {
            "case_id": ids("J", n),
            "occurred_at": began,
            "identified_at": dice.later(began, 48, empty=0.3),
            "confirmed_at": confirmed,
            "reported_at": dice.later(confirmed, 24 * 12, empty=0.2),
            "branch_id": dice.choice(LEAVES, n),
        }
    )


def _outside(frames: dict[str, pd.DataFrame], dice: Dice) -> None:
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    pairs = [(d, b) for d in days for b in LEAVES]
    n = len(pairs)
    frames["bank_day"] = pd.DataFrame(
        {
            "day": [d for d, _ in pairs],
            "branch_id": [b for _, b in pairs],
            "customers": dice.numbers(n, 30, 50),
            "txn_amount_cny": dice.money(n, 90_000),
            "txn_count": dice.numbers(n, 10, 200),
        }
    )
    pairs = [(d, x) for d in days for x in ("core-deposit", "core-loan")]
    frames["sync_day"] = pd.DataFrame(
        {
            "day": [d for d, _ in pairs],
            "link": [x for _, x in pairs],
            "delay_min": [float(x) for x in dice.rng.random(len(pairs)) * 30],
        }
    )
    pairs = [(d, a) for d in days for a in APPS]
    n = len(pairs)
    frames["brand_day"] = pd.DataFrame(
        {
            "day": [d for d, _ in pairs],
            "app": [a for _, a in pairs],
            "search_index": [
                None if x is None else x / 4 for x in dice.numbers(n, 900, 9_000, 0.1)
            ],
            "own_mentions": dice.numbers(n, 0, 60),
            "peer_mentions": dice.numbers(n, 0, 200, empty=0.05),
            "ratings": dice.numbers(n, 0, 90),
            "stars": [float(x or 0) for x in dice.numbers(n, 0, 400)],
        }
    )
    n = 250
    frames["spend"] = pd.DataFrame(
        {
            "spend_id": ids("Y", n),
            "day": dice.choice(days, n),
            "category": dice.choice(("technology", "operations", "data_risk"), n),
            "branch_id": dice.choice(LEAVES, n),
            "campaign_id": dice.choice(ids("K", 16), n, empty=0.4),
            "planned_cny": dice.money(n, 5_000, empty=0.2),
            "spent_cny": dice.money(n, 5_000, empty=0.2),
        }
    )
    pairs = [(d, p) for d in days for p in ("P1", "P2")]
    n = len(pairs)
    frames["partner_day"] = pd.DataFrame(
        {
            "day": [d for d, _ in pairs],
            "partner_id": [p for _, p in pairs],
            "calls": dice.numbers(n, 0, 90),
            "income_cny": dice.money(n, 700),
            "our_share_cny": dice.money(n, 90, empty=0.1),
        }
    )
