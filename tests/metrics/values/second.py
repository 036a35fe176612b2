"""Every indicator a second time, by the formulas and the rules over time of the specification.

Works on the second definitions of points (tests/data/points/expected.py), so that nothing here
goes through the declarations, the statements or the formulas of the shipped tree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from tests.data.points.bank import FIRST, LAST
from tests.data.points.days import end_of_month
from tests.data.points.expected import distinct, expected
from tests.data.points.rows import Truth

CENTS = {
    "txn_amount", "fee_income", "advisory_fees", "fraud_loss", "judged_amount", "bank_txn_amount",
    "acquisition_spend", "aum", "loan_balance", "graded_balance", "npl_balance", "aged_balance",
    "overdue30_balance", "net_interest", "ltv_predicted", "incremental_income", "holdout_spend",
}  # fmt: skip


@dataclass(frozen=True)
class About:
    """A period by its first and last asked day, a scope and a segment."""

    truth: Truth
    first: date
    asked_last: date
    scope: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def last(self) -> date:
        """The last day that has passed in the data."""
        return min(self.asked_last, LAST)

    @property
    def days(self) -> int:
        """Days that have passed."""
        return (self.last - self.first).days + 1

    def months(self) -> list[tuple[date, date]]:
        """The parts of calendar months that the period has, up to the last day."""
        found, start = [], self.first
        while start <= self.last:
            end = min(end_of_month(start), self.last)
            found.append((start, end))
            start = end + timedelta(days=1)
        return found

    def windows(self) -> list[tuple[date, date]]:
        """Where ``mau`` is taken: whole months, else the 30 days that end on the last day."""
        whole = self.first.day == 1 and self.asked_last == self.last == end_of_month(self.last)
        return self.months() if whole else [(self.last - timedelta(days=29), self.last)]

    def total(self, point: str, last: date | None = None) -> float:
        """A point added over the period, or as at its end."""
        about = (self.truth, point, self.first, last or self.last, (), self.filters, self.scope)
        found = expected(*about).get((), np.array([0.0]))
        return round(float(found[0]), 2) if point in CENTS else float(found[0])

    def histogram(self, point: str) -> list[float]:
        """A point's buckets added over the period."""
        about = (self.truth, point, self.first, self.last, (), self.filters, self.scope)
        return [float(x) for x in expected(*about).get((), np.zeros(1))]

    def users(self, point: str, first: date, last: date, *, each_day: bool = False) -> float:
        """Distinct users of some days, or of each day added up."""
        about = (self.truth, point, first, last, (), self.filters, self.scope)
        return float(distinct(*about, each_day=each_day).get((), 0))

    def mau(self, point: str = "active_users") -> float:
        """Distinct users of the month, the mean of the months, or the last 30 days."""
        windows = self.windows()
        return sum(self.users(point, *window) for window in windows) / len(windows)

    def user_days(self) -> float:
        """Active users of each day, added up."""
        return self.users("active_users", self.first, self.last, each_day=True)

    def user_months(self, lag: int = 0) -> float:
        """Monthly active users added up, parts of a month in proportion to their days.

        What needs ``lag`` days before the first loaded one counts from then on only.
        """
        added = 0.0
        for first, last in self.months():
            whole = (first.day, last) == (1, end_of_month(first))
            start = first if whole else last - timedelta(days=29)
            part = ((last - first).days + 1) / end_of_month(first).day
            added += part * self.users("active_users", start, last)
        known = (self.last - max(self.first, FIRST + timedelta(days=lag))).days + 1
        return added * known / self.days


def ratio(top: float, below: float) -> float:
    """A quotient, NaN over nothing."""
    return top / below if below else math.nan


def share(top: str, below: str, times: float = 100) -> Callable[[About], float]:
    """One sum over another."""
    return lambda a: times * ratio(a.total(top), a.total(below))


def of_mau(point: str) -> Callable[[About], float]:
    """Users of a kind among the active ones, both sides made alike."""
    return lambda a: 100 * ratio(a.mau(point), a.mau())


def total(point: str) -> Callable[[About], float]:
    """One sum."""
    return lambda a: a.total(point)


def difference(point: str, less: str) -> Callable[[About], float]:
    """One number less another."""
    return lambda a: a.total(point) - a.total(less)


def middle(point: str, bounds: Sequence[float], probability: float) -> Callable[[About], float]:
    """The quantile of a histogram, evenly spread within its bucket, found by walking."""

    def walk(a: About) -> float:
        counts = a.histogram(point)
        wanted = probability * sum(counts)
        if not sum(counts):
            return math.nan
        low, before = 0.0, 0.0
        for count, high in zip(counts, [*bounds, bounds[-1]], strict=False):
            if count and before + count >= wanted:
                return low + (high - low) * (wanted - before) / count
            low, before = high, before + count
        return float(bounds[-1])

    return walk


def _stickiness(a: About) -> float:
    windows = a.windows()
    days = sum((last - first).days + 1 for first, last in windows) / len(windows)
    used = sum(a.users("active_users", *w, each_day=True) for w in windows) / len(windows)
    return 100 * ratio(used / days, a.mau())


def _cac(a: About) -> float:
    return ratio(a.total("acquisition_spend"), a.total("registrations"))


def _nps(a: About) -> float:
    good, bad = a.total("nps_promoters"), a.total("nps_detractors")
    return 100 * ratio(good - bad, a.total("nps_answers"))


def _voice(a: About) -> float:
    own = a.total("voice_own")
    return 100 * ratio(own, own + a.total("voice_peers"))


