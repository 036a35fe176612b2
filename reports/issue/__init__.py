"""Issuing the month's report: made once, kept for good, compared when it is issued again."""
