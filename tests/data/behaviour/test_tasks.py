"""Tasks, journeys and content against pandas on raw events, and the step that most give up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.behaviour import content, tasks
from data.behaviour.features import active_people
from data.period import Period
from data.slice import Slice
from metrics.behaviour.journey import journeys
from metrics.behaviour.spread import formats, spread
from metrics.behaviour.steps import completion, worst_step
from metrics.behaviour.steps import tasks as told
from metrics.tree import load_tree
from metrics.values import Setup, evaluate
from tests.conftest import DemoBank
from tests.data.behaviour.conftest import MONTH, Facts

ABOUT = Slice.of(MONTH)


@pytest.mark.parametrize("about", [ABOUT, Slice.of(MONTH, module=("transfer", "card"))], ids=str)
def test_completion_is_the_indicator(facts: Facts, about: Slice) -> None:
    setup = Setup(facts.store, load_tree(None, facts.store.catalogue.points))
    value = evaluate(facts.connection, setup, ["task_completion"], about).value[0, 0]
    runs = tasks.runs_by_step(facts.connection, facts.store, about)
    assert completion(runs).value == pytest.approx(value)


def test_steps_are_those_of_every_run(facts: Facts) -> None:
    steps = facts.table("dim_page").set_index("page")["step"]
    rows = facts.events[facts.events["task_id"].notna()].copy()
    rows["step"] = rows["page"].map(steps).fillna(0).astype(int)
    rows = rows[(rows["day"] >= MONTH.first) & (rows["day"] <= MONTH.last + timedelta(days=1))]
    expected: dict[tuple[str, int, int], int] = {}
    for _key, run in rows.groupby(["task_id", "day"]):
        if "task_start" not in set(run["action"]) or run["day"].iloc[0] > MONTH.last:
            continue
        key = (str(run["module"].iloc[0]), int(run["step"].max()))
        done = int("task_finish" in set(run["action"]))
        expected[(*key, done)] = expected.get((*key, done), 0) + 1
    runs = tasks.runs_by_step(facts.connection, facts.store, ABOUT)
    found = {(r.module, r.step, r.finished): r.runs for r in runs.itertuples()}
    assert found == expected


def test_the_step_that_most_give_up(facts: Facts, demo_bank: DemoBank) -> None:
    effect = demo_bank.truth.effects["stuck_step"]
    coverage = facts.store.coverage
    first, last = coverage.first_day, coverage.last_day("event")
    assert first is not None and last is not None
    runs = tasks.runs_by_step(facts.connection, facts.store, Slice.of(Period(first, last)))
    found = worst_step(told(runs, tasks.steps_of_tasks(facts.connection)))
    assert found is not None
    assert found[1].page == effect.where["page"]
    assert found[1].reached == effect.size["reached"]
    assert found[1].left.value == pytest.approx(effect.size["gave_up_pct"], abs=1e-5)


def test_touchpoints_of_the_chains(facts: Facts) -> None:
    rows = facts.events
    rows = rows[(rows["day"] >= MONTH.first) & (rows["day"] <= MONTH.last)]
    points = tasks.touchpoints(facts.connection, facts.store, ABOUT)
    voices = tasks.satisfaction(facts.connection, facts.store, ABOUT)
    chains = journeys(points, voices)
    assert [chain.name for chain in chains] == ["payment", "wealth", "credit"]
    for chain in chains:
        assert [one.number for one in chain.touchpoints] == list(range(1, 13))
        assert chain.weakest is None or chain.weakest in chain.touchpoints
    payment = chains[0].touchpoints
    amount = rows[rows["page"] == "transfer.amount"]
    confirm = rows[rows["page"] == "transfer.confirm"]
    assert payment[2].visits == amount["session_id"].nunique()
    began = amount.groupby("session_id")["occurred_at"].min()
    ended = confirm.groupby("session_id")["occurred_at"].max()
    both = began.to_frame("began").join(ended.rename("ended"), how="inner")
    functional = payment[2].functional
    assert functional is not None
    assert functional.part == (both["ended"] >= both["began"]).sum()
    seconds = amount["duration_ms"].clip(upper=30 * 60 * 1000).mean() / 1000
    assert payment[2].seconds == pytest.approx(seconds)
    assert payment[5].functional is None


def test_satisfaction_by_module(facts: Facts) -> None:
    answers = facts.table("survey")
    day = (answers["answered_at"] + timedelta(hours=8)).dt.date
    kept = answers[(answers["kind"] == "csat") & (day >= MONTH.first) & (day <= MONTH.last)]
    found = tasks.satisfaction(facts.connection, facts.store, ABOUT)
    answers_of = dict(zip(found["module"], found["answers"], strict=True))
    satisfied_of = dict(zip(found["module"], found["satisfied"], strict=True))
    assert len(kept) > 0
    for module, part in kept.groupby("module"):
        assert answers_of[str(module)] == len(part)
        assert satisfied_of[str(module)] == (part["score"] >= 4).sum()


def test_content_and_spread(facts: Facts) -> None:
    about = Slice.of("2026")
    rows = facts.events[facts.events["day"] >= about.period.first]
    rows = rows[rows["content_id"].notna()]
    views, shares = rows[rows["action"] == "view"], rows[rows["action"] == "share"]
    found = formats(content.content_use(facts.connection, facts.store, about))
    assert found[0].format == ""
    assert (found[0].views, found[0].shares) == (len(views), len(shares))
    assert found[0].users == views["user_id"].nunique()
    assert sum(one.views for one in found[1:]) == found[0].views
    new = facts.users[facts.users["registered_on"] >= about.period.first]
    active = active_people(facts.connection, facts.store, about)
    told_of = spread(content.invitations(facts.connection, facts.store, about), active)
    assert told_of.newcomers == len(new)
    assert told_of.referred.part == new["referred_by"].notna().sum()
    assert told_of.k == pytest.approx(told_of.referred.part / active)
