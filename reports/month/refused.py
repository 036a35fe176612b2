"""Why there is no report of a month."""

from __future__ import annotations


class ReportError(Exception):
    """A report that cannot be made, with the reason."""
