"""Experiments: did it work, can we trust it, what shall we do."""
