"""From visits to the rows of ``event``: scripts copied out, timed, numbered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.contract.vocabulary import ACTIONS
from data.demo.catalogue import CONTENT, CONTENT_IDS, NAMES, PAGES, PRODUCT_IDS, products_of
from data.demo.columns import Flags, Ints, Numbers, ids, moments, table, whole, words
from data.demo.scripts import KINDS, Scripts
from data.demo.sessions import APPS, Visits
from data.demo.world import World

_POOL = 65_536


@dataclass(frozen=True)
class Ended:
    """When each visit began and made its last step (ms since 1970, UTC), and its product (-1:
    none)."""

    begin_ms: Ints
    last_ms: Ints
    second: Ints
    product: Ints


def durations(seed: int) -> Numbers:
    """Milliseconds on a page, heavy-tailed, median 33 s; a pool to draw from."""
    rng = np.random.default_rng([seed, _POOL])
    return np.minimum(rng.lognormal(np.log(33_000), 0.85, _POOL), 1_750_000).astype(np.int32)


def write_events(world: World, scripts: Scripts, visits: Visits, place: int, block: int) -> Ended:
    """Write the events of visits; returns where each visit ended."""
    rng = world.rng("events", place, block)
    script = visits.module * KINDS + visits.kind
    skip = ~visits.opens
    length = scripts.length[script] - skip
    stop = np.cumsum(length)
    total = int(stop[-1])
    begin = scripts.begin[script] + skip - (stop - length)
    entry = np.repeat(begin, length) + np.arange(total)
    owner = np.repeat(np.arange(len(visits), dtype=np.int32), length)
    page = scripts.page[entry]
    spent = world.notes["durations"][rng.integers(0, _POOL, total, dtype=np.uint16)]
    spent = np.where(page >= 0, spent, 700).astype(np.int64)
    begun = _starts(visits, spent, stop, length)
    midnight = world.line.utc_us(visits.day, np.zeros(len(visits)))
    at = (begun + midnight // 1000)[owner] + _running(spent, stop, length, owner)
    product = _products(rng, visits, world)
    session = world.serial("session", int(visits.opens.sum()))[0] + np.cumsum(visits.opens) - 1
    task = world.serial("task", len(visits))
    world.put(
        "event",
        _rows(world, scripts, visits, entry, owner, page, at, spent, (product, session, task), rng),
    )
    last = at[stop - 1]
    second = np.minimum((last - midnight // 1000) // 1000, 86_398)
    return Ended(at[stop - length], last, second, product)


def _starts(visits: Visits, spent: Ints, stop: Ints, length: Ints) -> Ints:
    """The local millisecond at which each visit begins; a session never runs past midnight."""
    taken = np.add.reduceat(spent, stop - length)
    first = np.flatnonzero(visits.opens)
    session = np.cumsum(visits.opens) - 1
    whole_session = np.add.reduceat(taken, first)
    before = np.cumsum(taken) - taken
    before -= before[first][session]
    start = visits.second[first] * 1000
    start = np.maximum(np.minimum(start, 86_399_000 - whole_session), 0)
    return np.asarray(start[session] + before)


def _running(spent: Ints, stop: Ints, length: Ints, owner: Numbers) -> Ints:
    """Milliseconds from a visit's begin to each of its events."""
    running = np.cumsum(spent) - spent
    return np.asarray(running - running[stop - length][owner])


def _products(rng: np.random.Generator, visits: Visits, world: World) -> Ints:
    """One product for each visit to a module that sells some."""
    product = np.full(len(visits), -1)
    for module, kinds in (
        ("wealth", ("wealth", "fund")), ("robo_advice", ("advice",)), ("insurance", ("insurance",)),
    ):  # fmt: skip
        here = visits.module == NAMES.index(module)
        product[here] = rng.choice(products_of(*kinds), int(here.sum()))
    return product


def _contents(rng: np.random.Generator, day: Ints, days: int) -> Ints:
    """Pieces of content published by the day, the newest most."""
    published = (day + 59) * CONTENT // (days + 59)
    back = np.minimum(rng.exponential(6.0, len(day)), 100).astype(np.int64)
    return np.asarray(np.maximum(published - 1 - back, 0))


def _rows(
    world: World,
    scripts: Scripts,
    visits: Visits,
    entry: Ints,
    owner: Numbers,
    page: Numbers,
    at: Ints,
    spent: Ints,
    numbers: tuple[Ints, Ints, Ints],
    rng: np.random.Generator,
) -> pa.Table:
    product, session, task = numbers
    known: Flags = (visits.user >= 0)[owner]
    in_task = scripts.in_task[entry]
    content = _contents(rng, visits.day, world.line.length)[owner]
    return table(
        event_id=ids("E", world.serial("event", len(entry))),
        occurred_at=moments(at * 1000),
        visitor_id=ids("V", visits.visitor[owner]),
        user_id=ids("U", np.maximum(visits.user, 0)[owner], known),
        session_id=ids("S", session[owner]),
        app=words(visits.app[owner], APPS),
        module=words(scripts.module[entry], NAMES),
        page=words(page, PAGES),
        action=words(scripts.action[entry], ACTIONS),
        task_id=ids("A", task[owner], in_task),
        product_id=words(np.where(scripts.has_product[entry], product[owner], -1), PRODUCT_IDS),
        content_id=words(np.where(scripts.has_content[entry], content, -1), CONTENT_IDS),
        duration_ms=whole(spent, page >= 0),
    )
