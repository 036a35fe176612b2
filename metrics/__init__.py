"""From data points to scores: tree, targets, scoring, weights, analyses, statistics. No Streamlit here."""
