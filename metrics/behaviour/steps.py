"""Tasks step by step: how many runs reach a step, and at which most are given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from metrics.behaviour.intervals import Share, share
from metrics.behaviour.rows import rows

CALLED_OUT = 50.0
"""Per cent of the runs at a step from which giving up there is called out."""
FEWEST = 20
"""Runs a step needs before its share says anything."""


@dataclass(frozen=True)
class TaskStep:
    """A step of a task: runs that reach it, and those of them that show nothing after it."""

    step: int
    page: str
    reached: int
    left: Share


@dataclass(frozen=True)
class Task:
    """A task of a module; ``done`` over all its runs, as in the indicator of task completion."""

    module: str
    task: str
    done: Share
    steps: tuple[TaskStep, ...]

    @property
    def worst(self) -> TaskStep | None:
        """The step at which the largest share gives up, among those with runs enough."""
        known = [one for one in self.steps if one.left.whole >= FEWEST]
        return max(known, key=lambda one: one.left.value or 0.0, default=None)


def tasks(runs: pd.DataFrame, pages: pd.DataFrame) -> tuple[Task, ...]:
    """The frames of ``data.behaviour.tasks``: by task, the one with the worst step first.

    A run that finished gave up nowhere, whatever the last page it shows.
    """
    found = []
    for (module, task), part in runs[runs["task"] != ""].groupby(["module", "task"]):
        steps = pages[pages["task"] == task]
        found.append(_task(str(module), str(task), part, steps))
    return tuple(sorted(found, key=lambda one: (-_worst(one), one.task)))


def completion(runs: pd.DataFrame) -> Share:
    """Runs finished of all that started, of every task."""
    finished = int(runs.loc[runs["finished"] == 1, "runs"].sum())
    return share(finished, int(runs["runs"].sum()))


def _task(module: str, task: str, runs: pd.DataFrame, pages: pd.DataFrame) -> Task:
    names = {int(row.step): str(row.page) for row in rows(pages)}
    steps = []
    for step in sorted(names):
        reached = int(runs.loc[runs["step"] >= step, "runs"].sum())
        here = (runs["step"] == step) & (runs["finished"] == 0)
        left = int(runs.loc[here, "runs"].sum())
        steps.append(TaskStep(step, names[step], reached, share(left, reached)))
    return Task(module, task, completion(runs), tuple(steps))


def _worst(one: Task) -> float:
    found = one.worst
    return 0.0 if found is None else found.left.value or 0.0


def worst_step(found: Sequence[Task]) -> tuple[Task, TaskStep] | None:
    """The step of all tasks at which the largest share gives up."""
    known = [(task, task.worst) for task in found]
    steps = [(task, step) for task, step in known if step is not None]
    return max(steps, key=lambda pair: pair[1].left.value or 0.0, default=None)


@dataclass(frozen=True)
class Finished:
    """A module's tasks that were finished; ``below``: fewer than elsewhere, beyond chance."""

    module: str
    done: Share
    below: bool


def least_finished(found: Mapping[str, Share]) -> Finished | None:
    """The module whose tasks are finished least, among those with runs enough.

    ``found`` holds the runs of each module and how many were finished.

    >>> found = least_finished({"pay": share(900, 1000), "insurance": share(60, 200)})
    >>> found.module, found.done.value, found.below
    ('insurance', 30.0, True)
    """
    known = {name: one for name, one in found.items() if one.whole >= FEWEST}
    worst = min(known, key=lambda name: (known[name].value or 0.0, name), default=None)
    if worst is None:
        return None
    rest = [one for name, one in found.items() if name != worst]
    others = share(sum(one.part for one in rest), sum(one.whole for one in rest))
    high, level = known[worst].high, others.value
    return Finished(worst, known[worst], high is not None and level is not None and high < level)
