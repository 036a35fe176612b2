"""The Baselines screen: goals of the year, their making from data, and their life."""
