"""The relations that points are aggregated over, by the name in a declaration's ``build``.

Each builder takes a Span (clock, first and last origin day) and returns a SELECT with
``point_day``, the columns that conditions and aggregates name and, unless the rows carry their
dimensions already, ``user_id`` or ``place``, ``module`` and ``app`` where the source has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Select

from data.points.relations.activity import silence, task, visitor, wealth_view
from data.points.relations.business import (
    application,
    first_instalment,
    first_purchase,
    loan,
    spend,
)  # fmt: skip
from data.points.relations.risk import (
    campaign,
    complaint_closed,
    finding_due,
    finding_late,
    report_due,
    report_late,
    risk_detected,
    risk_due,
    service,
)  # fmt: skip
from data.points.relations.span import Span
from data.points.relations.users import (
    closure,
    holdout,
    recall,
    recommendation,
    registration,
    tier_move,
)  # fmt: skip

Builder = Callable[[Span], Select[Any]]

BUILDERS: Mapping[str, Builder] = {
    builder.__name__: builder
    for builder in (
        silence, task, visitor, wealth_view, application, first_instalment, first_purchase, loan,
        spend, campaign, complaint_closed, finding_due, finding_late, report_due, report_late,
        risk_detected, risk_due, service, closure, holdout, recall, recommendation, registration,
        tier_move,
    )
}  # fmt: skip

__all__ = ["BUILDERS", "Span"]
