"""Whether a month may be closed: it is over, and loaded, or somebody says why not."""

from __future__ import annotations

from data.period import Period
from data.points.coverage import DAYLESS, MONTHLY, Coverage


class ClosingError(Exception):
    """A month that cannot be closed, with the reason."""


def require_closable(coverage: Coverage, month: Period, reason: str | None) -> None:
    """Raise ClosingError unless ``month`` may be closed.

    It is a whole calendar month that the data reach, and some of it is loaded. Where days of a
    table are missing that the bank does load, a ``reason`` is needed.
    """
    if month.kind != "month":
        raise ClosingError(f"{month}: only a whole calendar month can be closed")
    as_of = coverage.as_of
    if as_of is None or month.last > as_of:
        reached = "nothing is loaded" if as_of is None else f"data reach {as_of}"
        raise ClosingError(f"{month} is not over in the data: {reached}")
    if not any(coverage.covered(table, month) for table in coverage.runs if table not in DAYLESS):
        raise ClosingError(f"{month}: no day of it is loaded, there is nothing to close")
    missing = missing_days(coverage, month)
    if missing and reason is None:
        told = ", ".join(f"{table} {days}" for table, days in missing.items())
        raise ClosingError(f"{month}: days not loaded: {told}; load them, or give a reason")


def missing_days(coverage: Coverage, month: Period) -> dict[str, int]:
    """Days of a month that are not loaded, by table; of a monthly table its end is one.

    A table that was never loaded, or only begins later, is not asked for.
    """
    found = {}
    for table in sorted(set(coverage.runs) - DAYLESS):
        runs = coverage.runs[table]
        if not runs or runs[0][0] > month.last:
            continue
        wanted = 1 if table in MONTHLY else month.days
        missing = wanted - coverage.covered(table, month)
        if missing > 0:
            found[table] = missing
    return found
