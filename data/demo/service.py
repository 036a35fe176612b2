"""What customers say and ask: surveys, service, complaints, recommendations, public mentions."""

from __future__ import annotations

import numpy as np

from data.contract.vocabulary import HANDLERS, SENTIMENTS, SURVEY_KINDS
from data.demo.catalogue import MODULES, NAMES, PLACE, PRODUCT_IDS, products_of
from data.demo.chance import cumulative as rising
from data.demo.chance import pick, spread
from data.demo.columns import Ints, flags, ids, moments, small, table, texts, words
from data.demo.timeline import SECONDS, Month
from data.demo.world import Activity, World, seconds_of_day

_WEIGHTS = np.array([m.popular * (3.0 if m.grade == "basic" else 1.0) for m in MODULES])
_COMPLAINTS = ("到账慢", "登录失败", "收费争议", "服务态度", "页面卡顿", "营销打扰")
_PRIVACY = ("信息被泄露", "未经同意推送")
_SOURCES = ("微博", "微信公众号", "抖音", "应用商店", "新闻网站", "论坛")
_TOPICS = ("登录失败", "转账体验", "理财收益", "客服", "优惠活动", "安全")


def _modules(rng: np.random.Generator, n: int) -> Ints:
    return pick(rng, rising(_WEIGHTS[None, :]), np.zeros(n, dtype=np.int64))


def write_service(world: World, activity: Activity) -> None:
    """Write all of a month's voices."""
    _surveys(world, activity)
    _sessions(world, activity)
    _complaints(world, activity)
    _recommendations(world, activity)


def _length(month: Month) -> float:
    return (month.stop - month.first) / 30.4


def _surveys(world: World, activity: Activity) -> None:
    month, line = activity.month, world.line
    rng = world.rng("survey", month.place)
    people = len(activity.users())
    for kind, name in enumerate(SURVEY_KINDS):
        n = max(16, round(0.022 * people * _length(month)))
        day, user = activity.sample(rng, n)
        if name == "nps":
            up, down = line.drift(0.50, 0.575)[month.place], line.drift(0.165, 0.14)[month.place]
            score = _scores(rng, n, (down, 1 - up - down, up), ((3, 7), (7, 9), (9, 11)))
        else:
            good = line.drift(0.825, 0.87)[month.place]
            score = _scores(rng, n, (1 - good, good), ((1, 4), (4, 6)))
        world.put(
            "survey",
            table(
                survey_id=ids("Q", world.serial("survey", n)),
                answered_at=moments(line.utc_us(day, seconds_of_day(rng, n))),
                user_id=ids("U", user),
                module=words(_modules(rng, n), NAMES),
                kind=words(np.full(n, kind), SURVEY_KINDS),
                score=small(score),
            ),
        )


def _scores(
    rng: np.random.Generator, n: int, shares: tuple[float, ...], ranges: tuple[tuple[int, int], ...]
) -> Ints:
    """Scores whose groups have the given shares, exactly but for rounding."""
    group = np.searchsorted(np.cumsum(shares), (np.arange(n) + rng.random()) / n % 1.0)
    group = rng.permutation(np.minimum(group, len(shares) - 1))
    low, high = np.array(ranges).T
    return np.asarray(rng.integers(low[group], high[group]))


