"""The Campaign screen says what the truth file knows, and nothing that it cannot know."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.engines import open_warehouse
from data.ingest import load
from data.points.catalogue import load_catalogue
from data.points.clock import Clock
from data.points.refresh import refresh
from data.state.experiments import Experiment, ExperimentStep
from metrics.experiments.demo import planted as planted_experiments
from tests.conftest import DemoBank
from tests.pages.conftest import Open, shown


def test_the_planted_campaign_is_named(
    screen: Open, demo_bank: DemoBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = demo_bank.truth.effects["campaign_lift"]
    plan = next(iter(planted_experiments(demo_bank.truth.effects, "en"))).plan
    plan = replace(plan, campaign_id=planted.where["campaign_id"])
    step = ExperimentStep(
        1, datetime(2026, 7, 1, tzinfo=UTC), "li", "register", "x", None, None, plan, None
    )
    other = replace(plan, campaign_id=None)
    every = (Experiment("X7", (step,)), Experiment("X8", (replace(step, plan=other),)))
    monkeypatch.setattr("ui.campaign.trials.register", lambda: every)
    test = screen(
        "campaign", lang="en", period=str(planted.start)[:7],
        campaign=planted.where["campaign_id"],
    )  # fmt: skip
    assert not test.exception
    text = shown(test)
    assert f"Treated less holdout: ¥{planted.size['lift_cny_a_user']:.2f}" in text
    assert "adds up to" in text
    assert "Experiments of this campaign" in text
    linked = [one.proto.label for one in test.get("page_link") if "X7" in one.proto.label]
    assert linked == ["Transfer in two steps · X7 — draft"]
    assert not any("X8" in one.proto.label for one in test.get("page_link"))
    table = test.dataframe[0].value
    assert table["Return on ¥1"].notna().sum() >= 1
    assert list(table["Reviews"].unique()) == ["● all three"]


def test_a_campaign_without_lift_is_told_apart_from_its_namesake(
    screen: Open, demo_bank: DemoBank
) -> None:
    planted = demo_bank.truth.effects["campaign_no_lift"]
    test = screen("campaign", lang="en", period=str(planted.start)[:7])
    assert not test.exception
    names = test.dataframe[0].value["Campaign"]
    assert names.is_unique
    ended = names[names.str.endswith(planted.where["campaign_id"][-4:])]
    verdicts = test.dataframe[0].value.loc[ended.index, "Verdict"]
    assert list(verdicts) == ["○ no effect shown"]


def test_a_branch_in_chinese(screen: Open) -> None:
    test = screen("campaign", lang="zh", branch="B01", period="2026-10")
    assert not test.exception
    assert "费用不分用户" in shown(test)


def test_without_campaigns_the_screen_says_what_to_load(
    screen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.campaign.headline.not_loaded", lambda here: "needs table dim_campaign")
    test = screen("campaign", lang="en", period="2026-10")
    assert not test.exception
    text = shown(test)
    assert "Campaigns are not loaded yet" in text
    assert "`dim_campaign`, `campaign_member`, `touch`, `spend`" in text
    assert not test.dataframe
    assert "Nobody converted" not in text


def test_a_real_campaign_without_invented_conclusions(screen: Open, tmp_path: Path) -> None:
    source = os.environ.get("CANOPY_REAL_DATA")
    if not source:
        pytest.skip("CANOPY_REAL_DATA names no folder with real data")
    url = f"ducklake:///{tmp_path / 'bank'}"
    warehouse = open_warehouse(url)
    folder = Path(source) / "bank_marketing"
    load(warehouse, [folder], mapping="bank_marketing", zone="Europe/Lisbon", who="test")
    refresh(warehouse, load_catalogue(), Clock("Europe/Lisbon"))
    warehouse.engine.dispose()
    test = screen("campaign", warehouse=url, lang="en", period="2010-11")
    assert not test.exception
    text, table = shown(test), test.dataframe[0].value
    assert table["Exposed"].sum() == 41_188
    assert table["Converted"].sum() == 4_640
    assert set(table["Reviews"]) == {"– not recorded"}
    assert table["Not seen again, %"].isna().all()
    assert "without the" not in text
    assert "converted after 1" in text
    # Clicks and joins are not in the source: unknown, not nobody.
    assert table[["Clicked", "Joined"]].isna().all(axis=None)
    assert "4,640 converted" in text
    assert "clicked" not in text
