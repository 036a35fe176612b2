"""The Competitor screen: what was shipped, ranks as ranges, and who may write."""

from __future__ import annotations

from data.demo.outside import LACKED
from tests.conftest import DemoBank
from tests.pages.conftest import Open, shown


def test_the_planted_release_and_what_was_seen_of_it(screen: Open, demo_bank: DemoBank) -> None:
    planted = demo_bank.truth.effects["competitor_release"]
    test = screen("competitor", lang="en", period="2026-10")
    assert not test.exception
    text = shown(test)
    assert "一键收款码" in text
    links = [str(one.proto.label) for one in test.get("page_link")]
    told = next(one for one in links if "Peer A" in one and "◆" in one)
    assert f"{planted.size['share_of_voice_pct']:.2f}%" in told
    assert f"{planted.size['share_of_voice_28_days_before_pct']:.2f}%" in told


def test_features_that_peers_have_and_the_bank_lacks(screen: Open) -> None:
    test = screen("competitor", lang="en", period="2026-10")
    tile = [one.value for one in test.markdown]
    place = next(i for i, told in enumerate(tile) if told == "**Features we lack**")
    assert tile[place + 1] == str(len(LACKED))
    assert "peers offer 2 features that the bank is not known to have" in shown(test)


def test_chinese_branch_and_a_time_without_figures(screen: Open) -> None:
    test = screen("competitor", lang="zh", branch="B01", period="2026-10")
    assert not test.exception
    assert "功能矩阵" in shown(test)
    assert "同业数值为全行口径" in shown(test)
    test = screen("competitor", lang="en", period="2019-03")
    assert not test.exception
    assert "No figures of competitors are known" in shown(test)


def test_a_figure_without_a_source_is_refused(screen: Open) -> None:
    test = screen("competitor", lang="en", period="2026-10")
    for key, text in (
        ("figure_competitor", "peer_a"), ("figure_measure", "mau"), ("figure_unit", "users"),
        ("figure_provider", "Q"),
    ):  # fmt: skip
        test.text_input(key=key).set_value(text)
    test.number_input(key="figure_value").set_value(5.0)
    keep = next(one for one in test.button if one.label == "Keep the figure")
    test = keep.click().run()
    assert not test.exception
    assert [one.value for one in test.error] == ["■ Not kept. To put right: Source"]
