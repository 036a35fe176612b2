"""The data contract: every table a bank may bring, as SQLAlchemy metadata.

>>> from data.contract import CONTRACT
>>> [c.name for c in CONTRACT.tables["dim_module"].primary_key]
['module']
"""

from __future__ import annotations

from sqlalchemy import MetaData

from data.contract.customers import add_activity, add_business, add_customers
from data.contract.operations import add_competitors, add_outside, add_risk, add_service
from data.contract.organisation import add_campaigns, add_organisation

CONTRACT = MetaData()
for _declare in (
    add_organisation, add_campaigns, add_customers, add_activity, add_business,
    add_service, add_risk, add_outside, add_competitors,
):  # fmt: skip
    _declare(CONTRACT)
