"""Transactions: those that visits end in, scaled to the bank's plan, with fraud and its alerts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.contract.vocabulary import TXN_KINDS, TXN_STATUSES
from data.demo.catalogue import MODULES, NAMES, PLACE, PRODUCT_IDS
from data.demo.chance import spread
from data.demo.columns import NEVER, Flags, Ints, Numbers, flags, ids, moments, money, table, words
from data.demo.events import Ended
from data.demo.scripts import FINISH
from data.demo.sessions import APPS, Visits
from data.demo.timeline import SECONDS, Month
from data.demo.world import Trade, World, seconds_of_day

KIND = {name: place for place, name in enumerate(TXN_KINDS)}
STATUS = {name: place for place, name in enumerate(TXN_STATUSES)}
AMOUNT_A_YEAR = (7_300.0, 9_300.0)  # CNY in the App a customer and year, 26 months ago and now
FEES_A_YEAR, FEE_GROWTH = 16.5, 1.29  # CNY a customer now; growth a year
_KINDS = np.array([KIND.get(m.kind or "", -1) for m in MODULES])
_MEDIAN = np.array([m.median_cny for m in MODULES])
_SIGMA = np.array([m.sigma for m in MODULES])
_FEE = np.array([m.fee for m in MODULES])
BURST_MODULE, BURST_BACK = "qr_payment", 4


def plain(
    day: Ints,
    second: Ints,
    user: Ints,
    leaf: Ints,
    app: Ints,
    module: Ints,
    kind: Ints,
    cents: Ints,
) -> Trade:
    """Successful transactions without fee, risk or product; columns are arrays of one length."""
    n = len(day)
    none, no = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
    return Trade(
        day, second, user, leaf, app, module, none - 1, kind, cents, none, none + STATUS["success"],
        no, no, no, none + SECONDS, none, none - 1,
    )  # fmt: skip


def join(parts: list[Trade]) -> Trade:
    """Transactions of several sources in time order."""
    names = list(Trade.__dataclass_fields__)
    glued = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    order = np.argsort(glued["day"] * SECONDS + glued["second"], kind="stable")
    return Trade(**{name: values[order] for name, values in glued.items()})


def from_visits(world: World, visits: Visits, ended: Ended, place: int, block: int) -> Trade:
    """The transactions that finished visits make, amounts not yet scaled to the plan."""
    rng = world.rng("trades", place, block)
    made = np.flatnonzero(
        (visits.kind == FINISH) & (_KINDS[visits.module] >= 0) & (visits.user >= 0)
    )
    user, module = visits.user[made], visits.module[made]
    amount = np.exp(np.log(_MEDIAN[module]) + _SIGMA[module] * rng.normal(size=len(made)))
    amount *= np.array([0.75, 0.9, 1.1, 1.6, 2.6])[world.users.tier[user]]
    leaf = world.users.leaf[user]
    away = rng.random(len(made)) < 0.04
    leaf = np.where(away, rng.integers(0, len(world.organisation.leaf_ids), len(made)), leaf)
    trade = plain(
        visits.day[made], ended.second[made], user, leaf, visits.app[made], module,
        _KINDS[module], np.maximum(np.rint(amount * 100), 1).astype(np.int64),
    )  # fmt: skip
    trade = replace(trade, product=ended.product[made])
    return _outcomes(world, rng, _redemptions(world, rng, trade))


def _redemptions(world: World, rng: np.random.Generator, trade: Trade) -> Trade:
    reserved = np.isin(trade.user, world.users.reserved)
    sells = (trade.module == PLACE["wealth"]) & (rng.random(len(trade.day)) < 0.2) & ~reserved
    life = (trade.module == PLACE["travel"]) | (trade.module == PLACE["local_life"])
    back = life & (rng.random(len(trade.day)) < 0.015)
    kind = np.where(sells, KIND["redemption"], np.where(back, KIND["refund"], trade.kind))
    bought = kind == KIND["purchase"]
    shown = np.where(bought, rng.random(len(kind)) < 0.988, -1)
    return replace(trade, kind=kind, disclosed=shown.astype(np.int64))


def _outcomes(world: World, rng: np.random.Generator, trade: Trade) -> Trade:
    n = len(trade.day)
    drawn = rng.random(n)
    status = np.where(drawn < 0.018, STATUS["failed"], STATUS["success"])
    status = np.where(drawn > 0.996, STATUS["reversed"], status)
    status = np.where(trade.kind == KIND["purchase"], STATUS["success"], status)
    judged = rng.integers(1, 12 * SECONDS, n)
    return replace(trade, status=status, judged_after_s=judged)


def scaled(world: World, month: Month, trade: Trade) -> Trade:
    """Amounts and fees scaled so that the month's totals are the plan's, fees of robo advice
    apart."""
    amount_plan, fee_plan, robo_share = month_plan(world, month)
    good = trade.status == STATUS["success"]
    factor = np.clip(amount_plan * 100 / max(1, trade.amount[good].sum()), 0.25, 4)
    amount = np.maximum(np.rint(trade.amount * factor), 1).astype(np.int64)
    raw = np.where(good, amount * _FEE[trade.module], 0.0)
    robo = trade.module == PLACE["robo_advice"]
    fee = _to_total(raw * robo, fee_plan * robo_share) + _to_total(
        raw * ~robo, fee_plan * (1 - robo_share)
    )
    return replace(trade, amount=amount, fee=fee)


def _to_total(raw: Numbers, total_cny: float) -> Ints:
    found = raw.sum()
    scaled_cents = np.rint(raw * (total_cny * 100 / found if found else 0))
    return np.asarray(scaled_cents.astype(np.int64))


def month_plan(world: World, month: Month) -> tuple[float, float, float]:
    """Amount and fees of a month (CNY) and the robo-advice share of fees."""
    line = world.line
    customers = int((world.users.joined_day < month.stop).sum())
    season = float(line.busy[month.first : month.stop].sum()) / 365.25
    back = (line.length - month.first) / 365.25
    amount = line.drift(*AMOUNT_A_YEAR)[month.place] * customers * season
    fees = FEES_A_YEAR * FEE_GROWTH**-back * customers * season * world.settings.driver("income")
    return amount, fees, float(line.drift(0.095, 0.17)[month.place])


def with_fraud(world: World, month: Month, trade: Trade) -> Trade:
    """Mark fraud, alerts and risky transactions; counts follow the rates exactly."""
    rng = world.rng("fraud", month.place)
    n = len(trade.day)
    rate = float(world.line.drift(0.95e-4, 0.65e-4)[month.place])
    frauds = max(4, round(rate * n)) if month.complete else max(1, round(rate * n))
    frauds = max(1, round(frauds * world.settings.driver("fraud")))
    good = np.flatnonzero((trade.status == STATUS["success"]) & (trade.kind <= KIND["transfer"]))
    chosen = _some_mid_month(rng, month, trade, good)
    mark, false = chosen[1 : frauds + 1], np.r_[chosen[:1], chosen[frauds + 1 :]]
    false = false[: max(2, round(0.4 * frauds))]
    return _judged(world, rng, month, trade, mark, false)


def _some_mid_month(rng: np.random.Generator, month: Month, trade: Trade, good: Ints) -> Ints:
    """``good`` in random order, but the first two such that they are 30 days old within the next
    month."""
    order = rng.permutation(good)
    day = trade.day[order] - month.first
    middle = np.flatnonzero((day >= 2) & (day <= 26))[:2]
    return np.asarray(np.r_[order[middle], np.delete(order, middle)])


def _judged(
    world: World, rng: np.random.Generator, month: Month, trade: Trade, mark: Ints, false: Ints
) -> Trade:
    alerted, fraud, status = trade.alerted.copy(), trade.fraud.copy(), trade.status.copy()
    amount, loss, fee = trade.amount.copy(), trade.loss.copy(), trade.fee.copy()
    delay = trade.judged_after_s.copy()
    drift = float(world.line.drift(0.64, 0.77)[month.place])
    seen = spread(np.full(len(mark), min(0.95, drift + 0.1)), float(rng.random()))
    blocked = seen & spread(np.full(len(mark), drift), 0.5)
    seen[:1] = blocked[:1] = True
    fraud[mark], alerted[mark], alerted[false] = True, seen, True
    delay[mark] = rng.integers(SECONDS, 25 * SECONDS, len(mark))
    missed = mark[~blocked]
    total = amount[status == STATUS["success"]].sum() * 0.000068
    amount[missed] = np.maximum(np.rint(_split(rng, len(missed), total)), 100).astype(np.int64)
    loss[missed] = amount[missed] * 94 // 100
    status[mark[blocked]] = STATUS["blocked"]
    status[false[::2]] = STATUS["blocked"]
    fee[status != STATUS["success"]] = 0
    risky = fraud | alerted
    share = float(world.line.drift(0.0047, 0.0034)[month.place])
    risky[rng.permutation(len(fraud))[: max(0, round(share * len(fraud)) - int(risky.sum()))]] = (
        True
    )
    return replace(
        trade, alerted=alerted, fraud=fraud, status=status, amount=amount, loss=loss, fee=fee,
        judged_after_s=delay, risky=risky,
    )  # fmt: skip


def _split(rng: np.random.Generator, n: int, total: float) -> Numbers:
    parts = rng.lognormal(0, 0.7, n)
    return np.asarray(parts / max(parts.sum(), 1e-9) * total)


def burst(world: World, month: Month, ordinary: int) -> Trade:
    """A fraud burst: one module, one branch, five days; sized by the month's ordinary
    transactions."""
    rng = world.rng("burst")
    n = max(12, round(0.0006 * ordinary * min(1.0, world.settings.driver("fraud") + 0.001)))
    leaf = burst_leaf(world)
    victims = np.flatnonzero(
        (world.users.leaf == leaf)
        & (world.users.registered_day < month.first)
        & (world.users.closed_day == NEVER)
    )
    if not len(victims):
        victims = np.flatnonzero(world.users.registered_day < month.first)
    day = np.sort(burst_days(month)[0] + np.arange(n) % 5)
    columns = (seconds_of_day(rng, n), rng.choice(victims, n), np.full(n, leaf))
    trade = plain(
        day, *columns, np.zeros(n, dtype=np.int64), np.full(n, PLACE[BURST_MODULE]),
        np.full(n, KIND["payment"]), np.maximum(rng.lognormal(10.4, 0.6, n), 100).astype(np.int64),
    )  # fmt: skip
    seen = spread(np.full(n, 0.75))
    stopped = spread(np.full(n, 0.7), 0.3) & seen
    return replace(
        trade,
        fraud=np.ones(n, dtype=bool), risky=np.ones(n, dtype=bool), alerted=seen,
        status=np.where(stopped, STATUS["blocked"], STATUS["success"]),
        loss=np.where(stopped, 0, trade.amount * 94 // 100),
        judged_after_s=rng.integers(SECONDS, 12 * SECONDS, n),
    )  # fmt: skip


def burst_leaf(world: World) -> int:
    """The branch of the burst."""
    return world.organisation.leaf("深圳" if len(world.organisation.leaf_ids) > 34 else "广东")


def burst_days(month: Month) -> tuple[int, int]:
    """First and last day place of the burst."""
    return month.first + 11, month.first + 15


def burst_size(world: World, month: Month, trade: Trade) -> dict[str, float]:
    """Fraud in the burst's module, branch and days, as it is in the data."""
    first, last = burst_days(month)
    here = (trade.day >= first) & (trade.day <= last) & (trade.leaf == burst_leaf(world))
    here &= trade.module == PLACE[BURST_MODULE]
    bad = here & trade.fraud
    return {
        "transactions": int(here.sum()),
        "fraud": int(bad.sum()),
        "blocked": int((bad & (trade.status == STATUS["blocked"])).sum()),
        "loss_cny": int(trade.loss[bad].sum()) / 100,
    }


