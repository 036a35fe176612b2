"""The demo bank's planted experiments: numbers of the truth file, verdicts, looks, parts, days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from data.engines import open_warehouse
from data.experiments.plan import PlannedMetric
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.read import Store, open_store
from data.slice import Slice
from data.state import open_state
from data.state.experiments import decide_experiment, experiments
from metrics.experiments.analysis import analyse
from metrics.experiments.demo import Planted, planted, register_planted
from metrics.experiments.judged import judged
from metrics.experiments.looking import look_rule
from metrics.experiments.measured import by_day_since, measured, source_of
from metrics.experiments.timeline import over_time
from tests.conftest import DemoBank

BANK = Slice.of("2026-10")
EFFECTS = ("ab_effect", "ab_no_effect", "ab_broken_split")


@pytest.fixture(scope="module")
def connection(demo_bank: DemoBank) -> Iterator[Connection]:
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    with warehouse.reading() as connection:
        yield connection
    warehouse.engine.dispose()


@pytest.fixture(scope="module")
def store(connection: Connection) -> Store:
    return open_store(connection, load_catalogue(), Clock("Asia/Shanghai"))


@pytest.fixture(scope="module")
def runs(demo_bank: DemoBank) -> tuple[Planted, ...]:
    return tuple(planted(demo_bank.truth.effects))


@pytest.mark.parametrize("place", [0, 1, 2], ids=EFFECTS)
def test_each_planted_experiment_has_the_numbers_of_the_truth(
    connection: Connection, store: Store, demo_bank: DemoBank, runs: tuple[Planted, ...], place: int
) -> None:
    run, truth = runs[place], demo_bank.truth.effects[EFFECTS[place]].size
    primary = replace(run.plan, metrics=run.plan.metrics[:1])
    found = measured(connection, store, source_of(store, run.id, primary), BANK)
    assert found.whole is not None
    for arm in found.whole.arms:
        assert arm.users == arm.moments.n == truth[arm.arm]["users"]
        done = arm.moments.total("transfer_finished")
        assert round(done) == pytest.approx(truth[arm.arm]["outcomes"])
    told = analyse(found.source.statistics, found.whole.arms, found.whole.enrolment)
    assert told.verdict.outcome != "ship" or place == 0
    assert (told.verdict.outcome == "invalid") == (place == 2)
    if place < 2:
        points = told.effects[0].difference.value
        assert points is not None
        assert 100 * points == pytest.approx(truth["difference_pp"], abs=1e-4)


def test_looks_grow_to_the_whole_and_parts_and_days_add_up(
    connection: Connection, store: Store, runs: tuple[Planted, ...]
) -> None:
    run = runs[0]
    source = source_of(store, run.id, run.plan, stopped_on=run.stopped_on)
    found = measured(connection, store, source, BANK, by="tier")
    assert found.whole is not None
    last = found.looks[-1]
    assert [one.day for one in found.looks] == sorted({one.day for one in found.looks})
    for arm, whole in zip(last.arms, found.whole.arms, strict=True):
        assert (arm.users, arm.moments.n) == (whole.users, whole.moments.n)
        assert arm.moments.means == pytest.approx(whole.moments.means)
        assert arm.moments.variance("transfer_amount") == pytest.approx(
            whole.moments.variance("transfer_amount")
        )
        parts = [one for part in found.parts.values() for one in part.arms if one.arm == arm.arm]
        added = parts[0].moments
        for one in parts[1:]:
            added = added + one.moments
        assert added.n == whole.moments.n
        assert added.means == pytest.approx(whole.moments.means)
        products = added.covariance("transfer_amount", "transfer_amount_before")
        expected = whole.moments.covariance("transfer_amount", "transfer_amount_before")
        assert products == pytest.approx(expected)
    days = by_day_since(connection, store, source, BANK)
    assert set(days) == set(range(14))
    assert all(arm.moments.n == len_of for one in days.values()
               for arm, len_of in zip(one, [a.users for a in found.whole.arms],
                                      strict=True))  # fmt: skip
    started = sum(one[0].moments.total("transfer_completion_over") for one in days.values())
    assert started == pytest.approx(found.whole.arms[0].moments.total("transfer_completion_over"))


def test_a_look_knows_only_what_was_known(
    connection: Connection, store: Store, runs: tuple[Planted, ...]
) -> None:
    run = runs[0]
    early = run.plan.starts_on + timedelta(days=15)
    found = measured(connection, store, source_of(store, run.id, run.plan, until=early), BANK)
    assert found.whole is not None
    assert 0 < found.ripe < found.enrolled
    assert found.whole.enrolment.days == 16
    told = analyse(found.source.statistics, found.whole.arms, found.whole.enrolment)
    assert not told.look.decides
    before = source_of(store, run.id, run.plan, until=run.plan.starts_on - timedelta(days=1))
    assert measured(connection, store, before, BANK).whole is None


def test_a_broken_split_is_broken_in_every_part(
    connection: Connection, store: Store, runs: tuple[Planted, ...]
) -> None:
    run = runs[2]
    primary = replace(run.plan, metrics=run.plan.metrics[:1])
    source = source_of(store, run.id, primary)
    part = measured(connection, store, source, Slice.of("2026-10", tier=("vip",)))
    assert part.whole is not None
    alone = analyse(source.statistics, part.whole.arms, part.whole.enrolment)
    assert alone.health.state != "invalid"  # few users: by itself it looks sound
    told = judged(part)
    assert told is not None
    assert (told.verdict.outcome, told.health.state) == ("invalid", "invalid")
    assert all(one.difference.value is None for one in told.effects)
    assert told.health.arms == alone.health.arms
    sound = measured(connection, store, source_of(store, runs[1].id, primary), BANK)
    assert sound.bank is None


def test_what_cannot_be_measured_is_left_out_and_said(
    store: Store, runs: tuple[Planted, ...]
) -> None:
    run = runs[0]
    wrong = PlannedMetric("minutes", "mean", "good_minutes")
    more = replace(run.plan, metrics=(*run.plan.metrics, wrong))
    source = source_of(store, run.id, more)
    assert [(one.metric, one.kind) for one in source.refused] == [("minutes", "no_user")]
    assert [one.id for one in source.plan.metrics] == [one.id for one in run.plan.metrics]
    assert (source.missing_tables, source.gaps) == ((), 0)
    oldest = replace(run.plan, starts_on=date(2024, 9, 10), ends_on=None)
    kept = source_of(store, run.id, oldest).statistics.metrics
    assert all(not one.covariates for one in kept)  # the 28 days before were never loaded


def test_the_demo_experiments_are_registered_once(demo_bank: DemoBank, tmp_path: Path) -> None:
    with open_state(f"sqlite:///{tmp_path}/state.db") as state:
        made = register_planted(state, demo_bank.truth.effects)
        assert [(one.id, one.stage) for one in made] == [
            ("X0001", "stopped"), ("X0002", "stopped"), ("X0003", "stopped"),
        ]  # fmt: skip
        assert register_planted(state, demo_bank.truth.effects) == made
        assert experiments(state) == made
        decide_experiment(state, made[0], by="li", outcome="ship", reason="x")
        moved = {
            name: replace(effect, start="2026-01-01", stop="2026-01-24")
            for name, effect in demo_bank.truth.effects.items()
        }
        again = register_planted(state, moved)
        assert [len(one.deviations) for one in again] == [0, 1, 1]
        assert again[1].plan.starts_on == date(2026, 1, 1)


def test_a_stop_before_the_planned_users_are_in_decides_nothing_under_a_fixed_horizon(
    connection: Connection, store: Store, runs: tuple[Planted, ...]
) -> None:
    """Who looks daily and stops at a good moment once got a verdict when the horizon came."""
    run = runs[0]
    early = run.plan.starts_on + timedelta(days=7)
    source = source_of(store, run.id, run.plan, stopped_on=early)
    assert (source.cut, source.plan.ends_on) == (early, early)
    told = judged(measured(connection, store, source, BANK))
    assert told is not None and told.verdict.outcome == "inconclusive"
    assert [one.outcome for one in told.verdicts] == ["inconclusive"]
    assert (told.look.day, told.look.decides) == (8, False)
    assert told.verdict.reasons[0].kind == "before_horizon"
    assert source_of(store, run.id, run.plan, stopped_on=run.stopped_on).cut is None
    always = replace(run.plan, policy="always_valid")
    taken = measured(connection, store, source_of(store, run.id, always, stopped_on=early), BANK)
    told = judged(taken)
    assert told is not None and told.look.decides and told.verdict.outcome != "keep_running"


def test_nobody_comes_in_after_the_horizon_of_an_open_plan(
    store: Store, runs: tuple[Planted, ...]
) -> None:
    run = runs[0]
    source = source_of(store, run.id, replace(run.plan, ends_on=None))
    assert source.plan.ends_on == run.plan.starts_on + timedelta(days=run.plan.horizon_days - 1)


def test_a_guardrail_that_cannot_be_measured_is_unknown_and_not_gone(
    connection: Connection, store: Store, runs: tuple[Planted, ...]
) -> None:
    run = runs[0]
    gone = [
        PlannedMetric("gone", kind, "risk_events_grave", role="guardrail", margin=0.1)
        for kind in ("mean", "quantile")
    ]  # fmt: skip
    for one in gone:
        plan = replace(run.plan, metrics=(*run.plan.metrics, one))
        source = source_of(store, run.id, plan, stopped_on=run.stopped_on)
        assert [each.metric for each in source.refused] == ["gone"]
        told = judged(measured(connection, store, source, BANK))
        assert told is not None and told.verdict.outcome != "ship"
        assert {each.metric: each.state for each in told.guardrails}["gone"] == "unknown"


def test_a_group_sequential_look_knows_the_users_of_the_looks_before(
    connection: Connection, store: Store, runs: tuple[Planted, ...]
) -> None:
    """The chart over time and the verdict once had different boundaries."""
    run = runs[0]
    plan = replace(run.plan, policy="pocock", looks=(0.75, 0.9, 1.0))
    taken = measured(connection, store, source_of(store, run.id, plan), BANK)
    told = judged(taken)
    looks = [(one.enrolment.days, one.arms) for one in taken.looks]
    statistics = taken.source.statistics
    drawn = over_time(statistics, statistics.metrics[0], "treatment", looks)
    assert told is not None and drawn[-1].planned
    assert told.look.boundary == pytest.approx(drawn[-1].boundary)
    plain = look_rule(statistics, told.look.day, 400)
    assert abs(told.look.boundary - plain.boundary) > 1e-3
