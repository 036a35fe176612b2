"""The rows of every source worked out a second time, from the frames, by its definition in words.

Nothing here reads the declarations or the statements that it checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from data.contract.vocabulary import TIERS
from tests.data.points.bank import Frames
from tests.data.points.days import (
    SEGMENT,
    Rows,
    before,
    end_of_month,
    local,
    missing,
    placed,
    since,
)
from tests.data.points.rows_of_risk import (
    campaign,
    complaint_closed,
    finding_due,
    finding_late,
    report_due,
    report_late,
    risk_detected,
    risk_due,
    service,
)


@dataclass(frozen=True)
class Truth:
    """What each source's rows are, with every dimension, as lists of records."""

    frames: Frames

    def records(self, table: str) -> Rows:
        """The rows of a contract table; what is missing is None."""
        frame = self.frames[table]
        return [
            {str(k): None if missing(v) else v for k, v in row.items()}
            for row in frame.astype(object).to_dict("records")
        ]

    @cached_property
    def users(self) -> Mapping[str, dict[str, Any]]:
        """Customers by id."""
        return {row["user_id"]: row for row in self.records("dim_user")}

    @cached_property
    def months(self) -> Mapping[tuple[date, str], dict[str, Any]]:
        """Month-ends by month and user."""
        return {(row["month"], row["user_id"]): row for row in self.records("user_month")}

    @cached_property
    def products(self) -> Mapping[str, str]:
        """Kinds of products by id."""
        return {row["product_id"]: row["kind"] for row in self.records("dim_product")}

    def segment(self, user_id: str | None, day: date) -> dict[str, str]:
        """Branch and segment of a user as they are on a day; '' is unknown."""
        user = self.users.get(user_id or "", {})
        born, tier = user.get("birth_year"), self.months.get((before(day), user_id or ""), {})
        joined = local(user.get("registered_at"))
        age = None if born is None else day.year - born
        bands = ((25, "under_25"), (35, "25_34"), (45, "35_44"), (55, "45_54"), (999, "55_over"))
        new = "" if joined is None or joined > day else "existing"
        if new and (day - joined).days <= 30:
            new = "new"
        return {
            "branch": user.get("branch_id") or "",
            "channel": user.get("channel") or "",
            "tier": tier.get("tier") or "",
            "age_band": "" if age is None else next(name for limit, name in bands if age < limit),
            "new_user": new,
        }

    def by_user(self, rows: Iterable[dict[str, Any]]) -> Rows:
        """Rows with their user's dimensions."""
        return [
            {
                **row,
                **self.segment(row["user_id"], row["day"]),
                "module": row.get("module") or "",
                "app": row.get("app") or "",
            }
            for row in rows
        ]

    @cached_property
    def user_days(self) -> Rows:
        """One row per registered user, day, App and module with what was done."""
        grade = {row["module"]: row["grade"] for row in self.records("dim_module")}
        served = {
            (row["user_id"], local(row["opened_at"]))
            for row in self.records("service_session")
            if row["handled_by"] in ("ai", "both")
        }
        found: dict[Any, dict[str, Any]] = {}
        for event in self.records("event"):
            user, day = self.users.get(event["user_id"] or ""), local(event["occurred_at"])
            if user is None or not _in_app(user, day):
                continue
            key = (day, event["user_id"], event["app"], event["module"] or "")
            row = found.setdefault(
                key,
                {
                    "day": day,
                    "user_id": event["user_id"],
                    "app": event["app"],
                    "module": event["module"],
                    **dict.fromkeys(_DONE, 0),
                },
            )
            for name, amount in self._done(event).items():
                row[name] += amount
        for row in found.values():
            user, day = self.users[row["user_id"]], row["day"]
            withdrawn = local(user["consent_withdrawn_at"])
            row["advanced"] = grade.get(row["module"]) == "advanced"
            row["verified"] = since(user["realname_at"], day)
            row["consented"] = since(user["consent_at"], day) and not (
                withdrawn is not None and withdrawn <= day
            )
            row["ai_served"] = (row["user_id"], day) in served
        return self.by_user(found.values())

    def _done(self, event: dict[str, Any]) -> dict[str, int]:
        view, content = event["action"] == "view", event["content_id"] is not None
        wealth = self.products.get(event["product_id"] or "") in ("wealth", "fund")
        return {
            "events": 1,
            "opens": event["action"] == "open",
            "dwell_ms": min(event["duration_ms"] or 0, 30 * 60_000),
            "searches": event["action"] == "search",
            "content_views": view and content,
            "content_shares": event["action"] == "share" and content,
            "wealth_views": view and wealth,
            "offers": event["action"] == "offer_seen",
            "finishes": event["action"] == "task_finish",
        }

    @cached_property
    def active(self) -> Mapping[str, dict[date, dict[str, Any]]]:
        """By user: active days with that day's dimensions and offers, finishes, wealth views."""
        found: dict[str, dict[date, dict[str, Any]]] = {}
        for row in self.user_days:
            days = found.setdefault(row["user_id"], {})
            day = days.setdefault(
                row["day"],
                {
                    **{k: row[k] for k in ("day", "user_id", "branch", *SEGMENT)},
                    "offers": 0,
                    "finishes": 0,
                    "wealth_views": 0,
                    "module": "",
                    "app": "",
                },
            )
            for name in ("offers", "finishes", "wealth_views"):
                day[name] += row[name]
        return found

    @cached_property
    def rows(self) -> Mapping[str, Mapping[date, Rows]]:
        """The rows of every source by day."""
        return {name: _by_day(build(self)) for name, build in SOURCES.items()}


