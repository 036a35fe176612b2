"""Questions in words: each is read exactly as it is meant, in both languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import settings as quick
from hypothesis import strategies as st

from data.configuration import ConfigurationError
from data.engines import open_warehouse
from data.settings import read_settings
from data.slice import Rights
from metrics.cockpit import load_definitions, setup_of
from metrics.questions.folding import LONGEST
from metrics.questions.records import Asked, NotUnderstood, Understood
from metrics.questions.understand import understand
from metrics.questions.vocabulary import Vocabulary
from metrics.questions.written import load_words
from metrics.tree import Tree
from tests.conftest import DemoBank
from tests.metrics.questions.conftest import LAST_DAY, Asking, Branch, known_of

MEANT: tuple[tuple[str, str], ...] = (
    ("上海分行 9月 次日留存 按渠道", "show=retention_d1 by=channel period=2026-09 branch=B09"),
    ("上海9月次日留存按渠道", "show=retention_d1 by=channel period=2026-09 branch=B09"),
    ("２０２６年９月　ＭＡＵ", "show=mau period=2026-09"),
    ("月活 同比 环比 2026年三季度", "show=mau against=previous,year period=2026-Q3"),
    ("分机构 不良率 前5", "show=npl_ratio by=branch sort=-npl_ratio period=2026-10"),
    (
        "各分行投诉率最低的三家",
        "show=complaint_rate by=branch sort=complaint_rate period=2026-10",
    ),
    ("欺诈率 趋势 今年", "show=fraud_rate grain=month as=line period=2026"),
    ("各渠道新增用户 上月", "show=new_users by=channel period=2026-10"),
    ("新用户的次日留存 去年12月", "show=retention_d1 period=2025-12 new_user=new"),
    ("微信渠道的月活是多少？", "show=mau period=2026-10 channel=wechat"),
    (
        "转账 交易额 每周 过去90天",
        "show=txn_amount grain=week as=line period=2026-08-24..2026-11-21 module=transfer",
    ),
    ("贷款余额 地图", "show=lum by=branch as=map period=2026-10"),
    ("手续费收入 比上月 按模块", "show=fee_income by=module against=previous period=2026-10"),
    ("任务完成率 1月到3月 按模块和渠道", "show=task_completion by=module,channel period=2026-Q1"),
    ("VIP客户的户均收入 较年初", "show=arpu against=start period=2026-10 tier=vip"),
    (
        "次日留存 与去年相比 前三季度",
        "show=retention_d1 against=year period=2026-01-01..2026-09-30",
    ),
    ("月活 8月和9月", "show=mau against=previous period=2026-09"),
    ("不良率 去年12月 对比 目标", "show=npl_ratio against=target period=2025-12"),
    ("老用户 月活 按年龄段、层级", "show=mau by=age_band,tier period=2026-10 new_user=existing"),
    ("北京分行 朝阳分行 日活 昨天", "show=dau period=2026-11-21 branch=B0101"),
    (
        "25岁以下 月活 按渠道 每月 热力图",
        "show=mau by=channel grain=month as=heat period=2025-11-01..2026-10-31 age_band=under_25",
    ),
    (
        "day-1 retention by channel, Shanghai, September",
        "show=retention_d1 by=channel period=2026-09 branch=B09",
    ),
    (
        "MAU by channel and tier, Q3 2026, vs last year",
        "show=mau by=channel,tier against=year period=2026-Q3",
    ),
    ("top 5 branches by MAU in Sept 2026", "show=mau by=branch sort=-mau period=2026-09"),
    (
        "monthly transaction amount this year as a line chart",
        "show=txn_amount grain=month as=line period=2026",
    ),
    ("new users by channel last month", "show=new_users by=channel period=2026-10"),
    (
        "What was the NPS of Beijing in Q3 by module?",
        "show=nps by=module period=2026-Q3 branch=B01",
    ),
    ("AUM map", "show=aum by=branch as=map period=2026-10"),
    (
        "complaints worst 3 branches",
        "show=complaint_rate by=branch sort=-complaint_rate period=2026-10",
    ),
    (
        "retention rate by tiers",
        "show=retention_d1,retention_d7,retention_d30 by=tier period=2026-10",
    ),
    ("MAU vs target this year by branch", "show=mau by=branch against=target period=2026"),
    ("API P95 by module yesterday", "show=api_p95 by=module period=2026-11-21"),
    ("MAU and DAU trend", "show=mau,dau grain=month as=line period=2025-11-01..2026-10-31"),
    (
        "DAU by month and channel",
        "show=dau by=channel grain=month as=line period=2025-11-01..2026-10-31",
    ),
    ("scatter of MAU and NPS by branch", "show=mau,nps by=branch as=scatter period=2026-10"),
    ("fee income growth year on year", "show=fee_growth period=2026-10"),
    ("fee income year on year", "show=fee_income against=year period=2026-10"),
    ("weekly DAU", "show=dau grain=week as=line period=2026-08-30..2026-11-21"),
    (
        "how many new users did Jingan have in August?",
        "show=new_users period=2026-08 branch=B0903",
    ),
    (
        "mini-program WeChat users' stickiness, H1",
        "show=stickiness period=2026-01-01..2026-06-30 app=mini channel=wechat",
    ),
    (
        "fraud rate last 30 days compared with the previous period",
        "show=fraud_rate against=previous period=2026-10-23..2026-11-21",
    ),
    ("NPS january to march 2026 per module", "show=nps by=module period=2026-Q1"),
)  # fmt: skip


@pytest.mark.parametrize(("question", "meant"), MEANT, ids=[one for one, _meant in MEANT])
def test_a_question_is_read_as_it_is_meant(ask: Asking, question: str, meant: str) -> None:
    asked = ask(question)
    assert asked.view is not None
    codes = asked.view.to_codes()
    wanted = dict(part.split("=", 1) for part in meant.split())
    assert codes == {"as": "table"} | wanted
    assert (asked.not_understood, asked.problems) == ((), ())


def test_both_languages_have_fifteen_questions_at_least() -> None:
    english = sum(question.isascii() for question, _meant in MEANT)
    assert english >= 15
    assert len(MEANT) - english >= 15


def said(asked: Asked, lang: str = "en") -> list[str]:
    return [one.words(lang) for one in (*asked.assumed, *asked.problems)]


@pytest.mark.parametrize(
    ("question", "missed", "view"),
    [
        ("flurbl by channel", ["flurbl"], None),
        ("iOS users September", ["iOS"], None),
        ("高端客户 月活", ["高端"], "mau"),
        ("MAU by zodiac sign", ["zodiac", "sign"], "mau"),
        ("月活 2月30日", ["2月30日"], "mau"),
        ("", [], None),
        ("？？？", [], None),
    ],
)
def test_what_is_not_understood_is_said(
    ask: Asking, question: str, missed: list[str], view: str | None
) -> None:
    asked = ask(question)
    found = [one.text for one in asked.not_understood]
    assert [one for one in found if one in missed or not missed] == missed
    assert (asked.view.indicators if asked.view else None) == ((view,) if view else None)
    if view is None:
        assert said(asked) == ["no indicator was recognised: name one"]
        assert said(asked, "zh") == ["没有认出指标：请写出指标名称"]


@pytest.mark.parametrize(
    ("question", "near"),
    [("月货 按渠道", "mau"), ("retenton by tier", "retention"), ("Shangai MAU", "B09")],
)
def test_a_slip_of_the_keyboard_is_asked_about(
    ask: Asking, tree: Tree, question: str, near: str
) -> None:
    names = {one.id: one.name_en for one in (Branch("B09", "", "Shanghai Branch"),)}
    wanted = names.get(near) or tree.name(near, "en")
    assert ask(question).not_understood[0].nearest[0].en == wanted


def test_what_cannot_be_asked_at_once_is_refused_in_words(ask: Asking) -> None:
    told = {
        "上海和北京 月活": "one branch at a time, Shanghai Branch is taken; "
        "for several, split by branch",
        "risk": "“Risk” has several themes, name one: Risk events, Fraud, Credit quality, "
        "System stability, Operational and data risk",
        "MAU 2027": "no data of 2027 yet (data as of 2026-11-21)",
        "MAU by channel, tier and age": "at most two dimensions, the rest is left out",
    }
    for question, problem in told.items():
        assert [one.en for one in ask(question).problems] == [problem]
        assert all(one.zh for one in ask(question).problems)
    asked = ask("MAU September vs March")
    assert asked.problems[0].en.startswith("2026-09 cannot be held against 2026-03")


def test_ambiguous_names_are_listed(ask: Asking) -> None:
    asked = ask("conversion rate last quarter")
    assert asked.view is not None
    assert asked.view.indicators == ("visit_to_register", "wealth_conversion", "credit_conversion")
    (one,) = asked.ambiguous
    assert (one.text, [c.en for c in one.candidates]) == (
        "conversion rate",
        ["Visit-to-registration", "Wealth purchase conversion", "Credit application conversion"],
    )
    twice = ask("南通支行 月活")
    assert twice.view is not None
    assert twice.view.about.branch == "B1004"
    assert len(twice.ambiguous[0].candidates) == 2


def test_what_was_assumed_is_said(ask: Asking) -> None:
    assert said(ask("MAU")) == ["no period was said: 2026-10"]
    assert said(ask("留存 9月")) == [
        "the 4 indicators of theme “Retention”",
        "no year was said: the latest, 2026-09",
    ]
    asked = ask("top 5 branches by MAU 2026-09")
    assert (asked.limit, said(asked)) == (5, ["all rows are shown; the first 5 are asked for"])


def test_what_is_not_defined_for_the_indicator_is_a_problem(
    ask: Asking, demo_bank: DemoBank
) -> None:
    settings = read_settings(warehouse=demo_bank.url)
    warehouse = open_warehouse(demo_bank.url, read_only=True)
    with warehouse.reading() as connection:
        setup = setup_of(connection, settings, load_definitions(settings))
    warehouse.engine.dispose()
    asked = understand("ROI by module", ask.vocabulary, ask.known, LAST_DAY, setup)
    assert [one.en for one in asked.problems] == [
        "Marketing return on spend is not recorded by module"
    ]


def test_only_permitted_branches_are_known(tree: Tree) -> None:
    branches = (Branch("B09", "上海分行", "Shanghai Branch"), Branch("B01", "北京分行", "Beijing"))
    known = known_of(tree, branches[:1])
    words = Vocabulary(load_words(None, tree), known, branches)
    asked = understand("北京分行 月活", words, known, LAST_DAY)
    assert asked.view is not None
    assert (asked.view.about.branch, asked.view.by) == ("", ())
    assert [one.text for one in asked.not_understood] == ["北京分行"]
    english = understand("MAU by channel, Tianjin Branch, September", words, known, LAST_DAY)
    assert english.view is not None
    assert english.view.by == ("channel",)
    assert [one.text for one in english.not_understood] == ["Tianjin Branch"]


def test_without_a_branch_the_scope_is_what_the_reader_may_see(tree: Tree, ask: Asking) -> None:
    known = replace(ask.known, rights=Rights("B09"))
    asked = understand("全行 月活", ask.vocabulary, known, LAST_DAY)
    assert asked.view is not None
    assert (asked.view.about.branch, asked.view.about.rights) == ("B09", Rights("B09"))


def test_names_of_branches_never_take_the_place_of_words(tree: Tree) -> None:
    """Names are text from data: the bank's own may be anything."""
    names = ("月活", "按", "channel", "<script>alert(1)</script>", "=1+1", " ", "9月", "，，，")
    branches = tuple(
        Branch(f"X{at}", name, name.upper()) for at, name in enumerate(names)
    )  # fmt: skip
    known = known_of(tree, branches)
    words = Vocabulary(load_words(None, tree), known, branches)
    asked = understand("9月 月活 按渠道", words, known, LAST_DAY)
    assert asked.view is not None
    assert asked.view.to_codes() == {
        "show": "mau", "by": "channel", "as": "table", "period": "2026-09",
    }  # fmt: skip
    hostile = understand("月活 <script>alert(1)</script>", words, known, LAST_DAY)
    assert hostile.view is not None
    assert [one.text for one in hostile.not_understood][:3] == ["script", "alert", "1"]


