"""Scripts of visits: what a user does in one module, as flat arrays that sessions are copied
from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.contract.vocabulary import ACTIONS
from data.demo.catalogue import MODULES, PAGE, PLACE, Module
from data.demo.columns import Flags, Ints, Numbers

GLANCE, BROWSE, SEARCH, SHARE, OFFER, FINISH = range(6)
LEAVE = 6  # LEAVE + s: the task is left at step s + 1
KINDS = LEAVE + 5
STUCK_MODULE, STUCK_STEP, STUCK_SHARE = "insurance", 2, 0.60
_ACTION = {name: place for place, name in enumerate(ACTIONS)}
_CONTENT_PAGE = "community.feed"

Step = tuple[str, str]


@dataclass(frozen=True)
class Scripts:
    """Script ``module * KINDS + kind`` is the flat entries from ``begin`` for ``length``.

    Every script starts with the opening of the App, which a second visit of a session leaves out.
    """

    begin: Ints
    length: Ints
    action: Numbers
    page: Numbers
    module: Numbers
    in_task: Flags
    has_product: Flags
    has_content: Flags


def visit(module: Module, kind: int) -> list[Step]:
    """Actions and pages of one visit, the opening first.

    >>> visit(MODULES[0], GLANCE)
    [('open', ''), ('view', 'transfer.home')]
    """
    pages = [f"{module.name}.{step[0]}" for step in module.steps]
    home = f"{module.name}.home"
    start: list[Step] = [("open", ""), ("view", home)]
    if kind == GLANCE:
        return [*start, ("view", _CONTENT_PAGE)] if module.name == "community" else start
    if kind in (BROWSE, SEARCH, SHARE, OFFER):
        return [*start, *_looking_round(module, kind, home, pages[0])]
    steps: list[Step] = [("task_start", pages[0]), *(("view", page) for page in pages[1:])]
    if kind == FINISH:
        return [*start, *steps[:-1], ("task_finish", pages[-1])]
    return [*start, *steps[: min(kind - LEAVE + 1, len(steps) - 1)]]


def _looking_round(module: Module, kind: int, home: str, first: str) -> list[Step]:
    if kind == OFFER:
        return [("offer_seen", home)]
    if kind == SEARCH:
        return [("search", home), ("click", home), ("view", first)]
    more: list[Step] = [("click", home), ("view", first)]
    if module.name == "community":
        more = [("view", _CONTENT_PAGE), ("view", _CONTENT_PAGE)]
    return [*more, ("share", first)] if kind == SHARE else more


def make_scripts() -> Scripts:
    """All scripts of all modules."""
    visits = [visit(module, kind) for module in MODULES for kind in range(KINDS)]
    owners = np.repeat(np.arange(len(MODULES)), KINDS)
    lengths = np.array([len(steps) for steps in visits])
    flat = [step for steps in visits for step in steps]
    actions = np.array([_ACTION[action] for action, _ in flat], dtype=np.int8)
    pages = np.array([PAGE.get(page, -1) for _, page in flat], dtype=np.int16)
    tasks = np.concatenate([_task_flags(steps) for steps in visits])
    shops = ("wealth.detail", "robo_advice.detail", "insurance.detail")
    return Scripts(
        begin=np.cumsum(lengths) - lengths,
        length=lengths,
        action=actions,
        page=pages,
        module=np.where(pages >= 0, np.repeat(owners, lengths), -1).astype(np.int8),
        in_task=tasks,
        has_product=np.array([page in shops for _, page in flat]),
        has_content=np.array([page == _CONTENT_PAGE for _, page in flat]),
    )


def _task_flags(steps: list[Step]) -> Flags:
    started = [action == "task_start" for action, _ in steps]
    return np.asarray(np.cumsum(started) > 0)


def kind_weights(finished: float) -> Numbers:
    """How visits to each module spread over kinds; ``finished`` scales the shares of tasks done.

    Returns (modules, KINDS), each row adding up to 1.
    """
    weights = np.zeros((len(MODULES), KINDS))
    for place, module in enumerate(MODULES):
        done = min(0.97, module.done * finished)
        looking = 1 - module.starts
        weights[place, [GLANCE, BROWSE, SEARCH, OFFER]] = looking * np.array(
            [0.58, 0.26, 0.06, 0.1]
        )
        weights[place, FINISH] = module.starts * done
        last = len(module.steps) - 1
        given_up = np.array([0.5**step for step in range(last)])
        given_up *= module.starts * (1 - done) / given_up.sum()
        weights[place, LEAVE : LEAVE + last] = given_up
    _share_content(weights[PLACE["community"]])
    return weights


def _share_content(row: Numbers) -> None:
    """In the community a visit in twenty-five shares what it read."""
    row[SHARE] = 0.04
    row[BROWSE] += row[GLANCE] - 0.04 - 0.2
    row[GLANCE] = 0.2