def _by_day(rows: Rows) -> dict[date, Rows]:
    found: dict[date, Rows] = {}
    for row in rows:
        found.setdefault(row["day"], []).append(row)
    return found


_DONE = (
    "events",
    "opens",
    "dwell_ms",
    "searches",
    "content_views",
    "content_shares",
    "wealth_views",
    "offers",
    "finishes",
)


def _in_app(user: dict[str, Any], day: date) -> bool:
    joined, closed = local(user["registered_at"]), local(user["closed_at"])
    return joined is not None and joined <= day and (closed is None or day <= closed)


def _plain(table: str, when: str, *, user: bool) -> Callable[[Truth], Rows]:
    def build(truth: Truth) -> Rows:
        rows = []
        for row in truth.records(table):
            day = row[when] if when in ("day", "month") else local(row[when])
            rows.append({**row, "day": day})
        if user:
            return truth.by_user(rows)
        return [placed(row) for row in rows]

    return build


def _task(truth: Truth) -> Rows:
    """Runs: a task id on a day on which it starts; finished by the end of the next day."""
    events = [e for e in truth.records("event") if e["task_id"] and e["user_id"]]
    runs: dict[Any, Rows] = {}
    for event in events:
        if event["action"] in ("task_start", "task_finish"):
            runs.setdefault((event["task_id"], local(event["occurred_at"])), []).append(event)
    found = []
    for (task, day), here in runs.items():
        starts = [e["occurred_at"] for e in here if e["action"] == "task_start"]
        if not starts:
            continue
        then = here + runs.get((task, day + timedelta(days=1)), [])
        ends = [e["occurred_at"] for e in then if e["action"] == "task_finish"]
        least = {
            name: min((e[name] for e in here if e[name] is not None), default=None)
            for name in ("user_id", "module", "app")
        }
        found.append({"day": day, **least, "finished": any(e >= min(starts) for e in ends)})
    return truth.by_user(found)


def _visitor(truth: Truth) -> Rows:
    seen: dict[str, Rows] = {}
    for event in truth.records("event"):
        day = local(event["occurred_at"])
        seen.setdefault(event["visitor_id"], []).append({**event, "day": day})
    found = []
    for events in seen.values():
        unknown = [e for e in events if e["user_id"] is None]
        if not unknown:
            continue
        first = min(e["day"] for e in unknown)
        week = [e for e in events if 0 <= (e["day"] - first).days <= 7 and e["user_id"]]
        joined = [local(truth.users[e["user_id"]]["registered_at"]) for e in week]
        found.append(
            {
                "day": first,
                "app": min(e["app"] for e in unknown if e["day"] == first),
                "registered": any(j is not None and 0 <= (j - first).days <= 7 for j in joined),
            }
        )
    return [placed(row) for row in found]


def _silence(truth: Truth) -> Rows:
    found = []
    for user_id, days in truth.active.items():
        closed = local(truth.users[user_id]["closed_at"])
        for day, row in days.items():
            silent = not any(day < other <= day + timedelta(days=30) for other in days)
            if silent and not (closed is not None and closed <= day + timedelta(days=30)):
                found.append(row)
    return found


