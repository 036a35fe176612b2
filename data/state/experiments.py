"""The register of experiments: draft, running, stopped, decided; only ever added to.

Each step keeps who, when and why; those that fix or change a plan keep the whole plan. A running
experiment keeps the plan with which it was started: what is changed then is a deviation, kept and
shown as such. All texts come from people: they are untrusted wherever they are shown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, RowMapping, Select, insert, select

from data.experiments.check import is_id, plan_problems
from data.experiments.plan import ExperimentPlan, plan_of
from data.state.audit import record
from data.state.checks import canonical_json, digest, plain_day, words
from data.state.database import State
from data.state.errors import StateConflictError, StateError, StateRefusedError
from data.state.lifecycle import Step, stepping
from data.state.tables import EXPERIMENT, EXPERIMENT_DECISIONS, EXPERIMENT_STEP

Stage = Literal["draft", "running", "stopped", "decided"]
AFTER: dict[str, Stage | None] = {
    "register": "draft", "change": "draft", "start": "running", "deviate": None,
    "stop": "stopped", "decide": "decided",
}  # fmt: skip
"""The stage after each action; None: as it was."""


@dataclass(frozen=True)
class ExperimentStep:
    """One step. ``day``: on which a start or stop takes effect; ``outcome``: of a decision.

    ``plan``: of what registers, changes or deviates, else None; ``digest`` is its SHA-256.
    """

    number: int
    at: datetime
    who: str
    action: str
    reason: str
    day: date | None
    outcome: str | None
    plan: ExperimentPlan | None
    digest: str | None


@dataclass(frozen=True)
class Experiment:
    """An experiment of the register with all that happened to it, oldest first."""

    id: str
    steps: tuple[ExperimentStep, ...]

    @property
    def stage(self) -> Stage:
        """How it stands."""
        return next(s for one in reversed(self.steps) if (s := AFTER[one.action]) is not None)

    @property
    def plan(self) -> ExperimentPlan:
        """The plan that holds now, deviations included."""
        return next(one.plan for one in reversed(self.steps) if one.plan is not None)

    @property
    def planned(self) -> ExperimentPlan:
        """The plan with which it was started; of a draft the one that holds."""
        agreed = [
            one.plan for one in self.steps if one.plan is not None and one.action != "deviate"
        ]
        return agreed[-1]

    @property
    def version(self) -> int:
        """How many plans it has had."""
        return sum(one.plan is not None for one in self.steps)

    @property
    def deviations(self) -> tuple[ExperimentStep, ...]:
        """Changes of the plan after the start: they belong on every page that shows a result."""
        return tuple(one for one in self.steps if one.action == "deviate")

    @property
    def started_on(self) -> date | None:
        """The day of the start."""
        return self._day("start")

    @property
    def stopped_on(self) -> date | None:
        """The day of the stop: nobody who comes in after it counts."""
        return self._day("stop")

    @property
    def decision(self) -> ExperimentStep | None:
        """What was decided, by whom and why."""
        return self.steps[-1] if self.stage == "decided" else None

    def _day(self, action: str) -> date | None:
        return next((one.day for one in self.steps if one.action == action), None)


def register_experiment(
    state: State, name: str, plan: ExperimentPlan, *, by: str, reason: str
) -> Experiment:
    """Register a draft under the id by which exposures name it. Refused where the id is taken.

    >>> from tempfile import TemporaryDirectory
    >>> from data.experiments.plan import PlannedArm, PlannedMetric
    >>> from data.state.database import open_state
    >>> plan = ExperimentPlan(
    ...     "", "Shorter form", "more finish", "team payments", ("transfer",),
    ...     (PlannedArm("A", 0.5), PlannedArm("B", 0.5)),
    ...     (PlannedMetric("done", "proportion", "tasks_finished", role="primary"),),
    ...     date(2026, 7, 1),
    ... )
    >>> with TemporaryDirectory() as folder, open_state(f"sqlite:///{folder}/state.db") as state:
    ...     made = register_experiment(state, "X1", plan, by="li", reason="new form")
    ...     running = start_experiment(state, made, by="wang", reason="go", day=plan.starts_on)
    ...     made.stage, running.stage, running.plan == plan
    ('draft', 'running', True)
    """
    if not is_id(name):
        raise StateRefusedError(
            f"an experiment cannot be called {name!r}: letters, digits, _ . - and at most 64"
        )
    _require_sound(plan)
    with stepping(state, by) as step:
        if _load(step.connection, select(EXPERIMENT.c.id).where(EXPERIMENT.c.id == name)):
            raise StateConflictError(f"experiment {name} is registered already")
        step.connection.execute(insert(EXPERIMENT).values(id=name))
        _add(step, name, 1, "register", reason, plan=plan)
        return _one(step.connection, name)


def change_plan(
    state: State,
    seen: Experiment,
    plan: ExperimentPlan,
    *,
    by: str,
    reason: str,
    deviation: bool = False,
) -> Experiment:
    """Change the plan as it was ``seen``: of a draft freely, afterwards only as a ``deviation``."""
    _require_sound(plan)
    with stepping(state, by) as step:
        now = _standing(step, seen)
        if plan == now.plan:
            raise StateRefusedError(f"the plan of experiment {now.id} is this already")
        if now.stage == "decided":
            raise StateRefusedError(f"experiment {now.id} is decided: its plan is kept")
        if now.stage != "draft" and not deviation:
            raise StateRefusedError(
                f"experiment {now.id} is {now.stage}: its plan cannot be changed; "
                "a deviation from it can be recorded, and is shown beside every result"
            )
        action = "change" if now.stage == "draft" else "deviate"
        _add(step, now.id, now.steps[-1].number + 1, action, reason, plan=plan)
        return _one(step.connection, now.id)


def start_experiment(
    state: State, seen: Experiment, *, by: str, reason: str, day: date
) -> Experiment:
    """Start a draft as it was ``seen``: from now on its plan is fixed."""
    return _move(state, seen, "start", "draft", by, reason, day)


def stop_experiment(
    state: State, seen: Experiment, *, by: str, reason: str, day: date
) -> Experiment:
    """Stop a running experiment: who comes in after ``day`` does not count."""
    if seen.started_on is not None and day < seen.started_on:
        raise StateRefusedError(f"experiment {seen.id} started on {seen.started_on}, after {day}")
    return _move(state, seen, "stop", "running", by, reason, day)


def decide_experiment(
    state: State, seen: Experiment, *, by: str, outcome: str, reason: str
) -> Experiment:
    """Decide on a stopped experiment, whatever the rule says: the reason is kept."""
    if outcome not in EXPERIMENT_DECISIONS:
        known = ", ".join(EXPERIMENT_DECISIONS)
        raise StateRefusedError(f"outcome is {outcome!r}: expected one of {known}")
    return _move(state, seen, "decide", "stopped", by, reason, None, outcome)


def experiments(state: State) -> tuple[Experiment, ...]:
    """All experiments of the register, by id."""
    with state.reading() as connection:
        return _load(connection, select(EXPERIMENT.c.id))


def experiment(state: State, name: str) -> Experiment | None:
    """One experiment; None where the register has none of that id."""
    with state.reading() as connection:
        found = _load(connection, select(EXPERIMENT.c.id).where(EXPERIMENT.c.id == name))
    return found[0] if found else None


def _require_sound(plan: ExperimentPlan) -> None:
    problems = plan_problems(plan)
    if problems:
        told = "; ".join(
            f"{'.'.join(str(part) for part in place)}: {what}" for place, what in problems
        )
        raise StateRefusedError(f"the plan cannot be kept: {told}")


def _move(
    state: State,
    seen: Experiment,
    action: str,
    before: Stage,
    by: str,
    reason: str,
    day: date | None,
    outcome: str | None = None,
) -> Experiment:
    with stepping(state, by) as step:
        now = _standing(step, seen)
        if now.stage != before:
            raise StateRefusedError(
                f"experiment {now.id} is {now.stage}: {action} needs one that is {before}"
            )
        kept = None if day is None else plain_day("day", day)
        number = now.steps[-1].number + 1
        _add(step, now.id, number, action, reason, day=kept, outcome=outcome)
        return _one(step.connection, now.id)


def _standing(step: Step, seen: Experiment) -> Experiment:
    """The experiment as it is now; refused where somebody acted on it since it was seen."""
    now = _one(step.connection, seen.id)
    last = now.steps[-1]
    if last.number != seen.steps[-1].number:
        raise StateConflictError(
            f"{last.who} acted on experiment {now.id} at {last.at:%F %T} UTC: load it again"
        )
    return now


def _add(
    step: Step,
    name: str,
    number: int,
    action: str,
    reason: str,
    *,
    plan: ExperimentPlan | None = None,
    day: date | None = None,
    outcome: str | None = None,
) -> None:
    written = None if plan is None else canonical_json(plan.as_json())
    said: dict[str, object] = {
        "reason": words("reason", reason),
        "day": day,
        "outcome": outcome,
        "digest": None if written is None else digest(written),
    }
    row = {**said, "experiment_id": name, "number": number, "action": action, "plan": written}
    step.connection.execute(insert(EXPERIMENT_STEP).values(**row, at=step.at, who=step.by))
    on = f"experiment:{name}"
    record(step.connection, at=step.at, who=step.by, action=action, on=on, detail=said)


def _one(connection: Connection, name: str) -> Experiment:
    found = _load(connection, select(EXPERIMENT.c.id).where(EXPERIMENT.c.id == name))
    if not found:
        raise StateConflictError(f"experiment {name} does not exist")
    return found[0]


def _load(connection: Connection, ids: Select[tuple[str]]) -> tuple[Experiment, ...]:
    table = EXPERIMENT_STEP
    query = select(table).where(table.c.experiment_id.in_(ids))
    steps: dict[str, list[ExperimentStep]] = {}
    for row in connection.execute(query.order_by(table.c.experiment_id, table.c.number)).mappings():
        steps.setdefault(row["experiment_id"], []).append(_step(row))
    return tuple(_experiment(name, own) for name, own in steps.items())


def _experiment(name: str, steps: Sequence[ExperimentStep]) -> Experiment:
    return Experiment(name, tuple(steps))


def _step(row: RowMapping) -> ExperimentStep:
    """A step; a plan that is no longer the one that was kept is refused, not shown."""
    kept = {name: value for name, value in row.items() if name != "experiment_id"}
    written = kept["plan"]
    if written is not None and digest(written) != kept["digest"]:
        raise StateError(
            f"step {row['number']} of experiment {row['experiment_id']} was altered after it was "
            "written: restore the back-up"
        )
    return ExperimentStep(
        **{**kept, "plan": None if written is None else plan_of(json.loads(written))}
    )
