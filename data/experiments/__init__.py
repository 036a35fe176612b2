"""Experiments in the warehouse: who was exposed to what, and what each user did after it."""
