"""Analyses of the Business screen: growth out of its band, payback, scenes, lifetime value."""
