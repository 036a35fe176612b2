"""Content by format, and how users bring users."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from metrics.behaviour.intervals import Share, share
from metrics.behaviour.rows import rows


@dataclass(frozen=True)
class Format:
    """A format of content; '' is all of it. ``shared``: shares of views."""

    format: str
    pieces: int
    users: int
    views: int
    shares: int
    shared: Share
    seconds: float | None


@dataclass(frozen=True)
class Spread:
    """How users bring users in a period.

    ``k`` is new users by referral for each active user of the period: contacts that an
    invitation made without a registration are in no table, so that invitations sent times
    success is not known apart. None without an active user.
    """

    newcomers: int
    referred: Share
    referrers: int
    active: int
    k: float | None


def formats(counted: pd.DataFrame) -> tuple[Format, ...]:
    """The frame of ``data.behaviour.content_use``, the most seen first; '' (all) leads."""
    found = [
        Format(
            str(row.format),
            int(row.pieces),
            int(row.users),
            int(row.views),
            int(row.shares),
            share(min(int(row.shares), int(row.views)), int(row.views)),
            int(row.dwell_ms) / 1000 / int(row.views) if row.views else None,
        )
        for row in rows(counted)
    ]
    return tuple(sorted(found, key=lambda one: (one.format != "", -one.views, one.format)))


def spread(counted: pd.DataFrame, active: int) -> Spread:
    """The frame of ``data.behaviour.invitations`` held against the period's active users."""
    row = counted.iloc[0]
    newcomers, referred = int(row["newcomers"]), int(row["referred"])
    return Spread(
        newcomers,
        share(referred, newcomers),
        int(row["referrers"]),
        active,
        referred / active if active else None,
    )
