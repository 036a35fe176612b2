"""Why an indicator has no value, as a record that pages put into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data.points.catalogue import Catalogue
from data.points.wants import Reading
from metrics.formula import Term
from metrics.values.windows import Terms

Kind = Literal[
    "needs_table",
    "not_loaded",
    "not_by_branch",
    "not_by_dimension",
    "no_month_end",
    "unequal_days",
    "unknown",
    "nothing_to_divide_by",
    "nothing_counted",
    "no_last_year",
    "no_start_of_year",
    "no_customers",
    "no_share",
    "no_target",
    "switched_off",
    "no_data_below",
    "below_coverage",
    "no_weight",
]

_WORDS = {
    "needs_table": ("needs table {0}", "需要数据表 {0}"),
    "not_loaded": ("{0} is not loaded for this period", "该期间未装载 {0}"),
    "not_by_branch": ("not recorded by branch", "未按机构记录"),
    "not_by_dimension": ("cannot be split by {0}", "不能按 {0} 拆分"),
    "no_month_end": ("no month-end of {0} in reach", "附近没有 {0} 的月末数据"),
    "unequal_days": ("its tables cover different days: {0}", "相关数据表覆盖的天数不同：{0}"),
    "unknown": ("the data do not say: {0} is empty", "数据为空：{0}"),
    "nothing_to_divide_by": ("nothing to divide by in this period", "该期间没有可作分母的数据"),
    "nothing_counted": ("nothing to measure in this period", "该期间没有可计量的记录"),
    "no_last_year": ("no data of the year before", "缺少上年同期数据"),
    "no_start_of_year": ("no data of the start of the year", "缺少年初数据"),
    "no_customers": ("no target: the bank's customers are not known", "没有目标：全行客户数未知"),
    "no_share": ("no target: no share of the bank's", "没有目标：无法按占比分解全行目标"),
    "no_target": ("no target", "没有目标"),
    "no_data_below": ("nothing below it has data", "下级均无数据"),
    "below_coverage": ("too little of it has data for a score", "有数据的部分不足，不计分"),
    "no_weight": ("nothing below it has weight", "下级权重均为零"),
    "switched_off": ("switched off in the configuration", "已在配置中关闭"),
}


@dataclass(frozen=True)
class Reason:
    """A kind, and what it is about (a table, a point, a dimension).

    >>> Reason("needs_table", "txn").words("en")
    'needs table txn'
    """

    kind: Kind
    about: str = ""

    def words(self, lang: str) -> str:
        """The reason in words, zh or en."""
        english, chinese = _WORDS[self.kind]
        return (chinese if lang == "zh" else english).format(self.about)


def reason_of(terms: Terms, reading: Reading, catalogue: Catalogue) -> Reason | None:
    """Why the formula has no value for any group; None where it may have."""
    if terms.period is None:
        return Reason("not_loaded", terms.ended_by)
    for want in terms.every_want:
        found = reading.answers[want].reason
        if found is not None:
            year_ago = want.last < terms.period.first
            if year_ago and found.kind == "not_loaded":
                return Reason("no_last_year")
            return Reason(found.kind, found.about)
    return _unequal(terms, reading) if terms.formula.divides else None


def covered_share(terms: Terms, reading: Reading) -> float:
    """The share of the days that sums were added over, 1 where nothing is added by day."""
    shares = list(_shares(terms, reading).values())
    return shares[0] if shares else 1.0


def _shares(terms: Terms, reading: Reading) -> dict[Term, float]:
    """By term that is added day by day: the share of its days that are covered."""
    found: dict[Term, float] = {}
    for term, weighted in terms.wants.items():
        answers = [reading.answers[w] for w, _ in weighted if w.mode in ("sum", "user_days")]
        if answers:
            days = sum(answer.days for answer in answers)
            found[term] = sum(answer.covered for answer in answers) / max(1, days)
    return found


def _unequal(terms: Terms, reading: Reading) -> Reason | None:
    """A ratio whose sides cover different days of one window would mislead."""
    shares = _shares(terms, reading)
    if len({round(share, 9) for share in shares.values()}) > 1:
        told = ", ".join(f"{term.point} {share:.0%}" for term, share in shares.items())
        return Reason("unequal_days", told)
    return None
