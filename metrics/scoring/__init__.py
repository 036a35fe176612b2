"""From values and targets to scores: curves, roll-up, bands, and why a score moved."""
