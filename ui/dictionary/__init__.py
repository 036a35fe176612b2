"""The data dictionary: every definition, where it comes from and what hangs on it."""