def _purchases(truth: Truth, kinds: tuple[str, ...] | None = None) -> Rows:
    return [
        {**t, "day": local(t["occurred_at"])}
        for t in truth.records("txn")
        if t["kind"] == "purchase"
        and t["status"] == "success"
        and (kinds is None or truth.products.get(t["product_id"] or "") in kinds)
    ]


def _wealth_view(truth: Truth) -> Rows:
    bought: dict[str, set[date]] = {}
    for txn in _purchases(truth, ("wealth", "fund")):
        bought.setdefault(txn["user_id"], set()).add(txn["day"])
    return [
        {**row, "bought": any(0 <= (b - day).days <= 7 for b in bought.get(user_id, ()))}
        for user_id, days in truth.active.items()
        for day, row in days.items()
        if row["wealth_views"] > 0
    ]


def _first_purchase(truth: Truth) -> Rows:
    bought: dict[str, Rows] = {}
    for txn in sorted(_purchases(truth), key=lambda t: (t["occurred_at"], t["txn_id"])):
        bought.setdefault(txn["user_id"], []).append(txn)
    return truth.by_user(
        {
            "day": txns[0]["day"],
            "user_id": user_id,
            "repeated": len(txns) > 1 and (txns[1]["day"] - txns[0]["day"]).days <= 90,
        }
        for user_id, txns in bought.items()
    )


def _application(truth: Truth) -> Rows:
    found = []
    for row in truth.records("application"):
        checked, applied = local(row["checked_at"]), local(row["applied_at"])
        if checked is not None:
            within = applied is not None and 0 <= (applied - checked).days <= 7
            found.append({"day": checked, "user_id": row["user_id"], "applied": within})
    return truth.by_user(found)


def _loan(truth: Truth) -> Rows:
    found = []
    for row in truth.records("loan_month"):
        grade, late = row["class"], row["days_past_due"]
        bad = grade in ("substandard", "doubtful", "loss")
        found.append(
            {
                **row,
                "day": row["month"],
                "graded": grade is not None or late is not None,
                "npl": bad or (grade is None and late is not None and late >= 90),
            }
        )
    return truth.by_user(found)


def _first_instalment(truth: Truth) -> Rows:
    loans: dict[str, Rows] = {}
    for row in truth.records("loan_month"):
        loans.setdefault(row["loan_id"], []).append(row)
    found = []
    for rows in loans.values():
        due = rows[0]["first_due_on"]
        paid = [r["first_paid_on"] for r in rows if r["first_paid_on"] is not None]
        late = not paid or (max(paid) - due).days >= 7
        found.append({"day": due, "user_id": rows[0]["user_id"], "late": late})
    return truth.by_user(found)


def _spend(truth: Truth) -> Rows:
    purpose = {row["campaign_id"]: row["purpose"] for row in truth.records("dim_campaign")}
    return [
        placed({**row, "purpose": purpose.get(row["campaign_id"])})
        for row in truth.records("spend")
    ]


def _registration(truth: Truth) -> Rows:
    found = []
    for user_id, user in truth.users.items():
        day = local(user["registered_at"])
        if day is None:
            continue
        active = {(d - day).days: row for d, row in truth.active.get(user_id, {}).items()}
        week = [row for age, row in active.items() if 0 <= age <= 7]
        month = truth.months.get((end_of_month(day), user_id), {})
        verified = local(user["phone_verified_at"])
        found.append(
            {
                "day": day,
                "user_id": user_id,
                "referred": user["referred_by"] is not None,
                **{f"d{n}": n in active for n in (1, 7, 30)},
                "ltv": month.get("predicted_ltv_cny"),
                "activated": verified is not None
                and (verified - day).days <= 7
                and any(r["offers"] for r in week)
                and any(r["finishes"] for r in week),
            }
        )
    return truth.by_user(found)


def _closure(truth: Truth) -> Rows:
    return truth.by_user(
        {"day": local(user["closed_at"]), "user_id": user_id}
        for user_id, user in truth.users.items()
        if user["closed_at"] is not None and user["registered_at"] is not None
    )


