"""A small bank with everything odd that exposures can hold, and its sums worked out by pandas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import text

from data.contract import CONTRACT
from data.engines import Warehouse
from data.engines.differences import append
from data.experiments.plan import ExperimentPlan, PlannedArm, PlannedMetric
from data.ingest.kinds import arrow_type
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.coverage import ALWAYS, FOREVER, Coverage
from data.points.read import Store
from data.points.tables import ANCESTOR

START, ENDS, UNTIL = date(2026, 5, 1), date(2026, 5, 20), date(2026, 6, 5)
CLOCK = Clock("Asia/Shanghai")
WINDOW = 7
HERE = (("module", ("transfer",)),)
METRICS = (
    PlannedMetric("paid", "proportion", "txn_count", None, HERE, WINDOW, "primary", covariate=True),
    PlannedMetric("amount", "mean", "txn_amount", None, (), WINDOW, covariate=True),
    PlannedMetric("capped", "mean", "txn_amount", None, (), WINDOW, winsorised=0.8),
    PlannedMetric("fees", "ratio", "fee_income", "txn_amount", (), WINDOW, covariate=True),
    PlannedMetric("short", "mean", "txn_count", None, (), 3),
    PlannedMetric("happy", "proportion", "csat_satisfied", None, (), WINDOW),
    PlannedMetric("high", "quantile", "txn_amount", None, (), WINDOW, quantile=0.9),
)  # fmt: skip
PLAN = ExperimentPlan(
    "实验", "Trial", "more is paid", "payments", ("transfer",),
    (PlannedArm("A", 0.5), PlannedArm("B", 0.5)), METRICS, START, ENDS,
)  # fmt: skip
TABLES = ("dim_user", "user_month", "exposure", "txn", "survey")


@dataclass(frozen=True)
class Facts:
    """The bank's rows."""

    frames: Mapping[str, pd.DataFrame]


def moment(day: date, seconds: float) -> datetime:
    """A moment (naive UTC) some seconds into a day of the bank's zone."""
    return CLOCK.start(day) + timedelta(seconds=seconds)


def facts(seed: int = 3, users: int = 240) -> Facts:
    """Users with transactions and answers around their exposures; odd ones among them."""
    rng = np.random.default_rng(seed)
    ids = [f"U{n:04d}" for n in range(users)]
    registered = [
        None if n % 61 == 7 else moment(START - timedelta(days=int(rng.integers(-4, 400))), 3600)
        for n in range(users)
    ]
    people = pd.DataFrame(
        {
            "user_id": ids,
            "branch_id": [("B1", "B2", "B3")[n % 3] for n in range(users)],
            "registered_at": registered,
            "birth_year": [1960 + n % 45 for n in range(users)],
            "channel": [("branch", "ad")[n % 2] for n in range(users)],
        }
    )
    return Facts(
        {
            "dim_user": people,
            "user_month": pd.DataFrame(
                {
                    "month": date(2026, 4, 30),
                    "user_id": ids,
                    "tier": [("vip", "basic")[n % 2] for n in range(users)],
                }
            ),
            "exposure": _exposures(rng, ids),
            "txn": _transactions(rng, ids),
            "survey": _answers(rng, ids),
        }
    )


def _exposures(rng: np.random.Generator, ids: list[str]) -> pd.DataFrame:
    """Some twice, some in both arms, in an arm that is not planned, or outside the days."""
    rows = []
    for n, user in enumerate(ids):
        day = START + timedelta(days=int(rng.integers(0, 20)))
        arm = ("A", "B")[int(rng.integers(0, 2))]
        if n % 37 == 5:
            arm = "C"
        if n % 41 == 3:
            day = START - timedelta(days=2)
        rows.append(("X1", user, arm, moment(day, float(rng.integers(0, 86_400)))))
        if n % 29 == 4:
            other = "B" if arm == "A" else "A"
            rows.append(("X1", user, other, moment(day, 86_399)))
        if n % 31 == 6:
            rows.append(("X1", user, arm, moment(day + timedelta(days=1), 5)))
    rows.append(("X1", "nobody", "A", moment(START, 60)))
    rows += [("X2", ids[0], "A", moment(START, 0))]
    return pd.DataFrame(rows, columns=["experiment_id", "user_id", "variant", "exposed_at"])


def _transactions(rng: np.random.Generator, ids: list[str]) -> pd.DataFrame:
    n = 30 * len(ids)
    days = rng.integers(-35, 36, n)
    amounts = np.round(1e7 + rng.lognormal(3, 2, n), 2)
    return pd.DataFrame(
        {
            "txn_id": [f"T{k}" for k in range(n)],
            "occurred_at": [
                moment(START + timedelta(days=int(day)), float(second))
                for day, second in zip(days, rng.integers(0, 86_400, n), strict=True)
            ],
            "user_id": rng.choice(np.array(ids, dtype=object), n),
            "module": rng.choice(np.array(["transfer", "wealth"], dtype=object), n, p=(0.1, 0.9)),
            "kind": "transfer",
            "amount_cny": [Decimal(str(value)) for value in amounts],
            "fee_cny": [Decimal(str(round(value / 1e6, 2))) for value in amounts],
            "status": rng.choice(np.array(["success", "failed"], dtype=object), n, p=(0.3, 0.7)),
        }
    )


