"""The rows of ``dim_user``."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from data.contract.vocabulary import USER_CHANNELS
from data.demo.chance import stream
from data.demo.columns import NEVER, Ints, Numbers, ids, moments, small, table, words
from data.demo.timeline import SECONDS, Timeline
from data.demo.users import Users


def user_rows(
    users: Users, line: Timeline, leaf_ids: tuple[str, ...], campaign: Numbers, seed: int
) -> pa.Table:
    """Rows of ``dim_user``; ``campaign`` holds the number of each newcomer's campaign, -1 for
    none."""
    rng = stream(seed, "user_rows")
    n = len(users)
    new, in_app = users.newcomers, users.registered_day < NEVER
    moment = _moments(users, line)
    lag = np.where(users.registered_day < 0, 3600, 10 * SECONDS)
    offsets = rng.integers(60, 6 * SECONDS, new.stop - new.start)
    lag[new] = np.where(users.phone_in_time, offsets, 9 * SECONDS + offsets)
    phone = moment + lag * 1_000_000
    phoned = in_app & (phone < line.now_us) & ((users.registered_day < 0) | (rng.random(n) < 0.97))
    phoned[new] = (phone[new] < line.now_us) & (users.phone_in_time | (offsets % 3 > 0))
    real = in_app & (rng.random(n) < 0.994)
    agreed = in_app & (rng.random(n) < 0.988)
    left = agreed & (rng.random(n) < 0.004) & (users.registered_day < line.length - 90)
    known = np.maximum(users.registered_day, 0) + 60
    withdrawn = line.utc_us(np.minimum(known, line.length - 1), np.full(n, 40_000))
    closed = users.closed_day < NEVER
    referred = in_app & (users.channel == USER_CHANNELS.index("referral"))
    everywhere = np.full(n, -1)
    everywhere[new] = campaign
    return table(
        user_id=ids("U", np.arange(n)),
        branch_id=words(users.leaf, leaf_ids),
        registered_at=moments(moment, in_app),
        closed_at=moments(line.utc_us(users.closed_day, np.full(n, 50_000)), closed),
        birth_year=small(users.birth_year),
        channel=words(users.channel, USER_CHANNELS),
        campaign_id=ids("K", np.maximum(everywhere, 0), everywhere >= 0),
        referred_by=ids("U", rng.integers(0, new.start, n), referred),
        phone_verified_at=moments(phone, phoned),
        realname_at=moments(moment + 300_000_000, real),
        consent_at=moments(moment + 5_000_000, agreed),
        consent_withdrawn_at=moments(withdrawn, left),
    )


def _moments(users: Users, line: Timeline) -> Ints:
    days = np.where(users.registered_day < NEVER, users.registered_day, 0)
    return line.utc_us(days, users.registered_second)
