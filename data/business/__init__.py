"""What the Business screen reads besides indicators: series by day, channels, cohorts, scenes."""