def _answers(rng: np.random.Generator, ids: list[str]) -> pd.DataFrame:
    n = 2 * len(ids)
    return pd.DataFrame(
        {
            "survey_id": [f"S{k}" for k in range(n)],
            "answered_at": [
                moment(START + timedelta(days=int(day)), 100.0) for day in rng.integers(0, 30, n)
            ],
            "user_id": rng.choice(np.array(ids, dtype=object), n),
            "module": "transfer",
            "kind": "csat",
            "score": rng.integers(1, 6, n),
        }
    )


def fill(warehouse: Warehouse, found: Facts) -> Store:
    """Write the facts, and a store that knows all their days."""
    warehouse.create(CONTRACT)
    ANCESTOR.metadata.create_all(warehouse.engine, tables=[ANCESTOR], checkfirst=False)
    with warehouse.writing() as connection:
        if connection.dialect.name == "postgresql":
            # A bank's own view has no keys: there a user may have been exposed twice.
            connection.execute(text("ALTER TABLE exposure DROP CONSTRAINT exposure_pkey"))
        for name, frame in found.frames.items():
            table = CONTRACT.tables[name]
            columns = {
                column.name: pa.array(_plain(frame[column.name]), type=arrow_type(column))
                for column in table.columns
                if column.name in frame
            }
            append(connection, table, pa.table(columns))
        pairs = [("B1", "B1"), ("B1", "N"), ("B2", "B2"), ("B2", "N"), ("B3", "B3")]
        pairs += [(branch, "") for branch in ("B1", "B2", "B3", "N")] + [("N", "N"), ("", "")]
        rows = {"branch_id": [a for a, _ in pairs], "node": [b for _, b in pairs]}
        append(connection, ANCESTOR, pa.table(rows))
    return store(tuple(sorted(pairs)))


def store(pairs: tuple[tuple[str, str], ...]) -> Store:
    """Everything is known until a day of June."""
    known = ((date(2026, 1, 1), UNTIL),)
    runs = dict.fromkeys(("exposure", "txn", "survey"), known)
    always = {"dim_user": ((ALWAYS, FOREVER),), "user_month": ((date(2026, 4, 30),) * 2,)}
    return Store(load_catalogue(), CLOCK, Coverage({**runs, **always}), pairs)


def _plain(column: pd.Series[str]) -> list[str | None]:
    return [None if pd.isna(one) else one for one in column.to_list()]


def expected(found: Facts) -> pd.DataFrame:
    """One row per user who counts, every value by hand: the same rules, without SQL."""
    people = found.frames["dim_user"].set_index("user_id")
    seen = found.frames["exposure"]
    rows = []
    for user, own in seen[seen["experiment_id"] == "X1"].groupby("user_id"):
        at = own["exposed_at"].min()
        if own["variant"].nunique() > 1 or own["variant"].iloc[0] not in ("A", "B"):
            continue
        day = CLOCK.day(at.to_pydatetime())
        registered = people["registered_at"].get(user)
        if not START <= day <= ENDS or pd.isna(registered) or registered > at:
            continue
        known = registered <= at - timedelta(days=28)
        rows.append({"user_id": user, "arm": own["variant"].iloc[0], "day": day,
                     "branch": people["branch_id"][user], "known_before": float(known),
                     **_sums(found, str(user), at, known=known)})  # fmt: skip
    users = pd.DataFrame(rows)
    return _with_cap(users)


def _sums(found: Facts, user: str, at: pd.Timestamp, *, known: bool) -> dict[str, float]:
    txn = found.frames["txn"]
    mine = txn[(txn["user_id"] == user) & (txn["status"] == "success")]
    after = mine[(mine["occurred_at"] >= at) & (mine["occurred_at"] < at + timedelta(days=WINDOW))]
    short = after[after["occurred_at"] < at + timedelta(days=3)]
    before = mine[(mine["occurred_at"] < at) & (mine["occurred_at"] >= at - timedelta(days=28))]
    before = before if known else before.iloc[:0]
    answers = found.frames["survey"]
    said = answers[(answers["user_id"] == user) & (answers["answered_at"] >= at)]
    said = said[said["answered_at"] < at + timedelta(days=WINDOW)]
    early = mine[(mine["occurred_at"] < at) & (mine["module"] == "transfer")]
    start = CLOCK.start(CLOCK.day(at.to_pydatetime()))
    return {
        "paid": float((after["module"] == "transfer").any()),
        "paid_before": float((before["module"] == "transfer").any()),
        "amount": float(after["amount_cny"].sum()),
        "amount_before": float(before["amount_cny"].sum()),
        "fees": float(after["fee_cny"].sum()),
        "fees_over": float(after["amount_cny"].sum()),
        "fees_before": float(before["fee_cny"].sum()),
        "fees_over_before": float(before["amount_cny"].sum()),
        "short": float(len(short)),
        "happy": float((said["score"] >= 4).any()),
        "late": float((early["occurred_at"] >= start).any()),
    }


def _with_cap(users: pd.DataFrame) -> pd.DataFrame:
    ripe = users["day"] <= UNTIL - timedelta(days=WINDOW)
    cap = np.quantile(users.loc[ripe, "amount"], 0.8)
    return users.assign(capped=np.minimum(users["amount"], cap))