def test_the_longest_questions_are_read_at_once(ask: Asking) -> None:
    """No pattern runs away: 300 characters of what they stumble over take well under a second."""
    begun = process_time()
    for question in ("2026" + " " * 296, "may " * 75, "1月到" * 100, "到" * 300, "前一" * 150):
        assert_covered(question, ask(question))
    assert process_time() - begun < 5


HOSTILE = (
    "=HYPERLINK(\"http://x\")", "<script>alert(1)</script> MAU", "'; drop table event; -- 月活",
    "${jndi:ldap://x}", "%s%s%n", "\u202eUAM", "月活\x00日活", "(((((((((((((((((((((", "١٢٣",
    "㋈ 月活", "½ MAU", "ﷺ", "MAU " * 500, "到" * 300, "1" * 299, "q1 to q2 to q3 to q4",
    "前" * 50 + "5", "2026-99", "9999年", "0000-00-00", "过去999天 月活", "since since since",
)  # fmt: skip


@pytest.mark.parametrize("question", HOSTILE)
def test_hostile_text_stays_text(ask: Asking, question: str) -> None:
    assert_covered(question, ask(question))


SAID = (
    "月活 by channel 按 渠道 9月 vs last year 上海 top 5 和 的 ２０２６年 到 "
    "3月 trend 比 去年 q3 MAU xyz - , ？ 前 三 季度"
)
words = st.sampled_from(SAID.split())


