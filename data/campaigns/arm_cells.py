"""Members of campaigns by arm in the finest groups of users, from which any audience is added up.

Every user is in one group on a campaign's first day, so that counts, sums and sums of squares of
groups add up: the next branch or segment needs no statement.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from sqlalchemy import Connection, func, select

from data.campaigns.arms import ArmTotals, measured, one_member
from data.campaigns.audience import Audience
from data.engines.warehouse import frame
from data.points.clock import Clock
from data.points.relations.span import TABLES

DIMENSIONS = ("branch_id", "channel", "tier", "age_band", "new_user")
COUNTED = (
    "members",
    "payers",
    *(f"{kind}_{i}" for kind in ("sum", "square") for i in range(3)),
)
MOST_MEMBERS = 500_000
"""Members up to which groups are kept: there are nearly as many of them."""


def arm_cells(connection: Connection, clock: Clock, ids: Sequence[str]) -> pd.DataFrame | None:
    """One row a campaign, arm and group; None where there are too many members to keep.

    Columns: campaign_id, arm, `DIMENSIONS`, `COUNTED`. Not to be changed.
    """
    member = TABLES["campaign_member"]
    found = select(func.count()).where(member.c.campaign_id.in_(list(ids)))
    if connection.execute(found).scalar_one() > MOST_MEMBERS:
        return None
    everybody = Audience(clock, None)
    groups = everybody.dimensions(TABLES["dim_campaign"].c.starts_on)
    one = one_member(everybody, ids, **{name: groups[name] for name in DIMENSIONS})
    keys = [one.c[name] for name in ("campaign_id", "arm", *DIMENSIONS)]
    return frame(connection, select(*keys, *measured(one)).group_by(*keys))


def totals_in(
    cells: pd.DataFrame, audience: Audience, ids: Sequence[str], by: str | None = None
) -> tuple[ArmTotals, ...]:
    """What ``arm_totals`` says of an audience, from the groups."""
    kept = cells[of(cells, audience) & cells["campaign_id"].isin(list(ids))]
    group = kept[by] if by else pd.Series("", index=kept.index)
    keys = [kept["campaign_id"], kept["arm"], group.rename("group_of_users")]
    added = kept[list(COUNTED)].groupby(keys, sort=True).sum()
    return tuple(
        ArmTotals(
            str(campaign), str(arm), str(name), int(row["members"]),
            (row["sum_0"], row["sum_1"], row["sum_2"]),
            (row["square_0"], row["square_1"], row["square_2"]), int(row["payers"]),
        )
        for (campaign, arm, name), row in zip(added.index, added.to_dict("records"), strict=True)
    )  # fmt: skip


def of(cells: pd.DataFrame, audience: Audience) -> pd.Series[bool]:
    """Which groups belong to an audience."""
    found = pd.Series(True, index=cells.index)
    if audience.branches is not None:
        found &= cells["branch_id"].isin(list(audience.branches))
    for name, values in audience.segment:
        found &= cells[name].isin(list(values))
    return found
