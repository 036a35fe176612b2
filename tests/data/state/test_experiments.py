"""The register of experiments: stages in order, plans that stay, deviations that show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from data.experiments.check import plan_problems
from data.experiments.plan import ExperimentPlan, PlannedArm, PlannedMetric, plan_of
from data.state import (
    State,
    StateConflictError,
    StateError,
    StateRefusedError,
    audit_entries,
    numbers_head,
    verify_audit,
    verify_published,
)
from data.state.experiments import (
    change_plan,
    decide_experiment,
    experiment,
    experiments,
    register_experiment,
    start_experiment,
    stop_experiment,
)

START = date(2026, 7, 1)
DONE = PlannedMetric(
    "done", "proportion", "tasks_finished", where=(("module", ("transfer",)),), role="primary",
    covariate=True, name_zh="完成转账", name_en="Finished a transfer",
)  # fmt: skip
PLAN = ExperimentPlan(
    "转账页改版", "New transfer page", "more transfers are finished", "payments", ("transfer",),
    (PlannedArm("control", 0.5), PlannedArm("treatment", 0.5)),
    (DONE, PlannedMetric("fee", "ratio", "fee_income", "txn_amount"),
     PlannedMetric("risky", "ratio", "txn_risky", "txn_all", role="guardrail", margin=0.1)),
    START, date(2026, 7, 10), looks=(0.5, 1.0), policy="pocock",
)  # fmt: skip


def test_an_experiment_goes_from_draft_to_decision_and_keeps_every_step(state: State) -> None:
    made = register_experiment(state, "X1", PLAN, by="li", reason="a new page")
    assert (made.stage, made.plan, made.version) == ("draft", PLAN, 1)
    longer = replace(PLAN, horizon_days=35)
    changed = change_plan(state, made, longer, by="li", reason="more users")
    running = start_experiment(state, changed, by="wang", reason="go", day=START)
    stopped = stop_experiment(state, running, by="li", reason="horizon", day=date(2026, 7, 24))
    done = decide_experiment(state, stopped, by="zhao", outcome="ship", reason="+6 points")
    assert [one.action for one in done.steps] == ["register", "change", "start", "stop", "decide"]
    assert (done.stage, done.started_on, done.stopped_on) == ("decided", START, date(2026, 7, 24))
    assert done.decision is not None
    assert (done.decision.who, done.decision.outcome, done.plan) == ("zhao", "ship", longer)
    assert experiments(state) == (done,)
    assert experiment(state, "X1") == done
    assert experiment(state, "X2") is None
    assert len(audit_entries(state, on="experiment:X1")) == 5
    assert verify_audit(state).sound
    assert numbers_head(state) == 0  # no number of the cockpit moves


def test_the_plan_of_a_running_experiment_is_kept_and_a_deviation_shows(state: State) -> None:
    made = register_experiment(state, "X1", PLAN, by="li", reason="x")
    running = start_experiment(state, made, by="li", reason="x", day=START)
    sharper = replace(PLAN, alpha=0.1)
    with pytest.raises(StateRefusedError, match="is running: its plan cannot be changed"):
        change_plan(state, running, sharper, by="li", reason="nearly there")
    off = change_plan(state, running, sharper, by="li", reason="nearly there", deviation=True)
    assert (off.stage, off.plan, off.planned, off.version) == ("running", sharper, PLAN, 2)
    assert [one.reason for one in off.deviations] == ["nearly there"]
    stopped = stop_experiment(state, off, by="li", reason="x", day=START)
    done = decide_experiment(state, stopped, by="li", outcome="invalid", reason="changed midway")
    with pytest.raises(StateRefusedError, match="is decided"):
        change_plan(state, done, PLAN, by="li", reason="back", deviation=True)


def test_steps_come_in_their_order_and_one_after_another(state: State) -> None:
    made = register_experiment(state, "X1", PLAN, by="li", reason="x")
    with pytest.raises(StateConflictError, match="registered already"):
        register_experiment(state, "X1", PLAN, by="li", reason="x")
    with pytest.raises(StateRefusedError, match="decide needs one that is stopped"):
        decide_experiment(state, made, by="li", outcome="ship", reason="x")
    with pytest.raises(StateRefusedError, match="stop needs one that is running"):
        stop_experiment(state, made, by="li", reason="x", day=START)
    running = start_experiment(state, made, by="li", reason="x", day=START)
    with pytest.raises(StateConflictError, match="load it again"):
        start_experiment(state, made, by="wang", reason="x", day=START)
    with pytest.raises(StateRefusedError, match="started on 2026-07-01"):
        stop_experiment(state, running, by="li", reason="x", day=date(2026, 6, 30))
    with pytest.raises(StateRefusedError, match="outcome is 'perhaps'"):
        decide_experiment(state, running, by="li", outcome="perhaps", reason="x")
    with pytest.raises(StateRefusedError, match="is this already"):
        change_plan(state, running, PLAN, by="li", reason="x", deviation=True)
    with pytest.raises(StateRefusedError, match="reason is empty"):
        stop_experiment(state, running, by="li", reason=" ", day=START)
    assert [one.stage for one in experiments(state)] == ["running"]


def test_a_plan_with_problems_is_refused_with_all_of_them(state: State) -> None:
    wrong = replace(
        PLAN, arms=(PlannedArm("a", 0.5), PlannedArm("a", 0.6)), alpha=0.7, policy="fixed",
        metrics=(replace(DONE, role="guardrail", window_days=0),), ends_on=date(2026, 6, 1),
    )  # fmt: skip
    places = {place for place, _ in plan_problems(wrong)}
    assert places == {
        ("arms",), ("alpha",), ("looks",), ("ends_on",), ("metrics",),
        ("metrics", 0, "window_days"), ("metrics", 0, "margin"),
    }  # fmt: skip
    with pytest.raises(StateRefusedError, match=r"arms named twice: a; .*metrics\.0\.window_days"):
        register_experiment(state, "X1", wrong, by="li", reason="x")
    with pytest.raises(StateRefusedError, match="cannot be called 'a b'"):
        register_experiment(state, "a b", PLAN, by="li", reason="x")
    assert experiments(state) == ()


def test_a_plan_comes_back_from_json_as_it_went_in() -> None:
    assert plan_of(PLAN.as_json()) == PLAN


@pytest.mark.parametrize(
    "statement",
    [
        *(
            "INSERT INTO experiment_step (experiment_id, number, at, who, action, reason) "
            f"VALUES {row}"
            for row in (
                "('X1', 3, '2026-01-01', 'x', 'stop', 'a step left out')",
                "('X1', 2, '2026-01-01', 'x', 'decide', 'without an outcome')",
                "('X1', 2, '2026-01-01', 'x', 'deviate', 'without a plan')",
            )
        ),
        "UPDATE experiment_step SET plan = '{}' WHERE number = 1",
        "DELETE FROM experiment_step",
        "DELETE FROM experiment",
    ],
)
def test_the_database_refuses_what_the_code_would_never_do(state: State, statement: str) -> None:
    made = register_experiment(state, "X1", PLAN, by="li", reason="x")
    with pytest.raises(IntegrityError), state.writing() as connection:
        connection.execute(text(statement))
    assert experiments(state) == (made,)


def test_an_altered_plan_is_not_shown(state: State) -> None:
    register_experiment(state, "X1", PLAN, by="li", reason="x")
    assert verify_published(state) == ()
    with state.writing() as connection:
        drop = "DROP TRIGGER guard_experiment_step_update"
        on = " ON experiment_step" if connection.dialect.name == "postgresql" else ""
        connection.execute(text(drop + on))
        connection.execute(text("UPDATE experiment_step SET plan = replace(plan, '0.05', '0.25')"))
    with pytest.raises(StateError, match="was altered after it was written"):
        experiments(state)
    found = verify_published(state)
    assert [(one.object, one.reason) for one in found] == [
        ("experiment:X1", "the plan of step 1 was altered after it was written")
    ]
