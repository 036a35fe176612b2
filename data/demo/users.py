"""The bank's customers: who they are, when they register, how they take to the App."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.contract.vocabulary import USER_CHANNELS
from data.demo.catalogue import PLACE
from data.demo.chance import share_out, spread, spread_by, stream
from data.demo.columns import (
    NEVER,
    Flags,
    Ints,
    Numbers,
)
from data.demo.organisation import Organisation
from data.demo.settings import DemoSettings
from data.demo.timeline import Timeline

LEAKING = ("travel", "healthcare", "government")
WAVES = ((9, "a"), (7, "b"), (5, "c"))  # roll-out waves: complete months back; the rest never
_EARLY = range(3, 19)  # days of a month with at least one registration: its cohorts mature in time
_TIER_START = np.array([0.42, 0.31, 0.19, 0.06, 0.02])
_TIER_HABIT = np.array([0.80, 1.00, 1.18, 1.35, 1.45])
_CHANNEL_SHARES = np.array([27, 7, 17, 9, 9, 7, 17, 7.0])  # order of USER_CHANNELS
_FIRST = {
    "transfer": 20, "account": 26, "qr_payment": 22, "bill_payment": 8, "travel": 8,
    "healthcare": 8, "government": 8,
}  # fmt: skip


@dataclass(frozen=True)
class Users:
    """One entry a customer, in the order of registration: those registered before the first day,
    those
    who register in the data (``newcomers``), those who never do. Days are places on the timeline.
    """

    registered_day: Ints
    registered_second: Ints
    joined_day: Ints
    closed_day: Ints
    leaf: Ints
    birth_year: Ints
    channel: Ints
    habit: Numbers
    tier: Ints
    curious: Numbers
    pays_bills: Flags
    mini: Flags
    newcomers: slice
    gamed: Flags
    first_module: Ints
    activated: Flags
    phone_in_time: Flags
    offered: Flags
    wave: Ints  # of each leaf
    kept: dict[int, Flags]
    visit_lag: Ints
    reserved: Ints
    gamed_leaf: int
    gamed_month: int

    def __len__(self) -> int:
        return len(self.leaf)


def make_users(settings: DemoSettings, line: Timeline, organisation: Organisation) -> Users:
    """All customers of the bank, with what will become of them; newcomers' fates are exact by
    group."""
    rng = stream(settings.seed, "users")
    n = settings.users
    arrivals, gaming, gamed_month = _arrivals(settings, line)
    day, gamed = _registration_days(rng, line, arrivals, gaming, gamed_month)
    old = min(round(0.545 * n), n - len(day) - n // 20)
    new = slice(old, old + len(day))
    registered = np.full(n, NEVER)
    registered[:old] = -np.sort(rng.integers(1, 2200, old))[::-1]
    registered[new] = day
    leaf, gamed_leaf = _leaves(rng, organisation, n, new, gamed)
    tier = _shuffled(rng, share_out(n, _TIER_START))
    habit = np.minimum((0.075 + 0.925 * rng.beta(0.55, 3.9, n)) * _TIER_HABIT[tier], 0.93)
    habit[new] *= 0.88
    fates = _fates(rng, settings, line, organisation, registered[new], leaf[new], gamed)
    closed = _closed(rng, line, registered, gamed, new)
    everyone = np.zeros(n, dtype=bool)
    return Users(
        registered_day=registered,
        registered_second=_registered_seconds(rng, n),
        joined_day=_joined(rng, registered, new),
        closed_day=closed,
        leaf=leaf,
        birth_year=_birth_years(rng, n, line, new),
        channel=_channels(rng, n, new, gamed, leaf[new] == gamed_leaf),
        habit=habit,
        tier=tier,
        curious=rng.random(n),
        pays_bills=_payers(rng, habit),
        mini=rng.random(n) < 0.38,
        newcomers=new,
        gamed=_placed(everyone, new, gamed),
        first_module=fates[0],
        activated=fates[1],
        phone_in_time=fates[2],
        offered=fates[3],
        wave=wave_of_province(organisation)[organisation.province_of],
        kept=fates[4],
        visit_lag=fates[5],
        reserved=_reserved(rng, closed[:old] == NEVER, len(line.months), habit[:old]),
        gamed_leaf=gamed_leaf,
        gamed_month=gamed_month,
    )


def _arrivals(settings: DemoSettings, line: Timeline) -> tuple[Ints, int, int]:
    """Registrations by month, how many are gamed, and the place of the gamed month."""
    growth = line.drift(0.0575, 0.064) * settings.users / 365.25 * settings.driver("acquisition")
    season = np.array(
        [1.25 if line.date(m.first).month in (3, 9, 11) else 0.95 for m in line.months]
    )
    lengths = np.array([m.stop - m.first for m in line.months])
    month = line.complete(5).place
    usual = np.maximum(np.rint(growth * season * lengths).astype(np.int64), 3)
    return usual, max(5, round(0.30 * usual[month])), month


def _registration_days(
    rng: np.random.Generator, line: Timeline, arrivals: Ints, gaming: int, gamed_month: int
) -> tuple[Ints, Flags]:
    days, gamed = [], []
    for month, count in zip(line.months, arrivals, strict=True):
        extra = gaming if month.place == gamed_month else 0
        weight = line.busy[month.first : month.stop]
        daily = rng.multinomial(int(count) - 1, weight**2 / (weight**2).sum())
        daily[_EARLY.start + int(rng.integers(len(_EARLY))) if len(daily) > _EARLY.stop else 0] += 1
        usual = np.repeat(month.days, daily)
        late = month.first + 10 + rng.integers(0, max(1, month.stop - month.first - 12), extra)
        days.append(np.r_[usual, late])
        gamed.append(np.r_[np.zeros(count, dtype=bool), np.ones(extra, dtype=bool)])
    day, is_gamed = np.concatenate(days), np.concatenate(gamed)
    order = np.argsort(day, kind="stable")
    return day[order], is_gamed[order]


def _leaves(
    rng: np.random.Generator, organisation: Organisation, n: int, new: slice, gamed: Flags
) -> tuple[Ints, int]:
    shares = organisation.weights
    leaf = np.empty(n, dtype=np.int64)
    for part in (slice(0, new.start), new, slice(new.stop, n)):
        leaf[part] = _shuffled(rng, share_out(part.stop - part.start, shares, least=0))
    chosen = organisation.leaf("洛阳" if len(organisation.leaf_ids) > 34 else "河南")
    leaf[new] = np.where(gamed, chosen, leaf[new])
    return leaf, chosen


def _shuffled(rng: np.random.Generator, counts: Ints) -> Ints:
    return rng.permutation(np.repeat(np.arange(len(counts)), counts))


def _registered_seconds(rng: np.random.Generator, n: int) -> Ints:
    return rng.integers(8 * 3600, 21 * 3600, n)


def _joined(rng: np.random.Generator, registered: Ints, new: slice) -> Ints:
    """The day a customer came to the bank: 4 of 10 newcomers come with their registration."""
    joined = np.full(len(registered), -NEVER)
    fresh = rng.random(new.stop - new.start) < 0.4
    joined[new] = np.where(fresh, registered[new], -NEVER)
    return joined


def _closed(
    rng: np.random.Generator, line: Timeline, registered: Ints, gamed: Flags, new: slice
) -> Ints:
    """About 0.8 % of registered users a year close their account in the App."""
    n = len(registered)
    drawn = rng.integers(0, round(365 / 0.008), n)
    closed = np.where((drawn < line.length) & (drawn > registered + 60), drawn, NEVER)
    return np.where(registered == NEVER, NEVER, closed)


def _birth_years(rng: np.random.Generator, n: int, line: Timeline, new: slice) -> Ints:
    """Ages at the end: a quarter of App users are under 25, newcomers more."""
    band = _shuffled(rng, share_out(n, np.array([27, 28, 22, 14, 9.0])))
    young = np.zeros(n, dtype=bool)
    young[new] = rng.random(new.stop - new.start) < 0.12
    band = np.where(young, 0, band)
    low, high = np.array([17, 25, 35, 45, 55]), np.array([25, 35, 45, 55, 76])
    return line.date(line.length - 1).year - 1 - rng.integers(low[band], high[band])


def _channels(rng: np.random.Generator, n: int, new: slice, gamed: Flags, there: Flags) -> Ints:
    """Channels of origin; the gaming branch uses one that it otherwise has no newcomers from."""
    channel = _shuffled(rng, share_out(n, _CHANNEL_SHARES))
    channel[new] = _shuffled(rng, share_out(new.stop - new.start, _CHANNEL_SHARES))
    partner, store = USER_CHANNELS.index("partner"), USER_CHANNELS.index("store")
    channel[new] = np.where(there & (channel[new] == partner), store, channel[new])
    channel[new] = np.where(gamed, partner, channel[new])
    channel[new.stop :] = USER_CHANNELS.index("branch")
    return channel


def _payers(rng: np.random.Generator, habit: Numbers) -> Flags:
    """Every fifth user pays bills in the App, evenly over habits; nobody else ever does."""
    payers = np.zeros(len(habit), dtype=bool)
    payers[np.argsort(habit, kind="stable")[2::5]] = True
    return payers


def _reserved(rng: np.random.Generator, stays: Flags, months: int, habit: Numbers) -> Ints:
    """Users who buy for the first time in their own month, so that each month has a first
    purchase."""
    likely = np.flatnonzero(stays & (habit > np.median(habit)))
    return np.sort(rng.permutation(likely)[: months + 3])


def wave_of_province(organisation: Organisation) -> Ints:
    """The roll-out wave of each province: 0, 1, 2, and 3 for never; evenly by size."""
    size = np.bincount(organisation.province_of, organisation.weights)
    waves = np.empty(len(size), dtype=np.int64)
    snake = np.array([0, 1, 2, 3, 3, 2, 1, 0])
    waves[np.argsort(-size, kind="stable")] = snake[np.arange(len(size)) % 8]
    return waves


def wave_starts(line: Timeline) -> Ints:
    """The first day of each wave; NEVER for the last group."""
    return np.array([*(line.complete(back).first for back, _ in WAVES), NEVER])


def _fates(
    rng: np.random.Generator,
    settings: DemoSettings,
    line: Timeline,
    organisation: Organisation,
    day: Ints,
    leaf: Ints,
    gamed: Flags,
) -> tuple[Ints, Flags, Flags, Flags, dict[int, Flags], Ints]:
    """First module, activation and returning of each newcomer, exact within their groups."""
    n = len(day)
    usual = np.array([PLACE[name] for name in _FIRST])
    module = usual[_shuffled(rng, share_out(n, np.array(list(_FIRST.values()), dtype=float)))]
    module = np.where(gamed, PLACE["account"], module)
    leaking = np.isin(module, [PLACE[name] for name in LEAKING])
    wave = wave_of_province(organisation)[organisation.province_of[leaf]]
    treated = day >= wave_starts(line)[wave]
    rate = np.where(treated, 0.285, 0.185) * settings.driver("activation")
    activated = spread_by(wave * 2 + treated, np.minimum(rate, 1.0))
    half = spread_by(activated.astype(int), 0.5)
    scene = np.where(gamed, -2, np.where(leaking, module, -1))
    kept = {age: _kept(settings, line, day, scene, age) for age in (1, 7, 30)}
    lag = np.where(spread(np.full(n, 0.92)), rng.integers(0, 7, n) * (rng.random(n) < 0.45), -1)
    return module, activated, activated | half, activated | ~half, kept, lag


_RETENTION = {1: (0.395, 0.43, 0.20), 7: (0.225, 0.262, 0.12), 30: (0.128, 0.156, 0.06)}


def retention_rates(line: Timeline, age: int) -> Numbers:
    """The share of newcomers of each day who come back at ``age`` days, leaking scenes apart."""
    early, late, _ = _RETENTION[age]
    return line.daily_drift(early, late)


def _kept(settings: DemoSettings, line: Timeline, day: Ints, scene: Ints, age: int) -> Flags:
    """Who comes back; ``scene`` is the leaking module, -1 for any other, -2 for the gamed."""
    rate = np.where(scene >= 0, _RETENTION[age][2], retention_rates(line, age)[day])
    rate = np.where(scene == -2, 0.0, np.minimum(rate * settings.driver("retention"), 1.0))
    return np.asarray(spread_by(scene, rate) & (scene != -2))


def _placed(empty: Flags, part: slice, values: Flags) -> Flags:
    result = empty.copy()
    result[part] = values
    return result
