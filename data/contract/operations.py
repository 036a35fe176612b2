"""How the bank runs and what the world says: service, risk, systems, compliance, money, peers."""

from __future__ import annotations

from sqlalchemy import MetaData, Table

from data.contract.columns import (
    about,
    choice,
    count,
    day,
    flag,
    ident,
    moment,
    money,
    month,
    number,
    small,
    text,
)
from data.contract.vocabulary import (
    BUSINESS_CHANNELS,
    CHECK_KINDS,
    EVENT_CLASSES,
    EVIDENCE_GRADES,
    HANDLERS,
    LATENCY_BOUNDS_S,
    RELEASE_CHANGES,
    RISK_CLASSES,
    SENTIMENTS,
    SPEND_CATEGORIES,
    SURVEY_KINDS,
)  # fmt: skip

LATENCY_COLUMNS = (
    *(f"calls_le_{bound:g}s".replace(".", "_") for bound in LATENCY_BOUNDS_S),
    "calls_over_10s",
)


def add_service(meta: MetaData) -> None:
    """Declare roll-outs, surveys, service, complaints and mentions."""
    Table(
        "rollout", meta,
        ident("rollout_id", "id", "推广编号", "O2026-03", key=True),
        ident("branch_id", "where", "机构", "B01", key=True),
        ident("module", "module", "模块", "account"),
        text("feature", "feature", "功能", "新版激活流程"),
        day("started_on", "first day", "上线日", required=True),
        info=about("a feature switched on in a place", "功能推广"),
    )  # fmt: skip
    Table(
        "survey", meta,
        ident("survey_id", "id of the answer", "问卷编号", "Q000817", key=True),
        moment("answered_at", "when", "回答时间", required=True),
        ident("user_id", "user", "用户编号", "U00018273", data_class="personal"),
        ident("module", "module asked about", "模块", "transfer"),
        choice("kind", "nps (0–10) or csat (1–5)", "问卷类型", SURVEY_KINDS, required=True),
        small("score", "answer", "评分", 0, 10, required=True, unit="score"),
        info=about("an answer", "问卷回答"),
    )  # fmt: skip
    Table(
        "service_session", meta,
        ident("session_id", "id", "会话编号", "V000817", key=True),
        moment("opened_at", "opened", "开始时间", required=True),
        moment("first_response_at", "first response", "首次响应时间"),
        moment("closed_at", "closed", "结束时间"),
        ident("user_id", "user", "用户编号", "U00018273", data_class="personal"),
        ident("module", "module it was about", "模块", "transfer"),
        choice("handled_by", "AI, human or both", "处理方", HANDLERS, required=True),
        flag("resolved", "resolved", "是否解决"),
        info=about("a contact with service", "客服会话"),
    )  # fmt: skip
    Table(
        "complaint", meta,
        ident("complaint_id", "id", "投诉编号", "G000817", key=True),
        moment("opened_at", "opened", "受理时间", required=True),
        moment("closed_at", "closed", "办结时间"),
        ident("user_id", "user", "用户编号", "U00018273", data_class="personal"),
        ident("branch_id", "branch responsible", "责任机构", "B0101"),
        ident("module", "module", "模块", "transfer"),
        text("theme", "theme", "主题", "到账慢"),
        small("level", "gravity, 3 the gravest", "级别", 1, 3),
        flag("privacy", "true when it is about privacy", "是否隐私类"),
        info=about("a complaint", "投诉"),
    )  # fmt: skip
    Table(
        "mention", meta,
        ident("mention_id", "id", "舆情编号", "M000817", key=True),
        moment("published_at", "published", "发布时间", required=True),
        moment("found_at", "found by the bank", "发现时间"),
        moment("handled_at", "handled", "处理时间"),
        text("source", "medium", "来源", "微博"),
        text("theme", "theme", "主题", "登录失败"),
        choice("sentiment", "sentiment", "情感", SENTIMENTS, required=True),
        ident("about", "self or a competitor's id", "对象", "self", required=True),
        info=about("a public mention", "舆情"),
    )  # fmt: skip


