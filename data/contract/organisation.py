"""Who and what the bank consists of: branches, modules, pages, products, content, campaigns, calendar."""

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
    number,
    small,
    text,
)
from data.contract.vocabulary import (
    ARMS,
    CHAINS,
    CONTENT_FORMATS,
    GRADES,
    PRODUCT_KINDS,
    PURPOSES,
    SCENES,
)  # fmt: skip


def add_organisation(meta: MetaData) -> None:
    """Declare branches, modules, pages, products and content."""
    Table(
        "dim_branch", meta,
        ident("branch_id", "id of the node", "机构编号", "B0101", key=True),
        ident("parent_id", "node above; empty for the head office", "上级机构", "B01"),
        text("level", "name of the level, any depth", "机构层级", "一级分行"),
        text("name_zh", "Chinese name", "中文名称", "上海分行", required=True),
        text("name_en", "English name", "英文名称", "Shanghai Branch"),
        text("province", "province, by its full name or adcode", "省份", "上海市"),
        text("city", "city", "城市", "上海市"),
        number("longitude", "degrees east", "经度", "121.47", low=-180, high=180),
        number("latitude", "degrees north", "纬度", "31.23", low=-90, high=90),
        day("valid_from", "first day of the node", "生效日"),
        day("valid_to", "last day of the node; empty while it exists", "失效日"),
        info=about("a node of the organisation", "机构节点"),
    )  # fmt: skip
    Table(
        "dim_module", meta,
        ident("module", "id of the feature module", "模块编号", "transfer", key=True),
        choice("scene", "scene it belongs to", "场景", SCENES, required=True),
        choice("grade", "basic or advanced", "基础/高级", GRADES, required=True),
        text("name_zh", "Chinese name", "中文名称", "转账汇款", required=True),
        text("name_en", "English name", "英文名称", "Transfers"),
        text("team", "owner team", "负责团队", "支付产品组"),
        info=about("a feature module", "功能模块"),
    )  # fmt: skip
    Table(
        "dim_page", meta,
        ident("page", "id of the page", "页面编号", "transfer.amount", key=True),
        ident("module", "module of the page", "所属模块", "transfer", required=True),
        text("name_zh", "Chinese name", "中文名称", "转账-输入金额", required=True),
        text("name_en", "English name", "英文名称", "Transfer: amount"),
        ident("task", "task that the page is a step of", "所属任务", "transfer.send"),
        small("step", "place of the page in its task, from 1", "任务步骤", 1, 99),
        choice("chain", "journey that the page is part of", "旅程链路", CHAINS),
        small("touchpoint", "touchpoint of the journey", "触点", 1, 12),
        info=about("a page of a module", "页面"),
    )  # fmt: skip
    Table(
        "dim_product", meta,
        ident("product_id", "id of the product", "产品编号", "WM0031", key=True),
        ident("module", "module that sells it", "所属模块", "wealth", required=True),
        choice("kind", "kind of product", "产品类型", PRODUCT_KINDS, required=True),
        text("name_zh", "Chinese name", "中文名称", "稳健增利30天", required=True),
        text("name_en", "English name", "英文名称", "Steady 30 days"),
        text("risk_class", "risk class of the product", "风险等级", "R2"),
        info=about("a product", "产品"),
    )  # fmt: skip
    Table(
        "dim_content", meta,
        ident("content_id", "id of the content", "内容编号", "C000231", key=True),
        choice("format", "one of six formats", "内容形式", CONTENT_FORMATS, required=True),
        text("theme", "theme", "主题", "防诈骗"),
        moment("published_at", "when it was published", "发布时间"),
        info=about("a piece of content", "内容"),
    )  # fmt: skip


def add_campaigns(meta: MetaData) -> None:
    """Declare campaigns with their members, and the calendar."""
    Table(
        "dim_campaign", meta,
        ident("campaign_id", "id of the campaign", "活动编号", "K2026090", key=True),
        text("name_zh", "Chinese name", "中文名称", "金秋开户礼", required=True),
        text("name_en", "English name", "英文名称", "Autumn welcome"),
        choice("purpose", "what it is for", "目的", PURPOSES, required=True),
        text("channel", "channel it runs in", "投放渠道", "wechat"),
        day("starts_on", "first day", "开始日", required=True),
        day("ends_on", "last day", "结束日"),
        money("budget_cny", "budget", "预算", low=0),
        moment("business_reviewed_at", "business review passed", "业务审核时间"),
        moment("compliance_reviewed_at", "compliance review passed", "合规审核时间"),
        moment("technical_reviewed_at", "technical review passed", "技术审核时间"),
        text("finding", "finding against the campaign; empty if none", "违规发现", "未披露风险"),
        info=about("a campaign", "营销活动"),
    )  # fmt: skip
    Table(
        "campaign_member", meta,
        ident("campaign_id", "campaign", "活动编号", "K2026090", key=True),
        ident("user_id", "user", "用户编号", "U00018273", key=True, data_class="personal"),
        moment("assigned_at", "when the user was assigned", "分配时间", required=True),
        choice("arm", "treated or holdout", "分组", ARMS, required=True),
        info=about("a user assigned to a campaign", "活动分组用户"),
    )  # fmt: skip
    Table(
        "calendar_day", meta,
        day("day", "day of the calendar", "日期", key=True),
        text("holiday", "public holiday that the day belongs to", "法定节假日", "国庆节"),
        flag("workday", "true on working days, make-up days included", "是否工作日", required=True),
        text("festival", "shopping or other festival", "节庆", "双11"),
        flag("payday", "true on a common pay day", "是否发薪日"),
        info=about("a day of the calendar", "日历"),
    )  # fmt: skip
    Table(
        "load_coverage", meta,
        ident("table", "table of the contract", "表名", "txn", key=True),
        day("day", "day that was loaded", "日期", key=True),
        flag("complete", "true when the day is whole", "是否完整", required=True),
        moment("loaded_at", "when it was loaded", "装载时间"),
        info=about("whether a table is complete for a day", "装载覆盖"),
    )  # fmt: skip
    Table(
        "partner_day", meta,
        day("day", "day", "日期", key=True),
        ident("partner_id", "partner", "合作方编号", "P017", key=True),
        count("calls", "interface calls", "调用次数"),
        count("users", "distinct users brought that day", "带来用户数"),
        money("income_cny", "income brought", "带来收入"),
        money("our_share_cny", "the bank's share of it", "本行分成"),
        number("value_score", "value, 0 to 100", "价值评分", "82.5", low=0, high=100),
        number("risk_score", "risk, 0 to 100", "风险评分", "12.0", low=0, high=100),
        number("compliance_score", "compliance, 0 to 100", "合规评分", "95", low=0, high=100),
        info=about("a partner on a day", "合作方日数据"),
    )  # fmt: skip
