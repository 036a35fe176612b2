"""Yearly goals, whose they are, their path through the year, and whether they agree."""