def _sessions(world: World, activity: Activity) -> None:
    month, line = activity.month, world.line
    rng = world.rng("service", month.place)
    everyone = activity.users()
    reach = float(line.drift(0.46, 0.60)[month.place]) * min(1.0, 0.25 + 0.75 * _length(month))
    served = rng.permutation(everyone)[: max(4, round(reach * len(everyone)))]
    person = np.r_[served, rng.choice(served, len(served) // 5), _some(rng, everyone, 0.06)]
    ai = np.r_[
        np.ones(len(served) + len(served) // 5, dtype=bool),
        np.zeros(_size(everyone, 0.06), dtype=bool),
    ]
    day = _active_day(rng, activity, person)
    n = len(person)
    solved = spread(np.full(n, line.drift(0.62, 0.71)[month.place]), float(rng.random()))
    both = ai & ~solved & (rng.random(n) < 0.55)
    handler = np.where(ai, np.where(both, HANDLERS.index("both"), 0), HANDLERS.index("human"))
    resolved = np.where(handler == 0, solved, rng.random(n) < 0.86)
    median = np.where(ai, line.drift(43, 30)[month.place], 85.0)
    waited = np.maximum(np.rint(median * rng.lognormal(0, 0.55, n)), 1).astype(np.int64)
    took = waited + rng.integers(60, 1500, n)
    opened = line.utc_us(day, np.minimum(seconds_of_day(rng, n), 84_000))
    order = np.argsort(opened, kind="stable")
    world.put(
        "service_session",
        table(
            session_id=ids("N", world.serial("service", n)),
            opened_at=moments(opened[order]),
            first_response_at=moments((opened + waited * 1_000_000)[order]),
            closed_at=moments((opened + took * 1_000_000)[order]),
            user_id=ids("U", person[order]),
            module=words(_modules(rng, n), NAMES),
            handled_by=words(handler[order], HANDLERS),
            resolved=flags(resolved[order]),
        ),
    )


def _size(people: Ints, share: float) -> int:
    return max(2, round(share * len(people)))


def _some(rng: np.random.Generator, people: Ints, share: float) -> Ints:
    return rng.choice(people, _size(people, share))


def _active_day(rng: np.random.Generator, activity: Activity, person: Ints) -> Ints:
    """A day of the month on which each person was active."""
    order = np.lexsort((activity.day, activity.user))
    users = activity.user[order]
    low = np.searchsorted(users, person)
    high = np.searchsorted(users, person, side="right")
    return activity.day[order][low + (rng.random(len(person)) * (high - low)).astype(np.int64)]


def _complaints(world: World, activity: Activity) -> None:
    month, line = activity.month, world.line
    rng = world.rng("complaint", month.place)
    people = len(activity.users()) * _length(month) * world.settings.driver("complaints")
    least = round(3 * world.settings.driver("complaints"))
    n = max(1, least, round(people * float(line.drift(5.0, 4.0)[month.place]) / 10_000))
    private = world.notes["privacy"].count(people * 0.40 / 10_000)
    day, user = activity.sample(rng, n + private)
    secret = rng.permutation(np.r_[np.zeros(n, dtype=bool), np.ones(private, dtype=bool)])
    hours = np.maximum(rng.lognormal(np.log(line.drift(42, 31)[month.place]), 0.7, len(day)), 0.3)
    opened = line.utc_us(day, seconds_of_day(rng, len(day)))
    closed = opened + (hours * 3600).astype(np.int64) * 1_000_000
    theme = [
        _PRIVACY[i % 2] if private_ else _COMPLAINTS[i]
        for i, private_ in zip(rng.integers(0, 6, len(day)), secret, strict=True)
    ]
    world.put(
        "complaint",
        table(
            complaint_id=ids("G", world.serial("complaint", len(day))),
            opened_at=moments(opened),
            closed_at=moments(closed, closed < line.now_us),
            user_id=ids("U", user),
            branch_id=words(world.users.leaf[user], world.organisation.leaf_ids),
            module=words(_modules(rng, len(day)), NAMES),
            theme=texts(theme),
            level=small(1 + (rng.random(len(day)) < 0.3) + (rng.random(len(day)) < 0.05)),
            privacy=flags(secret),
        ),
    )


def _recommendations(world: World, activity: Activity) -> None:
    month, line = activity.month, world.line
    rng = world.rng("recommendation", month.place)
    n = max(24, round(0.22 * len(activity.users()) * _length(month)))
    day, user = activity.sample(rng, n)
    taken = spread(np.full(n, line.drift(0.265, 0.335)[month.place]), float(rng.random()))
    clicked = taken | (rng.random(n) < 0.28)
    shown = line.utc_us(day, seconds_of_day(rng, n))
    click = shown + rng.integers(3, 60, n) * 1_000_000
    take = click + rng.integers(30, 6 * SECONDS, n) * 1_000_000
    products = products_of("wealth", "fund", "insurance", "card", "advice")
    world.put(
        "recommendation",
        table(
            recommendation_id=ids("R", world.serial("recommendation", n)),
            occurred_at=moments(shown),
            user_id=ids("U", user),
            module=words(_shops(rng, n), NAMES),
            product_id=words(rng.choice(products, n), PRODUCT_IDS),
            clicked_at=moments(click, clicked & (click < line.now_us)),
            taken_at=moments(take, taken & (take < line.now_us)),
        ),
    )


def _shops(rng: np.random.Generator, n: int) -> Ints:
    shops = [PLACE[name] for name in ("account", "wealth", "card", "insurance")]
    return rng.choice(shops, n, p=[0.4, 0.35, 0.15, 0.1])


def write_mentions(world: World, month: Month) -> None:
    """Write public mentions of the bank and of two peers; the number does not depend on its
    size."""
    line = world.line
    rng = world.rng("mention", month.place)
    weights = line.busy[month.first : month.stop]
    n = round(110 * _length(month))
    day = np.sort(rng.choice(month.days, n, p=weights / weights.sum()))
    about = rng.choice(3, n, p=[0.6, 0.2, 0.2])
    about[:2] = 0
    bad = line.drift(0.10, 0.075)[month.place]
    shares = np.array([0.34, 1 - 0.34 - bad, bad])
    feeling = np.where(about == 0, _scores(rng, n, tuple(shares), ((0, 1), (1, 2), (2, 3))), 1)
    published = line.utc_us(day, seconds_of_day(rng, n))
    found = published + rng.integers(300, 6600, n) * 1_000_000
    handled = found + rng.integers(1800, 30 * 3600, n) * 1_000_000
    world.put(
        "mention",
        table(
            mention_id=ids("M", world.serial("mention", n)),
            published_at=moments(published),
            found_at=moments(found, found < line.now_us),
            handled_at=moments(handled, (feeling == 2) & (handled < line.now_us)),
            source=words(rng.integers(0, 6, n), _SOURCES),
            theme=words(rng.integers(0, 6, n), _TOPICS),
            sentiment=words(feeling, SENTIMENTS),
            about=words(about, ("self", "peer_a", "peer_b")),
        ),
    )
