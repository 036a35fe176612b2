"""What the App offers: sixteen modules with their pages and tasks, products and content."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from data.demo.columns import Numbers, moments, table, texts
from data.demo.timeline import SECONDS

HOME = ("home", "首页", "Home")


@dataclass(frozen=True)
class Module:
    """A feature module.

    ``steps`` are the pages of its one task; ``popular`` its weight among visits of its grade;
    ``starts`` the share of visits that start the task; ``done`` the share of starts finished;
    ``kind`` the transaction that finishing makes, with median CNY, spread (sigma) and fee rate.
    """

    name: str
    scene: str
    grade: str
    name_zh: str
    name_en: str
    team: str
    task: str
    steps: tuple[tuple[str, str, str], ...]
    popular: float
    starts: float
    done: float
    kind: str | None = None
    median_cny: float = 0.0
    sigma: float = 1.0
    fee: float = 0.0
    chain: str | None = None
    touchpoint: int = 0


_AMOUNT = ("amount", "输入金额", "Amount")
_CONFIRM = ("confirm", "确认", "Confirm")
_RESULT = ("result", "结果", "Result")
_DETAIL = ("detail", "详情", "Detail")
_FACE = ("face", "人脸识别", "Face check")

MODULES = (
    Module("transfer", "payment", "basic", "转账汇款", "Transfers", "支付产品组", "send",
           (("payee", "收款人", "Payee"), _AMOUNT, _CONFIRM, ("verify", "验证", "Verify"), _RESULT),
           0.27, 0.44, 0.80, "transfer", 420.0, 1.35, 0.0009, "payment", 1),
    Module("account", "payment", "basic", "账户查询", "Accounts", "账户产品组", "statement",
           (("range", "选择区间", "Period"), ("statement", "明细", "Statement")),
           0.38, 0.22, 0.88),
    Module("bill_payment", "payment", "basic", "生活缴费", "Bills", "支付产品组", "pay",
           (("biller", "选择缴费单位", "Biller"), ("bill", "账单", "Bill"), _CONFIRM, _RESULT),
           0.50, 0.40, 0.76, "payment", 96.0, 0.8, 0.0012),
    Module("qr_payment", "payment", "basic", "扫码支付", "QR payments", "支付产品组", "pay",
           (("scan", "扫码", "Scan"), _AMOUNT, _CONFIRM, ("verify", "验证", "Verify"), _RESULT),
           0.35, 0.52, 0.84, "payment", 31.0, 1.1, 0.0022, "payment", 7),
    Module("card", "credit", "advanced", "信用卡", "Credit cards", "信用卡中心", "repay",
           (("bill", "账单", "Bill"), _AMOUNT, _FACE, _CONFIRM, _RESULT),
           0.16, 0.35, 0.74, "repayment", 1150.0, 0.9, 0.0010, "credit", 7),
    Module("wealth", "wealth", "advanced", "理财", "Wealth", "财富产品组", "buy",
           (_DETAIL, ("risk", "风险测评", "Risk profile"), _AMOUNT, _CONFIRM, _RESULT),
           0.22, 0.072, 0.57, "purchase", 5200.0, 1.1, 0.0035, "wealth", 1),
    Module("robo_advice", "wealth", "advanced", "智能投顾", "Robo advice", "财富产品组", "invest",
           (_DETAIL, ("goal", "目标", "Goal"), _AMOUNT, _CONFIRM, _RESULT),
           0.07, 0.20, 0.60, "purchase", 2600.0, 1.0, 0.0060, "wealth", 7),
    Module("credit", "credit", "advanced", "信贷", "Loans", "信贷产品组", "apply",
           (("limit", "测额", "Limit check"), ("info", "填写资料", "Details"), _FACE,
            ("sign", "签约", "Sign"), _RESULT),
           0.08, 0.40, 0.52, None, chain="credit", touchpoint=1),
    Module("insurance", "wealth", "advanced", "保险", "Insurance", "财富产品组", "insure",
           (_DETAIL, ("health", "健康告知", "Health declaration"), _CONFIRM, _RESULT),
           0.06, 0.40, 0.80, "purchase", 480.0, 0.9, 0.0300),
    Module("local_life", "life", "advanced", "本地生活", "Local life", "场景生态组", "order",
           (("shop", "商户", "Shop"), ("coupon", "选券", "Coupon"), _CONFIRM, _RESULT),
           0.08, 0.30, 0.72, "payment", 58.0, 0.8, 0.0060),
    Module("travel", "life", "advanced", "出行", "Travel", "场景生态组", "book",
           (("route", "行程", "Route"), _CONFIRM, _RESULT),
           0.06, 0.32, 0.71, "payment", 120.0, 1.0, 0.0050),
    Module("healthcare", "life", "advanced", "医疗", "Healthcare", "场景生态组", "register",
           (("clinic", "选择科室", "Clinic"), _CONFIRM, _RESULT),
           0.05, 0.35, 0.73, "payment", 66.0, 0.9, 0.0030),
    Module("government", "life", "advanced", "政务", "Government", "场景生态组", "handle",
           (("item", "选择事项", "Item"), _FACE, _RESULT),
           0.06, 0.38, 0.75, "payment", 74.0, 0.8, 0.0010),
    Module("points_mall", "service", "advanced", "积分商城", "Points mall", "客户运营组", "redeem",
           (("item", "商品", "Item"), _CONFIRM, _RESULT),
           0.07, 0.34, 0.78),
    Module("ai_service", "service", "advanced", "智能客服", "AI service", "客户服务组", "ask",
           (("question", "提问", "Question"), ("answer", "回答", "Answer")),
           0.08, 0.70, 0.83),
    Module("community", "service", "advanced", "社群内容", "Community", "客户运营组", "join",
           (("feed", "内容流", "Feed"), ("topic", "话题", "Topic")),
           0.09, 0.10, 0.80),
)  # fmt: skip
NAMES = tuple(module.name for module in MODULES)
PLACE = {name: place for place, name in enumerate(NAMES)}
BASIC = np.array([module.grade == "basic" for module in MODULES])
PAGES = tuple(f"{module.name}.{page[0]}" for module in MODULES for page in (HOME, *module.steps))
PAGE = {page: place for place, page in enumerate(PAGES)}


def _products() -> tuple[tuple[str, ...], ...]:
    with Path(__file__).with_name("products.csv").open(encoding="utf-8", newline="") as file:
        return tuple(tuple(row) for row in list(csv.reader(file))[1:])


PRODUCTS = _products()
PRODUCT_IDS = tuple(product[0] for product in PRODUCTS)
CONTENT = 120
_FORMATS = ("article", "image", "short_video", "live", "audio", "quiz")
_THEMES = ("防诈骗", "理财入门", "节日优惠", "信用管理", "绿色金融", "养老规划", "小微经营")
CONTENT_IDS = tuple(f"C{i:06d}" for i in range(1, CONTENT + 1))


def products_of(*kinds: str) -> Numbers:
    """Places of the products of these kinds."""
    return np.array([i for i, product in enumerate(PRODUCTS) if product[2] in kinds])


def module_rows() -> pa.Table:
    """Rows of ``dim_module``."""
    return table(
        module=texts([m.name for m in MODULES]),
        scene=texts([m.scene for m in MODULES]),
        grade=texts([m.grade for m in MODULES]),
        name_zh=texts([m.name_zh for m in MODULES]),
        name_en=texts([m.name_en for m in MODULES]),
        team=texts([m.team for m in MODULES]),
    )


def page_rows() -> pa.Table:
    """Rows of ``dim_page``: a home page and the steps of the task for each module."""
    rows = [(m, page, step) for m in MODULES for step, page in enumerate((HOME, *m.steps))]
    stepped = np.array([step > 0 for _, _, step in rows])
    chained = np.array([m.chain is not None for m, _, _ in rows])
    steps = np.array([step for _, _, step in rows])
    touchpoints = np.array([m.touchpoint + step for m, _, step in rows])
    return table(
        page=texts([f"{m.name}.{page[0]}" for m, page, _ in rows]),
        module=texts([m.name for m, _, _ in rows]),
        name_zh=texts([f"{m.name_zh}-{page[1]}" for m, page, _ in rows]),
        name_en=texts([f"{m.name_en}: {page[2].lower()}" for m, page, _ in rows]),
        task=texts([f"{m.name}.{m.task}" if step else None for m, _, step in rows]),
        step=pa.array(steps.astype(np.int32), mask=~stepped),
        chain=texts([m.chain for m, _, _ in rows]),
        touchpoint=pa.array(touchpoints.astype(np.int32), mask=~chained),
    )


def product_rows() -> pa.Table:
    """Rows of ``dim_product``."""
    names = ("product_id", "module", "kind", "name_zh", "name_en", "risk_class")
    return table(**{name: texts([p[i] for p in PRODUCTS]) for i, name in enumerate(names)})


def content_rows(epoch: int, days: int) -> pa.Table:
    """Rows of ``dim_content``, published evenly from before the first day to the end."""
    published = (epoch - 60 + np.arange(CONTENT) * (days + 59) // CONTENT) * SECONDS + 8 * 3600
    places = np.arange(CONTENT)
    return table(
        content_id=texts(CONTENT_IDS),
        format=texts([_FORMATS[i % 6] for i in places]),
        theme=texts([_THEMES[i % 7] for i in places]),
        published_at=moments(published * 1_000_000),
    )