def fees_by_user_day(trade: Trade) -> tuple[Ints, Ints, Ints]:
    """Day, user and fee (cents) of successful transactions."""
    good = trade.status == STATUS["success"]
    return trade.day[good], trade.user[good], trade.fee[good]


def write_trades(world: World, trade: Trade) -> None:
    """Write the rows of ``txn``."""
    line = world.line
    at = line.utc_us(trade.day, trade.second)
    judged_at = at + trade.judged_after_s * 1_000_000
    judged: Flags = judged_at < line.now_us
    world.put(
        "txn",
        table(
            txn_id=ids("T", world.serial("txn", len(at))),
            occurred_at=moments(at),
            user_id=ids("U", trade.user),
            branch_id=words(trade.leaf, world.organisation.leaf_ids),
            app=words(trade.app, APPS),
            module=words(trade.module, NAMES),
            product_id=words(trade.product, PRODUCT_IDS),
            kind=words(trade.kind, TXN_KINDS),
            amount_cny=money(trade.amount),
            fee_cny=money(trade.fee),
            status=words(trade.status, TXN_STATUSES),
            risky=flags(trade.risky),
            alerted=flags(trade.alerted),
            fraud=flags(trade.fraud, judged),
            judged_at=moments(judged_at, judged),
            loss_cny=money(trade.loss),
            disclosed=flags(trade.disclosed == 1, trade.disclosed >= 0),
        ),
    )