@quick(max_examples=150)
@given(st.one_of(st.text(max_size=60), st.lists(words, max_size=14).map(" ".join),
                 st.lists(words, max_size=14).map("".join)))  # fmt: skip
@example("x" * (LONGEST + 5))
def test_every_text_is_covered_and_none_raises(ask: Asking, question: str) -> None:
    assert_covered(question, ask(question))


def assert_covered(question: str, asked: Asked) -> None:
    """Spans in order, without overlap, with nothing but spaces and punctuation between them."""
    found: list[Understood | NotUnderstood] = [*asked.understood, *asked.not_understood]
    spans = sorted((one.start, one.end) for one in found)
    at = 0
    for start, end in [*spans, (len(question), len(question))]:
        assert at <= start
        assert start < end or start == len(question)
        left_out = question[at:start]
        assert not any(one.isascii() and one.isalnum() for one in left_out), left_out
        assert not any("\u4e00" <= one <= "\u9fff" for one in left_out), left_out
        at = end
    for one in found:
        assert question[one.start : one.end] == one.text


def test_words_that_name_nothing_are_refused_with_their_place(tree: Tree, tmp_path: Path) -> None:
    shipped = load_words(None, tree)
    assert "mau" in shipped.nodes
    text = Path("metrics/questions/words.yaml").read_text(encoding="utf-8")
    wrong = text.replace("  mau: {", "  mua: {").replace("    wechat: {", "    wechta: {")
    (tmp_path / "words.yaml").write_text(wrong, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_words(tmp_path, tree)
    problems = caught.value.problems
    assert [(one.key, one.nearest) for one in problems] == [
        ("nodes.mua", "mau"),
        ("values.channel.wechta", "wechat"),
    ]
    assert all(one.line for one in problems)
