"""The closed lists of the contract. A value outside its list is a bad row."""

from __future__ import annotations

SCENES = ("payment", "wealth", "credit", "life", "service")
GRADES = ("basic", "advanced")
CHAINS = ("payment", "wealth", "credit")
USER_CHANNELS = ("branch", "atm", "wechat", "alipay", "store", "partner", "referral", "ad")
PURPOSES = ("acquisition", "activation", "retention", "conversion", "spread")
ARMS = ("treated", "holdout")
PRODUCT_KINDS = ("deposit", "wealth", "fund", "insurance", "loan", "card", "advice")
CONTENT_FORMATS = ("article", "image", "short_video", "live", "audio", "quiz")
TIERS = ("basic", "potential", "preferred", "wealth", "vip")  # ascending
ACTIONS = (
    "open", "view", "click", "search", "share", "offer_seen", "task_start", "task_finish",
)  # fmt: skip
TXN_KINDS = (
    "payment", "transfer", "purchase", "redemption", "repayment", "drawdown", "refund",
)  # fmt: skip
TXN_STATUSES = ("success", "failed", "blocked", "reversed")
BUSINESS_CHANNELS = ("app", "mini", "offline")
LOAN_CLASSES = ("normal", "mention", "substandard", "doubtful", "loss")
TOUCH_KINDS = ("exposed", "clicked", "joined", "converted")
SURVEY_KINDS = ("nps", "csat")
HANDLERS = ("ai", "human", "both")
SENTIMENTS = ("positive", "neutral", "negative")
RISK_CLASSES = (
    "compliance", "technology", "market", "credit", "fraud", "liquidity", "reputation",
    "operations", "data", "privacy", "third_party", "model", "legal", "strategy",
    "concentration", "aml", "business_continuity", "people", "channel", "pricing",
)  # fmt: skip
EVENT_CLASSES = (*RISK_CLASSES, "access_violation", "data_leak")
CHECK_KINDS = ("periodic", "onsite", "self")
SPEND_CATEGORIES = ("technology", "operations", "data_risk", "reserve")
RELEASE_CHANGES = ("new", "improved", "removed")
EVIDENCE_GRADES = ("A", "B", "C", "D")
AGE_BANDS = ("under_25", "25_34", "35_44", "45_54", "55_over")
LATENCY_BOUNDS_S = (0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 1.8, 3.0, 5.0, 10.0)