DETECT = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 720, 1440, 4320, 10080)
LATENCY = (0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 1.8, 3, 5, 10)
RESOLVE = (0.5, 1, 2, 4, 8, 12, 16, 20, 24, 30, 36, 42, 48, 60, 72, 96, 120, 168, 336, 720)
RESPOND = (1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800, 3600)

INDICATORS: Mapping[str, Callable[[About], float]] = {
    "registered_users": difference("registered_total", "closed_total"),
    "new_users": total("registrations"),
    "mau": lambda a: a.mau(),
    "dau": lambda a: a.user_days() / a.days,
    "dau_share": lambda a: 100 * ratio(a.user_days(), a.total("bank_customer_days")),
    "stickiness": _stickiness,
    "sessions_per_dau": lambda a: ratio(a.total("sessions"), a.user_days()),
    "dwell_minutes": lambda a: ratio(a.total("dwell_ms") / 60_000, a.user_days()),
    "advanced_share": of_mau("advanced_users"),
    "retention_d1": share("d1_kept", "d1_due"),
    "retention_d7": share("d7_kept", "d7_due"),
    "retention_d30": share("d30_kept", "d30_due"),
    "red_warning_share": lambda a: 100 * ratio(a.total("turned_red"), a.user_months(lag=30)),
    "activation_rate": share("activated", "activation_due"),
    "visit_to_register": share("visitors_registered", "visitors_due"),
    "silent_recall_rate": share("recall_returned", "recall_due"),
    "under25_share": of_mau("under25_users"),
    "tier_upgrade_rate": share("tier_raised", "tier_due"),
    "txn_amount": total("txn_amount"),
    "txn_share": share("txn_amount", "bank_txn_amount"),
    "txn_count": total("txn_count"),
    "txn_per_mau": lambda a: ratio(a.total("txn_count"), a.user_months()),
    "fee_income": total("fee_income"),
    "fee_growth": lambda _a: math.nan,  # nothing is known of the year before
    "arpu": lambda a: ratio(a.total("fee_income") + a.total("net_interest"), a.user_months()),
    "advisory_share": share("advisory_fees", "fee_income"),
    "aum": total("aum"),
    "lum": total("loan_balance"),
    "wealth_conversion": share("wealth_buyers", "wealth_viewers_due"),
    "credit_conversion": share("limit_checks_applied", "limit_checks_due"),
    "cac": _cac,
    "marketing_roi": share("incremental_income", "holdout_spend", 1),
    "ltv_cac": lambda a: ratio(ratio(a.total("ltv_predicted"), a.total("ltv_users")), _cac(a)),
    "cross_sell_success": share("recommendations_taken", "recommendations_due"),
    "products_per_customer": share("products_held", "customers_at_month_end", 1),
    "repurchase_rate": share("repeat_purchases", "first_purchases_due"),
    "risk_event_count": total("risk_events_grave"),
    "scene_risk_rate": share("txn_risky", "txn_all"),
    "detection_minutes": middle("detection_time", DETECT, 0.5),
    "closure_rate": share("closures_on_time", "closures_due"),
    "fraud_rate": share("txn_fraud", "txn_judged", 10_000),
    "fraud_intercept_rate": share("fraud_blocked", "txn_fraud"),
    "fraud_precision": share("alerts_fraud", "alerts_judged"),
    "fraud_loss_rate": share("fraud_loss", "judged_amount", 10_000),
    "npl_ratio": share("npl_balance", "graded_balance"),
    "overdue_30d": share("overdue30_balance", "aged_balance"),
    "first_payment_default": share("first_late", "first_due"),
    "availability": share("good_minutes", "service_minutes"),
    "api_p95": middle("api_latency", LATENCY, 0.95),
    "api_error_rate": share("api_errors", "api_calls"),
    "data_sync_delay": share("sync_delay_sum", "sync_links", 1),
    "ops_incidents": total("operations_events"),
    "nps": _nps,
    "csat": share("csat_satisfied", "csat_answers"),
    "task_completion": share("tasks_finished", "tasks_started"),
    "search_index": share("search_index_sum", "search_index_days", 1),
    "share_of_voice": _voice,
    "store_rating": share("stars", "ratings", 1),
    "negative_share": share("negative_mentions", "own_mentions"),
    "complaint_rate": lambda a: 10_000 * ratio(a.total("complaints"), a.user_months()),
    "complaint_hours": middle("complaint_time", RESOLVE, 0.5),
    "referral_share": share("referred_registrations", "registrations"),
    "share_rate": share("content_shares", "content_views"),
    "ai_coverage": of_mau("ai_served_users"),
    "ai_resolution": share("ai_resolved", "ai_sessions"),
    "response_seconds": middle("first_response", RESPOND, 0.5),
    "privacy_complaints": lambda a: 10_000 * ratio(a.total("privacy_complaints"), a.user_months()),
    "data_leaks": total("leak_events"),
    "consent_coverage": of_mau("consented_users"),
    "compliance_pass": share("checks_passed", "checks"),
    "rectified_on_time": share("findings_closed_on_time", "findings_due"),
    "disclosure_reach": share("purchases_disclosed", "purchases"),
    "suspicious_identified": share("cases_identified", "cases_confirmed"),
    "str_timeliness": share("reports_on_time", "reports_due"),
    "review_coverage": share("campaigns_reviewed", "campaigns_started"),
    "campaign_compliance": share("campaigns_clean", "campaigns_started"),
    "realname_rate": of_mau("verified_users"),
    "access_violations": total("violation_events"),
}


def value(name: str, about: About) -> Any:
    """An indicator by its second definition; NaN where it has no value."""
    return INDICATORS[name](about)
