"""The data dictionary: one entry of each kind, search in both languages, and addresses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.experiments.plan import ExperimentPlan, PlannedArm, PlannedMetric
from data.state import open_state
from data.state.experiments import register_experiment
from tests.pages.conftest import Open, shown, sound


def test_an_indicator_tells_everything_in_both_languages(screen: Open) -> None:
    test = screen("dictionary", lang="en", entry="retention_d1", period="2026-10")
    text = sound(test)
    for told in (
        "Day&#45;1 retention", "100 * d1_kept / d1_due", "User operations", "32 % → 40 %",
        "Higher is better", "Made from 2 data points, 3 tables, 13 columns.", "`dim_user`",
    ):  # fmt: skip
        assert told in text or told.replace("%", "&#37;") in text, told
    assert test.query_params["entry"] == "retention_d1"
    links = [str(one.proto.label) for one in test.get("page_link")]
    assert "Open the card ›" in links
    assert "User behaviour" in links
    other = sound(screen("dictionary", lang="zh", entry="retention_d1"))
    assert "次日留存率" in other
    assert "口径版本" in other
    assert "来自2 个数据点、3 张数据表、13 个字段。" in other


def test_what_breaks_without_a_table(screen: Open) -> None:
    text = sound(screen("dictionary", lang="en", entry="table:survey"))
    assert "When it is late or missing: 2 indicators lack their value." in text
    assert "The total score is concerned too." in text


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("point:txn_risky", "number of rows"),
        ("column:dim_user.birth_year", "personal"),
        ("red_line:npl_limit", "Breached at"),
        ("rule:fraud_high", "level 2"),
        ("retention", "Of the total"),
    ],
)
def test_each_kind_has_its_facts(screen: Open, entry: str, told: str) -> None:
    assert told in sound(screen("dictionary", lang="en", entry=entry))


def test_search_groups_and_the_entry_stay(screen: Open) -> None:
    test = screen("dictionary", lang="zh", entry="mau")
    test.text_input(key="dictionary_query").set_value("流存率")
    text = sound(test.run())
    found = next(one.value for one in test.dataframe if "名称" in one.value.columns)
    assert found["名称"].tolist() == ["次日留存率", "7日留存率", "30日留存率"]
    assert "月活跃用户" in text
    hostile = "<script>alert(1)</script>[x](http://a)"
    test.text_input(key="dictionary_query").set_value(hostile)
    text = sound(test.run())
    assert "<script>" not in text
    assert "没有找到" in text


def test_an_address_that_names_nothing_is_answered(screen: Open) -> None:
    test = screen("dictionary", lang="en", entry="retenton_d1")
    text = sound(test)
    assert "The dictionary has no entry retenton&#95;d1" in text
    assert "Did you mean retention&#95;d1?" in text
    assert test.query_params["entry"] == "mau"
    test = screen("dictionary", lang="en", entry="txn.fraud")
    sound(test)
    assert test.query_params["entry"] == "column:txn.fraud"


def test_the_card_shows_the_version_that_the_dictionary_shows(screen: Open) -> None:
    book = sound(screen("dictionary", lang="en", entry="nps"))
    version = book.partition("Definition version] `")[2][:8]
    assert len(version) == 8
    assert version in shown(screen("tree", lang="en", node="nps", period="2026-10"))


def test_an_experiment_is_there_as_soon_as_it_is_registered(
    screen: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state_url = f"sqlite:///{tmp_path}/state.sqlite"
    monkeypatch.setenv("CANOPY_STATE", state_url)
    assert "has no entry experiment" in sound(
        screen("dictionary", lang="en", entry="experiment:dictionary_trial")
    )
    arms = (PlannedArm("control", 0.5), PlannedArm("new", 0.5))
    metric = PlannedMetric("kept", "proportion", "sessions", role="primary")
    plan = ExperimentPlan(
        "字典实验", "Dictionary trial", "more come back", "li", (), arms, (metric,),
        date(2026, 12, 1), users=1000,
    )  # fmt: skip
    state = open_state(state_url)
    register_experiment(state, "dictionary_trial", plan, by="li", reason="a trial")
    state.close()
    text = sound(screen("dictionary", lang="en", entry="experiment:dictionary_trial"))
    assert "Dictionary trial" in text
    assert "Made from 1 data point, 3 tables" in text
