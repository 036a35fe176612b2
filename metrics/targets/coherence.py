"""Do the targets agree? Identities tie them together; what contradicts is named, zh and en.

Checked on yearly targets of the bank. Each identity states one number twice: as planned, and as
implied by the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

EXACT = 1.0
"""Per cent that an identity of pure arithmetic may be off: figures are typed rounded."""
ROUGH = 10.0
"""Per cent for identities whose sides are not taken at the same moment of the year."""

FACTS = (
    "customers",
    "users_at_start",
    "closures_last_year",
    "fee_income_last_year",
    "bank_txn_amount",
    "net_interest",
    "acquisition_spend",
    "ltv_predicted",
    "user_months",
)
"""Numbers beside the targets that an identity may use: counts, CNY a year, CNY a new user.
``user_months`` is 12 times the target of mau unless it is given."""


@dataclass(frozen=True)
class Identity:
    """``name`` should be what ``implied`` works out from ``needs``; tolerance in per cent."""

    id: str
    name: str
    needs: tuple[str, ...]
    implied: Callable[..., float]
    tolerance: float
    words_zh: str
    words_en: str


@dataclass(frozen=True)
class Finding:
    """Two numbers that should agree; ``difference`` in per cent of the implied one."""

    identity: str
    names: tuple[str, ...]
    stated: float
    implied: float
    difference: float
    tolerance: float
    zh: str
    en: str


@dataclass(frozen=True)
class Unchecked:
    """An identity that could not be checked, with the names that are missing.

    None is missing where a number of zero leaves nothing to compare with.
    """

    identity: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Coherence:
    """What contradicts, and what could not be checked."""

    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]


IDENTITIES = (
    Identity(
        "daily_share",
        "dau",
        ("dau_share", "customers"),
        lambda share, customers: share / 100 * customers,
        EXACT,
        "日活占全行客户比 × 客户数",
        "DAU share × customers",
    ),
    Identity(
        "stickiness",
        "stickiness",
        ("dau", "mau"),
        lambda dau, mau: 100 * dau / mau,
        EXACT,
        "日活 ÷ 月活",
        "DAU ÷ MAU",
    ),
    Identity(
        "registered",
        "registered_users",
        ("users_at_start", "new_users", "closures_last_year"),
        lambda start, new, closed: start + new - closed,
        EXACT,
        "年初用户 + 新增 − 上年销户",
        "users at the start + new users − last year's closures",
    ),
    Identity(
        "fee_growth",
        "fee_income",
        ("fee_income_last_year", "fee_growth"),
        lambda fees, growth: fees * (1 + growth / 100),
        EXACT,
        "上年手续费收入 ×（1 + 增速目标）",
        "last year's fees × (1 + growth target)",
    ),
    Identity(
        "acquisition_spend",
        "acquisition_spend",
        ("cac", "new_users"),
        lambda cac, new: cac * new,
        ROUGH,
        "单客获客成本 × 新增用户",
        "acquisition cost × new users",
    ),
    Identity(
        "ltv_cac",
        "ltv_cac",
        ("ltv_predicted", "cac"),
        lambda ltv, cac: ltv / cac,
        ROUGH,
        "新用户预测生命周期价值 ÷ 单客获客成本",
        "predicted LTV of new users ÷ acquisition cost",
    ),
    Identity(
        "txn_share",
        "txn_amount",
        ("txn_share", "bank_txn_amount"),
        lambda share, amount: share / 100 * amount,
        ROUGH,
        "交易额占比 × 全行交易额",
        "transaction share × the bank's transaction amount",
    ),
    Identity(
        "txn_per_mau",
        "txn_per_mau",
        ("txn_count", "user_months"),
        lambda count, months: count / months,
        ROUGH,
        "交易笔数 ÷ 用户月",
        "transactions ÷ user-months",
    ),
    Identity(
        "arpu",
        "arpu",
        ("fee_income", "net_interest", "user_months"),
        lambda fees, interest, months: (fees + interest) / months,
        ROUGH,
        "（手续费收入 + 净利息）÷ 用户月",
        "(fees + net interest) ÷ user-months",
    ),
)


def check(targets: Mapping[str, float], facts: Mapping[str, float]) -> Coherence:
    """Compare the yearly targets (by indicator id) that identities tie together.

    ``facts`` are numbers named in `FACTS`; ValueError for another name. A name that is absent or
    NaN leaves its identities unchecked.

    >>> found = check({"dau": 100.0, "mau": 500.0, "stickiness": 25.0}, {})
    >>> found.findings[0].en
    'stickiness: target 25, but DAU ÷ MAU gives 20: 25.0% above (tolerance 1%)'
    """
    if unknown := sorted(set(facts) - set(FACTS)):
        raise ValueError(f"unknown facts {', '.join(unknown)}: expected {', '.join(FACTS)}")
    known = {name: x for name, x in {**targets, **facts}.items() if math.isfinite(x)}
    if "mau" in known:
        known.setdefault("user_months", 12 * known["mau"])
    findings, unchecked = [], []
    for identity in IDENTITIES:
        missing = tuple(n for n in (identity.name, *identity.needs) if n not in known)
        implied = None if missing else _implied(identity, known)
        if implied is None:
            unchecked.append(Unchecked(identity.id, missing))
        elif finding := _compared(identity, known[identity.name], implied):
            findings.append(finding)
    return Coherence(tuple(findings), tuple(unchecked))


def _implied(identity: Identity, known: Mapping[str, float]) -> float | None:
    """The implied number; None where it divides by zero or is zero, so that nothing compares."""
    try:
        return identity.implied(*(known[name] for name in identity.needs)) or None
    except ZeroDivisionError:
        return None


def _compared(identity: Identity, stated: float, implied: float) -> Finding | None:
    difference = 100 * (stated - implied) / abs(implied)
    if abs(difference) <= identity.tolerance:
        return None
    zh, en = ("高出", "above") if difference > 0 else ("低于", "below")
    off, limit = f"{abs(difference):.1f}", f"{identity.tolerance:g}"
    name, one, other = identity.name, _number(stated), _number(implied)
    return Finding(
        identity.id,
        (name, *identity.needs),
        stated,
        implied,
        difference,
        identity.tolerance,
        f"{name}：目标为 {one}，而{identity.words_zh}得 {other}，{zh} {off}%（容差 {limit}%）",
        f"{name}: target {one}, but {identity.words_en} gives {other}: "
        f"{off}% {en} (tolerance {limit}%)",
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