def add_risk(meta: MetaData) -> None:
    """Declare risk events, assessments, interfaces, checks and suspicious cases."""
    Table(
        "risk_event", meta,
        ident("event_id", "id", "事件编号", "F000817", key=True),
        moment("occurred_at", "began", "发生时间", required=True),
        moment("detected_at", "detected", "发现时间"),
        moment("closed_at", "closed", "闭环时间"),
        choice("class", "risk class", "风险类别", EVENT_CLASSES, required=True),
        small("level", "gravity, 3 the gravest", "级别", 1, 3, required=True),
        ident("branch_id", "branch", "机构", "B0101"),
        ident("module", "module", "模块", "transfer"),
        money("loss_cny", "loss", "损失", low=0),
        info=about("a risk event, incidents, violations and leaks included", "风险事件"),
    )  # fmt: skip
    Table(
        "risk_assessment", meta,
        month("month", "month", "月份", key=True),
        choice("class", "risk class", "风险类别", RISK_CLASSES, key=True),
        small("likelihood", "likelihood", "可能性", 1, 5, required=True),
        small("impact", "impact", "影响", 1, 5, required=True),
        number("weight", "weight in the month", "权重", "0.05", low=0),
        info=about("a risk class in a month", "风险评估"),
    )  # fmt: skip
    Table(
        "api_interval", meta,
        moment("start", "start of the interval, at most an hour long", "时段开始", key=True),
        ident("module", "module", "模块", "transfer", key=True),
        count("minutes", "minutes expected in service", "应服务分钟", required=True, high=60, unit="min"),
        count("good_minutes", "minutes in good service", "正常分钟", required=True, high=60, unit="min"),
        count("calls", "calls", "调用数", required=True),
        count("errors", "calls that failed", "错误数", required=True),
        *(count(name, f"calls {_bucket(name)}", f"调用数（{_bucket(name)}）") for name in LATENCY_COLUMNS),
        info=about("an interface in an interval of at most an hour", "接口时段"),
    )  # fmt: skip
    Table(
        "compliance_check", meta,
        ident("check_id", "id", "检查编号", "N000817", key=True),
        moment("checked_at", "checked", "检查时间", required=True),
        ident("branch_id", "branch", "机构", "B0101", required=True),
        choice("kind", "kind of check", "检查类型", CHECK_KINDS),
        flag("passed", "passed", "是否通过", required=True),
        day("due_on", "day by which a finding is to be rectified", "整改期限"),
        day("rectified_on", "rectified", "整改完成日"),
        info=about("a compliance check", "合规检查"),
    )  # fmt: skip
    Table(
        "suspicious_case", meta,
        ident("case_id", "id", "案例编号", "J000817", key=True),
        moment("occurred_at", "occurred", "发生时间", required=True),
        moment("identified_at", "identified; empty: missed", "识别时间"),
        moment("confirmed_at", "confirmed", "确认时间"),
        moment("reported_at", "reported", "上报时间"),
        ident("branch_id", "branch", "机构", "B0101"),
        info=about("a suspicious transaction case", "可疑交易案例"),
    )  # fmt: skip


def add_outside(meta: MetaData) -> None:
    """Declare the whole bank by day, links, brand and spend."""
    Table(
        "bank_day", meta,
        day("day", "day", "日期", key=True),
        ident("branch_id", "leaf branch", "末级机构", "B010101", key=True),
        count("customers", "customers of the whole bank", "全行客户数", required=True),
        money("txn_amount_cny", "transaction amount of all channels", "全渠道交易额"),
        count("txn_count", "transactions of all channels", "全渠道交易笔数"),
        info=about("the whole bank on a day", "全行日数据"),
    )  # fmt: skip
    Table(
        "sync_day", meta,
        day("day", "day", "日期", key=True),
        ident("link", "link to the core system", "链路", "core-deposit", key=True),
        number("delay_min", "mean delay", "平均延迟", "14.2", required=True, unit="min", low=0),
        info=about("the core-system link on a day", "核心同步"),
    )  # fmt: skip
    Table(
        "brand_day", meta,
        day("day", "day", "日期", key=True),
        ident("app", "App or edition", "应用", "app", key=True),
        number("search_index", "search index", "搜索指数", "3120", low=0, unit="index"),
        count("own_mentions", "mentions of the bank", "本行声量"),
        count("peer_mentions", "mentions of its peers", "同业声量"),
        count("ratings", "store ratings of the day", "评分数"),
        number("stars", "stars of those ratings, added up", "星级合计", "402", low=0, unit="stars"),
        info=about("the outside on a day", "品牌日数据"),
    )  # fmt: skip
    Table(
        "spend", meta,
        ident("spend_id", "id", "费用编号", "Y000817", key=True),
        day("day", "day", "日期", required=True),
        choice("category", "budget category", "预算类别", SPEND_CATEGORIES, required=True),
        ident("branch_id", "branch", "机构", "B0101"),
        ident("campaign_id", "campaign", "活动编号", "K2026090"),
        choice("channel", "channel", "渠道", BUSINESS_CHANNELS),
        money("planned_cny", "planned", "计划金额"),
        money("spent_cny", "spent", "实际金额"),
        info=about("money planned or spent", "费用"),
    )  # fmt: skip


def add_competitors(meta: MetaData) -> None:
    """Declare figures and releases of competitors."""
    Table(
        "competitor_value", meta,
        ident("value_id", "id", "编号", "W0001", key=True),
        text("provider", "who published it", "发布方", "QuestMobile", required=True),
        day("period_from", "first day of the period", "期间起", required=True),
        day("period_to", "last day of the period", "期间止", required=True),
        ident("competitor", "competitor", "竞品", "cmb", required=True),
        ident("measure", "what is measured", "指标", "mau", required=True),
        number("value", "value", "数值", "71261000"),
        number("low", "lower bound", "下限", "70000000"),
        number("high", "upper bound", "上限", "72000000"),
        text("unit", "unit", "单位", "users", required=True),
        text("source", "publication", "出处", "2024年报告", required=True),
        text("url", "address of the source", "链接", "https://example.com/report"),
        choice("grade", "grade of the evidence", "可信等级", EVIDENCE_GRADES),
        info=about("a figure about a peer", "竞品数值"),
    )  # fmt: skip
    Table(
        "competitor_release", meta,
        ident("release_id", "id", "编号", "Z0001", key=True),
        day("released_on", "released", "发布日", required=True),
        ident("competitor", "competitor", "竞品", "cmb", required=True),
        ident("scene", "scene", "场景", "payment"),
        text("feature", "feature", "功能", "跨境汇款秒到", required=True),
        choice("change", "kind of change", "变化", RELEASE_CHANGES, required=True),
        text("source", "source", "出处", "应用商店版本说明", required=True),
        info=about("a peer's release", "竞品发布"),
    )  # fmt: skip


def _bucket(name: str) -> str:
    shown = name.removeprefix("calls_").removesuffix("s").replace("_", " ", 1).replace("_", ".")
    sign, bound = shown.split(" ")
    return f"{'>' if sign == 'over' else '≤'} {bound} s"
