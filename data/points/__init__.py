"""Data points: declared once, aggregated with one SELECT per source, kept by day, read by slice."""
