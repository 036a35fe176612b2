"""What every point means, in words of Python: which rows count, and what they add."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.contract.operations import LATENCY_COLUMNS


@dataclass(frozen=True)
class Meant:
    """What a point means: its source, which rows count, and what they add (None: one each)."""

    source: str
    counts: Callable[[dict[str, Any]], Any]
    adds: Callable[[dict[str, Any]], Any] | None = None
    lag: int = 0
    over: str = "days"  # days, monthly, cumulative, spread, last
    buckets: Callable[[dict[str, Any]], Sequence[float]] | None = None


def _all(_row: dict[str, Any]) -> bool:
    return True


def _sum(source: str, column: str, counts: Any = _all, **more: Any) -> Meant:
    return Meant(source, counts, lambda row: row[column], **more)


def _ok(row: dict[str, Any]) -> bool:
    return bool(row["status"] == "success")


def _is(column: str, *values: Any) -> Callable[[dict[str, Any]], bool]:
    return lambda row: row[column] in values


def _fraud(row: dict[str, Any]) -> bool:
    return row["fraud"] is True


def _known(column: str) -> Callable[[dict[str, Any]], bool]:
    return lambda row: row[column] is not None


def _in_buckets(column: str, bounds: Sequence[float]) -> Callable[[dict[str, Any]], list[float]]:
    """Bucket i holds what is above bound i − 1 and at most bound i."""

    def place(row: dict[str, Any]) -> list[float]:
        value = row[column]
        here = [0.0] * (len(bounds) + 1)
        if value is not None:
            here[sum(value > bound for bound in bounds)] = 1.0
        return here

    return place


_FIRST_RESPONSE = (1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800, 3600)
_RESOLVE = (0.5, 1, 2, 4, 8, 12, 16, 20, 24, 30, 36, 42, 48, 60, 72, 96, 120, 168, 336, 720)
_DETECT = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 720, 1440, 4320, 10080)

MEANT: Mapping[str, Meant] = {
    "sessions": _sum("activity", "opens"),
    **{
        name: _sum("activity", name)
        for name in ("dwell_ms", "events", "content_views", "content_shares", "searches")
    },
    "tasks_started": Meant("task", _all),
    "tasks_finished": Meant("task", _is("finished", True)),
    "visitors_due": Meant("visitor", _all, lag=7),
    "visitors_registered": Meant("visitor", _is("registered", True), lag=7),
    "turned_red": Meant("silence", _all, lag=30),
    "wealth_viewers_due": Meant("wealth_view", _all, lag=7),
    "wealth_buyers": Meant("wealth_view", _is("bought", True), lag=7),
    "txn_amount": _sum("txn", "amount_cny", _ok),
    "txn_count": Meant("txn", _ok),
    "txn_all": Meant("txn", _all),
    "txn_failed": Meant("txn", _is("status", "failed")),
    "fee_income": _sum("txn", "fee_cny", _ok),
    "advisory_fees": _sum("txn", "fee_cny", lambda r: _ok(r) and r["module"] == "robo_advice"),
    "purchases": Meant("txn", lambda r: _ok(r) and r["kind"] == "purchase"),
    "purchases_disclosed": Meant(
        "txn", lambda r: _ok(r) and r["kind"] == "purchase" and r["disclosed"] is True
    ),
    "txn_risky": Meant("txn", lambda r: r["risky"] is True or _fraud(r)),
    "txn_judged": Meant("txn", _known("fraud"), lag=30),
    "txn_fraud": Meant("txn", _fraud, lag=30),
    "fraud_blocked": Meant("txn", lambda r: _fraud(r) and r["status"] == "blocked", lag=30),
    "alerts_judged": Meant(
        "txn", lambda r: r["alerted"] is True and r["fraud"] is not None, lag=30
    ),
    "alerts_fraud": Meant("txn", lambda r: r["alerted"] is True and _fraud(r), lag=30),
    "fraud_loss": _sum("txn", "loss_cny", _fraud, lag=30),
    "judged_amount": _sum("txn", "amount_cny", _ok, lag=30),
    "first_purchases_due": Meant("first_purchase", _all, lag=90),
    "repeat_purchases": Meant("first_purchase", _is("repeated", True), lag=90),
    "limit_checks_due": Meant("application", _all, lag=7),
    "limit_checks_applied": Meant("application", _is("applied", True), lag=7),
    "loan_balance": _sum("loan", "balance_cny", over="monthly"),
    "graded_balance": _sum("loan", "balance_cny", _is("graded", True), over="monthly"),
    "npl_balance": _sum("loan", "balance_cny", _is("npl", True), over="monthly"),
    "aged_balance": _sum("loan", "balance_cny", _known("days_past_due"), over="monthly"),
    "overdue30_balance": _sum(
        "loan", "balance_cny", lambda r: (r["days_past_due"] or 0) >= 30, over="monthly"
    ),
    "loans_open": Meant("loan", lambda r: r["balance_cny"] > 0, over="monthly"),
    "first_due": Meant("first_instalment", _all, lag=7),
    "first_late": Meant("first_instalment", _is("late", True), lag=7),
    "bank_customers": _sum("bank", "customers", over="last"),
    "bank_customer_days": _sum("bank", "customers"),
    "bank_txn_amount": _sum("bank", "txn_amount_cny"),
    "bank_txn_count": _sum("bank", "txn_count"),
    "acquisition_spend": _sum("spend", "spent_cny", _is("purpose", "acquisition")),
    "campaign_spend": _sum("spend", "spent_cny", _known("campaign_id")),
    "spent": _sum("spend", "spent_cny"),
    "planned": _sum("spend", "planned_cny"),
    **{
        f"spent_{name}": _sum("spend", "spent_cny", _is("category", name))
        for name in ("technology", "operations", "data_risk")
    },
    "partner_calls": _sum("partner", "calls"),
    "partner_income": _sum("partner", "income_cny"),
    "partner_share": _sum("partner", "our_share_cny"),
    "risk_events_grave": Meant("risk_event", _is("level", 2, 3)),
    "risk_events_all": Meant("risk_event", _all),
    "operations_events": Meant("risk_event", _is("class", "operations")),
    "leak_events": Meant("risk_event", _is("class", "data_leak")),
    "violation_events": Meant("risk_event", _is("class", "access_violation")),
    "risk_loss": _sum("risk_event", "loss_cny"),
    "detection_time": Meant("risk_detected", _all, buckets=_in_buckets("minutes", _DETECT)),
    "closures_due": Meant("risk_due", _all),
    "closures_on_time": Meant("risk_due", _is("on_time", True)),
    "service_minutes": _sum("api", "minutes"),
    "good_minutes": _sum("api", "good_minutes"),
    "api_calls": _sum("api", "calls"),
    "api_errors": _sum("api", "errors"),
    "api_latency": Meant(
        "api", _all, buckets=lambda r: [float(r[c] or 0) for c in LATENCY_COLUMNS]
    ),
    "checks": Meant("check", _all),
    "checks_passed": Meant("check", _is("passed", True)),
    "findings_due": Meant("finding_due", _all),
    "findings_closed_on_time": Meant("finding_due", _is("on_time", True)),
    "findings_missed_total": Meant("finding_due", _is("on_time", False), over="cumulative"),
    "findings_late_closed_total": Meant("finding_late", _all, over="cumulative"),
    "cases_confirmed": Meant("suspicious", _known("confirmed_at"), lag=90),
    "cases_identified": Meant(
        "suspicious",
        lambda r: r["confirmed_at"] is not None and r["identified_at"] is not None,
        lag=90,
    ),
    "reports_due": Meant("report_due", _all),
    "reports_on_time": Meant("report_due", _is("on_time", True)),
    "reports_missed_total": Meant("report_due", _is("on_time", False), over="cumulative"),
    "reports_late_total": Meant("report_late", _all, over="cumulative"),
    "sync_delay_sum": _sum("sync", "delay_min"),
    "sync_links": Meant("sync", _all),
    "campaigns_started": Meant("campaign", _all),
    "campaigns_reviewed": Meant("campaign", _is("reviewed", True)),
    "campaigns_clean": Meant("campaign", _is("clean", True)),
    "nps_answers": Meant("survey", _is("kind", "nps")),
    "nps_promoters": Meant("survey", lambda r: r["kind"] == "nps" and r["score"] >= 9),
    "nps_detractors": Meant("survey", lambda r: r["kind"] == "nps" and r["score"] <= 6),
    "csat_answers": Meant("survey", _is("kind", "csat")),
    "csat_satisfied": Meant("survey", lambda r: r["kind"] == "csat" and r["score"] >= 4),
    "service_sessions": Meant("service", _all),
    "ai_sessions": Meant("service", _is("handled_by", "ai", "both")),
    "ai_resolved": Meant("service", lambda r: r["handled_by"] == "ai" and r["resolved"] is True),
    "first_response": Meant("service", _all, buckets=_in_buckets("response_s", _FIRST_RESPONSE)),
    "complaints": Meant("complaint", _all),
    "privacy_complaints": Meant("complaint", _is("privacy", True)),
    "complaint_time": Meant("complaint_closed", _all, buckets=_in_buckets("hours", _RESOLVE)),
    "own_mentions": Meant("mention", _is("about", "self")),
    "negative_mentions": Meant(
        "mention", lambda r: r["about"] == "self" and r["sentiment"] == "negative"
    ),
    "search_index_sum": _sum("brand", "search_index"),
    "search_index_days": Meant("brand", _known("search_index")),
    "voice_own": _sum("brand", "own_mentions"),
    "voice_peers": _sum("brand", "peer_mentions"),
    "ratings": _sum("brand", "ratings"),
    "stars": _sum("brand", "stars"),
    "registrations": Meant("registration", _all),
    "referred_registrations": Meant("registration", _is("referred", True)),
    "registered_total": Meant("registration", _all, over="cumulative"),
    **{f"d{n}_due": Meant("registration", _all, lag=n) for n in (1, 7, 30)},
    **{f"d{n}_kept": Meant("registration", _is(f"d{n}", True), lag=n) for n in (1, 7, 30)},
    "activation_due": Meant("registration", _all, lag=7),
    "activated": Meant("registration", _is("activated", True), lag=7),
    "ltv_predicted": _sum("registration", "ltv"),
    "ltv_users": Meant("registration", _known("ltv")),
    "closures": Meant("closure", _all),
    "closed_total": Meant("closure", _all, over="cumulative"),
    "aum": _sum("customer", "aum_cny", over="monthly"),
    "customers_at_month_end": Meant("customer", _known("products"), over="monthly"),
    "products_held": _sum("customer", "products", over="monthly"),
    "net_interest": _sum("customer", "net_interest_cny", over="spread"),
    "tier_due": Meant("tier_move", _all),
    "tier_raised": Meant("tier_move", _is("raised", True)),
    "recall_due": Meant("recall", _all, lag=14),
    "recall_returned": Meant("recall", _is("returned", True), lag=14),
    "incremental_income": _sum("holdout", "increment", lag=30),
    "treated_members": Meant("holdout", _is("treated", True), lag=30),
    "holdout_spend": _sum("holdout", "spent", lag=30),
    "recommendations_due": Meant("recommendation", _all, lag=7),
    "recommendations_taken": Meant("recommendation", _is("taken", True), lag=7),
}

DISTINCT: Mapping[str, Callable[[dict[str, Any]], bool]] = {
    "active_users": _all,
    "advanced_users": _is("advanced", True),
    "under25_users": _is("age_band", "under_25"),
    "consented_users": _is("consented", True),
    "verified_users": _is("verified", True),
    "ai_served_users": _is("ai_served", True),
}
