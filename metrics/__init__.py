"""From points to scores: tree, targets, scoring, weights, analyses. No Streamlit here."""
