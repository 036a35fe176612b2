"""Customers and what they do: users, month-ends, events, transactions, applications, loans, contacts."""

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
)
from data.contract.vocabulary import (
    ACTIONS,
    BUSINESS_CHANNELS,
    LOAN_CLASSES,
    TIERS,
    TOUCH_KINDS,
    TXN_KINDS,
    TXN_STATUSES,
    USER_CHANNELS,
)  # fmt: skip

_PERSONAL = "personal"
_SENSITIVE = "sensitive"


def add_customers(meta: MetaData) -> None:
    """Declare users and their month-ends."""
    Table(
        "dim_user", meta,
        ident("user_id", "id of the customer", "用户编号", "U00018273", key=True, data_class=_PERSONAL),
        ident("branch_id", "branch the customer belongs to", "所属机构", "B0101", required=True),
        moment("registered_at", "registered in the App; empty: not yet", "注册时间"),
        moment("closed_at", "account in the App closed", "销户时间"),
        small("birth_year", "year of birth", "出生年", 1900, 2100, unit="year", data_class=_PERSONAL),
        choice("channel", "channel of origin", "来源渠道", USER_CHANNELS),
        ident("campaign_id", "campaign that brought the user", "来源活动", "K2026090"),
        ident("referred_by", "user who recommended", "推荐人", "U00011111", data_class=_PERSONAL),
        moment("phone_verified_at", "phone verified", "手机验证时间"),
        moment("realname_at", "real name verified", "实名时间"),
        moment("consent_at", "consent to data use given", "授权同意时间"),
        moment("consent_withdrawn_at", "consent withdrawn", "撤回授权时间"),
        info=about("a customer of the bank", "客户"),
    )  # fmt: skip
    Table(
        "user_month", meta,
        month("month", "month-end", "月末", key=True),
        ident("user_id", "customer", "用户编号", "U00018273", key=True, data_class=_PERSONAL),
        choice("tier", "tier at the month's end", "客户层级", TIERS),
        money("aum_cny", "assets under management", "管理资产", data_class=_SENSITIVE),
        money("lum_cny", "loan balance", "贷款余额", data_class=_SENSITIVE),
        count("products", "products held", "持有产品数"),
        money("net_interest_cny", "net interest income of the month", "当月净利息收入", data_class=_SENSITIVE),
        money("predicted_ltv_cny", "predicted lifetime value; empty: Canopy predicts", "预测生命周期价值", data_class=_SENSITIVE),
        info=about("a customer at a month's end", "客户月末"),
    )  # fmt: skip
    Table(
        "exposure", meta,
        ident("experiment_id", "experiment", "实验编号", "X2026-07", key=True),
        ident("user_id", "user", "用户编号", "U00018273", key=True, data_class=_PERSONAL),
        ident("variant", "variant shown", "实验组", "control", required=True),
        moment("exposed_at", "first exposure", "首次曝光时间", required=True),
        info=about("a user enters an experiment", "实验曝光"),
    )  # fmt: skip


def add_activity(meta: MetaData) -> None:
    """Declare events, contacts of campaigns and recommendations."""
    Table(
        "event", meta,
        ident("event_id", "id of the event", "事件编号", "E1a2b3", key=True),
        moment("occurred_at", "when it happened", "发生时间", required=True),
        ident("visitor_id", "device, before and after registration", "访客编号", "V9f8e7", required=True, data_class=_PERSONAL),
        ident("user_id", "user; empty before registration", "用户编号", "U00018273", data_class=_PERSONAL),
        ident("session_id", "session", "会话编号", "S77120"),
        ident("app", "App or edition", "应用", "app", required=True),
        ident("module", "feature module", "模块", "transfer"),
        ident("page", "page", "页面", "transfer.amount"),
        choice("action", "what was done", "动作", ACTIONS, required=True),
        ident("task_id", "id of one run of a task", "任务编号", "T5512"),
        ident("product_id", "product looked at", "产品编号", "WM0031"),
        ident("content_id", "content looked at", "内容编号", "C000231"),
        count("duration_ms", "time on the page", "停留时长", "5200", unit="ms"),
        info=about("something done in the App", "行为事件"),
    )  # fmt: skip
    Table(
        "touch", meta,
        ident("touch_id", "id of the contact", "触达编号", "H000771", key=True),
        moment("occurred_at", "when", "发生时间", required=True),
        ident("user_id", "user", "用户编号", "U00018273", required=True, data_class=_PERSONAL),
        ident("campaign_id", "campaign", "活动编号", "K2026090", required=True),
        ident("channel", "channel of the contact", "触达渠道", "wechat"),
        choice("kind", "kind of contact", "触达类型", TOUCH_KINDS, required=True),
        money("cost_cny", "cost of the contact", "成本"),
        money("income_cny", "income booked to it", "收入"),
        info=about("a campaign's contact with a user", "活动触达"),
    )  # fmt: skip
    Table(
        "recommendation", meta,
        ident("recommendation_id", "id", "推荐编号", "R000991", key=True),
        moment("occurred_at", "when it was shown", "展示时间", required=True),
        ident("user_id", "user", "用户编号", "U00018273", required=True, data_class=_PERSONAL),
        ident("module", "module that showed it", "模块", "wealth"),
        ident("product_id", "product recommended", "产品编号", "WM0031"),
        moment("clicked_at", "clicked", "点击时间"),
        moment("taken_at", "taken", "成交时间"),
        info=about("a product recommended to a user", "产品推荐"),
    )  # fmt: skip


