"""Analyses of the Risk screen: fraud, loans over time, error budget, events, register."""