def _tier_move(truth: Truth) -> Rows:
    found = []
    for (month, user_id), row in truth.months.items():
        earlier = truth.months.get((before(before(before(month))), user_id), {}).get("tier")
        if row["tier"] is not None and earlier not in (None, "vip"):
            rose = TIERS.index(row["tier"]) > TIERS.index(earlier)
            found.append({"day": month, "user_id": user_id, "raised": rose})
    return truth.by_user(found)


def _recall(truth: Truth) -> Rows:
    contacts = {
        (row["user_id"], local(row["occurred_at"]))
        for row in truth.records("touch")
        if row["kind"] == "exposed"
    }
    found = []
    for user_id, day in sorted(contacts):
        ages = [(d - day).days for d in truth.active.get(user_id, {})]
        if not any(-7 < age < 0 for age in ages):
            back = any(0 <= age <= 14 for age in ages)
            found.append({"day": day, "user_id": user_id, "returned": back})
    return truth.by_user(found)


def _holdout(truth: Truth) -> Rows:
    fees: dict[str, Rows] = {}
    for txn in truth.records("txn"):
        if txn["status"] == "success" and txn["fee_cny"] is not None:
            fees.setdefault(txn["user_id"], []).append(txn)
    found = []
    for one in truth.records("dim_campaign"):
        name, ends = one["campaign_id"], one["ends_on"]
        members = [m for m in truth.records("campaign_member") if m["campaign_id"] == name]
        income = {m["user_id"]: _income(m, fees.get(m["user_id"], [])) for m in members}
        kept_out = [income[m["user_id"]] for m in members if m["arm"] == "holdout"]
        treated = [m for m in members if m["arm"] == "treated"]
        if not kept_out or not treated:
            continue
        spent = sum(
            float(s["spent_cny"] or 0)
            for s in truth.records("spend")
            if s["campaign_id"] == name and s["day"] <= ends + timedelta(days=30)
        )
        mean = sum(kept_out) / len(kept_out)
        for m in members:
            mine = m["arm"] == "treated"
            found.append(
                {
                    "day": ends,
                    "user_id": m["user_id"],
                    "treated": mine,
                    "increment": income[m["user_id"]] - mean if mine else None,
                    "spent": spent / len(treated) if mine else None,
                }
            )
    return truth.by_user(found)


def _income(member: dict[str, Any], txns: Rows) -> float:
    start: datetime = member["assigned_at"]
    return sum(
        float(t["fee_cny"])
        for t in txns
        if t["occurred_at"] >= start and (local(t["occurred_at"]) - local(start)).days < 30
    )


def _recommendation(truth: Truth) -> Rows:
    found = []
    for row in truth.records("recommendation"):
        shown, taken = local(row["occurred_at"]), local(row["taken_at"])
        within = taken is not None and 0 <= (taken - shown).days <= 7
        found.append({**row, "day": shown, "taken": within})
    return truth.by_user(found)


SOURCES: Mapping[str, Callable[[Truth], Rows]] = {
    "activity": lambda truth: truth.user_days,
    "task": _task,
    "visitor": _visitor,
    "silence": _silence,
    "wealth_view": _wealth_view,
    "txn": _plain("txn", "occurred_at", user=True),
    "first_purchase": _first_purchase,
    "application": _application,
    "loan": _loan,
    "first_instalment": _first_instalment,
    "bank": _plain("bank_day", "day", user=False),
    "spend": _spend,
    "partner": _plain("partner_day", "day", user=False),
    "risk_event": _plain("risk_event", "occurred_at", user=False),
    "risk_detected": risk_detected,
    "risk_due": risk_due,
    "api": _plain("api_interval", "start", user=False),
    "check": _plain("compliance_check", "checked_at", user=False),
    "finding_due": finding_due,
    "finding_late": finding_late,
    "suspicious": _plain("suspicious_case", "occurred_at", user=False),
    "report_due": report_due,
    "report_late": report_late,
    "sync": _plain("sync_day", "day", user=False),
    "campaign": campaign,
    "survey": _plain("survey", "answered_at", user=True),
    "service": service,
    "complaint": _plain("complaint", "opened_at", user=True),
    "complaint_closed": complaint_closed,
    "mention": _plain("mention", "published_at", user=False),
    "brand": _plain("brand_day", "day", user=False),
    "registration": _registration,
    "closure": _closure,
    "customer": _plain("user_month", "month", user=True),
    "tier_move": _tier_move,
    "recall": _recall,
    "holdout": _holdout,
    "recommendation": _recommendation,
}