def add_business(meta: MetaData) -> None:
    """Declare transactions, applications and loans."""
    Table(
        "txn", meta,
        ident("txn_id", "id of the transaction", "交易编号", "T00000001", key=True),
        moment("occurred_at", "when", "发生时间", required=True),
        ident("user_id", "user", "用户编号", "U00018273", required=True, data_class=_PERSONAL),
        ident("branch_id", "place of business", "经办机构", "B0101"),
        ident("app", "App or edition", "应用", "app"),
        ident("module", "feature module", "模块", "transfer"),
        ident("product_id", "product", "产品编号", "WM0031"),
        choice("kind", "kind of transaction", "交易类型", TXN_KINDS, required=True),
        money("amount_cny", "amount", "金额", required=True, low=0, data_class=_SENSITIVE),
        money("fee_cny", "fee or commission earned", "手续费"),
        choice("status", "outcome", "状态", TXN_STATUSES, required=True),
        flag("risky", "flagged or confirmed as risky", "是否风险交易"),
        flag("alerted", "an alert was raised", "是否预警"),
        flag("fraud", "judged as fraud; empty: not yet judged", "是否欺诈"),
        moment("judged_at", "when it was judged", "判定时间"),
        money("loss_cny", "loss", "损失", low=0),
        flag("disclosed", "risk disclosure was shown", "是否展示风险提示"),
        info=about("a transaction", "交易"),
    )  # fmt: skip
    Table(
        "application", meta,
        ident("application_id", "id", "申请编号", "A0000123", key=True),
        ident("user_id", "user", "用户编号", "U00018273", required=True, data_class=_PERSONAL),
        ident("branch_id", "place of business", "经办机构", "B0101"),
        choice("channel", "where it was made", "渠道", BUSINESS_CHANNELS),
        ident("product_id", "product", "产品编号", "LN0002"),
        moment("checked_at", "limit checked", "测额时间"),
        moment("applied_at", "applied", "申请时间"),
        moment("approved_at", "approved", "批准时间"),
        moment("rejected_at", "rejected", "拒绝时间"),
        moment("drawn_at", "drawn", "放款时间"),
        money("amount_cny", "amount", "金额", low=0),
        number("risk_score", "score of the model", "风险评分", "640"),
        info=about("an application for credit or a card", "信贷与信用卡申请"),
    )  # fmt: skip
    Table(
        "loan_month", meta,
        month("month", "month-end", "月末", key=True),
        ident("loan_id", "loan", "贷款编号", "L0000456", key=True),
        ident("user_id", "borrower", "用户编号", "U00018273", required=True, data_class=_PERSONAL),
        ident("branch_id", "place of business", "经办机构", "B0101"),
        ident("product_id", "product", "产品编号", "LN0002"),
        choice("channel", "where it was made", "渠道", BUSINESS_CHANNELS),
        ident("application_id", "application it came from", "申请编号", "A0000123"),
        money("balance_cny", "balance", "余额", required=True, low=0, data_class=_SENSITIVE),
        count("days_past_due", "days past due; empty: unknown", "逾期天数", "0", unit="day"),
        choice("class", "five-class grade", "五级分类", LOAN_CLASSES),
        day("originated_on", "first drawn", "发放日"),
        day("first_due_on", "first instalment due", "首期应还日"),
        day("first_paid_on", "first instalment paid", "首期还款日"),
        flag("estimated", "true where the balance is an estimate", "是否估算"),
        info=about("a loan at a month's end", "贷款月末"),
    )  # fmt: skip
