"""What each month must hold so that all indicators have a value: one query a fact.

Each query answers (month, n); the view ``acted`` is ``event`` with the bank's day ``d``. A cohort
belongs to the month in which it matures.
"""

from __future__ import annotations

DAY = "CAST({} + INTERVAL 8 HOUR AS DATE)"
REGISTERED = DAY.format("registered_at")


def _count(table: str, moment: str, where: str = "TRUE", later: int = 0) -> str:
    return f"""SELECT last_day({DAY.format(moment)} + {later}) AS month, count(*) AS n FROM
        {table} WHERE {where} GROUP BY 1"""


def _days(table: str, value: str) -> str:
    return f"SELECT last_day(day) AS month, sum({value}) AS n FROM {table} GROUP BY 1"


FACTS = {
    "registrations": _count("dim_user", "registered_at", "registered_at IS NOT NULL"),
    "retention_d1 matured": _count("dim_user", "registered_at", "registered_at IS NOT NULL", 1),
    "retention_d7 matured": _count("dim_user", "registered_at", "registered_at IS NOT NULL", 7),
    "retention_d30 matured": _count("dim_user", "registered_at", "registered_at IS NOT NULL", 30),
    "active users": """SELECT last_day(d) AS month, count(DISTINCT user_id) AS n FROM acted
        GROUP BY 1""",
    "users of basic and advanced modules": """SELECT last_day(d) AS month,
        least(count(*) FILTER (grade = 'basic'), count(*) FILTER (grade = 'advanced')) AS n
        FROM acted JOIN dim_module USING (module) GROUP BY 1""",
    "visitors first seen": """SELECT last_day(f + 7) AS month, count(*) AS n FROM
        (SELECT visitor_id, min(d) AS f, first(user_id ORDER BY occurred_at) AS u FROM acted GROUP
        BY 1)
        WHERE u IS NULL GROUP BY 1""",
    "silent users contacted": """SELECT last_day(c + 14) AS month, count(*) AS n FROM
        (SELECT t.user_id, CAST(t.occurred_at + INTERVAL 8 HOUR AS DATE) AS c FROM touch t
            WHERE kind = 'exposed') x
        WHERE NOT EXISTS (SELECT 1 FROM acted a WHERE a.user_id = x.user_id AND a.d <= c AND a.d >
        c - 7)
        GROUP BY 1""",
    "users below VIP three months before": """SELECT last_day(month + INTERVAL 3 MONTH) AS month,
        count(*) FILTER (tier <> 'vip') AS n FROM user_month GROUP BY 1""",
    "transactions": _count("txn", "occurred_at", "status = 'success'"),
    "fees": f"""SELECT last_day({DAY.format('occurred_at')}) AS month, sum(fee_cny) AS n FROM
        txn GROUP BY 1""",
    "bank amount": _days("bank_day", "txn_amount_cny"),
    "customers at month-end": "SELECT month, count(aum_cny) AS n FROM user_month GROUP BY 1",
    "loan balance": "SELECT month, sum(balance_cny) AS n FROM loan_month GROUP BY 1",
    "first instalments": """SELECT last_day(due + 7) AS month, count(*) AS n FROM
        (SELECT loan_id, min(first_due_on) AS due FROM loan_month GROUP BY 1) GROUP BY 1""",
    "wealth viewers": _count("acted JOIN dim_product p USING (product_id)", "occurred_at",
                             "p.kind IN ('wealth', 'fund') AND user_id IS NOT NULL", 7),
    "limit checks": _count("application", "checked_at", "checked_at IS NOT NULL", 7),
    "acquisition spend": """SELECT last_day(day) AS month, sum(spent_cny) AS n
        FROM spend JOIN dim_campaign USING (campaign_id) WHERE purpose = 'acquisition' GROUP
        BY 1""",
    "holdout campaigns matured": """SELECT last_day(ends_on + 30) AS month, count(*) AS n
        FROM dim_campaign SEMI JOIN (SELECT * FROM campaign_member WHERE arm = 'holdout') USING
        (campaign_id)
        GROUP BY 1""",
    "treated in holdout campaigns": """SELECT last_day(ends_on + 30) AS month, sum(s) AS n
        FROM dim_campaign JOIN (SELECT campaign_id, sum(spent_cny) AS s FROM spend GROUP BY 1)
        USING (campaign_id)
        SEMI JOIN (SELECT * FROM campaign_member WHERE arm = 'holdout') USING (campaign_id)
        GROUP BY 1""",
    "recommendations": _count("recommendation", "occurred_at", later=7),
    "first purchases": """SELECT last_day(f + 90) AS month, count(*) AS n FROM
        (SELECT user_id, CAST(min(occurred_at) + INTERVAL 8 HOUR AS DATE) AS f FROM txn
            WHERE kind = 'purchase' AND status = 'success' GROUP BY 1) GROUP BY 1""",
    "grave events": _count("risk_event", "occurred_at", "level >= 2 AND detected_at IS NOT NULL"),
    "risk events due": """SELECT last_day(CAST(occurred_at + INTERVAL 8 HOUR + to_hours(CASE level
        WHEN 3 THEN 4 WHEN 2 THEN 24 ELSE 72 END) AS DATE)) AS month, count(*) AS n FROM
        risk_event GROUP BY 1""",
    "judged fraud": _count("txn", "occurred_at", "fraud", 30),
    "blocked fraud": _count("txn", "occurred_at", "fraud AND status = 'blocked'", 30),
    "false alerts": _count("txn", "occurred_at", "alerted AND NOT fraud", 30),
    "judged transactions": _count("txn", "occurred_at", "fraud IS NOT NULL", 30),
    "interface calls": _count("api_interval", "start", "calls > 0 AND minutes > 0"),
    "sync": _days("sync_day", "1"),
    "nps answers": _count("survey", "answered_at", "kind = 'nps'"),
    "csat answers": _count("survey", "answered_at", "kind = 'csat'"),
    "tasks started": _count("event", "occurred_at", """action = 'task_start' AND user_id IS
        NOT NULL"""),
    "search": _days("brand_day", "search_index"),
    "voice": _days("brand_day", "own_mentions + peer_mentions"),
    "ratings": _days("brand_day", "ratings"),
    "own mentions": _count("mention", "published_at", "about = 'self'"),
    "complaints closed": _count("complaint", "closed_at", "closed_at IS NOT NULL"),
    "content views": _count("event", "occurred_at", "content_id IS NOT NULL AND action = 'view'"),
    "service by AI": _count("service_session", "opened_at", "handled_by IN ('ai', 'both')"),
    "first responses": _count("service_session", "opened_at", "first_response_at IS NOT NULL"),
    "checks": _count("compliance_check", "checked_at"),
    "findings due": """SELECT last_day(due_on) AS month, count(*) AS n FROM compliance_check
        WHERE NOT
        passed GROUP BY 1""",
    "purchases": _count("txn", "occurred_at", "kind = 'purchase' AND disclosed IS NOT NULL"),
    "cases ripe": _count("suspicious_case", "occurred_at", "confirmed_at IS NOT NULL", 90),
    "reports due": _count("suspicious_case", "confirmed_at", "confirmed_at IS NOT NULL", 7),
    "campaigns starting": """SELECT last_day(starts_on) AS month, count(*) AS n FROM
        dim_campaign GROUP BY 1""",
    "coverage": """SELECT last_day(day) AS month, count(*) AS n FROM load_coverage WHERE complete
        GROUP BY 1""",
}  # fmt: skip
YEAR_BEFORE = ("fees", "transactions", "active users", "search", "sync", "bank amount")
